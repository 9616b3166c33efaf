"""Schedules: how the learning rate changes from step to step.

Make one around an optimiser and call its step() after each optimizer.step(). Each is written as a
formula of the step number t, which starts at 0.
Chapter: 04_training_deep_networks. Twin: torch.optim.lr_scheduler.
"""

import math

from ..functional.checks import number, whole


class LRScheduler:
    """Sets optimizer.lr = its first value * factor(t). Subclasses define `factor`."""

    def __init__(self, optimizer):
        if not hasattr(optimizer, "lr"):
            raise TypeError(
                "optimizer must be one of nnbook_utils.scratch.optim, but it is a "
                f"{type(optimizer).__name__}"
            )
        self.optimizer = optimizer
        self.base_lr = optimizer.lr
        self.last_epoch = 0
        self._set()

    def factor(self, t):
        raise NotImplementedError

    def step(self):
        self.last_epoch += 1
        self._set()

    def get_last_lr(self):
        """A list with the learning rate, as PyTorch gives one for each group of parameters."""
        return [self.optimizer.lr]

    def _set(self):
        self.optimizer.lr = self.base_lr * number("the factor", self.factor(self.last_epoch))

    def state_dict(self):
        return {"last_epoch": self.last_epoch, "base_lr": self.base_lr}

    def load_state_dict(self, state):
        self.last_epoch, self.base_lr = int(state["last_epoch"]), float(state["base_lr"])
        self._set()


class LambdaLR(LRScheduler):
    """A factor of your own: lr_lambda(t). Twin: torch.optim.lr_scheduler.LambdaLR."""

    def __init__(self, optimizer, lr_lambda):
        if not callable(lr_lambda):
            raise TypeError(f"lr_lambda must be a function of the step, but it is {lr_lambda!r}")
        self.factor = lr_lambda
        super().__init__(optimizer)


class StepLR(LRScheduler):
    """Times gamma after every step_size steps. Twin: torch.optim.lr_scheduler.StepLR."""

    def __init__(self, optimizer, step_size, gamma=0.1):
        whole("step_size", step_size), number("gamma", gamma)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def factor(self, t):
        return self.gamma ** (t // self.step_size)


class ExponentialLR(LRScheduler):
    """Times gamma after every step. Twin: torch.optim.lr_scheduler.ExponentialLR."""

    def __init__(self, optimizer, gamma):
        self.gamma = number("gamma", gamma)
        super().__init__(optimizer)

    def factor(self, t):
        return self.gamma**t


class LinearLR(LRScheduler):
    """From start_factor to end_factor in a straight line over total_iters steps: a warm-up.

    Twin: torch.optim.lr_scheduler.LinearLR.
    """

    def __init__(self, optimizer, start_factor=1 / 3, end_factor=1.0, total_iters=5):
        number("start_factor", start_factor), number("end_factor", end_factor)
        whole("total_iters", total_iters)
        self.start, self.end, self.total = start_factor, end_factor, total_iters
        super().__init__(optimizer)

    def factor(self, t):
        return self.start + (self.end - self.start) * min(t, self.total) / self.total


class CosineAnnealingLR(LRScheduler):
    """Down half a cosine wave, from the first rate to eta_min after T_max steps.

    Twin: torch.optim.lr_scheduler.CosineAnnealingLR. Source: arXiv:1608.03983.
    """

    def __init__(self, optimizer, T_max, eta_min=0.0):
        whole("T_max", T_max), number("eta_min", eta_min)
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def _set(self):
        share = (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / 2
        self.optimizer.lr = self.eta_min + (self.base_lr - self.eta_min) * share


def warmup_cosine(warmup, total, floor=0.0):
    """A factor for LambdaLR: up in a straight line, then down half a cosine wave to `floor`.

    Chapter: 14_gpt. It serves PyTorch's LambdaLR as well.
    """
    whole("warmup", warmup, at_least=0), whole("total", total), number("floor", floor)
    if not warmup < total:
        raise ValueError(f"warmup must be from 0 to total - 1 = {total - 1}, but it is {warmup}")

    def factor(t):
        if t < warmup:
            return (t + 1) / warmup
        done = min((t - warmup) / (total - warmup), 1.0)
        return floor + (1 - floor) * (1 + math.cos(math.pi * done)) / 2

    return factor
