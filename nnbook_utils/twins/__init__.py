"""The chapters' models in PyTorch, with the names and state-dict keys of nnbook_utils.scratch."""

try:
    import torch  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    raise ModuleNotFoundError(
        "nnbook_utils.twins needs PyTorch, which is not installed: run `pip install torch`",
        name="torch",
    ) from None

from .devices import describe, device
from .mlp import MLP

__all__ = ["MLP", "describe", "device"]
