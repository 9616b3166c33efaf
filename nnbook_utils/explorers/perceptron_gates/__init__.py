"""A perceptron with two inputs, its line, its truth table, and how it learns."""

from .explorer import PerceptronGates

__all__ = ["PerceptronGates"]
