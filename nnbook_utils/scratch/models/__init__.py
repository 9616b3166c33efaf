"""The chapters' models, each with a twin of the same name in nnbook_utils.twins."""

from .char_rnn import CharRNN
from .cnn import CNN
from .gpt import GPT
from .mlp import MLP
from .unet import UNet
from .vae import VAE, vae_loss

__all__ = ["CNN", "GPT", "MLP", "VAE", "CharRNN", "UNet", "vae_loss"]
