"""Normalisation layers and dropout."""

import numpy as np

from .. import functional as F
from .. import init
from ..functional.checks import flag, floating, number, probability, whole
from ..tensor import Parameter
from .module import Buffer, Module


def _ones(shape, wanted=True):
    return Parameter(np.ones(shape, np.float32)) if wanted else None


def _zeros(shape, wanted=True):
    return Parameter(np.zeros(shape, np.float32)) if wanted else None


def _axes(normalized_shape):
    """The lengths of the last axes as a tuple: one integer stands for one axis."""
    several = isinstance(normalized_shape, tuple | list)
    sizes = normalized_shape if several else (normalized_shape,)
    if not sizes:
        raise ValueError("normalized_shape must name at least one axis, but it is empty")
    return tuple(whole("normalized_shape", size) for size in sizes)


class BatchNorm2d(Module):
    """Each channel normalised over the batch and all positions.

    x (N, C, H, W) -> the same shape. In training by this batch's statistics, in evaluation by the
    running ones; with track_running_stats=False there are none, and it is always this batch's.
    momentum: how far the running ones move towards the batch's; None makes them plain averages
    over all batches. affine=False leaves weight and bias out.
    Chapter: 04_training_deep_networks. Twin: torch.nn.BatchNorm2d.
    """

    shapes = ("(N, C, H, W)", (4,))

    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True):
        self.num_features = whole("num_features", num_features)
        self.eps = number("eps", eps, at_least=0)
        if momentum is not None:
            probability("momentum", momentum)
        self.momentum = momentum
        flag("affine", affine), flag("track_running_stats", track_running_stats)
        self.weight, self.bias = _ones(num_features, affine), _zeros(num_features, affine)
        self.running_mean = self.running_var = self.num_batches_tracked = None
        if track_running_stats:
            self.running_mean = Buffer(np.zeros(num_features, np.float32))
            self.running_var = Buffer(np.ones(num_features, np.float32))
            self.num_batches_tracked = Buffer(np.zeros((), np.int64))

    def forward(self, x):
        x = floating("x", x)
        meaning, axes = self.shapes
        if x.ndim not in axes or x.shape[1] != self.num_features:
            raise ValueError(
                f"{type(self).__name__} needs x {meaning} with C = {self.num_features}, but it has "
                f"shape {x.shape}"
            )
        tracked = self.running_mean is not None
        momentum = self.momentum
        if momentum is None:
            momentum = 1 / (1 + int(self.num_batches_tracked.data)) if tracked else 0.0
        settings = (self.training or not tracked, momentum, self.eps)
        out = F.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, *settings
        )
        if self.training and tracked:
            self.num_batches_tracked.data += 1
        return out

    def extra_repr(self):
        return f"{self.num_features}"


class BatchNorm1d(BatchNorm2d):
    """Each feature normalised over the batch, x (N, C) or (N, C, T) -> the same shape.

    Chapter: 04_training_deep_networks. Twin: torch.nn.BatchNorm1d.
    """

    shapes = ("(N, C) or (N, C, T)", (2, 3))


class LayerNorm(Module):
    """Each example normalised over its last axes. Chapter: 04_training_deep_networks.

    elementwise_affine=False leaves weight and bias out, bias=False only the bias.
    Twin: torch.nn.LayerNorm.
    """

    def __init__(self, normalized_shape, eps=1e-5, elementwise_affine=True, bias=True):
        flag("elementwise_affine", elementwise_affine), flag("bias", bias)
        self.normalized_shape = _axes(normalized_shape)
        self.eps = number("eps", eps, at_least=0)
        self.weight = _ones(self.normalized_shape, elementwise_affine)
        self.bias = _zeros(self.normalized_shape, elementwise_affine and bias)

    def forward(self, x):
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return f"{self.normalized_shape}"


class RMSNorm(Module):
    """Each example divided by its root mean square over the last axes. Chapter: 13_transformer.

    eps: None is the smallest step of the dtype. elementwise_affine=False leaves the weight out.
    Twin: torch.nn.RMSNorm.
    """

    def __init__(self, normalized_shape, eps=None, elementwise_affine=True):
        flag("elementwise_affine", elementwise_affine)
        self.normalized_shape = _axes(normalized_shape)
        self.eps = None if eps is None else number("eps", eps, at_least=0)
        self.weight = _ones(self.normalized_shape, elementwise_affine)

    def forward(self, x):
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self):
        return f"{self.normalized_shape}"


class GroupNorm(Module):
    """Each image normalised over groups of channels. Chapter: 20_diffusion.

    affine=False leaves weight and bias out. Twin: torch.nn.GroupNorm.
    """

    def __init__(self, num_groups, num_channels, eps=1e-5, affine=True):
        whole("num_groups", num_groups), whole("num_channels", num_channels)
        if num_channels % num_groups:
            raise ValueError(
                f"num_groups must divide num_channels {num_channels}, but it is {num_groups}"
            )
        flag("affine", affine)
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps = number("eps", eps, at_least=0)
        self.weight, self.bias = _ones(num_channels, affine), _zeros(num_channels, affine)

    def forward(self, x):
        return F.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self):
        return f"{self.num_groups}, {self.num_channels}"


class Dropout(Module):
    """Zeros at random while training, nothing in evaluation. Chapter: 04_training_deep_networks.

    Twin: torch.nn.Dropout.
    """

    def __init__(self, p=0.5, *, rng):
        probability("p", p)
        self.p, self.rng = p, init.generator(rng)

    def forward(self, x):
        return F.dropout(x, self.p, self.training, rng=self.rng)

    def extra_repr(self):
        return f"p={self.p}"
