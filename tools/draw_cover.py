"""Draw the picture that stands for the book where it is linked: book/_static/social-card.png.

    python tools/draw_cover.py

Left the title, right gradient descent on a bowl: the plain path zigzags, the one with momentum
swings. The numbers are computed here; nothing is painted by hand.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from nnbook_utils import figures

CARD = Path(__file__).resolve().parent.parent / "book/_static/social-card.png"
CURVATURE = np.array([1.0, 9.0])  # f(x, y) = (x² + 9 y²) / 2


def path(rate, momentum, steps, start=(-2.3, 0.95)):
    """The points that gradient descent visits, (steps + 1, 2)."""
    point, velocity = np.array(start), np.zeros(2)
    points = [point]
    for _ in range(steps):
        velocity = momentum * velocity - rate * CURVATURE * point
        point = point + velocity
        points.append(point)
    return np.array(points)


def draw():
    fig = plt.figure(figsize=(12, 6.3), dpi=100, layout="none", facecolor=figures.PAPER)
    ax = fig.add_axes((0, 0, 1, 1))
    ax.axis("off")
    left, right, low, high = -7.4, 1.6, -1.75, 1.75
    x, y = np.meshgrid(np.linspace(left, right, 600), np.linspace(low, high, 300))
    height = (CURVATURE[0] * x**2 + CURVATURE[1] * y**2) / 2
    levels = np.linspace(0.05, 6.4, 18) ** 2 / 2
    ax.contour(x, y, height, levels=levels, colors=figures.GRID, linewidths=1.6)
    fade = np.array([[(*to_rgb(figures.PAPER), a) for a in np.linspace(2.2, 0, 50).clip(0, 1)]])
    ax.imshow(fade, extent=(left, -1.2, low, high), aspect="auto", zorder=2.5,
              interpolation="bilinear")  # fmt: skip
    for points, color, marker in [
        (path(0.2, 0.0, 30), figures.DATA, "o"),
        (path(0.045, 0.8, 60), figures.WEIGHTS, "s"),
    ]:
        ax.plot(
            *points.T,
            color=color,
            linestyle="-",
            linewidth=2.4,
            marker=marker,
            markersize=6.5,
            zorder=3,
        )
    ax.plot(0, 0, marker="+", color=figures.INK, markersize=16, markeredgewidth=2.5, zorder=4)
    ax.set(xlim=(left, right), ylim=(low, high))
    fig.text(0.06, 0.60, "Neural Networks,\nBuilt Twice", color=figures.INK, fontsize=40,
             fontweight="bold", linespacing=1.15, va="center")  # fmt: skip
    fig.text(0.06, 0.345, "From scratch in NumPy", color=figures.DATA_TEXT, fontsize=21)
    fig.text(0.06, 0.275, "and again in PyTorch", color=figures.WEIGHTS_TEXT, fontsize=21)
    fig.text(0.06, 0.205, "with a proof between the two", color=figures.MUTED, fontsize=21)
    return fig


def main():
    fig = draw()
    fig.savefig(CARD, dpi=100, metadata={"Software": None})
    plt.close(fig)
    print(f"{CARD.name}: {CARD.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
