"""Elementwise arithmetic, with NumPy's broadcasting."""

import numpy as np

from ..tensor import (
    DEFAULT_DTYPE,
    Tensor,
    as_array,
    as_tensor,
    masked,
    operands,
    promoted,
    unbroadcast,
)
from .checks import floating, number


def add(a, b):
    """a + b, any two shapes that broadcast. Chapter: 03_backpropagation. Twin: torch.add."""
    a, b = operands(a, b)

    # d(a + b)/da = d(a + b)/db = 1
    def backward(grad):
        return unbroadcast(grad, a.shape), unbroadcast(grad, b.shape)

    return Tensor.result(_broadcast(np.add, a, b), (a, b), backward)


def sub(a, b):
    """a - b, any two shapes that broadcast. Chapter: 03_backpropagation. Twin: torch.sub."""
    a, b = operands(a, b)

    # d(a - b)/da = 1, d(a - b)/db = -1
    def backward(grad):
        return unbroadcast(grad, a.shape), unbroadcast(-grad, b.shape)

    return Tensor.result(_broadcast(np.subtract, a, b), (a, b), backward)


def mul(a, b):
    """a * b, any two shapes that broadcast. Chapter: 03_backpropagation. Twin: torch.mul."""
    a, b = operands(a, b)

    # d(ab)/da = b, d(ab)/db = a
    def backward(grad):
        da = unbroadcast(grad * b.data, a.shape) if a.requires_grad else None
        db = unbroadcast(grad * a.data, b.shape) if b.requires_grad else None
        return da, db

    return Tensor.result(_broadcast(np.multiply, a, b), (a, b), backward)


def div(a, b):
    """a / b, any two shapes that broadcast. Chapter: 03_backpropagation. Twin: torch.div."""
    a, b = operands(a, b)
    out = _broadcast(np.divide, a, b)

    # d(a/b)/da = 1/b, d(a/b)/db = -a/b^2 = -(a/b)/b
    def backward(grad):
        da = grad / b.data
        db = unbroadcast(-da * out, b.shape) if b.requires_grad else None
        return unbroadcast(da, a.shape), db

    return Tensor.result(out, (a, b), backward)


def neg(x):
    """-x. Chapter: 03_backpropagation. Twin: torch.neg."""
    x = as_tensor(x)
    if x.dtype == bool:
        raise TypeError("neg needs numbers, but x holds booleans; for not(x) compare x == False")

    def backward(grad):
        return (-grad,)

    return Tensor.result(-x.data, (x,), backward)


def pow(x, exponent):
    """x ** exponent, for a plain number as exponent.

    Chapter: 03_backpropagation. Twin: torch.pow.
    """
    x = floating("x", x)
    if not isinstance(exponent, int | float | np.integer | np.floating):
        raise TypeError(
            f"exponent must be a plain number, but it is a {type(exponent).__name__}; for a tensor "
            "as exponent use exp(exponent * log(x))"
        )

    exponent = number("exponent", exponent)

    # d(x^n)/dx = n x^(n-1); the derivative of x^0 = 1 is 0 everywhere, at x = 0 too.
    def backward(grad):
        if exponent == 0:
            return (np.zeros_like(grad),)
        return (grad * (exponent * _power(x.data, exponent - 1)),)

    return Tensor.result(_power(x.data, exponent), (x,), backward)


def _power(x, n):
    # NumPy takes 17 times longer for a float32 x**3 than for two products.
    return x * x * x if n == 3 else x**n


def square(x):
    """x * x. Chapter: 03_backpropagation. Twin: torch.square."""
    return pow(x, 2)


def exp(x):
    """e to the power x. Chapter: 03_backpropagation. Twin: torch.exp."""
    x = floating("x", x)
    out = np.exp(x.data)

    # d(e^x)/dx = e^x
    def backward(grad):
        return (grad * out,)

    return Tensor.result(out, (x,), backward)


def log(x):
    """Natural logarithm. Chapter: 03_backpropagation. Twin: torch.log."""
    x = floating("x", x)

    # d(log x)/dx = 1/x
    def backward(grad):
        return (grad / x.data,)

    return Tensor.result(np.log(x.data), (x,), backward)


def sqrt(x):
    """Square root. Chapter: 03_backpropagation. Twin: torch.sqrt."""
    x = floating("x", x)
    out = np.sqrt(x.data)

    # d(sqrt x)/dx = 1 / (2 sqrt x), which is infinite at 0
    def backward(grad):
        with np.errstate(divide="ignore"):
            return (grad / (2 * out),)

    return Tensor.result(out, (x,), backward)


