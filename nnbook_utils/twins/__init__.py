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

from .char_rnn import CharRNN
from .cnn import CNN
from .devices import describe, device
from .gpt import GPT
from .mlp import MLP
from .unet import UNet
from .vae import VAE, vae_loss

__all__ = [
    "CNN",
    "GPT",
    "MLP",
    "VAE",
    "CharRNN",
    "UNet",
    "describe",
    "device",
    "vae_loss",
]
