"""The book's matplotlib style: calm axes, a light grid, colours with a dash as second cue."""

import matplotlib
from cycler import cycler

from .palette import DATA, GRADIENT, GRID, INK, MUTED, OUTPUT, PAPER, WEIGHTS

WIDTH = 7.2  # inches: the width of the book's text

STYLE = {
    "figure.figsize": (WIDTH, 3.6),
    "figure.dpi": 110,
    "figure.facecolor": PAPER,
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.08,
    "figure.constrained_layout.w_pad": 0.08,
    "savefig.facecolor": PAPER,
    "savefig.edgecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "mathtext.fontset": "dejavusans",
    "text.color": INK,
    "axes.facecolor": PAPER,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 11,
    "axes.labelpad": 6,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlecolor": INK,
    "axes.titlepad": 12,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.xmargin": 0.02,
    "axes.ymargin": 0.06,
    "axes.prop_cycle": cycler(color=[DATA, WEIGHTS, OUTPUT, GRADIENT])
    + cycler(linestyle=["-", "--", "-.", ":"]),
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "xtick.major.pad": 6,
    "ytick.major.pad": 6,
    "lines.linewidth": 2.2,
    "lines.markersize": 6,
    "lines.solid_capstyle": "round",
    "scatter.edgecolors": "face",
    "legend.frameon": False,
    "legend.fontsize": 10,
    "image.cmap": "cividis",
    "image.interpolation": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "neural networks, built twice",
}


def apply():
    """Make the book's style matplotlib's default. Importing `figures` does this once."""
    matplotlib.rcParams.update(STYLE)
