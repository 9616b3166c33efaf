"""Gradient descent, with and without momentum."""

from ..functional.checks import flag, number
from .optimizer import Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent:  v = momentum * v + g,  w = w - lr * v.

    nesterov=True looks ahead: w = w - lr * (g + momentum * v). weight_decay adds decay * w to g.
    Chapter: 02_gradient_descent. Twin: torch.optim.SGD. Source: Polyak, 1964; Nesterov, 1983.
    """

    memory = ("velocity",)

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0, nesterov=False):
        super().__init__(parameters, lr)
        number("momentum", momentum, at_least=0), number("weight_decay", weight_decay, at_least=0)
        flag("nesterov", nesterov)
        if nesterov and momentum <= 0:
            raise ValueError("nesterov=True needs momentum > 0")
        self.momentum, self.weight_decay, self.nesterov = momentum, weight_decay, nesterov
        self.velocity = self.zeros() if momentum else None

    def update(self, part, step):
        w, g = self.data[part], self.grad[part]
        if self.weight_decay:
            g += self.weight_decay * w
        if self.momentum:
            v = self.velocity[part]
            v *= self.momentum
            v += g
            g = g + self.momentum * v if self.nesterov else v
        w -= self.lr * g
