"""Layers and models, with the names, arguments and state-dict keys of torch.nn."""

from ..tensor import Parameter
from .activation import ReLU, Sigmoid, Softmax, Tanh
from .linear import Flatten, Identity, Linear
from .module import Module, ModuleList, Sequential

__all__ = [
    "Flatten",
    "Identity",
    "Linear",
    "Module",
    "ModuleList",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
]
