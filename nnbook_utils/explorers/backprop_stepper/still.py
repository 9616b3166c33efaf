"""The still picture of BackpropStepper, for pages where nothing can move."""

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from nnbook_utils import figures

from . import model
from .explorer import FORMULAS

TEXTS = {
    "leaf": "{0}",
    "product": "{0} = {1}·{2}",
    "sum": "{0} = {1} + {2}",
    "difference": "{0} = {1} − {2}",
    "square": "{0} = {1}²",
    "sigmoid": "{0} = σ({1})",
    "relu": "{0} = max(0, {1})",
}
ROLES = {"x": figures.DATA_TEXT, "y": figures.DATA_TEXT}


def draw(explorer):
    """Return a matplotlib figure: the graph from left to right, all values and slopes in it."""
    nodes = model.GRAPHS[explorer.graph]
    values, slopes = explorer.values, explorer.slopes
    places = {name: (1.5 * level, -1.15 * lane) for name, _, _, (lane, level) in nodes}
    right, down = (max(abs(place[axis]) for place in places.values()) for axis in (0, 1))
    figure = Figure(figsize=(figures.WIDTH, 0.9 + (down + 0.9) * 0.72), layout="none")
    ax = figure.add_axes((0.01, 0.02, 0.98, 0.84))
    ax.set(xlim=(-0.7, max(right, 7.5) + 0.7), ylim=(-down - 0.5, 0.5))
    ax.axis("off")
    for name, operation, arguments, _ in nodes:
        x, y = places[name]
        for argument in arguments:
            if argument in places:
                x0, y0 = places[argument]
                ax.plot((x0, x), (y0, y), "-", color=figures.MUTED, lw=1.2, zorder=1)
        leaf = operation == "leaf"
        role = ROLES.get(name, figures.WEIGHTS_TEXT) if leaf else figures.OUTPUT_TEXT
        box = FancyBboxPatch(
            (x - 0.63, y - 0.42),
            1.26,
            0.84,
            boxstyle="round,pad=0,rounding_size=0.1",
            fc=figures.PAPER,
            ec=role,
            lw=1.4,
            zorder=2,
        )
        ax.add_patch(box)
        rows = (
            (TEXTS[operation].format(name, *arguments), figures.INK, 0.24),
            (f"{values[name]:.3g}", role, -0.03),
            (f"slope {slopes[name]:.3g}", figures.GRADIENT_TEXT, -0.29),
        )
        for text, color, height in rows:
            text = text.replace("-", "−")
            ax.text(
                x, y + height, text, color=color, ha="center", va="center", fontsize=8, zorder=3
            )
    figures.title(ax, f"{FORMULAS[explorer.graph]}: values forward, slopes backward")
    return figure
