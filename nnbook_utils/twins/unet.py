"""A U-Net that predicts the noise in an image."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class ResidualBlock(nn.Module):
    """Two convolutions with the noise level added between them, and a path around.

    x (N, C_in, H, W), time (N, D) -> (N, C_out, H, W)
    Chapter: 20_diffusion. Twin: nnbook_utils.scratch.models.unet.ResidualBlock.
    """

    def __init__(self, inputs, outputs, time_features, groups=8):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time = nn.Linear(time_features, outputs)
        self.norm2 = nn.GroupNorm(groups, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.around = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, time):
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time(time)[:, :, None, None]
        return self.around(x) + self.conv2(F.silu(self.norm2(h)))


class UNet(nn.Module):
    """Down to a quarter of the size and up again, with paths across at each size.

    x (N, image_channels, H, W), H and W multiples of 4; t (N,) the noise level, from 0 to 1
    -> the shape of x
    Chapter: 20_diffusion. Twin: nnbook_utils.scratch.models.UNet. Source: arXiv:1505.04597.
    """

    def __init__(self, channels=(32, 64, 64), image_channels=1, time_features=64):
        super().__init__()
        a, b, c = channels
        self.time_features = time_features
        self.time = nn.Sequential(
            nn.Linear(time_features, time_features),
            nn.SiLU(),
            nn.Linear(time_features, time_features),
        )
        self.enter = nn.Conv2d(image_channels, a, 3, padding=1)
        self.down1 = ResidualBlock(a, a, time_features)
        self.down2 = ResidualBlock(a, b, time_features)
        self.middle = ResidualBlock(b, c, time_features)
        self.up2 = ResidualBlock(c + b, b, time_features)
        self.up1 = ResidualBlock(b + a, a, time_features)
        self.norm = nn.GroupNorm(8, a)
        self.leave = nn.Conv2d(a, image_channels, 3, padding=1)

    def forward(self, x, t):
        time = self.time(waves(t, self.time_features, x.dtype))
        full = self.down1(self.enter(x), time)
        half = self.down2(F.avg_pool2d(full, 2), time)
        quarter = self.middle(F.avg_pool2d(half, 2), time)
        half = self.up2(torch.cat([F.interpolate(quarter, scale_factor=2), half], 1), time)
        full = self.up1(torch.cat([F.interpolate(half, scale_factor=2), full], 1), time)
        return self.leave(F.silu(self.norm(full)))


def waves(t, features, dtype):
    """A number from 0 to 1 as sines and cosines of growing frequency: (N,) -> (N, features)."""
    frequencies = torch.linspace(0, math.log(1000), features // 2, dtype=torch.float64).exp()
    angles = t.to(dtype)[:, None] * frequencies.to(t.device, dtype)
    return torch.cat([angles.sin(), angles.cos()], 1)
