"""Neural networks in NumPy alone: automatic differentiation, layers, optimisers.

Names, arguments, shapes and state-dict keys are PyTorch's, so what is learnt here carries over.

    from nnbook_utils.scratch import Tensor, nn, no_grad, optim, functional as F
"""

from . import functional, init, models, nn, optim
from .graph import Graph, Node, trace
from .serialization import load, save
from .tensor import Parameter, Tensor, no_grad

__all__ = [
    "Graph",
    "Node",
    "Parameter",
    "Tensor",
    "functional",
    "init",
    "load",
    "models",
    "nn",
    "no_grad",
    "optim",
    "save",
    "trace",
]
