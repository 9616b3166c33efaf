"""The still picture of VanishingGradient, for pages where nothing can move."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nnbook_utils import figures


def draw(explorer):
    """Return a matplotlib figure: size of activations and gradients by layer, and idle units."""
    figure = Figure(figsize=(figures.WIDTH, 3.6), layout="none")
    sizes = figure.add_axes((0.1, 0.15, 0.5, 0.72))
    share = figure.add_axes((0.7, 0.15, 0.28, 0.72))
    found = explorer.measured
    lines = (
        ("deviation", "o-", figures.OUTPUT, "activations, forward"),
        ("gradient", "s--", figures.GRADIENT, "gradient, backward"),
    )
    for name, style, color, label in lines:
        # exponents on a plain axis: matplotlib's own logarithmic one overflows near 1e308
        logs = [(k, math.log10(v)) for k, v in enumerate(found[name]) if 0 < v < math.inf]
        if logs:
            sizes.plot(*zip(*logs, strict=True), style, color=color, ms=3.5, lw=1.4, label=label)
    low, high = sizes.get_ylim()
    sizes.set_ylim(min(low, -2.2), max(high, 1.2))
    sizes.legend(loc="best")
    sizes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    sizes.yaxis.set_major_formatter(lambda value, position: f"1e{value:.0f}")
    share.bar(np.arange(1, explorer.depth + 1), found["idle"], color=figures.MUTED, width=0.8)
    share.set(ylim=(0, 1), xlim=(0.4, explorer.depth + 0.6))
    for ax in (sizes, share):
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        ax.set_xlabel("layer")
    name = explorer.activation.replace("_", " ")
    figures.title(sizes, f"{name}, gain {explorer.gain:.3g}: size in each layer")
    silent = explorer.activation == "relu"
    figures.title(share, "Silent for all examples" if silent else "Saturated units")
    return figure
