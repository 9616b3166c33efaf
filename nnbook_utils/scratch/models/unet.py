"""A U-Net that predicts the noise in an image."""

import numpy as np

from .. import functional as F
from .. import nn
from ..tensor import as_array


class ResidualBlock(nn.Module):
    """Two convolutions with the noise level added between them, and a path around.

    x (N, C_in, H, W), time (N, D) -> (N, C_out, H, W)
    Chapter: 20_diffusion. Twin: nnbook_utils.twins.unet.ResidualBlock.
    """

    def __init__(self, inputs, outputs, time_features, groups=8, *, rng):
        self.norm1 = nn.GroupNorm(groups, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, rng=rng)
        self.time = nn.Linear(time_features, outputs, rng=rng)
        self.norm2 = nn.GroupNorm(groups, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, rng=rng)
        same = inputs == outputs
        self.around = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1, rng=rng)

    def forward(self, x, time):
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time(time).reshape(len(time), -1, 1, 1)
        return self.around(x) + self.conv2(F.silu(self.norm2(h)))


class UNet(nn.Module):
    """Down to a quarter of the size and up again, with paths across at each size.

    x (N, image_channels, H, W), H and W multiples of 4; t (N,) the noise level, from 0 to 1
    -> the shape of x
    Chapter: 20_diffusion. Twin: nnbook_utils.twins.UNet. Source: arXiv:1505.04597.
    """

    def __init__(self, channels=(32, 64, 64), image_channels=1, time_features=64, *, rng):
        a, b, c = channels
        self.time_features = time_features
        self.time = nn.Sequential(
            nn.Linear(time_features, time_features, rng=rng),
            nn.SiLU(),
            nn.Linear(time_features, time_features, rng=rng),
        )
        self.enter = nn.Conv2d(image_channels, a, 3, padding=1, rng=rng)
        self.down1 = ResidualBlock(a, a, time_features, rng=rng)
        self.down2 = ResidualBlock(a, b, time_features, rng=rng)
        self.middle = ResidualBlock(b, c, time_features, rng=rng)
        self.up2 = ResidualBlock(c + b, b, time_features, rng=rng)
        self.up1 = ResidualBlock(b + a, a, time_features, rng=rng)
        self.norm = nn.GroupNorm(8, a)
        self.leave = nn.Conv2d(a, image_channels, 3, padding=1, rng=rng)

    def forward(self, x, t):
        time = self.time(waves(t, self.time_features, x.dtype))
        full = self.down1(self.enter(x), time)
        half = self.down2(F.avg_pool2d(full, 2), time)
        quarter = self.middle(F.avg_pool2d(half, 2), time)
        half = self.up2(F.cat([F.interpolate(quarter, 2), half], 1), time)
        full = self.up1(F.cat([F.interpolate(half, 2), full], 1), time)
        return self.leave(F.silu(self.norm(full)))


def waves(t, features, dtype):
    """A number from 0 to 1 as sines and cosines of growing frequency: (N,) -> (N, features)."""
    frequencies = np.exp(np.linspace(0, np.log(1000), features // 2)).astype(dtype)
    angles = as_array(t).astype(dtype)[:, None] * frequencies
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
