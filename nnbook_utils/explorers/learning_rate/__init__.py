"""Gradient descent and momentum on Strang's quadratic, theory beside measurement."""

from .explorer import LearningRate

__all__ = ["LearningRate"]
