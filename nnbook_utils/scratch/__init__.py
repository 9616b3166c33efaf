"""Neural networks in NumPy alone: automatic differentiation, layers, optimisers.

Names, arguments, shapes and state-dict keys are PyTorch's, so what is learnt here carries over.

    from nnbook_utils.scratch import Tensor, nn, no_grad, optim, functional as F
"""

from . import functional, init, models, nn, optim
from .tensor import Parameter, Tensor, no_grad

__all__ = ["Parameter", "Tensor", "functional", "init", "models", "nn", "no_grad", "optim"]
