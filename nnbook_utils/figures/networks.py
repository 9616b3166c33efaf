"""Layers of neurons and the weights between them."""

import numpy as np
from matplotlib.collections import LineCollection

from .palette import DATA, GRID, INK, MUTED, OUTPUT, PAPER, SIGNED, WEIGHTS
from .style import WIDTH

SHOWN = 16  # neurons drawn in a layer; of a larger one the first and the last, with dots between


def network(
    sizes, *, names=None, weights=None, values=None, inputs=None, outputs=None, shown=SHOWN, ax=None
):
    """Draw a fully connected network and return the figure; finish with `figures.show(fig, alt)`.

    sizes: neurons in each layer, input first, as in (784, 16, 16, 10). Of a layer with more than
    `shown` neurons the first and last are drawn, with dots between them.
    names: a text under each layer.
    weights: one array (out, in) between each two layers; the sign gives an edge's colour, the
    size its width. values: one array a layer; the larger the value, the fuller the neuron.
    inputs, outputs: a text beside each neuron of the first and last layer.
    ax: draw into these axes instead of a new figure.
    Raises ValueError when any of them disagrees with sizes.
    """
    import matplotlib.pyplot as plt

    sizes = _checked(sizes, names, weights, values, inputs, outputs)
    if shown < 3:
        raise ValueError(f"shown must be at least 3 neurons a layer; got {shown}")
    drawn = [_drawn(n, shown) for n in sizes]
    tallest = max(len(rows) + (gap > 0) for rows, gap in drawn)
    if ax is None:
        width = min(WIDTH, 1.9 * len(sizes) + 0.8)
        fig, ax = plt.subplots(figsize=(width, 0.3 * max(tallest, 5) + 0.8))
    else:
        fig = ax.figure
    step = max(2.6, tallest * 0.42)  # distance of two layers, where neurons are 1 apart
    places = [_places(rows, gap, layer * step) for layer, (rows, gap) in enumerate(drawn)]

    for layer in range(len(sizes) - 1):
        matrix = None if weights is None else np.asarray(weights[layer], float)
        _edges(ax, drawn[layer][0], places[layer], drawn[layer + 1][0], places[layer + 1], matrix)
    for layer, (rows, gap) in enumerate(drawn):
        color = DATA if layer == 0 else OUTPUT if layer == len(sizes) - 1 else INK
        fill = None if values is None else np.asarray(values[layer], float)
        _neurons(ax, rows, gap, places[layer], color, fill)
    for layer, texts, side in ((0, inputs, -1), (len(sizes) - 1, outputs, 1)):
        for (x, y), row in zip(places[layer], drawn[layer][0], strict=True):
            if texts is not None:
                ax.annotate(
                    str(texts[row]),
                    (x, y),
                    (9 * side, 0),
                    textcoords="offset points",
                    ha="left" if side > 0 else "right",
                    va="center",
                    fontsize=10,
                    color=MUTED,
                )

    bottom = -tallest / 2 - 0.35
    for layer, n in enumerate(sizes):
        texts = [f"{n:,}"] if names is None else [f"{n:,}", str(names[layer])]
        for line, text in enumerate(texts):
            ax.annotate(
                text,
                (layer * step, bottom),
                (0, -8 - 16 * line),
                textcoords="offset points",
                ha="center",
                va="baseline",
                color=INK if line == 0 else MUTED,
            )
    ax.set_axis_off()
    ax.set_xlim(-0.35 * step, (len(sizes) - 0.65) * step)
    ax.set_ylim(bottom - 0.5, tallest / 2 + 0.3)
    ax.set_aspect("auto")
    return fig


def _checked(sizes, names, weights, values, inputs, outputs):
    sizes = [int(n) for n in sizes]
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(
            f"sizes must name at least two layers of at least one neuron each; got {sizes}"
        )
    for name, given, wanted in (
        ("names", names, len(sizes)),
        ("weights", weights, len(sizes) - 1),
        ("values", values, len(sizes)),
        ("inputs", inputs, sizes[0]),
        ("outputs", outputs, sizes[-1]),
    ):
        if given is not None and len(given) != wanted:
            raise ValueError(
                f"{name} must have {wanted} entries for sizes {sizes}; got {len(given)}"
            )
    for i, matrix in enumerate(weights or []):
        if np.shape(matrix) != (sizes[i + 1], sizes[i]):
            raise ValueError(
                f"weights[{i}] must have shape {(sizes[i + 1], sizes[i])}, outputs by inputs; "
                f"got {np.shape(matrix)}"
            )
    for i, array in enumerate(values or []):
        if np.shape(array) != (sizes[i],):
            raise ValueError(f"values[{i}] must have shape {(sizes[i],)}; got {np.shape(array)}")
    return sizes


def _drawn(n, shown):
    """Which neurons are drawn, and after how many of them the dots come (0: all are drawn)."""
    if n <= shown:
        return list(range(n)), 0
    before = shown // 2
    return list(range(before)) + list(range(n - (shown - 1 - before), n)), before


def _places(rows, gap, x):
    height = len(rows) + (gap > 0)
    slots = [k + (gap > 0 and k >= gap) for k in range(len(rows))]
    return [(x, (height - 1) / 2 - slot) for slot in slots]


def _edges(ax, rows, starts, next_rows, ends, matrix):
    lines, colors, widths = [], [], []
    largest = 1.0 if matrix is None else float(np.abs(matrix).max()) or 1.0
    plain = (MUTED, 1.0) if len(rows) * len(next_rows) <= 24 else (GRID, 0.6)
    for j, end in zip(next_rows, ends, strict=True):
        for i, start in zip(rows, starts, strict=True):
            lines.append([start, end])
            strength = None if matrix is None else matrix[j, i] / largest
            colors.append(plain[0] if strength is None else SIGNED(0.5 + 0.4 * strength))
            widths.append(plain[1] if strength is None else 0.2 + 2.2 * abs(strength))
    ax.add_collection(LineCollection(lines, colors=colors, linewidths=widths, zorder=1))


def _neurons(ax, rows, gap, places, color, fill):
    x, y = np.transpose(places)
    size = 150 if len(rows) <= 6 else 62
    ax.scatter(x, y, s=size, facecolor=PAPER, edgecolor=color, linewidth=1.6, zorder=2)
    if fill is not None:
        largest = float(np.abs(fill).max()) or 1.0
        strength = np.clip(np.abs(fill[rows]) / largest, 0, 1)
        tints = [WEIGHTS if fill[row] < 0 else color for row in rows]
        ax.scatter(x, y, s=size, c=tints, alpha=strength, linewidth=0, zorder=3)
    if gap:
        middle = (y[gap - 1] + y[gap]) / 2
        ax.scatter(
            [x[0]] * 3, middle + np.array([-0.28, 0, 0.28]), s=5, color=MUTED, zorder=2, linewidth=0
        )
