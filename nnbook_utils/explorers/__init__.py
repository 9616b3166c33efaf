"""Live pictures for the chapters. README.md in this folder says how to add one."""

from .learning_rate.explorer import LearningRate
from .perceptron_gates.explorer import PerceptronGates

__all__ = ["LearningRate", "PerceptronGates"]
