"""The variational autoencoder."""

from .. import functional as F
from .. import nn


class VAE(nn.Module):
    """An encoder to a mean and a spread, a random draw between, and a decoder back to pixels.

    x (N, pixels) between 0 and 1, noise (N, latent) drawn from a standard normal distribution
    -> logits of the pixels (N, pixels), mu and logvar (N, latent)
    Chapter: 18_variational_autoencoders. Twin: nnbook_utils.twins.VAE.
    Source: Kingma and Welling, arXiv:1312.6114.
    """

    def __init__(self, pixels=784, hidden=256, latent=20, *, rng):
        self.encoder = nn.Sequential(nn.Linear(pixels, hidden, rng=rng), nn.ReLU())
        self.mu = nn.Linear(hidden, latent, rng=rng)
        self.logvar = nn.Linear(hidden, latent, rng=rng)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden, rng=rng), nn.ReLU(), nn.Linear(hidden, pixels, rng=rng)
        )

    def forward(self, x, noise):
        hidden = self.encoder(x)
        mu, logvar = self.mu(hidden), self.logvar(hidden)
        z = mu + (logvar * 0.5).exp() * noise  # the draw, with the randomness outside
        return self.decoder(z), mu, logvar


def vae_loss(logits, mu, logvar, x):
    """Minus the evidence lower bound, in nats an image: reconstruction error plus KL divergence.

    Chapter: 18_variational_autoencoders. Twin: nnbook_utils.twins.vae.vae_loss.
    """
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    return (reconstruction + F.gaussian_kl(mu, logvar).sum()) * (1 / len(x))
