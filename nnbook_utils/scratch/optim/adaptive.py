"""Optimisers that give every parameter a step length of its own."""

import math

import numpy as np

from ..functional.checks import number
from .optimizer import Optimizer


class RMSprop(Optimizer):
    """Divide each gradient by the running root of its mean square.

    s = alpha * s + (1 - alpha) * g^2,  w = w - lr * g / (sqrt(s) + eps)
    Chapter: 04_training_deep_networks. Twin: torch.optim.RMSprop. Source: Hinton, 2012 (lecture 6).
    """

    memory = ("square", "velocity")

    def __init__(self, parameters, lr=0.01, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0):
        super().__init__(parameters, lr)
        number("alpha", alpha, at_least=0), number("eps", eps, at_least=0)
        number("weight_decay", weight_decay, at_least=0), number("momentum", momentum, at_least=0)
        self.alpha, self.eps = alpha, eps
        self.weight_decay, self.momentum = weight_decay, momentum
        self.square = self.zeros()
        self.velocity = self.zeros() if momentum else None

    def update(self, part, step):
        w, g, s = self.data[part], self.grad[part], self.square[part]
        if self.weight_decay:
            g += self.weight_decay * w
        s *= self.alpha
        s += (1 - self.alpha) * (g * g)
        g = g / (np.sqrt(s) + self.eps)
        if self.momentum:
            v = self.velocity[part]
            v *= self.momentum
            v += g
            g = v
        w -= self.lr * g


class Adam(Optimizer):
    """Momentum and RMSprop together, both corrected for having started at zero.

    m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2,  after t steps
    w = w - lr * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)
    Chapter: 02_gradient_descent. Twin: torch.optim.Adam. Source: Kingma and Ba, arXiv:1412.6980.
    """

    memory = ("mean", "square")
    decoupled_decay = False

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(parameters, lr)
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise TypeError(f"betas must be a pair of numbers, but it is {betas!r}")
        if not all(0 <= number("betas", beta) < 1 for beta in betas):
            raise ValueError(f"betas must be at least 0 and below 1, but they are {betas}")
        number("eps", eps, at_least=0), number("weight_decay", weight_decay, at_least=0)
        self.betas, self.eps, self.weight_decay = betas, eps, weight_decay
        self.mean, self.square = self.zeros(), self.zeros()
        self.scratch = self.zeros()  # one array to compute in, so that a step allocates nothing

    def update(self, part, step):
        w, g, m, v = self.data[part], self.grad[part], self.mean[part], self.square[part]
        scratch = self.scratch[part]
        beta1, beta2 = self.betas
        if self.weight_decay and self.decoupled_decay:
            w *= 1 - self.lr * self.weight_decay
        elif self.weight_decay:
            g += self.weight_decay * w
        m *= beta1
        m += np.multiply(g, 1 - beta1, out=scratch)
        v *= beta2
        g *= g
        v += np.multiply(g, 1 - beta2, out=scratch)
        # w -= lr * (m / c1) / (sqrt(v / c2) + eps), written so that few passes are needed
        np.sqrt(v, out=scratch)
        scratch *= 1 / math.sqrt(1 - beta2**step)
        scratch += self.eps
        np.divide(m, scratch, out=scratch)
        scratch *= self.lr / (1 - beta1**step)
        w -= scratch


class AdamW(Adam):
    """Adam with weight decay applied to the weights themselves: w = w - lr * decay * w.

    Chapter: 04_training_deep_networks. Twin: torch.optim.AdamW.
    Source: Loshchilov and Hutter, arXiv:1711.05101.
    """

    decoupled_decay = True

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(parameters, lr, betas, eps, weight_decay)
