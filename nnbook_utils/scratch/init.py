"""Initialisation: random numbers of the right size for a layer's weights.

Every function fills a Tensor in place and returns it, as in torch.nn.init; the random generator is
passed, never global. Chapter: 04_training_deep_networks.
"""

import math

import numpy as np

from .functional.checks import number, one_of
from .tensor import Tensor


def generator(rng):
    """`rng` itself; TypeError unless it is a numpy Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "rng must be a numpy Generator, as np.random.default_rng(0) makes, but it is a "
            f"{type(rng).__name__}"
        )
    return rng


def uniform_(tensor, a=0.0, b=1.0, *, rng):
    """Fill with numbers drawn evenly from [a, b). Twin: torch.nn.init.uniform_."""
    number("a", a), number("b", b, at_least=a)
    return _fill(tensor, generator(rng).uniform(a, b, _tensor(tensor).shape))


def normal_(tensor, mean=0.0, std=1.0, *, rng):
    """Fill with numbers drawn from a normal distribution. Twin: torch.nn.init.normal_."""
    number("mean", mean), number("std", std, at_least=0)
    return _fill(tensor, generator(rng).normal(mean, std, _tensor(tensor).shape))


def constant_(tensor, value):
    """Fill with one value. Twin: torch.nn.init.constant_."""
    return _fill(tensor, number("value", value))


def zeros_(tensor):
    """Fill with zeros. Twin: torch.nn.init.zeros_."""
    return constant_(tensor, 0.0)


def ones_(tensor):
    """Fill with ones. Twin: torch.nn.init.ones_."""
    return constant_(tensor, 1.0)


def fans(tensor):
    """How many numbers enter and leave one unit: (fan_in, fan_out).

    tensor (n_out, n_in, ...): a linear weight (n_out, n_in) or filters (C_out, C_in, KH, KW).
    Raises ValueError for fewer than two axes.
    """
    if _tensor(tensor).ndim < 2:
        raise ValueError(
            f"fans are defined for weights with at least two axes (n_out, n_in), but this tensor "
            f"has shape {tensor.shape}"
        )
    window = int(np.prod(tensor.shape[2:]))
    return tensor.shape[1] * window, tensor.shape[0] * window


def calculate_gain(nonlinearity, param=None):
    """Factor that makes up for what an activation takes from the spread of its input.

    nonlinearity: linear, sigmoid, tanh, relu or leaky_relu (param is its slope, 0.01).
    Twin: torch.nn.init.calculate_gain.
    """
    slope = 0.01 if param is None else number("param", param)
    gains = {
        "linear": 1.0,
        "sigmoid": 1.0,
        "tanh": 5 / 3,
        "relu": math.sqrt(2.0),
        "leaky_relu": math.sqrt(2.0 / (1 + slope**2)),
    }
    one_of("nonlinearity", nonlinearity, tuple(gains))
    return gains[nonlinearity]


def xavier_uniform_(tensor, gain=1.0, *, rng):
    """Glorot's rule, variance 2/(fan_in + fan_out), evenly drawn.

    Twin: torch.nn.init.xavier_uniform_. Source: Glorot and Bengio, 2010.
    """
    bound = number("gain", gain, at_least=0) * math.sqrt(6 / sum(fans(tensor)))
    return uniform_(tensor, -bound, bound, rng=rng)


def xavier_normal_(tensor, gain=1.0, *, rng):
    """Glorot's rule, variance 2/(fan_in + fan_out), normally drawn.

    Twin: torch.nn.init.xavier_normal_. Source: Glorot and Bengio, 2010.
    """
    std = number("gain", gain, at_least=0) * math.sqrt(2 / sum(fans(tensor)))
    return normal_(tensor, 0.0, std, rng=rng)


def kaiming_uniform_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", *, rng):
    """He's rule, variance gain^2/fan, evenly drawn.

    Twin: torch.nn.init.kaiming_uniform_. Source: He et al., 2015, arXiv:1502.01852.
    """
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, rng=rng)


def kaiming_normal_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", *, rng):
    """He's rule, variance gain^2/fan, normally drawn.

    Twin: torch.nn.init.kaiming_normal_. Source: He et al., 2015, arXiv:1502.01852.
    """
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), rng=rng)


def _kaiming_std(tensor, a, mode, nonlinearity):
    one_of("mode", mode, ("fan_in", "fan_out"))
    fan_in, fan_out = fans(tensor)
    fan = fan_in if mode == "fan_in" else fan_out
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def _tensor(tensor):
    if not isinstance(tensor, Tensor):
        raise TypeError(f"tensor must be a Tensor, but it is a {type(tensor).__name__}")
    return tensor


def _fill(tensor, values):
    _tensor(tensor).data[...] = values
    return tensor
