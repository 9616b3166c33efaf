"""The book's colours. Each has one meaning, in figures, formulas, prose and explorers alike.

Okabe and Ito's colour-blind-safe set (https://jfly.uni-koeln.de/color/, 2008), with lighter
relatives for dark pages and darker ones for text (contrast at least 4.5:1 on paper).
"""

from matplotlib.colors import LinearSegmentedColormap

LIGHT = {
    "ink": "#1b1f24",
    "muted": "#5a6270",
    "grid": "#d9dde3",
    "paper": "#ffffff",
    "data": "#0072B2",
    "weights": "#D55E00",
    "output": "#009E73",
    "gradient": "#CC79A7",
    "data_text": "#00619A",
    "weights_text": "#B04A00",
    "output_text": "#00694D",
    "gradient_text": "#9B4A78",
}

DARK = {
    "ink": "#e6e8eb",
    "muted": "#a7afbb",
    "grid": "#3a414b",
    "paper": "#14181e",
    "data": "#56B4E9",
    "weights": "#F28E4B",
    "output": "#2FC39A",
    "gradient": "#E29CC3",
    "data_text": "#56B4E9",
    "weights_text": "#F28E4B",
    "output_text": "#2FC39A",
    "gradient_text": "#E29CC3",
}

INK, MUTED, GRID, PAPER = (LIGHT[name] for name in ("ink", "muted", "grid", "paper"))
DATA, WEIGHTS, OUTPUT, GRADIENT = (
    LIGHT[name] for name in ("data", "weights", "output", "gradient")
)
DATA_TEXT, WEIGHTS_TEXT, OUTPUT_TEXT, GRADIENT_TEXT = (
    LIGHT[name] for name in ("data_text", "weights_text", "output_text", "gradient_text")
)

# Signed values: negative blue, zero grey, positive orange. Magnitudes: matplotlib's cividis.
SIGNED = LinearSegmentedColormap.from_list(
    "nnb_signed", ["#004C78", DATA, "#8DBBDA", "#ECEDEF", "#F0B088", WEIGHTS, "#8A3C00"]
)
MAGNITUDE = "cividis"
# Pictures in one channel: ink on paper.
INKED = LinearSegmentedColormap.from_list("nnb_inked", [PAPER, INK])


def variable(name):
    """The CSS variable of a colour, as in `variable("data_text")` -> `"--nnb-data-text"`."""
    if name not in LIGHT:
        raise ValueError(f"name must be one of {', '.join(LIGHT)}; got {name!r}")
    return "--nnb-" + name.replace("_", "-")


def css(name, fallback=None):
    """A colour for HTML that follows the page's theme, and `fallback` where the page has none."""
    return f"var({variable(name)}, {fallback or LIGHT[name]})"
