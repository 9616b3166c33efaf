"""Larger and smaller images without weights."""

import numpy as np

from ..tensor import Tensor
from .checks import floating, pair, whole
from .shaping import permute, reshape


def interpolate(x, scale_factor):
    """Enlarge by repeating each pixel (nearest neighbour).

    x (N, C, H, W) -> (N, C, H*scale, W*scale); scale_factor: an integer or a pair.
    Chapter: 17_autoencoders. Twin: torch.nn.functional.interpolate(mode="nearest").
    """
    x = _images(x)
    sh, sw = pair("scale_factor", scale_factor)
    n, c, h, w = x.shape
    views = [np.s_[:, :, i::sh, j::sw] for i in range(sh) for j in range(sw)]
    out = np.empty_like(x.data, shape=(n, c, h * sh, w * sw))
    for view in views:
        out[view] = x.data

    # Each pixel receives the sum over its copies.
    def backward(grad):
        dx = grad[views[0]].copy(order="K")
        for view in views[1:]:
            dx += grad[view]
        return (dx,)

    return Tensor.result(out, (x,), backward)


def pixel_shuffle(x, upscale_factor):
    """Trade channels for resolution: (N, C*r*r, H, W) -> (N, C, H*r, W*r).

    Chapter: 20_diffusion. Twin: torch.nn.functional.pixel_shuffle. Source: arXiv:1609.05158.
    """
    x, r = _images(x), whole("upscale_factor", upscale_factor)
    n, c, h, w = x.shape
    if c % (r * r):
        raise ValueError(f"x must have a multiple of {r * r} channels, but it has shape {x.shape}")
    cells = reshape(x, n, c // (r * r), r, r, h, w)
    return reshape(permute(cells, 0, 1, 4, 2, 5, 3), n, c // (r * r), h * r, w * r)


def pixel_unshuffle(x, downscale_factor):
    """Trade resolution for channels: (N, C, H*r, W*r) -> (N, C*r*r, H, W).

    Chapter: 20_diffusion. Twin: torch.nn.functional.pixel_unshuffle.
    """
    x, r = _images(x), whole("downscale_factor", downscale_factor)
    n, c, h, w = x.shape
    if h % r or w % r:
        raise ValueError(f"height and width must be multiples of {r}, but x has shape {x.shape}")
    cells = reshape(x, n, c, h // r, r, w // r, r)
    return reshape(permute(cells, 0, 1, 3, 5, 2, 4), n, c * r * r, h // r, w // r)


def _images(x):
    x = floating("x", x)
    if x.ndim != 4:
        raise ValueError(f"x must have shape (N, C, H, W), but it has {x.shape}")
    return x
