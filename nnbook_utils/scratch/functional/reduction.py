"""Sums, means, spreads and extremes over axes.

`dim` is one axis, several, or None for all; keepdim=True keeps each of them with length 1.
"""

import math

import numpy as np

from ..tensor import Tensor, as_tensor
from .checks import axes, floating, number


def sum(x, dim=None, keepdim=False):
    """Sum over `dim`. Chapter: 03_backpropagation. Twin: torch.sum."""
    x = as_tensor(x)
    over = axes(x, dim, keepdim)

    # Every term enters its sum with factor 1, so each receives the gradient of that sum.
    def backward(grad):
        return (np.broadcast_to(_with_axes(grad, over, keepdim), x.shape),)

    dtype = np.int64 if x.dtype.kind == "u" else None  # so that a difference can be negative
    out = x.data.sum(axis=over, keepdims=keepdim, dtype=dtype)
    return Tensor.result(out, (x,), backward)


def mean(x, dim=None, keepdim=False):
    """Mean over `dim`. Chapter: 03_backpropagation. Twin: torch.mean."""
    x = floating("x", x)
    return sum(x, dim, keepdim) * (1 / _count(x, axes(x, dim, keepdim), 1))


def var(x, dim=None, correction=1, keepdim=False):
    """Variance over `dim`: squared distance from the mean, divided by count - correction.

    Chapter: 04_training_deep_networks. Twin: torch.var.
    """
    x = floating("x", x)
    over = axes(x, dim, keepdim)
    out, centred, count = _variance(x, over, correction, keepdim)

    # d(var)/dx_i = 2 (x_i - mean) / count; what passes through the mean cancels, because the
    # distances from a mean sum to zero.
    def backward(grad):
        return (_with_axes(grad, over, keepdim) * (centred * (2 / count)),)

    return Tensor.result(out, (x,), backward)


def _variance(x, over, correction, keepdim):
    """Variance, distances from the mean, and by what the sum of their squares was divided."""
    correction = number("correction", correction, at_least=0)
    count = _count(x, over, 1 + correction) - correction
    # The first number is taken off before the mean, so that equal numbers have distance 0 exactly.
    first = tuple(slice(0, 1) if axis in over else slice(None) for axis in range(x.ndim))
    centred = x.data - x.data[first]
    centred -= centred.mean(axis=over, keepdims=True)
    squares = (centred * centred).sum(axis=over, keepdims=keepdim)
    return squares / x.dtype.type(count), centred, count


def std(x, dim=None, correction=1, keepdim=False):
    """Standard deviation, the root of `var`. Chapter: 04_training_deep_networks.

    Twin: torch.std.
    """
    x = floating("x", x)
    over = axes(x, dim, keepdim)
    variance, centred, count = _variance(x, over, correction, keepdim)
    out = np.sqrt(variance)

    # d(std)/dx_i = d(sqrt var)/dx_i = (x_i - mean) / (count std), and 0 for equal numbers.
    def backward(grad):
        share = np.divide(grad, out * count, out=np.zeros_like(out), where=out != 0)
        return (_with_axes(share, over, keepdim) * centred,)

    return Tensor.result(out, (x,), backward)


def amax(x, dim=None, keepdim=False):
    """Largest entry over `dim`; equal ones share the gradient.

    Chapter: 22_reinforcement_learning. Twin: torch.amax.
    """
    x = as_tensor(x)
    over = axes(x, dim, keepdim)
    _count(x, over, 1)
    top = x.data.max(axis=over, keepdims=True)

    def backward(grad):
        return (_to_the_best(_with_axes(grad, over, keepdim), x.data == top, over),)

    return Tensor.result(top if keepdim else top.squeeze(over), (x,), backward)


def amin(x, dim=None, keepdim=False):
    """Smallest entry over `dim`; equal ones share the gradient.

    Chapter: 22_reinforcement_learning. Twin: torch.amin.
    """
    x = as_tensor(x)
    over = axes(x, dim, keepdim)
    _count(x, over, 1)
    bottom = x.data.min(axis=over, keepdims=True)

    def backward(grad):
        return (_to_the_best(_with_axes(grad, over, keepdim), x.data == bottom, over),)

    return Tensor.result(bottom if keepdim else bottom.squeeze(over), (x,), backward)


def _to_the_best(grad, best, over):
    """The gradient, in equal shares to all that are the largest (or smallest)."""
    share = grad / best.sum(axis=over, keepdims=True)
    return (best * share).astype(grad.dtype, copy=False)


def logsumexp(x, dim, keepdim=False):
    """log(sum(exp(x))) over `dim`, which cannot overflow.

    Chapter: 18_variational_autoencoders. Twin: torch.logsumexp.
    """
    x = floating("x", x)
    over = axes(x, dim, keepdim)
    _count(x, over, 1)
    top = x.data.max(axis=over, keepdims=True)
    top = np.where(np.isinf(top), 0, top)  # infinity - infinity would be NaN
    p = np.exp(x.data - top)
    total = p.sum(axis=over, keepdims=True)
    with np.errstate(divide="ignore"):  # log 0 = -infinity is right
        out = top + np.log(total)

    # d(logsumexp)/dx = softmax(x)
    def backward(grad):
        with np.errstate(invalid="ignore"):  # there is no softmax of infinities: NaN, as in PyTorch
            return (_with_axes(grad, over, keepdim) * (p / total),)

    return Tensor.result(out if keepdim else out.squeeze(over), (x,), backward)


def _with_axes(grad, over, keepdim):
    """Put back the axes that a reduction removed, each with length 1."""
    return grad if keepdim else np.expand_dims(grad, over)


def _count(x, over, at_least):
    """How many numbers each result is made from; ValueError when there are too few."""
    count = math.prod(x.shape[axis] for axis in over)
    if count < at_least:
        raise ValueError(
            f"this needs at least {at_least} numbers to reduce, but a tensor of shape {x.shape} "
            f"has {count} along the axes {over}"
        )
    return count
