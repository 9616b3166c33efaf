"""What all explorers share: base class, traits, linker, and the browser side's modules."""

from .base import Explorer
from .linker import LinkError, link
from .traits import Choice, Number, Vector, Whole

__all__ = ["Choice", "Explorer", "LinkError", "Number", "Vector", "Whole", "link"]
