"""Dropout."""

import numpy as np

from ..tensor import Tensor
from .checks import floating, probability


def dropout(x, p=0.5, training=True, *, rng):
    """In training, set each entry to zero with probability p and multiply the others by 1/(1-p).

    So the expected value stays, and evaluation needs no change.
    Chapter: 04_training_deep_networks. Twin: torch.nn.functional.dropout.
    Source: Srivastava et al., 2014.
    """
    x = floating("x", x)
    p = probability("p", p)
    if not training or p == 0:
        return x
    keep = rng.random(x.shape, dtype=np.float32) >= p
    mask = keep * x.dtype.type(1 / (1 - p) if p < 1 else 0)

    def backward(grad):
        return (grad * mask,)

    return Tensor.result(x.data * mask, (x,), backward)
