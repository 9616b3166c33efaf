"""The book's figures: one palette with fixed meanings, one style, SVG with descriptions.

    fig, ax = plt.subplots()
    ax.plot(steps, losses, color=figures.DATA, label="training")
    figures.label_lines(ax)
    figures.title(ax, "The loss halves every hundred steps")
    figures.show(fig, alt="A curve that falls from 2.3 to 0.2 within 500 steps")

Importing this package makes the book's style matplotlib's default.
"""

from . import palette, style
from .display import show, svg
from .labels import label_lines, power, title
from .networks import network
from .palette import (
    DARK,
    DATA,
    DATA_TEXT,
    GRADIENT,
    GRADIENT_TEXT,
    GRID,
    INK,
    INKED,
    LIGHT,
    MAGNITUDE,
    MUTED,
    OUTPUT,
    OUTPUT_TEXT,
    PAPER,
    SIGNED,
    WEIGHTS,
    WEIGHTS_TEXT,
)
from .pictures import images
from .style import WIDTH
from .tables import Table, table

style.apply()

__all__ = [
    "DARK",
    "DATA",
    "DATA_TEXT",
    "GRADIENT",
    "GRADIENT_TEXT",
    "GRID",
    "INK",
    "INKED",
    "LIGHT",
    "MAGNITUDE",
    "MUTED",
    "OUTPUT",
    "OUTPUT_TEXT",
    "PAPER",
    "SIGNED",
    "Table",
    "WEIGHTS",
    "WEIGHTS_TEXT",
    "WIDTH",
    "images",
    "label_lines",
    "network",
    "palette",
    "power",
    "show",
    "style",
    "svg",
    "table",
    "title",
]
