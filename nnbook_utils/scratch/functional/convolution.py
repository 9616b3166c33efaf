"""Convolutions over sequences and images, and their transposed forms."""

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..tensor import Tensor
from .checks import floating, has_shape, pair, same_dtype, whole
from .layout import channels_first, channels_last, crop_images, pad_images
from .shaping import cat, split, squeeze, unsqueeze


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Slide filters over images (cross-correlation, what deep learning calls convolution).

    x (N, C_in, H, W), weight (C_out, C_in/groups, KH, KW), bias (C_out,)
    -> (N, C_out, H_out, W_out),  H_out = (H + 2*padding - dilation*(KH-1) - 1)//stride + 1
    stride, padding and dilation are integers or pairs (vertical, horizontal).
    Raises ValueError when the channels disagree or the window is larger than the padded image.
    Chapter: 05_convolution. Twin: torch.nn.functional.conv2d. Source: arXiv:1603.07285.
    """
    x, weight, bias = _check(x, weight, bias, groups, channels_axis=1)
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    padding = pair("padding", padding, at_least=0)
    if groups > 1:
        return _each_group(conv2d, x, weight, bias, groups, stride, padding, dilation)
    images = pad_images(channels_last(x.data), padding)  # (N, H, W, C_in)
    kernel = weight.data.transpose(2, 3, 1, 0)  # (KH, KW, C_in, C_out)
    out = _correlate(images, kernel, stride, dilation)
    if bias is not None:
        out += bias.data

    # y[i] = sum over k of w[k] x[i*stride + k*dilation], so
    #   dL/dw[k] = sum over i of g[i] x[i*stride + k*dilation]: g slid over x, and
    #   dL/dx[j] = sum over all i, k with i*stride + k*dilation = j of w[k] g[i]: g spread out by w.
    def backward(grad):
        g = channels_last(grad)
        dx = dw = None
        if x.requires_grad:
            dx = channels_first(
                crop_images(_spread(g, kernel, stride, dilation, images.shape), padding)
            )
        if weight.requires_grad:
            dw = _kernel_gradient(images, g, kernel.shape, stride, dilation).transpose(3, 2, 0, 1)
        return (dx, dw) if bias is None else (dx, dw, _sum_positions(g))

    parents = (x, weight) if bias is None else (x, weight, bias)
    return Tensor.result(channels_first(out), parents, backward)


def conv_transpose2d(
    x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Spread each pixel out by a filter: the backward pass of conv2d, used forwards to enlarge.

    x (N, C_in, H, W), weight (C_in, C_out/groups, KH, KW), bias (C_out,)
    -> (N, C_out, H_out, W_out),
       H_out = (H-1)*stride - 2*padding + dilation*(KH-1) + output_padding + 1
    Raises ValueError when the channels disagree or nothing would be left.
    Chapter: 05_convolution. Twin: torch.nn.functional.conv_transpose2d. Source: arXiv:1603.07285.
    """
    x, weight, bias = _check(x, weight, bias, groups, channels_axis=0)
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    padding = pair("padding", padding, at_least=0)
    extra = pair("output_padding", output_padding, at_least=0)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise ValueError(f"output_padding {extra} must be smaller than stride or dilation")
    if groups > 1:
        options = (stride, padding, extra, 1, dilation)
        return _each_group(conv_transpose2d, x, weight, bias, groups, *options)
    images = channels_last(x.data)  # (N, H, W, C_in)
    kernel = weight.data.transpose(2, 3, 1, 0)  # (KH, KW, C_out, C_in)
    full = [
        (n - 1) * s + d * (k - 1) + 1 + e
        for n, s, d, k, e in zip(
            images.shape[1:3], stride, dilation, kernel.shape[:2], extra, strict=True
        )
    ]
    if any(n - 2 * p < 1 for n, p in zip(full, padding, strict=True)) or 0 in images.shape[1:3]:
        raise ValueError(
            f"padding {padding} leaves nothing of an output of {full[0]} x {full[1]} pixels"
        )
    shape = (len(images), *full, kernel.shape[2])
    out = np.ascontiguousarray(
        crop_images(_spread(images, kernel, stride, dilation, shape), padding)
    )
    if bias is not None:
        out += bias.data

    # The same sums as in conv2d with input and output exchanged.
    def backward(grad):
        g = pad_images(channels_last(grad), padding)
        dx = dw = None
        if x.requires_grad:
            dx = _correlate(g, kernel, stride, dilation)[:, : x.shape[2], : x.shape[3]]
            dx = channels_first(dx)
        if weight.requires_grad:
            dw = _kernel_gradient(g, images, kernel.shape, stride, dilation).transpose(3, 2, 0, 1)
        return (dx, dw) if bias is None else (dx, dw, _sum_positions(channels_last(grad)))

    parents = (x, weight) if bias is None else (x, weight, bias)
    return Tensor.result(channels_first(out), parents, backward)


