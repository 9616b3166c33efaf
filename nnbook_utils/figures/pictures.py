"""Arrays as pictures in a grid."""

import math

import numpy as np

from .palette import INKED, MUTED
from .style import WIDTH


def images(
    arrays, titles=None, columns=None, cmap=None, *, vmin=None, vmax=None, size=None, title=None
):
    """Draw pictures side by side and return the figure; finish with `figures.show(fig, alt)`.

    arrays: (N, H, W) values, (N, H, W, 3) colours in [0, 1] or uint8, or a list of such pictures.
    titles: one short text a picture. columns: pictures in a row (by default at most 10).
    cmap: by default ink on paper; `figures.SIGNED` for signed values, where zero is made the
    middle. vmin, vmax: the values of the ends of the colour scale, shared by all pictures.
    size: a picture's width in inches. Raises ValueError for anything that is not pictures.
    """
    import matplotlib.pyplot as plt

    pictures = [_picture(array, i) for i, array in enumerate(arrays)]
    if not pictures:
        raise ValueError("arrays must hold at least one picture; got none")
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(
            f"titles must have one text for each of the {len(pictures)} pictures; got {len(titles)}"
        )
    columns = min(len(pictures), 10) if columns is None else columns
    if columns < 1:
        raise ValueError(f"columns must be at least 1; got {columns}")
    rows = math.ceil(len(pictures) / columns)
    cmap = INKED if cmap is None else cmap
    vmin, vmax = _limits(pictures, cmap, vmin, vmax)

    width = size or min(1.3, WIDTH / columns)
    ratio = max(p.shape[0] / p.shape[1] for p in pictures)
    heading = (0.26 if titles is not None else 0) + 0.04
    fig, axes = plt.subplots(
        rows,
        columns,
        figsize=(
            max(width * columns, 1.0),
            rows * (width * ratio + heading) + (0.4 if title else 0),
        ),
        squeeze=False,
    )
    fig.get_layout_engine().set(h_pad=0.03, w_pad=0.03, hspace=0.02, wspace=0.02)
    for ax in axes.flat:
        ax.set_axis_off()
    for i, (ax, picture) in enumerate(zip(axes.flat, pictures, strict=False)):
        ax.imshow(picture, cmap=cmap, vmin=vmin, vmax=vmax, interpolation="none")
        if titles is not None:
            ax.set_title(
                str(titles[i]), loc="center", fontsize=10, fontweight="normal", color=MUTED, pad=4
            )
    if title:
        fig.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    return fig


def _picture(array, i):
    picture = np.asarray(array)
    if picture.ndim == 3 and picture.shape[2] == 1:
        picture = picture[:, :, 0]
    colour = picture.ndim == 3 and picture.shape[2] in (3, 4)
    if not (picture.ndim == 2 or colour) or picture.size == 0:
        raise ValueError(
            f"arrays[{i}] must be a picture of shape (H, W) or (H, W, 3); got {picture.shape}"
            + (
                ": reshape the pixels into rows and columns"
                if picture.ndim == 1
                else ": move the channels to the end"
                if picture.ndim == 3
                else ""
            )
        )
    return picture.astype(float) if picture.dtype == bool else picture


def _limits(pictures, cmap, vmin, vmax):
    """One colour scale for all pictures, with zero in the middle of a signed one."""
    grey = [p for p in pictures if p.ndim == 2]
    if not grey:
        return vmin, vmax
    finite = np.concatenate([p[np.isfinite(p)].astype(float) for p in grey])
    if finite.size == 0:
        raise ValueError("arrays holds no finite number: look for NaN where they are made")
    if getattr(cmap, "name", cmap) == "nnb_signed" and vmin is None and vmax is None:
        largest = float(np.abs(finite).max()) or 1.0
        return -largest, largest
    vmin = float(finite.min()) if vmin is None else vmin
    vmax = float(finite.max()) if vmax is None else vmax
    return vmin, vmax if vmax > vmin else vmin + 1
