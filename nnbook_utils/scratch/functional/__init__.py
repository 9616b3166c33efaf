"""Operations on Tensors, with the names and arguments of torch and torch.nn.functional.

Each function computes its result with NumPy, and beside it stands the rule that turns the gradient
of the result into the gradients of the inputs.
"""

from .activation import log_softmax, relu, sigmoid, softmax, tanh
from .arithmetic import abs, add, div, exp, log, mul, neg, pow, sqrt, square, sub
from .linear_algebra import linear, matmul
from .loss import cross_entropy, mse_loss
from .reduction import mean, sum
from .shaping import flatten, getitem, reshape, transpose

__all__ = [
    "abs",
    "add",
    "cross_entropy",
    "div",
    "exp",
    "flatten",
    "getitem",
    "linear",
    "log",
    "log_softmax",
    "matmul",
    "mean",
    "mse_loss",
    "mul",
    "neg",
    "pow",
    "relu",
    "reshape",
    "sigmoid",
    "softmax",
    "sqrt",
    "square",
    "sub",
    "sum",
    "tanh",
    "transpose",
]
