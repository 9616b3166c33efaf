"""The still picture of LearningRate, for pages where nothing can move."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse
from matplotlib.ticker import MaxNLocator

from nnbook_utils import figures


def draw(explorer):
    """Return a matplotlib figure: the path on the contours, and the losses with theory's line."""
    figure = Figure(figsize=(figures.WIDTH, 3.6), layout="none")
    bowl = figure.add_axes((0.11, 0.15, 0.36, 0.72))  # square: one unit is as long both ways
    curve = figure.add_axes((0.57, 0.15, 0.41, 0.72))
    reach = 1.25
    while max(map(abs, explorer.start)) > reach:
        reach *= 2
    for radius in np.arange(1, 12) * reach / 8:
        size = 2 * radius, 2 * radius / math.sqrt(explorer.b)
        bowl.add_patch(Ellipse((0, 0), *size, fill=False, ec=figures.MUTED, lw=0.8, alpha=0.5))
    limit = 1e3 * reach  # beyond, matplotlib cannot place a line's end; the frame cuts it anyway
    path = [p for p in explorer.path if max(map(abs, p)) < limit]
    bowl.plot(*zip(*path, strict=True), "o-", color=figures.WEIGHTS, ms=3, lw=1.2)
    bowl.plot(*path[0], "o", ms=9, mfc=figures.PAPER, mec=figures.WEIGHTS, mew=2)
    bowl.set(xlim=(-reach, reach), ylim=(-reach, reach))
    bowl.set_xlabel("x", style="italic")
    bowl.set_ylabel("y", style="italic")
    figures.title(bowl, f"Step {explorer.step:.3g}, momentum {explorer.momentum:.3g}")

    losses = explorer.losses
    # exponents on a plain axis: matplotlib's own logarithmic one overflows near 1e308
    logs = [(k, math.log10(f)) for k, f in enumerate(losses) if 0 < f < math.inf]
    if logs:
        curve.plot(*zip(*logs, strict=True), color=figures.DATA, label="measured")
        if explorer.theory > 0:
            k = np.array([0, logs[-1][0]])
            line = logs[0][1] + k * math.log10(explorer.theory)
            curve.plot(k, line, "--", color=figures.INK, lw=1.2, label="theory")
        curve.legend()
    curve.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    curve.yaxis.set_major_formatter(lambda value, position: f"1e{value:.0f}")
    curve.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    curve.set_xlabel("steps")
    figures.title(curve, "The loss f, in powers of ten")
    return figure
