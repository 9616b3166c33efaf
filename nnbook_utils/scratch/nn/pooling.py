"""Pooling and resampling layers. They have no parameters."""

from .. import functional as F
from ..functional.checks import pair, whole
from .module import Module


class _Window(Module):
    axes = 2

    def __init__(self, kernel_size, stride=None, padding=0):
        sizes = whole if self.axes == 1 else pair
        sizes("kernel_size", kernel_size), sizes("padding", padding, at_least=0)
        if stride is not None:
            sizes("stride", stride)
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding

    def extra_repr(self):
        return f"{self.kernel_size}"


class MaxPool2d(_Window):
    """Largest value of each window. Chapter: 05_convolution. Twin: torch.nn.MaxPool2d."""

    def forward(self, x):
        return F.max_pool2d(x, self.kernel_size, self.stride, self.padding)


class AvgPool2d(_Window):
    """Mean of each window. Chapter: 05_convolution. Twin: torch.nn.AvgPool2d."""

    def forward(self, x):
        return F.avg_pool2d(x, self.kernel_size, self.stride, self.padding)


class MaxPool1d(_Window):
    """Largest value of each window. Chapter: 05_convolution. Twin: torch.nn.MaxPool1d."""

    axes = 1

    def forward(self, x):
        return F.max_pool1d(x, self.kernel_size, self.stride, self.padding)


class AvgPool1d(_Window):
    """Mean of each window. Chapter: 05_convolution. Twin: torch.nn.AvgPool1d."""

    axes = 1

    def forward(self, x):
        return F.avg_pool1d(x, self.kernel_size, self.stride, self.padding)


class AdaptiveAvgPool2d(Module):
    """Means over a fixed number of windows. Chapter: 06_cnn_architectures.

    Twin: torch.nn.AdaptiveAvgPool2d.
    """

    def __init__(self, output_size):
        pair("output_size", output_size)
        self.output_size = output_size

    def forward(self, x):
        return F.adaptive_avg_pool2d(x, self.output_size)


class AdaptiveMaxPool2d(Module):
    """Largest values of a fixed number of windows. Chapter: 06_cnn_architectures.

    Twin: torch.nn.AdaptiveMaxPool2d.
    """

    def __init__(self, output_size):
        pair("output_size", output_size)
        self.output_size = output_size

    def forward(self, x):
        return F.adaptive_max_pool2d(x, self.output_size)


class Upsample(Module):
    """Repeat each pixel. Chapter: 17_autoencoders. Twin: torch.nn.Upsample, mode "nearest"."""

    def __init__(self, scale_factor):
        pair("scale_factor", scale_factor)
        self.scale_factor = scale_factor

    def forward(self, x):
        return F.interpolate(x, self.scale_factor)


class PixelShuffle(Module):
    """Channels to resolution. Chapter: 20_diffusion. Twin: torch.nn.PixelShuffle."""

    def __init__(self, upscale_factor):
        self.upscale_factor = whole("upscale_factor", upscale_factor)

    def forward(self, x):
        return F.pixel_shuffle(x, self.upscale_factor)


class PixelUnshuffle(Module):
    """Resolution to channels. Chapter: 20_diffusion. Twin: torch.nn.PixelUnshuffle."""

    def __init__(self, downscale_factor):
        self.downscale_factor = whole("downscale_factor", downscale_factor)

    def forward(self, x):
        return F.pixel_unshuffle(x, self.downscale_factor)
