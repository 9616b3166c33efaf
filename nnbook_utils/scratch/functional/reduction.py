"""Sums, means, spreads and extremes over axes.

`dim` is one axis, several, or None for all; keepdim=True keeps each of them with length 1.
"""

import math

import numpy as np

from ..tensor import Tensor, as_tensor
from .arithmetic import sqrt
from .checks import axes, floating, number


def sum(x, dim=None, keepdim=False):
    """Sum over `dim`. Chapter: 03_backpropagation. Twin: torch.sum."""
    x = as_tensor(x)
    over = axes(x, dim, keepdim)

    # Every term enters its sum with factor 1, so each receives the gradient of that sum.
    def backward(grad):
        return (np.broadcast_to(_with_axes(grad, over, keepdim), x.shape),)

    return Tensor.result(x.data.sum(axis=over, keepdims=keepdim), (x,), backward)


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
    correction = number("correction", correction, at_least=0)
    count = _count(x, over, 1 + correction) - correction
    centred = x.data - x.data.mean(axis=over, keepdims=True)
    out = (centred * centred).sum(axis=over, keepdims=keepdim) / x.dtype.type(count)

    # d(var)/dx_i = 2 (x_i - mean) / count; what passes through the mean cancels, because the
    # distances from a mean sum to zero.
    def backward(grad):
        return (_with_axes(grad, over, keepdim) * (centred * (2 / count)),)

    return Tensor.result(out, (x,), backward)


def std(x, dim=None, correction=1, keepdim=False):
    """Standard deviation, the root of `var`. Chapter: 04_training_deep_networks.

    Twin: torch.std.
    """
    return sqrt(var(x, dim, correction, keepdim))


def amax(x, dim=None, keepdim=False):
    """Largest entry over `dim`; equal ones share the gradient.

    Chapter: 22_reinforcement_learning. Twin: torch.amax.
    """
    x = as_tensor(x)
    over = axes(x, dim, keepdim)
    _count(x, over, 1)
    top = x.data.max(axis=over, keepdims=True)

    def backward(grad):
        winners = x.data == top
        share = _with_axes(grad, over, keepdim) / winners.sum(axis=over, keepdims=True)
        return ((winners * share).astype(grad.dtype, copy=False),)

    return Tensor.result(top if keepdim else top.squeeze(over), (x,), backward)


def amin(x, dim=None, keepdim=False):
    """Smallest entry over `dim`; equal ones share the gradient.

    Chapter: 22_reinforcement_learning. Twin: torch.amin.
    """
    return -amax(-as_tensor(x), dim, keepdim)


def logsumexp(x, dim, keepdim=False):
    """log(sum(exp(x))) over `dim`, which cannot overflow.

    Chapter: 18_variational_autoencoders. Twin: torch.logsumexp.
    """
    x = floating("x", x)
    over = axes(x, dim, keepdim)
    _count(x, over, 1)
    top = x.data.max(axis=over, keepdims=True)
    p = np.exp(x.data - top)
    total = p.sum(axis=over, keepdims=True)
    out = top + np.log(total)

    # d(logsumexp)/dx = softmax(x)
    def backward(grad):
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
