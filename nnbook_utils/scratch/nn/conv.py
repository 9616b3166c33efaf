"""Convolution layers."""

import math

from .. import functional as F
from ..functional.checks import flag, pair, whole
from .linear import uniform_parameter
from .module import Module


class _Convolution(Module):
    """What the four have in common: a weight, a bias and the settings of the window."""

    axes = 2
    transposed = False

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        bias=True,
        *,
        rng,
    ):
        whole("in_channels", in_channels), whole("out_channels", out_channels)
        whole("groups", groups), flag("bias", bias)
        if in_channels % groups or out_channels % groups:
            raise ValueError(
                f"groups must divide in_channels {in_channels} and out_channels {out_channels}, "
                f"but it is {groups}"
            )
        window = self._sizes("kernel_size", kernel_size)
        self._sizes("stride", stride), self._sizes("dilation", dilation)
        self._sizes("padding", padding, at_least=0)
        if self.transposed:
            shape = (in_channels, out_channels // groups, *window)
        else:
            shape = (out_channels, in_channels // groups, *window)
        fan_in = math.prod(shape[1:])
        self.weight = uniform_parameter(shape, fan_in, rng)
        self.bias = uniform_parameter(out_channels, fan_in, rng) if bias else None
        self.stride, self.padding, self.dilation, self.groups = stride, padding, dilation, groups

    def _sizes(self, name, value, at_least=1):
        """One number for each axis that the window moves along."""
        if self.axes == 1:
            return (whole(name, value, at_least),)
        return pair(name, value, at_least)

    def extra_repr(self):
        inputs, outputs = self.weight.shape[1], self.weight.shape[0]
        inputs, outputs = (outputs, inputs) if self.transposed else (inputs, outputs)
        return (
            f"{inputs}, {outputs}, kernel_size={self.weight.shape[2:]}, stride={self.stride}, "
            f"padding={self.padding}"
        )


class Conv2d(_Convolution):
    """Filters slid over images: (N, C_in, H, W) -> (N, C_out, H_out, W_out).

    Chapter: 05_convolution. Twin: torch.nn.Conv2d.
    """

    def forward(self, x):
        settings = (self.stride, self.padding, self.dilation, self.groups)
        return F.conv2d(x, self.weight, self.bias, *settings)


class Conv1d(_Convolution):
    """Filters slid along sequences: (N, C_in, T) -> (N, C_out, T_out).

    Chapter: 05_convolution. Twin: torch.nn.Conv1d.
    """

    axes = 1

    def forward(self, x):
        settings = (self.stride, self.padding, self.dilation, self.groups)
        return F.conv1d(x, self.weight, self.bias, *settings)


class ConvTranspose2d(_Convolution):
    """Filters that spread each pixel out: (N, C_in, H, W) -> (N, C_out, H_out, W_out).

    Chapter: 05_convolution. Twin: torch.nn.ConvTranspose2d.
    """

    transposed = True

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        output_padding=0,
        groups=1,
        bias=True,
        dilation=1,
        *,
        rng,
    ):
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, rng=rng
        )
        self._sizes("output_padding", output_padding, at_least=0)
        self.output_padding = output_padding

    def forward(self, x):
        settings = (self.stride, self.padding, self.output_padding, self.groups, self.dilation)
        return F.conv_transpose2d(x, self.weight, self.bias, *settings)


class ConvTranspose1d(ConvTranspose2d):
    """Filters that spread each step out: (N, C_in, T) -> (N, C_out, T_out).

    Chapter: 05_convolution. Twin: torch.nn.ConvTranspose1d.
    """

    axes = 1

    def forward(self, x):
        settings = (self.stride, self.padding, self.output_padding, self.groups, self.dilation)
        return F.conv_transpose1d(x, self.weight, self.bias, *settings)
