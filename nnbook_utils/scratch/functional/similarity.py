"""Lengths of vectors and angles between them."""

import numpy as np

from ..tensor import Tensor
from .checks import axis, floating, same_dtype
from .reduction import sum


def normalize(x, dim=-1, eps=1e-12):
    """x divided by its Euclidean length along `dim` (at least eps): vectors of length 1.

    Chapter: 11_tokens_and_embeddings. Twin: torch.nn.functional.normalize.
    """
    x = floating("x", x)
    dim = axis(x, dim)
    length = np.maximum(np.sqrt((x.data * x.data).sum(axis=dim, keepdims=True)), eps)
    out = x.data / length

    # Only the part of the gradient at right angles to the vector turns it:
    # dL/dx = (g - u (g . u)) / |x|,  u = x/|x|.  Below eps the length is a constant.
    def backward(grad):
        along = out * (grad * out).sum(axis=dim, keepdims=True)
        return ((grad - along * (length > eps)) / length,)

    return Tensor.result(out, (x,), backward)


def cosine_similarity(a, b, dim=-1):
    """Cosine of the angle between vectors: 1 same direction, 0 at right angles, -1 opposite.

    Chapter: 11_tokens_and_embeddings. Twin: torch.nn.functional.cosine_similarity.
    """
    a, b = floating("a", a), floating("b", b)
    same_dtype(a=a, b=b)
    return sum(normalize(a, dim, eps=1e-8) * normalize(b, dim, eps=1e-8), dim)
