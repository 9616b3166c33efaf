"""Pooling: one number for each window of an image."""

import math

import numpy as np

from ..tensor import Tensor, masked
from .checks import floating, pair, whole
from .layout import channels_first, channels_last, crop_images, pad_images
from .linear_algebra import matmul
from .shaping import cat, squeeze, unsqueeze


def max_pool2d(x, kernel_size, stride=None, padding=0):
    """The largest value of each window.

    x (N, C, H, W) -> (N, C, H_out, W_out),  H_out = (H + 2*padding - KH)//stride + 1
    stride is the window's size unless it is given. Where a window holds its largest value several
    times, the first one receives the gradient, as in PyTorch.
    Raises ValueError when a window is larger than the padded image.
    Chapter: 05_convolution. Twin: torch.nn.functional.max_pool2d.
    """
    x, window, stride, padding = _check(x, kernel_size, stride, padding)
    images = pad_images(channels_last(x.data), padding, -np.inf)  # (N, H, W, C)
    views = _views(images.shape, window, stride)
    out = images[views[0]].copy()
    for view in views[1:]:
        np.maximum(out, images[view], out=out)

    # The largest value is a copy of one of the inputs, so that one has slope 1, all others 0.
    def backward(grad):
        g = channels_last(grad)
        dx = np.zeros_like(images)
        free = np.ones(out.shape, bool)  # windows whose winner has not been met yet
        overlapping = stride[0] < window[0] or stride[1] < window[1]
        for view in views:
            wins = images[view] == out
            wins &= free
            free ^= wins
            if overlapping:
                dx[view] += masked(g, wins)
            else:
                masked(g, wins, out=dx[view])
        return (channels_first(crop_images(dx, padding)),)

    return Tensor.result(channels_first(out), (x,), backward)


def avg_pool2d(x, kernel_size, stride=None, padding=0):
    """The mean of each window; zeros of the padding count.

    x (N, C, H, W) -> (N, C, H_out, W_out),  H_out = (H + 2*padding - KH)//stride + 1
    Raises ValueError when a window is larger than the padded image.
    Chapter: 05_convolution. Twin: torch.nn.functional.avg_pool2d.
    """
    x, window, stride, padding = _check(x, kernel_size, stride, padding)
    images = pad_images(channels_last(x.data), padding, 0)
    views = _views(images.shape, window, stride)
    share = x.dtype.type(1 / len(views))
    out = images[views[0]].copy()
    for view in views[1:]:
        out += images[view]
    out *= share

    # Each of the n numbers in a window has slope 1/n.
    def backward(grad):
        g = channels_last(grad) * share
        dx = np.zeros_like(images)
        for view in views:
            dx[view] += g
        return (channels_first(crop_images(dx, padding)),)

    return Tensor.result(channels_first(out), (x,), backward)


def adaptive_avg_pool2d(x, output_size):
    """Means over as many windows as asked for, which together cover the image.

    x (N, C, H, W) -> (N, C, *output_size); window i covers rows floor(i H/n) … ceil((i+1) H/n).
    output_size=1 is the mean of each channel.
    Chapter: 06_cnn_architectures. Twin: torch.nn.functional.adaptive_avg_pool2d.
    """
    x = _images(x)
    rows, columns = pair("output_size", output_size)
    # A mean over rows is a product with a matrix of 1/n and 0 from the left, over columns from the
    # right. So the backward pass needs no rule of its own.
    vertical = _averages(x.shape[2], rows, x.dtype)
    horizontal = _averages(x.shape[3], columns, x.dtype)
    return matmul(matmul(Tensor(vertical), x), Tensor(horizontal.T))


def adaptive_max_pool2d(x, output_size):
    """Largest values of as many windows as asked for, which together cover the image.

    x (N, C, H, W) -> (N, C, *output_size); window i covers rows floor(i H/n) … ceil((i+1) H/n).
    Chapter: 06_cnn_architectures. Twin: torch.nn.functional.adaptive_max_pool2d.
    """
    x = _images(x)
    rows, columns = pair("output_size", output_size)
    bands = []
    for top, bottom in _windows(x.shape[2], rows):
        cells = []
        for left, right in _windows(x.shape[3], columns):
            window = x[:, :, top:bottom, left:right]
            cells.append(max_pool2d(window, (bottom - top, right - left)))
        bands.append(cat(cells, 3))
    return cat(bands, 2)


def max_pool1d(x, kernel_size, stride=None, padding=0):
    """The largest value of each window of a sequence: (N, C, T) -> (N, C, T_out).

    Chapter: 05_convolution. Twin: torch.nn.functional.max_pool1d.
    """
    return _along_sequence(max_pool2d, x, kernel_size, stride, padding)


def avg_pool1d(x, kernel_size, stride=None, padding=0):
    """The mean of each window of a sequence: (N, C, T) -> (N, C, T_out).

    Chapter: 05_convolution. Twin: torch.nn.functional.avg_pool1d.
    """
    return _along_sequence(avg_pool2d, x, kernel_size, stride, padding)


def _along_sequence(pool, x, kernel_size, stride, padding):
    """A sequence is an image one pixel high."""
    x = floating("x", x)
    if x.ndim != 3:
        raise ValueError(f"x must have shape (N, C, T), but it has {x.shape}")
    stride = kernel_size if stride is None else stride
    for name, value in (("kernel_size", kernel_size), ("stride", stride), ("padding", padding)):
        whole(name, value, at_least=0)
    return squeeze(pool(unsqueeze(x, 2), (1, kernel_size), (1, stride), (0, padding)), 2)


def _views(shape, window, stride):
    """For each place in the window, first row first: where it falls in the image, as slices.

    images[view] holds that place of all windows at once, so a loop over the places of a window
    (few) replaces one over the windows (many).
    """
    (kh, kw), (sh, sw) = window, stride
    rows, columns = (shape[1] - kh) // sh + 1, (shape[2] - kw) // sw + 1
    return [
        np.s_[:, i : i + (rows - 1) * sh + 1 : sh, j : j + (columns - 1) * sw + 1 : sw]
        for i in range(kh)
        for j in range(kw)
    ]


def _windows(length, count):
    """Start and end of `count` windows that cover 0 … length, overlapping where they must."""
    return [(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]


def _averages(length, count, dtype):
    matrix = np.zeros((count, length), dtype)
    for row, (start, end) in enumerate(_windows(length, count)):
        matrix[row, start:end] = 1 / (end - start)
    return matrix


def _images(x):
    x = floating("x", x)
    if x.ndim != 4 or math.prod(x.shape[1:]) == 0:
        raise ValueError(f"x must have shape (N, C, H, W), none but N zero, but it has {x.shape}")
    return x


def _check(x, kernel_size, stride, padding):
    x, window = _images(x), pair("kernel_size", kernel_size)
    stride = window if stride is None else pair("stride", stride)
    padding = pair("padding", padding, at_least=0)
    for n, k, p in zip(x.shape[2:], window, padding, strict=True):
        if 2 * p > k:
            raise ValueError(
                f"padding must be at most half of kernel_size, but they are {padding} and {window}"
            )
        if k > n + 2 * p:
            raise ValueError(
                f"kernel_size {window} is larger than the padded image, {x.shape[2:]} plus "
                f"{padding} on each side"
            )
    return x, window, stride, padding
