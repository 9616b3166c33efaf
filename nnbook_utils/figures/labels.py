"""Words on axes: the finding as title, names beside their lines; and numbers as one writes them."""

import math

import numpy as np

from .palette import LIGHT, MUTED

# Text in a line's colour takes the darker relative, which is readable on paper.
_TEXT = {LIGHT[name]: LIGHT[f"{name}_text"] for name in ("data", "weights", "output", "gradient")}


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(x, digits=2):
    """A number of any size as one writes it by hand: 6.3 × 10⁻⁴, 10⁶, but 0.25 and 42.

    x is rounded to `digits` significant digits. From 0.01 to 999 it stands without a power.
    """
    if not isinstance(digits, int) or digits < 1:
        raise ValueError(f"digits must be a whole number, at least 1; got {digits!r}")
    x = float(x)
    sign, size = "−" if x < 0 else "", abs(x)
    if x == 0 or not math.isfinite(x):
        return sign + f"{size:.0f}".replace("inf", "∞")
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    exponent = int(exponent)
    if -2 <= exponent <= 2:
        rounded = float(f"{mantissa}e{exponent}")
        return sign + f"{rounded:.{max(digits - 1 - exponent, 0)}f}"
    ten = "10" + str(exponent).translate(_RAISED)
    return sign + (ten if float(mantissa) == 1 else f"{mantissa} × {ten}")


def title(ax, text, subtitle=None):
    """Write what the picture shows above `ax`, to the left; `subtitle` in smaller grey letters."""
    if not text or not str(text).strip():
        raise ValueError("text must say what the picture shows; got nothing")
    ax.set_title(text, loc="left", pad=28 if subtitle else None)
    if subtitle:
        ax.annotate(
            subtitle,
            xy=(0, 1),
            xytext=(0, 9),
            xycoords="axes fraction",
            textcoords="offset points",
            color=MUTED,
            fontsize=10,
            va="bottom",
        )


def label_lines(ax, *, offset=6, fontsize=10, gap=1.4):
    """Write each labelled line's name at its right end, in its colour; no legend needed.

    Names that would touch are moved apart, at least `gap` letter heights from each other.
    Call it last: it looks at the limits of the axes. Raises ValueError when no line has a label.
    """
    lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
    if not lines:
        raise ValueError("ax has no labelled line: plot with label='…', then call label_lines(ax)")
    (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
    ends = []
    for line in lines:
        x, y = (np.asarray(a, float) for a in (line.get_xdata(), line.get_ydata()))
        seen = np.isfinite(x) & np.isfinite(y)
        if not seen.any():
            raise ValueError(f"the line {line.get_label()!r} has no finite point to label")
        inside = seen & (x >= left) & (x <= right) & (y >= low) & (y <= high)
        last = np.flatnonzero(inside if inside.any() else seen)[-1]
        ends.append((line, x[last], float(np.clip(y[last], low, high))))

    ax.figure.canvas.draw()  # constrained layout has to place the axes before we can measure
    to_points = 72 / ax.figure.dpi
    heights = [ax.transData.transform((x, y))[1] * to_points for _, x, y in ends]
    wanted = _apart(heights, gap * fontsize)
    for (line, x, y), height, place in zip(ends, heights, wanted, strict=True):
        color = line.get_color()
        ax.annotate(
            line.get_label(),
            xy=(x, y),
            xytext=(offset, place - height),
            textcoords="offset points",
            color=_TEXT.get(color, color),
            fontsize=fontsize,
            va="center",
            annotation_clip=False,
        )


def _apart(heights, gap):
    """Move points on a line as little as needed until neighbours are `gap` apart."""
    # Lines that end at one place keep their order whatever their last digits say: first on top.
    order = sorted(range(len(heights)), key=lambda i: (round(heights[i], 1), -i))
    groups = []  # each group: wanted centres of its members, closer than gap otherwise
    for index in order:
        groups.append([index])
        while len(groups) > 1 and _start(groups[-1], heights, gap) < (
            _start(groups[-2], heights, gap) + gap * len(groups[-2])
        ):
            groups[-2:] = [groups[-2] + groups[-1]]
    places = np.empty(len(heights))
    for group in groups:
        first = _start(group, heights, gap)
        for k, index in enumerate(group):
            places[index] = first + k * gap
    return places


def _start(group, heights, gap):
    """Where the lowest label of a group stands when the group is centred on its points."""
    return np.mean([heights[index] for index in group]) - gap * (len(group) - 1) / 2
