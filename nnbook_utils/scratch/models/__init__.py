"""The chapters' models, each with a twin of the same name in nnbook_utils.twins."""

from .mlp import MLP

__all__ = ["MLP"]
