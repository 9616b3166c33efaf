"""Elementwise arithmetic, with NumPy's broadcasting."""

import numpy as np

from ..tensor import Tensor, as_tensor, operands, unbroadcast


def add(a, b):
    """a + b, any two shapes that broadcast. Chapter: 03_backpropagation. Twin: torch.add."""
    a, b = operands(a, b)

    # d(a + b)/da = d(a + b)/db = 1
    def backward(grad):
        return unbroadcast(grad, a.shape), unbroadcast(grad, b.shape)

    return Tensor.result(a.data + b.data, (a, b), backward)


def sub(a, b):
    """a - b, any two shapes that broadcast. Chapter: 03_backpropagation. Twin: torch.sub."""
    a, b = operands(a, b)

    # d(a - b)/da = 1, d(a - b)/db = -1
    def backward(grad):
        return unbroadcast(grad, a.shape), unbroadcast(-grad, b.shape)

    return Tensor.result(a.data - b.data, (a, b), backward)


def mul(a, b):
    """a * b, any two shapes that broadcast. Chapter: 03_backpropagation. Twin: torch.mul."""
    a, b = operands(a, b)

    # d(ab)/da = b, d(ab)/db = a
    def backward(grad):
        da = unbroadcast(grad * b.data, a.shape) if a.requires_grad else None
        db = unbroadcast(grad * a.data, b.shape) if b.requires_grad else None
        return da, db

    return Tensor.result(a.data * b.data, (a, b), backward)


def div(a, b):
    """a / b, any two shapes that broadcast. Chapter: 03_backpropagation. Twin: torch.div."""
    a, b = operands(a, b)
    out = a.data / b.data

    # d(a/b)/da = 1/b, d(a/b)/db = -a/b^2 = -(a/b)/b
    def backward(grad):
        da = grad / b.data
        db = unbroadcast(-da * out, b.shape) if b.requires_grad else None
        return unbroadcast(da, a.shape), db

    return Tensor.result(out, (a, b), backward)


def neg(x):
    """-x. Chapter: 03_backpropagation. Twin: torch.neg."""
    x = as_tensor(x)

    def backward(grad):
        return (-grad,)

    return Tensor.result(-x.data, (x,), backward)


def pow(x, exponent):
    """x ** exponent, for a plain number as exponent.

    Chapter: 03_backpropagation. Twin: torch.pow.
    """
    x = as_tensor(x)

    # d(x^n)/dx = n x^(n-1)
    def backward(grad):
        return (grad * (exponent * _power(x.data, exponent - 1)),)

    return Tensor.result(_power(x.data, exponent), (x,), backward)


def _power(x, n):
    # NumPy's float32 x**3 is 17 times slower than two products.
    if n == 3:
        return x * x * x
    return x**n


def square(x):
    """x * x. Chapter: 03_backpropagation. Twin: torch.square."""
    return pow(x, 2)


def exp(x):
    """e to the power x. Chapter: 03_backpropagation. Twin: torch.exp."""
    x = as_tensor(x)
    out = np.exp(x.data)

    # d(e^x)/dx = e^x
    def backward(grad):
        return (grad * out,)

    return Tensor.result(out, (x,), backward)


def log(x):
    """Natural logarithm. Chapter: 03_backpropagation. Twin: torch.log."""
    x = as_tensor(x)

    # d(log x)/dx = 1/x
    def backward(grad):
        return (grad / x.data,)

    return Tensor.result(np.log(x.data), (x,), backward)


def sqrt(x):
    """Square root. Chapter: 03_backpropagation. Twin: torch.sqrt."""
    x = as_tensor(x)
    out = np.sqrt(x.data)

    # d(sqrt x)/dx = 1 / (2 sqrt x)
    def backward(grad):
        return (grad / (2 * out),)

    return Tensor.result(out, (x,), backward)


def abs(x):
    """Absolute value; its gradient at 0 is 0. Chapter: 03_backpropagation. Twin: torch.abs."""
    x = as_tensor(x)

    # d|x|/dx = sign(x)
    def backward(grad):
        return (grad * np.sign(x.data),)

    return Tensor.result(np.abs(x.data), (x,), backward)
