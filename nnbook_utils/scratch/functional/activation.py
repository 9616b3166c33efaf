"""Activation functions and softmax."""

import math

import numpy as np

from ..tensor import Tensor, masked
from .checks import axis, floating, number, one_of
from .error_function import erfc
from .layout import pieces

C, K = math.sqrt(2 / math.pi), 0.044715  # of GPT-2's formula for gelu


def relu(x):
    """max(x, 0), elementwise; its gradient at 0 is 0.

    Chapter: 01_neurons. Twin: torch.nn.functional.relu.
    """
    x = floating("x", x)
    out = np.maximum(x.data, 0)

    # The slope is 1 where x > 0, which is where the result is not 0, and 0 elsewhere.
    def backward(grad):
        if out.size < 2**16:
            return (masked(grad, out != 0),)
        dx = np.empty_like(out)
        for part in pieces(dx):
            masked(grad[part], out[part] != 0, out=dx[part])
        return (dx,)

    return Tensor.result(out, (x,), backward)


def leaky_relu(x, negative_slope=0.01):
    """x where x > 0, negative_slope * x elsewhere.

    Chapter: 01_neurons. Twin: torch.nn.functional.leaky_relu. Source: Maas et al., 2013.
    """
    x = floating("x", x)
    negative_slope = number("negative_slope", negative_slope)
    slope = np.where(x.data > 0, 1, negative_slope).astype(x.dtype)

    def backward(grad):
        return (grad * slope,)

    return Tensor.result(x.data * slope, (x,), backward)


def sigmoid(x):
    """1 / (1 + exp(-x)), elementwise. Chapter: 01_neurons. Twin: torch.sigmoid."""
    x = floating("x", x)
    out = _sigmoid(x.data)

    # ds/dx = s (1 - s)
    def backward(grad):
        return (grad * (out * (1 - out)),)

    return Tensor.result(out, (x,), backward)


def _sigmoid(x):
    # For x below -88 exp(-x) overflows float32 to infinity, and 1 / infinity = 0 is the answer.
    out = np.negative(x, out=np.empty_like(x))  # an array even where x is a single number
    with np.errstate(over="ignore"):
        np.exp(out, out=out)
    out += 1
    return np.divide(1, out, out=out)


def tanh(x):
    """Hyperbolic tangent, elementwise. Chapter: 01_neurons. Twin: torch.tanh."""
    x = floating("x", x)
    out = np.tanh(x.data)

    # d(tanh x)/dx = 1 - tanh(x)^2
    def backward(grad):
        return (grad * (1 - out * out),)

    return Tensor.result(out, (x,), backward)


def gelu(x, approximate="none"):
    """x times the probability that a standard normal number is below x.

    approximate="tanh" is GPT-2's formula: within 0.001 of the exact one, and faster.
    Chapter: 01_neurons. Twin: torch.nn.functional.gelu. Source: arXiv:1606.08415.
    """
    x = floating("x", x)
    one_of("approximate", approximate, ("none", "tanh"))
    if approximate == "tanh":
        out, share = _gelu_tanh(x.data)

        def backward(grad):
            return (_gelu_tanh_gradient(grad, x.data, share),)

        return Tensor.result(out, (x,), backward)
    below = 0.5 * erfc(x.data * -math.sqrt(0.5))  # Phi(x), the normal distribution function

    # d(x Phi(x))/dx = Phi(x) + x phi(x),  phi(x) = exp(-x^2/2) / sqrt(2 pi), the normal density
    def backward(grad):
        with np.errstate(over="ignore"):  # e to the power -infinity is 0, which is right
            density = np.exp(x.data * x.data * -0.5) * (1 / math.sqrt(2 * math.pi))
        return (grad * (below + x.data * density),)

    return Tensor.result(x.data * below, (x,), backward)


def _gelu_tanh(x):
    # x s  with  s = (1 + tanh(u)) / 2,  u = c (x + k x^3) = x (c + c k x^2). Computed in place,
    # step by step and piece by piece: else most of the time would go into fetching memory.
    share, out = np.empty_like(x), np.empty_like(x)
    with np.errstate(over="ignore"):  # the tanh of infinity is 1, which is right
        for part in pieces(out):
            x_, s = x[part], share[part]
            np.multiply(x_, x_, out=s)
            s *= C * K
            s += C
            s *= x_
            np.tanh(s, out=s)
            s += 1
            s *= 0.5
            np.multiply(x_, s, out=out[part])
    return out, share


