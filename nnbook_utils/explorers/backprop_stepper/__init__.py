"""Backpropagation on small graphs: values forward, slopes backward, one step at a time."""

from .explorer import BackpropStepper

__all__ = ["BackpropStepper"]
