"""Normalisation layers and dropout."""

import numpy as np

from .. import functional as F
from ..tensor import Parameter
from .module import Buffer, Module


def _ones(shape):
    return Parameter(np.ones(shape, np.float32))


def _zeros(shape):
    return Parameter(np.zeros(shape, np.float32))


class BatchNorm2d(Module):
    """Each channel normalised over the batch and all positions.

    x (N, C, H, W) -> the same shape. In training by this batch's statistics, in evaluation by the
    running ones.
    Chapter: 04_training_deep_networks. Twin: torch.nn.BatchNorm2d.
    """

    shapes = ("(N, C, H, W)", (4,))

    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        self.weight, self.bias = _ones(num_features), _zeros(num_features)
        self.running_mean = Buffer(np.zeros(num_features, np.float32))
        self.running_var = Buffer(np.ones(num_features, np.float32))
        self.num_batches_tracked = Buffer(np.zeros((), np.int64))
        self.eps, self.momentum = eps, momentum

    def forward(self, x):
        meaning, axes = self.shapes
        if x.ndim not in axes:
            raise ValueError(f"{type(self).__name__} needs x {meaning}, but it has shape {x.shape}")
        if self.training:
            self.num_batches_tracked.data += 1
        statistics = (self.running_mean, self.running_var)
        settings = (self.training, self.momentum, self.eps)
        return F.batch_norm(x, *statistics, self.weight, self.bias, *settings)

    def extra_repr(self):
        return f"{len(self.weight)}"


class BatchNorm1d(BatchNorm2d):
    """Each feature normalised over the batch, x (N, C) or (N, C, T) -> the same shape.

    Chapter: 04_training_deep_networks. Twin: torch.nn.BatchNorm1d.
    """

    shapes = ("(N, C) or (N, C, T)", (2, 3))


class LayerNorm(Module):
    """Each example normalised over its last axes. Chapter: 04_training_deep_networks.

    Twin: torch.nn.LayerNorm.
    """

    def __init__(self, normalized_shape, eps=1e-5):
        self.weight, self.bias = _ones(normalized_shape), _zeros(normalized_shape)
        self.eps = eps

    def forward(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return f"{self.weight.shape}"


class RMSNorm(Module):
    """Each example divided by its root mean square over the last axes. Chapter: 13_transformer.

    Twin: torch.nn.RMSNorm.
    """

    def __init__(self, normalized_shape, eps=None):
        self.weight = _ones(normalized_shape)
        self.eps = eps

    def forward(self, x):
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)

    def extra_repr(self):
        return f"{self.weight.shape}"


class GroupNorm(Module):
    """Each image normalised over groups of channels. Chapter: 20_diffusion.

    Twin: torch.nn.GroupNorm.
    """

    def __init__(self, num_groups, num_channels, eps=1e-5):
        self.num_groups, self.eps = num_groups, eps
        self.weight, self.bias = _ones(num_channels), _zeros(num_channels)

    def forward(self, x):
        return F.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return f"{self.num_groups}, {len(self.weight)}"


class Dropout(Module):
    """Zeros at random while training, nothing in evaluation. Chapter: 04_training_deep_networks.

    Twin: torch.nn.Dropout.
    """

    def __init__(self, p=0.5, *, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        return F.dropout(x, self.p, self.training, rng=self.rng)

    def extra_repr(self):
        return f"p={self.p}"
