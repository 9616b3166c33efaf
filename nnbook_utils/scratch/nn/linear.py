"""Fully connected layers."""

import math

import numpy as np

from .. import functional as F
from .. import init
from ..tensor import Parameter
from .module import Module


class Linear(Module):
    """y = x W^T + b.

    x (..., in_features) -> (..., out_features); weight (out_features, in_features).
    Starts with numbers drawn evenly from ±1/sqrt(in_features), as PyTorch does.
    Chapter: 01_neurons. Twin: torch.nn.Linear.
    """

    def __init__(self, in_features, out_features, bias=True, *, rng):
        self.weight = Parameter(np.empty((out_features, in_features), np.float32))
        self.bias = Parameter(np.empty(out_features, np.float32)) if bias else None
        bound = 1 / math.sqrt(max(in_features, 1))
        init.uniform_(self.weight, -bound, bound, rng=rng)
        if bias:
            init.uniform_(self.bias, -bound, bound, rng=rng)

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
    """(N, ...) -> (N, features). Twin: torch.nn.Flatten."""

    def forward(self, x):
        return F.flatten(x, 1)
