"""A deep random network: how activations and gradients change from layer to layer."""

from .explorer import VanishingGradient

__all__ = ["VanishingGradient"]