def abs(x):
    """Absolute value; its gradient at 0 is 0. Chapter: 03_backpropagation. Twin: torch.abs."""
    x = as_tensor(x)

    # d|x|/dx = sign(x)
    def backward(grad):
        return (grad * np.sign(x.data),)

    return Tensor.result(np.abs(x.data), (x,), backward)


def sin(x):
    """Sine of an angle in radians. Chapter: 13_transformer. Twin: torch.sin."""
    x = floating("x", x)

    # d(sin x)/dx = cos x
    def backward(grad):
        return (grad * np.cos(x.data),)

    return Tensor.result(np.sin(x.data), (x,), backward)


def cos(x):
    """Cosine of an angle in radians. Chapter: 13_transformer. Twin: torch.cos."""
    x = floating("x", x)

    # d(cos x)/dx = -sin x
    def backward(grad):
        return (grad * -np.sin(x.data),)

    return Tensor.result(np.cos(x.data), (x,), backward)


def maximum(a, b):
    """The larger of a and b, entry by entry. Chapter: 22_reinforcement_learning.

    Twin: torch.maximum.
    """
    a, b = operands(a, b)

    # The larger one passes through; where both are equal, each gets half, as in PyTorch.
    def backward(grad):
        return _to_the_better(grad, a, b, a.data < b.data, a.data > b.data)

    return Tensor.result(_broadcast(np.maximum, a, b), (a, b), backward)


def minimum(a, b):
    """The smaller of a and b, entry by entry. Chapter: 22_reinforcement_learning.

    Twin: torch.minimum.
    """
    a, b = operands(a, b)

    def backward(grad):
        return _to_the_better(grad, a, b, a.data > b.data, a.data < b.data)

    return Tensor.result(_broadcast(np.minimum, a, b), (a, b), backward)


def _to_the_better(grad, a, b, a_loses, b_loses):
    grad = np.where(a.data == b.data, grad / 2, grad)
    to_a, to_b = masked(grad, ~a_loses), masked(grad, ~b_loses)
    return unbroadcast(to_a, a.shape), unbroadcast(to_b, b.shape)


def clamp(x, min=None, max=None):
    """x, but not below `min` and not above `max`. Chapter: 22_reinforcement_learning.

    Twin: torch.clamp.
    """
    x = as_tensor(x)
    if min is None and max is None:
        raise ValueError("clamp needs min, max or both")
    min = None if min is None else number("min", min)
    max = None if max is None else number("max", max)

    # The slope is 1 from min to max, both included, and 0 outside.
    def backward(grad):
        inside = np.ones(x.shape, bool)
        if min is not None:
            inside &= x.data >= min
        if max is not None:
            inside &= x.data <= max
        return (masked(grad, inside),)

    out = x.data
    if x.dtype.kind != "f" and (isinstance(min, float) or isinstance(max, float)):
        out = out.astype(DEFAULT_DTYPE)  # integers between fractions are fractions
    return Tensor.result(np.clip(out, min, max), (x,), backward)


def where(condition, a, b):
    """a where the condition holds, b elsewhere. Chapter: 15_vision_transformer_and_clip.

    condition: booleans; the three shapes broadcast. Twin: torch.where.
    """
    condition = as_array(condition)
    if condition.dtype != bool:
        raise TypeError(f"condition must hold booleans, but its dtype is {condition.dtype}")
    a, b = operands(a, b)

    # Each entry passes its gradient to the one that it came from.
    def backward(grad):
        to_a, to_b = masked(grad, condition), masked(grad, ~condition)
        return unbroadcast(to_a, a.shape), unbroadcast(to_b, b.shape)

    try:
        out = np.where(condition, a.data, b.data)
    except ValueError as error:
        raise ValueError(
            f"condition, a and b must have shapes that broadcast, but they have "
            f"{condition.shape}, {a.shape} and {b.shape}"
        ) from error
    out = out.astype(promoted(a.data, b.data), copy=False)
    return Tensor.result(out, (a, b), backward)


def _broadcast(operation, a, b):
    """operation(a, b); a clear error for shapes that do not fit, and no accidental float64."""
    try:
        out = operation(a.data, b.data)
    except ValueError as error:
        raise ValueError(
            f"a and b must have shapes that broadcast, but a has {a.shape} and b has {b.shape}; "
            "compare them from the last axis backwards: equal, or one of them 1"
        ) from error
    if out.dtype == np.float64 and (a.dtype != np.float64 or b.dtype != np.float64):
        dtype = promoted(a.data, b.data)  # NumPy makes float64 of integers and float32
        return out.astype(dtype if dtype.kind == "f" else DEFAULT_DTYPE, copy=False)
    return out
