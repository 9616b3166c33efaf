"""Fully connected layers, and layers that only reshape."""

import math

import numpy as np

from .. import functional as F
from .. import init
from ..functional.checks import axis, flag, whole
from ..tensor import Parameter, as_tensor
from .module import Module


def uniform_parameter(shape, fan_in, rng):
    """A Parameter drawn evenly from ±1/sqrt(fan_in), as PyTorch's layers start."""
    bound = 1 / math.sqrt(max(fan_in, 1))
    return init.uniform_(Parameter(np.empty(shape, np.float32)), -bound, bound, rng=rng)


class Linear(Module):
    """y = x W^T + b.

    x (..., in_features) -> (..., out_features); weight (out_features, in_features).
    Chapter: 01_neurons. Twin: torch.nn.Linear.
    """

    def __init__(self, in_features, out_features, bias=True, *, rng):
        whole("in_features", in_features, 0), whole("out_features", out_features, 0)
        flag("bias", bias)
        self.weight = uniform_parameter((out_features, in_features), in_features, rng)
        self.bias = uniform_parameter(out_features, in_features, rng) if bias else None

    def forward(self, x):
        return F.linear(x, self.weight, self.bias)

    def extra_repr(self):
        out_features, in_features = self.weight.shape
        return f"{in_features}, {out_features}, bias={self.bias is not None}"


class Identity(Module):
    """Returns its input. Twin: torch.nn.Identity."""

    def forward(self, x):
        return x


class Flatten(Module):
    """(N, ...) -> (N, features). Chapter: 02_gradient_descent. Twin: torch.nn.Flatten."""

    def __init__(self, start_dim=1, end_dim=-1):
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, x):
        return F.flatten(x, self.start_dim, self.end_dim)


class Unflatten(Module):
    """Undo Flatten: split axis `dim` into several. Chapter: 17_autoencoders.

    One of the lengths may be -1: what is left.     Twin: torch.nn.Unflatten.
    """

    def __init__(self, dim, unflattened_size):
        if not isinstance(unflattened_size, tuple | list):
            raise TypeError(f"unflattened_size must be a tuple, but it is {unflattened_size!r}")
        if sum(size == -1 for size in unflattened_size) > 1:
            raise ValueError(f"only one length may be -1, but they are {unflattened_size}")
        self.dim = dim
        self.unflattened_size = tuple(whole("unflattened_size", n, -1) for n in unflattened_size)

    def forward(self, x):
        x = as_tensor(x)
        dim = axis(x, self.dim)
        sizes, length = list(self.unflattened_size), x.shape[dim]
        if -1 in sizes:  # what is left for it
            rest = math.prod(size for size in sizes if size != -1)
            sizes[sizes.index(-1)] = length // rest if rest else 0
        if math.prod(sizes) != length:
            raise ValueError(
                f"unflattened_size {self.unflattened_size} must multiply to the length of axis "
                f"{self.dim}, which is {length}"
            )
        return F.reshape(x, (*x.shape[:dim], *sizes, *x.shape[dim + 1 :]))
