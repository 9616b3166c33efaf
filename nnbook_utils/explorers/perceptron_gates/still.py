"""The still picture of PerceptronGates, for pages where nothing can move."""

import numpy as np
from matplotlib.figure import Figure

from nnbook_utils import figures

from . import model


def draw(explorer):
    """Return a matplotlib figure of the plane: half planes, line and the four points."""
    figure = Figure(figsize=(4.2, 4.5), layout="none")
    ax = figure.add_axes((0.14, 0.13, 0.81, 0.81 * 4.2 / 4.5))  # square
    x1, x2 = np.meshgrid(np.linspace(-0.75, 1.75, 201), np.linspace(-0.75, 1.75, 201))
    z = model.weighted_sum(explorer.w1, explorer.w2, explorer.b, (x1, x2))
    if z.min() >= 0:  # no line in sight: it says 1 everywhere
        ax.axhspan(-0.75, 1.75, color=figures.OUTPUT, alpha=0.17, lw=0)
    elif z.max() >= 0:
        ax.contourf(x1, x2, z, levels=[0, max(z.max(), 1)], colors=[figures.OUTPUT], alpha=0.17)
        ax.contour(x1, x2, z, levels=[0], colors=[figures.WEIGHTS], linewidths=2.5)
    for x, target, output in zip(model.INPUTS, explorer.targets, explorer.outputs, strict=True):
        face = figures.DATA if target else figures.PAPER
        text = figures.PAPER if target else figures.DATA_TEXT
        ax.plot(*x, "o", ms=17, mfc=face, mec=figures.DATA, mew=2)
        ax.text(*x, str(target), color=text, ha="center", va="center", weight="bold")
        if output != target:
            ax.plot(*x, "o", ms=25, mfc="none", mec=figures.GRADIENT, mew=2, ls="none")
    ax.set(
        xticks=[0, 1],
        yticks=[0, 1],
        xlabel="$x_1$",
        ylabel="$x_2$",
        xlim=(-0.75, 1.75),
        ylim=(-0.75, 1.75),
    )
    right = sum(o == t for o, t in zip(explorer.outputs, explorer.targets, strict=True))
    figures.title(ax, f"{explorer.gate}: {right} of 4 points on the right side")
    return figure
