"""Sums and means over axes."""

import numpy as np

from ..tensor import Tensor, as_tensor


def sum(x, dim=None, keepdim=False):
    """Sum over `dim` (an axis, several, or None for all of them).

    Chapter: 03_backpropagation. Twin: torch.sum.
    """
    x = as_tensor(x)
    axes = _axes(x, dim)

    # Every term enters its sum with factor 1, so each receives the gradient of that sum.
    def backward(grad):
        if not keepdim:
            grad = np.expand_dims(grad, axes)
        return (np.broadcast_to(grad, x.shape),)

    return Tensor.result(x.data.sum(axis=axes, keepdims=keepdim), (x,), backward)


def mean(x, dim=None, keepdim=False):
    """Mean over `dim` (an axis, several, or None for all of them).

    Chapter: 03_backpropagation. Twin: torch.mean.
    """
    x = as_tensor(x)
    count = int(np.prod([x.shape[axis] for axis in _axes(x, dim)]))
    return sum(x, dim, keepdim) * (1 / count)


def _axes(x, dim):
    """`dim` as a tuple of axes counted from the front."""
    if dim is None:
        return tuple(range(x.ndim))
    axes = dim if isinstance(dim, tuple | list) else (dim,)
    for axis in axes:
        if not -x.ndim <= axis < x.ndim:
            raise ValueError(f"dim {axis} does not exist: the tensor has shape {x.shape}")
    return tuple(axis % x.ndim for axis in axes)
