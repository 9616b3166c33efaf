"""Optimisers and schedules, with the names and arguments of torch.optim."""

from . import lr_scheduler
from .adaptive import Adam, AdamW, RMSprop
from .optimizer import Optimizer
from .sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "lr_scheduler"]