def conv1d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Slide filters along sequences: conv2d over an image that is one pixel high.

    x (N, C_in, T), weight (C_out, C_in/groups, K), bias (C_out,) -> (N, C_out, T_out)
    Raises ValueError when the channels disagree or the window is longer than the padded sequence.
    Chapter: 05_convolution. Twin: torch.nn.functional.conv1d.
    """
    x, weight = _as_images(x, weight)
    options = (_row(stride, "stride"), _row(padding, "padding", 0), _row(dilation, "dilation"))
    return squeeze(conv2d(x, weight, bias, *options, groups), 2)


def conv_transpose1d(
    x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Spread each step of a sequence out by a filter: the backward pass of conv1d, used forwards.

    x (N, C_in, T), weight (C_in, C_out/groups, K), bias (C_out,) -> (N, C_out, T_out),
       T_out = (T-1)*stride - 2*padding + dilation*(K-1) + output_padding + 1
    Raises ValueError when the channels disagree or nothing would be left.
    Chapter: 05_convolution. Twin: torch.nn.functional.conv_transpose1d.
    """
    x, weight = _as_images(x, weight)
    stride, dilation = _row(stride, "stride"), _row(dilation, "dilation")
    padding, extra = _row(padding, "padding", 0), _row(output_padding, "output_padding", 0)
    out = conv_transpose2d(x, weight, bias, stride, padding, extra, groups, dilation)
    return squeeze(out, 2)


# -- the three sums behind all of them; images here are (N, H, W, C), kernels (KH, KW, C, D) -------


def _correlate(images, kernel, stride, dilation):
    """Sliding weighted sums: images (N, H, W, C), kernel (KH, KW, C, D) -> (N, H', W', D).

    Every patch is laid out as one row, so that all sums are one matrix product (im2col).
    """
    patches = _patches(images, kernel.shape[:2], stride, dilation)
    matrix = kernel.reshape(-1, kernel.shape[3])  # (KH*KW*C, D)
    out = np.empty((*patches.shape[:3], matrix.shape[1]), images.dtype)
    for some in _few_at_a_time(patches.shape):
        np.matmul(_as_rows(patches[some], 3), matrix, out=_as_rows(out[some], 3))
    return out


def _spread(g, kernel, stride, dilation, shape):
    """The transpose of _correlate: g (N, H', W', D) -> (N, H, W, C), which is `shape`."""
    reach = [d * (k - 1) for d, k in zip(dilation, kernel.shape[:2], strict=True)]
    if stride == (1, 1) and shape[1:3] == (g.shape[1] + reach[0], g.shape[2] + reach[1]):
        # The same as sliding the flipped kernel over g with a wide border of zeros, which is
        # faster than adding up overlapping patches.
        return _correlate(pad_images(g, reach), kernel[::-1, ::-1].swapaxes(2, 3), stride, dilation)
    out = np.zeros(shape, g.dtype)
    matrix = kernel.reshape(-1, kernel.shape[3]).T  # (D, KH*KW*C)
    for some in _few_at_a_time((*g.shape[:3], *kernel.shape[:3])):
        sent = (_as_rows(g[some], 3) @ matrix).reshape(-1, *g.shape[1:3], *kernel.shape[:3])
        for i in range(kernel.shape[0]):
            for j in range(kernel.shape[1]):
                rows = _places(i, g.shape[1], stride[0], dilation[0])
                columns = _places(j, g.shape[2], stride[1], dilation[1])
                out[some, rows, columns] += sent[:, :, :, i, j]
    return out


def _kernel_gradient(images, g, shape, stride, dilation):
    """g slid over images: (N, H, W, C) and (N, H', W', D) -> (KH, KW, C, D), which is `shape`."""
    patches = _patches(images, shape[:2], stride, dilation)[:, : g.shape[1], : g.shape[2]]
    total = np.zeros((shape[3], math.prod(shape[:3])), g.dtype)  # (D, KH*KW*C)
    for some in _few_at_a_time(patches.shape):
        total += _as_rows(g[some], 3).T @ _as_rows(patches[some], 3)
    return total.T.reshape(shape)


