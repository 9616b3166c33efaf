"""Activation functions as modules, for use in Sequential."""

from .. import functional as F
from .module import Module


class ReLU(Module):
    """Chapter: 01_neurons. Twin: torch.nn.ReLU."""

    def forward(self, x):
        return F.relu(x)


class Sigmoid(Module):
    """Chapter: 01_neurons. Twin: torch.nn.Sigmoid."""

    def forward(self, x):
        return F.sigmoid(x)


class Tanh(Module):
    """Chapter: 01_neurons. Twin: torch.nn.Tanh."""

    def forward(self, x):
        return F.tanh(x)


class Softmax(Module):
    """Chapter: 02_gradient_descent. Twin: torch.nn.Softmax."""

    def __init__(self, dim):
        self.dim = dim

    def forward(self, x):
        return F.softmax(x, self.dim)
