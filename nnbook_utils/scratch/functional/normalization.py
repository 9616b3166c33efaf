"""Normalisation: subtract a mean, divide by a standard deviation, then scale and shift.

The kinds differ in what the mean is taken over: the batch (batch norm), the features of one
example (layer norm), or groups of channels of one image (group norm).
"""

import math

import numpy as np

from ..tensor import Tensor
from .checks import floating, has_shape, number, probability, same_dtype, whole
from .layout import (
    channels_last,
    from_positions,
    per_channel,
    pieces,
    sum_of_positions,
    to_positions,
)


def layer_norm(x, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Normalise over the last axes, each example and position by itself.

    x (..., *normalized_shape), weight and bias of normalized_shape -> the shape of x
    Chapter: 04_training_deep_networks. Twin: torch.nn.functional.layer_norm.
    Source: Ba et al., arXiv:1607.06450.
    """
    number("eps", eps, at_least=0)
    x, weight, bias, size = _last_axes(x, normalized_shape, weight, bias)
    rows = x.data.reshape(-1, size)  # (M, D)
    average = np.full((size, 1), 1 / size, x.dtype)  # rows @ average is faster than rows.mean
    mean = rows @ average
    xhat = rows - mean
    variance = (xhat * xhat) @ average
    if _lost_in_rounding(variance, mean):
        xhat = rows - rows[:, :1]  # exactly 0 where all numbers of a row are equal
        xhat -= xhat @ average
        variance = (xhat * xhat) @ average
    inverse = 1 / np.sqrt(variance + x.dtype.type(eps))  # 1/sigma, (M, 1)
    xhat *= inverse

    # With h = g * weight, of which xhat has mean 0 and mean square 1:
    #   dL/dx = (h - mean(h) - xhat * mean(h * xhat)) / sigma
    # the two means are what flows through the mean and through the deviation.
    def backward(grad):
        g = grad.reshape(-1, size)
        h = _affine(g[None], weight, None)[0]
        dx = h - h @ average
        dx -= xhat * ((h * xhat) @ average)
        dx *= inverse
        return _with_affine(dx.reshape(x.shape), g, xhat, weight, bias)

    out = _affine(xhat[None], weight, bias).reshape(x.shape)
    return Tensor.result(out, _present(x, weight, bias), backward)


def rms_norm(x, normalized_shape, weight=None, eps=None):
    """Divide by the root of the mean square over the last axes; no mean is subtracted.

    x (..., *normalized_shape), weight of normalized_shape -> the shape of x
    Chapter: 13_transformer. Twin: torch.nn.functional.rms_norm.
    Source: Zhang and Sennrich, arXiv:1910.07467.
    """
    x, weight, _, size = _last_axes(x, normalized_shape, weight, None)
    eps = np.finfo(x.dtype).eps if eps is None else number("eps", eps, at_least=0)
    rows = x.data.reshape(-1, size)
    average = np.full((size, 1), 1 / size, x.dtype)
    inverse = 1 / np.sqrt((rows * rows) @ average + x.dtype.type(eps))
    xhat = rows * inverse

    # dL/dx = (h - xhat * mean(h * xhat)) / rms,  h = g * weight
    def backward(grad):
        g = grad.reshape(-1, size)
        h = _affine(g[None], weight, None)[0]
        dx = (h - xhat * ((h * xhat) @ average)) * inverse
        return _with_affine(dx.reshape(x.shape), g, xhat, weight, None)

    out = _affine(xhat[None], weight, None).reshape(x.shape)
    return Tensor.result(out, _present(x, weight), backward)


def batch_norm(
    x, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5
):
    """Normalise each channel over the batch and all positions.

    x (N, C) or (N, C, ...), the others (C,) -> the shape of x. In training the statistics are
    those of this batch, and the running ones move towards them by `momentum` in place (with the
    unbiased variance); otherwise the running ones are used. They may be None in training.
    Chapter: 04_training_deep_networks. Twin: torch.nn.functional.batch_norm.
    Source: Ioffe and Szegedy, arXiv:1502.03167.
    """
    x, weight, bias = _channels(x, weight, bias)
    momentum = probability("momentum", momentum)
    number("eps", eps, at_least=0)
    if not training and (running_mean is None or running_var is None):
        raise ValueError("batch_norm needs running_mean and running_var outside training")
    images = channels_last(x.data)
    positions = to_positions(images).reshape(1, -1, x.shape[1])  # the whole batch as one group
    channels, count = x.shape[1], positions.shape[1]
    if training:
        if count < 2:
            raise ValueError(
                f"batch_norm needs more than one value a channel in training, but x has shape "
                f"{x.shape}"
            )
        mean, var, centred = _statistics(positions, channels)
        for running, now in ((running_mean, mean), (running_var, var * (count / (count - 1)))):
            if running is not None:
                has_shape("running statistics", running, x.shape[1:2], "(C,)")
                running.data += momentum * (now.ravel() - running.data)
    else:
        mean, var = (r.data.reshape(1, 1, -1) for r in (running_mean, running_var))
        centred = per_channel(np.subtract, positions, mean)
    inverse = 1 / np.sqrt(var + x.dtype.type(eps))
    xhat = per_channel(np.multiply, centred, inverse, out=centred)

    # As in layer_norm, with the means over the batch; constants in evaluation, so no means there.
    def backward(grad):
        g = to_positions(channels_last(grad)).reshape(positions.shape)
        scale = inverse if weight is None else inverse * weight.data
        dx = _backward(g, xhat, scale, channels) if training else per_channel(np.multiply, g, scale)
        return _with_affine(from_positions(dx, images.shape), g[0], xhat[0], weight, bias)

    out = from_positions(_affine(xhat, weight, bias), images.shape)
    return Tensor.result(out, _present(x, weight, bias), backward)


def group_norm(x, num_groups, weight=None, bias=None, eps=1e-5):
    """Normalise each image over groups of channels and all positions.

    x (N, C, ...), weight and bias (C,) -> the shape of x. One group a channel is instance norm.
    Chapter: 20_diffusion. Twin: torch.nn.functional.group_norm.
    Source: Wu and He, arXiv:1803.08494.
    """
    x, weight, bias = _channels(x, weight, bias)
    number("eps", eps, at_least=0)
    channels = x.shape[1]
    if channels % whole("num_groups", num_groups):
        raise ValueError(
            f"num_groups must divide the {x.shape[1]} channels evenly, but it is {num_groups!r}"
        )
    images = channels_last(x.data)
    positions = to_positions(images)  # (N, P, C)
    if positions.shape[1] * channels == 0:
        raise ValueError(f"group_norm needs at least one value a group, but x has shape {x.shape}")
    xhat, inverse = np.empty_like(positions), np.empty((len(x), 1, channels), x.dtype)
    out = np.empty_like(positions)
    for few in pieces(positions):  # all steps for a few images, while they lie in the cache
        few_xhat = xhat[few]
        _, variance, _ = _statistics(positions[few], num_groups, out=few_xhat)
        inverse[few] = 1 / np.sqrt(variance + x.dtype.type(eps))
        per_channel(np.multiply, few_xhat, inverse[few], out=few_xhat)
        _affine(few_xhat, weight, bias, out=out[few])

    # As in layer_norm, with the means over each group.
    def backward(grad):
        g = to_positions(channels_last(grad))
        dx = np.empty_like(g)
        dw, db = np.zeros(channels, g.dtype), np.zeros(channels, g.dtype)
        for few in pieces(g):
            h = g[few]
            dw += sum_of_positions(h * xhat[few])
            db += sum_of_positions(h)
            if weight is not None:
                h = per_channel(np.multiply, h, weight.data.reshape(1, 1, -1))
            dx[few] = _backward(h, xhat[few], inverse[few], num_groups)
        gradients = from_positions(dx, images.shape), dw, db
        wanted = (True, weight is not None, bias is not None)
        return [gradient for gradient, yes in zip(gradients, wanted, strict=True) if yes]

    return Tensor.result(from_positions(out, images.shape), _present(x, weight, bias), backward)


def _lost_in_rounding(variance, mean):
    """Does a spread not stand out from the rounding error of its mean?

    Numbers that are all equal have spread 0, but their mean is rounded, and a distance from it that
    is only an error would be divided by a deviation as small.
    """
    error = mean * (1e3 * np.finfo(mean.dtype).eps)
    error *= error
    return (variance < error).any()


def _statistics(positions, groups, out=None):
    """Mean and variance (N, 1, C) of each group, and the distances from the mean (N, P, C)."""
    mean = _mean(positions, groups)
    centred = per_channel(np.subtract, positions, mean, out=out)
    variance = _mean(centred * centred, groups)
    if _lost_in_rounding(variance, mean):
        size = positions.shape[2] // groups
        first = np.repeat(positions[:, :1, ::size], size, axis=2)
        per_channel(np.subtract, positions, first, out=centred)
        centred -= _mean(centred, groups)
        variance = _mean(centred * centred, groups)
    return mean, variance, centred


def _mean(positions, groups):
    """Mean over the positions and over each group of channels: (N, P, C) -> (N, 1, C)."""
    n, count, channels = positions.shape
    means = np.full((1, count), 1 / count, positions.dtype) @ positions
    if groups == channels:
        return means
    size = channels // groups
    means = means.reshape(n, groups, size).mean(axis=2)
    return np.repeat(means, size, axis=1).reshape(n, 1, channels)


def _backward(h, xhat, scale, groups):
    """(h - mean(h) - xhat * mean(h * xhat)) * scale, with the means over the groups."""
    dx = per_channel(np.multiply, xhat, -_mean(h * xhat, groups))
    dx += h
    per_channel(np.subtract, dx, _mean(h, groups), out=dx)
    return per_channel(np.multiply, dx, scale, out=dx)


def _affine(xhat, weight, bias, out=None):
    """xhat (N, P, C) * weight + bias, one number a channel."""
    if weight is None and bias is None:
        if out is None:
            return xhat
        np.copyto(out, xhat)
        return out
    if weight is None:
        return per_channel(np.add, xhat, bias.data.reshape(1, 1, -1), out=out)
    out = per_channel(np.multiply, xhat, weight.data.reshape(1, 1, -1), out=out)
    return out if bias is None else per_channel(np.add, out, bias.data.reshape(1, 1, -1), out=out)


def _with_affine(dx, g, xhat, weight, bias):
    """dx, and the gradients of weight and bias where they exist: sums over the rows of g."""
    ones = np.ones(len(g), g.dtype)
    gradients = [dx]
    if weight is not None:
        gradients.append((ones @ (g * xhat)).reshape(weight.shape))
    if bias is not None:
        gradients.append((ones @ g).reshape(bias.shape))
    return gradients


def _present(*tensors):
    return tuple(tensor for tensor in tensors if tensor is not None)


def _last_axes(x, normalized_shape, weight, bias):
    x = floating("x", x)
    if isinstance(normalized_shape, int):
        normalized_shape = (normalized_shape,)
    if not isinstance(normalized_shape, tuple | list):
        raise TypeError(
            f"normalized_shape must be an integer or a tuple, but it is {normalized_shape!r}"
        )
    shape = tuple(normalized_shape)
    if not shape or x.shape[-len(shape) :] != shape or 0 in shape:
        raise ValueError(
            f"normalized_shape must be the last axes of x, none of them empty, but it is {shape} "
            f"and x has shape {x.shape}"
        )
    weight = None if weight is None else floating("weight", weight)
    bias = None if bias is None else floating("bias", bias)
    for name, tensor in (("weight", weight), ("bias", bias)):
        if tensor is not None:
            has_shape(name, tensor, shape, "normalized_shape")
    same_dtype(x=x, weight=weight, bias=bias)
    return x, weight, bias, math.prod(shape)


def _channels(x, weight, bias):
    x = floating("x", x)
    if x.ndim < 2:
        raise ValueError(f"x must have shape (N, C) or (N, C, ...), but it has {x.shape}")
    weight = None if weight is None else floating("weight", weight)
    bias = None if bias is None else floating("bias", bias)
    for name, tensor in (("weight", weight), ("bias", bias)):
        if tensor is not None:
            has_shape(name, tensor, x.shape[1:2], "(C,)")
    same_dtype(x=x, weight=weight, bias=bias)
    return x, weight, bias