def _patches(images, window, stride, dilation):
    """All windows of all images, as a view: (N, H, W, C) -> (N, H', W', KH, KW, C)."""
    n, height, width, channels = images.shape
    (kh, kw), (sh, sw), (dh, dw) = window, stride, dilation
    rows = (height - dh * (kh - 1) - 1) // sh + 1
    columns = (width - dw * (kw - 1) - 1) // sw + 1
    if rows < 1 or columns < 1:
        raise ValueError(
            f"the window, {dh * (kh - 1) + 1} x {dw * (kw - 1) + 1} with its dilation, is larger "
            f"than the padded image, {height} x {width}"
        )
    a, b, c, d = images.strides
    return as_strided(
        images,
        (n, rows, columns, kh, kw, channels),
        (a, b * sh, c * sw, b * dh, c * dw, d),
        writeable=False,
    )


def _few_at_a_time(shape):
    """Slices of a batch, so few examples each that their patches stay in the processor's cache.

    shape: of the patches of the whole batch. It is the difference between 29 and 19 ms.
    """
    step = max(1, 2**18 // max(1, math.prod(shape[1:])))
    for start in range(0, shape[0], step):
        yield slice(start, start + step)


def _as_rows(array, axes):
    """Join the first `axes` axes into one and all others into another."""
    return array.reshape(math.prod(array.shape[:axes]), math.prod(array.shape[axes:]))


def _places(offset, count, stride, dilation):
    """Where the window's pixel number `offset` falls, for each of `count` windows."""
    start = offset * dilation
    return slice(start, start + (count - 1) * stride + 1, stride)


def _sum_positions(g):
    rows = _as_rows(g, 3)
    return np.ones(len(rows), g.dtype) @ rows  # faster than g.sum


def _each_group(convolve, x, weight, bias, groups, *options):
    """Groups are convolutions of their own, side by side: the channels are dealt out in order."""
    xs = split(x, x.shape[1] // groups, 1)
    weights = split(weight, weight.shape[0] // groups, 0)
    biases = [None] * groups if bias is None else split(bias, bias.shape[0] // groups, 0)
    parts = zip(xs, weights, biases, strict=True)
    return cat([convolve(one, w, b, *options) for one, w, b in parts], 1)


def _check(x, weight, bias, groups, channels_axis):
    x, weight = floating("x", x), floating("weight", weight)
    bias = None if bias is None else floating("bias", bias)
    names = "(C_out, C_in/groups, KH, KW)" if channels_axis else "(C_in, C_out/groups, KH, KW)"
    if x.ndim != 4 or weight.ndim != 4:
        raise ValueError(
            f"x must have shape (N, C_in, H, W) and weight {names}, but x has {x.shape} and weight "
            f"has {weight.shape}"
        )
    if 0 in weight.shape:
        raise ValueError(f"weight must not be empty, but it has shape {weight.shape}")
    if x.shape[1] % whole("groups", groups) or weight.shape[0] % groups:
        raise ValueError(
            f"groups must divide the {x.shape[1]} channels of x and the first axis of weight "
            f"{weight.shape} evenly, but it is {groups!r}"
        )
    expected = x.shape[1] // groups if channels_axis else x.shape[1]
    if weight.shape[channels_axis] != expected:
        raise ValueError(
            f"x has {x.shape[1]} channels in {groups} group(s), so weight {names} must have "
            f"{expected} on axis {channels_axis}, but it has shape {weight.shape}"
        )
    same_dtype(x=x, weight=weight, bias=bias)
    if bias is not None:
        outputs = weight.shape[0] if channels_axis else weight.shape[1] * groups
        has_shape("bias", bias, (outputs,), "(C_out,)")
    return x, weight, bias


def _as_images(x, weight):
    x, weight = floating("x", x), floating("weight", weight)
    if x.ndim != 3 or weight.ndim != 3:
        raise ValueError(
            f"x must have shape (N, C, T) and weight three axes too, the last one the window, but "
            f"x has {x.shape} and weight has {weight.shape}"
        )
    return unsqueeze(x, 2), unsqueeze(weight, 2)


def _row(value, name, neutral=1):
    """A setting of a 1-d convolution as (vertical, horizontal); neutral has no effect."""
    if isinstance(value, tuple | list) and len(value) == 1:
        value = value[0]
    return (neutral, whole(name, value, at_least=neutral))
