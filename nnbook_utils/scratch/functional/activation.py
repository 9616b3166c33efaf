"""Activation functions and softmax."""

import numpy as np

from ..tensor import Tensor, as_tensor


def relu(x):
    """max(x, 0), elementwise; its gradient at 0 is 0.

    Chapter: 01_neurons. Twin: torch.nn.functional.relu.
    """
    x = as_tensor(x)
    out = np.maximum(x.data, 0)

    # The slope is 1 where x > 0 and 0 elsewhere. A product with the mask beats np.where.
    def backward(grad):
        return (grad * (out > 0),)

    return Tensor.result(out, (x,), backward)


def sigmoid(x):
    """1 / (1 + exp(-x)), elementwise. Chapter: 01_neurons. Twin: torch.sigmoid."""
    x = as_tensor(x)
    # The same function as (1 + tanh(x/2)) / 2, which cannot overflow.
    out = np.tanh(x.data * 0.5) * 0.5 + 0.5

    # ds/dx = s (1 - s)
    def backward(grad):
        return (grad * out * (1 - out),)

    return Tensor.result(out, (x,), backward)


def tanh(x):
    """Hyperbolic tangent, elementwise. Chapter: 01_neurons. Twin: torch.tanh."""
    x = as_tensor(x)
    out = np.tanh(x.data)

    # d(tanh x)/dx = 1 - tanh(x)^2
    def backward(grad):
        return (grad * (1 - out * out),)

    return Tensor.result(out, (x,), backward)


def softmax(x, dim):
    """exp(x) divided by its sum along `dim`: positive numbers that sum to 1.

    Chapter: 02_gradient_descent. Twin: torch.softmax.
    """
    x = as_tensor(x)
    # Adding a constant to all of x changes nothing, so subtract the largest: exp cannot overflow.
    out = np.exp(x.data - x.data.max(axis=dim, keepdims=True))
    out /= out.sum(axis=dim, keepdims=True)

    # dp_i/dx_j = p_i (1[i = j] - p_j)  =>  dL/dx = p * (g - sum(g * p))
    def backward(grad):
        return (out * (grad - (grad * out).sum(axis=dim, keepdims=True)),)

    return Tensor.result(out, (x,), backward)


def log_softmax(x, dim):
    """log(softmax(x)) along `dim`, without ever taking the logarithm of 0.

    Chapter: 02_gradient_descent. Twin: torch.log_softmax.
    """
    x = as_tensor(x)
    shifted = x.data - x.data.max(axis=dim, keepdims=True)
    out = shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))

    # d(log p_i)/dx_j = 1[i = j] - p_j  =>  dL/dx = g - p * sum(g)
    def backward(grad):
        return (grad - np.exp(out) * grad.sum(axis=dim, keepdims=True),)

    return Tensor.result(out, (x,), backward)