def _gelu_tanh_gradient(grad, x, share):
    # d(x s)/dx = s + x ds/dx = s + 2 c (x w + 3 k x^3 w)  with  w = s - s^2. The factor w comes
    # first: far out it is 0 and keeps x^3 from becoming infinite.
    dx = np.empty_like(x)
    for part in pieces(dx):
        x_, s, slope = x[part], share[part], dx[part]
        xw = np.multiply(s, s, out=np.empty_like(s))
        np.subtract(s, xw, out=xw)
        xw *= x_
        np.multiply(xw, x_, out=slope)
        slope *= x_
        slope *= 3 * K
        slope += xw
        slope *= 2 * C
        slope += s
        slope *= grad[part]
    return dx


def silu(x):
    """x * sigmoid(x), also called swish. Chapter: 20_diffusion.

    Twin: torch.nn.functional.silu. Source: arXiv:1606.08415.
    """
    x = floating("x", x)
    sigmoids, out = np.empty_like(x.data), np.empty_like(x.data)
    for part in pieces(out):
        sigmoids[part] = _sigmoid(x.data[part])
        np.multiply(x.data[part], sigmoids[part], out=out[part])

    # d(x s)/dx = s + x s (1 - s) = s (1 + x (1 - s))
    def backward(grad):
        dx = np.empty_like(out)
        for part in pieces(dx):
            s, slope = sigmoids[part], dx[part]
            np.subtract(1, s, out=slope)
            slope *= x.data[part]
            slope += 1
            slope *= s
            slope *= grad[part]
        return (dx,)

    return Tensor.result(out, (x,), backward)


def softplus(x):
    """log(1 + exp(x)), a smooth relu. Chapter: 01_neurons. Twin: torch.nn.functional.softplus."""
    x = floating("x", x)

    # its slope is the sigmoid
    def backward(grad):
        return (grad * _sigmoid(x.data),)

    return Tensor.result(_softplus(x.data), (x,), backward)


def _softplus(x):
    # log(1 + e^x) = max(x, 0) + log(1 + e^-|x|), where the exponential cannot overflow.
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def logsigmoid(x):
    """log(sigmoid(x)), without ever taking the logarithm of 0.

    Chapter: 11_tokens_and_embeddings. Twin: torch.nn.functional.logsigmoid.
    """
    return -softplus(-floating("x", x))


def softmax(x, dim):
    """exp(x) divided by its sum along `dim`: positive numbers that sum to 1.

    Chapter: 02_gradient_descent. Twin: torch.softmax.
    """
    x = floating("x", x)
    out = _softmax(x.data, axis(x, dim))

    # dp_i/dx_j = p_i (1[i = j] - p_j)  =>  dL/dx = p * (g - sum(g * p))
    def backward(grad):
        return (out * (grad - (grad * out).sum(axis=dim, keepdims=True)),)

    return Tensor.result(out, (x,), backward)


def _softmax(x, dim):
    if x.shape[dim] == 0:
        return x.copy()
    # Subtracting a constant from all of x changes nothing; with the largest, exp cannot overflow.
    out = x - x.max(axis=dim, keepdims=True)
    np.exp(out, out=out)
    out /= out.sum(axis=dim, keepdims=True)
    return out


def log_softmax(x, dim):
    """log(softmax(x)) along `dim`, without ever taking the logarithm of 0.

    Chapter: 02_gradient_descent. Twin: torch.log_softmax.
    """
    x = floating("x", x)
    dim = axis(x, dim)
    if x.shape[dim] == 0:
        return x * 1
    shifted = x.data - x.data.max(axis=dim, keepdims=True)
    out = shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))

    # d(log p_i)/dx_j = 1[i = j] - p_j  =>  dL/dx = g - p * sum(g)
    def backward(grad):
        return (grad - np.exp(out) * grad.sum(axis=dim, keepdims=True),)

    return Tensor.result(out, (x,), backward)
