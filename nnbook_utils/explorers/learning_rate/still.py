"""The still picture of LearningRate, for pages where nothing can move."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nnbook_utils import figures


def draw(explorer):
    """Return a matplotlib figure: the path on the contours, and the losses with theory's line."""
    figure = Figure(figsize=(figures.WIDTH, 3.4))
    bowl, curve = figure.subplots(1, 2)
    reach = 1.25
    while max(map(abs, explorer.start)) > reach:
        reach *= 2
    x, y = np.meshgrid(np.linspace(-reach, reach, 201), np.linspace(-reach, reach, 201))
    radii = np.arange(1, 13) * reach / 8
    bowl.contour(x, y, np.sqrt(x**2 + explorer.b * y**2), radii, colors=[figures.MUTED], alpha=0.5)
    limit = 1e3 * reach  # beyond, matplotlib cannot place a line's end; the frame cuts it anyway
    path = [p for p in explorer.path if max(map(abs, p)) < limit]
    bowl.plot(*zip(*path, strict=True), "o-", color=figures.WEIGHTS, ms=3, lw=1.2)
    bowl.plot(*path[0], "o", ms=9, mfc=figures.PAPER, mec=figures.WEIGHTS, mew=2)
    bowl.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="$x$", ylabel="$y$", aspect="equal")
    figures.title(bowl, f"Step {explorer.step:.3g}, momentum {explorer.momentum:.3g}")

    losses = explorer.losses
    usable = [(k, f) for k, f in enumerate(losses) if 1e-300 < f < math.inf]
    if usable:
        curve.semilogy(*zip(*usable, strict=True), color=figures.DATA, label="measured")
        k = np.array([0, usable[-1][0]])
        line = math.log10(losses[0]) + k * math.log10(max(explorer.theory, 1e-30))
        if line.max() < 300 and line.min() > -300:
            curve.semilogy(k, 10**line, "--", color=figures.INK, lw=1.2, label="theory")
        curve.legend()
    curve.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    curve.set(xlabel="$k$ (steps)", ylabel="$f$")
    figures.title(curve, "The loss, in powers of ten")
    return figure
