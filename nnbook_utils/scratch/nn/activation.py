"""Activation functions as modules, for use in Sequential."""

from .. import functional as F
from ..functional.checks import number, one_of
from .module import Module


class ReLU(Module):
    """max(x, 0). Chapter: 01_neurons. Twin: torch.nn.ReLU."""

    def forward(self, x):
        return F.relu(x)


class LeakyReLU(Module):
    """x or negative_slope * x. Chapter: 01_neurons. Twin: torch.nn.LeakyReLU."""

    def __init__(self, negative_slope=0.01):
        self.negative_slope = number("negative_slope", negative_slope)

    def forward(self, x):
        return F.leaky_relu(x, self.negative_slope)


class Sigmoid(Module):
    """1 / (1 + exp(-x)). Chapter: 01_neurons. Twin: torch.nn.Sigmoid."""

    def forward(self, x):
        return F.sigmoid(x)


class Tanh(Module):
    """Hyperbolic tangent. Chapter: 01_neurons. Twin: torch.nn.Tanh."""

    def forward(self, x):
        return F.tanh(x)


class GELU(Module):
    """x times the normal distribution function. Chapter: 01_neurons. Twin: torch.nn.GELU."""

    def __init__(self, approximate="none"):
        one_of("approximate", approximate, ("none", "tanh"))
        self.approximate = approximate

    def forward(self, x):
        return F.gelu(x, self.approximate)


class SiLU(Module):
    """x * sigmoid(x). Chapter: 20_diffusion. Twin: torch.nn.SiLU."""

    def forward(self, x):
        return F.silu(x)


class Softplus(Module):
    """log(1 + exp(x)). Chapter: 01_neurons. Twin: torch.nn.Softplus."""

    def forward(self, x):
        return F.softplus(x)


class Softmax(Module):
    """Probabilities along an axis. Chapter: 02_gradient_descent. Twin: torch.nn.Softmax."""

    def __init__(self, dim):
        self.dim = dim

    def forward(self, x):
        return F.softmax(x, self.dim)
