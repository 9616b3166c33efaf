"""Clipping of gradients."""

import math

import numpy as np

from ..tensor import Tensor


def clip_grad_norm_(parameters, max_norm, *, error_if_nonfinite=False):
    """Shorten all gradients together so that their common length is at most max_norm.

    Returns the length before. Call it between backward() and step(). When a gradient holds NaN or
    infinity there is no length to clip to: error_if_nonfinite=True raises RuntimeError and changes
    nothing, without it all gradients become NaN or 0, as in PyTorch.
    Chapter: 04_training_deep_networks. Twin: torch.nn.utils.clip_grad_norm_.
    Source: Pascanu et al., arXiv:1211.5063.
    """
    if not max_norm >= 0:
        raise ValueError(f"max_norm must be at least 0, but it is {max_norm}")
    parameters = _with_gradients(parameters)
    flat = (p.grad.ravel() for p in parameters)
    norm = math.sqrt(sum(float(np.dot(g, g)) for g in flat))
    if error_if_nonfinite and not math.isfinite(norm):
        raise RuntimeError(
            f"the gradients cannot be clipped, because their length is {norm}; look for what made "
            "NaN or infinity, often too large a learning rate"
        )
    scale = max_norm / (norm + 1e-6)
    if not scale >= 1:  # NaN is not below 1
        with np.errstate(invalid="ignore"):
            for parameter in parameters:
                parameter.grad *= scale
    return norm


def clip_grad_value_(parameters, clip_value):
    """Limit every entry of every gradient to ±clip_value.

    Chapter: 04_training_deep_networks. Twin: torch.nn.utils.clip_grad_value_.
    """
    if not clip_value >= 0:
        raise ValueError(f"clip_value must be at least 0, but it is {clip_value}")
    for parameter in _with_gradients(parameters):
        np.clip(parameter.grad, -clip_value, clip_value, out=parameter.grad)


def _with_gradients(parameters):
    parameters = [parameters] if isinstance(parameters, Tensor) else parameters
    return [parameter for parameter in parameters if parameter.grad is not None]
