"""Lengths of vectors and angles between them."""

import numpy as np

from ..tensor import Tensor, unbroadcast
from .checks import axis, floating, number, same_dtype


def normalize(x, dim=1, eps=1e-12):
    """x divided by its Euclidean length along `dim` (at least eps): vectors of length 1.

    Chapter: 11_tokens_and_embeddings. Twin: torch.nn.functional.normalize.
    """
    x = floating("x", x)
    dim, eps = axis(x, dim), number("eps", eps)
    length = np.maximum(np.sqrt((x.data * x.data).sum(axis=dim, keepdims=True)), eps)
    out = x.data / length

    # Only the part of the gradient at right angles to the vector turns it:
    # dL/dx = (g - u (g . u)) / |x|,  u = x/|x|.  Below eps the length is a constant.
    def backward(grad):
        along = out * (grad * out).sum(axis=dim, keepdims=True)
        return ((grad - along * (length > eps)) / length,)

    return Tensor.result(out, (x,), backward)


def cosine_similarity(a, b, dim=1, eps=1e-8):
    """Cosine of the angle between vectors: 1 same direction, 0 at right angles, -1 opposite.

    Their lengths count as at least eps. a and b may have any two shapes that broadcast.
    Chapter: 11_tokens_and_embeddings. Twin: torch.nn.functional.cosine_similarity.
    """
    a, b = floating("a", a), floating("b", b)
    same_dtype(a=a, b=b)
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError as error:
        raise ValueError(
            f"a and b must have shapes that broadcast, but a has {a.shape} and b has {b.shape}"
        ) from error
    x, y = np.broadcast_to(a.data, shape), np.broadcast_to(b.data, shape)
    dim, eps = axis(x, dim), number("eps", eps)
    lengths = [np.sqrt((v * v).sum(axis=dim, keepdims=True)) for v in (x, y)]
    at_least = [np.maximum(length, eps) for length in lengths]
    cosine = (x / at_least[0] * (y / at_least[1])).sum(axis=dim, keepdims=True)

    # With u = x/|x| and w = y/|y|, of which u turns when x moves:
    #   d(u . w)/dx = (w - (u . w) u) / |x|, and the same for y with both exchanged
    def backward(grad):
        grad = np.expand_dims(grad, dim)
        u, w = (v / np.where(n == 0, 1, n) for v, n in zip((x, y), lengths, strict=True))
        dx = grad * (y / at_least[1] - cosine * u) / at_least[0]
        dy = grad * (x / at_least[0] - cosine * w) / at_least[1]
        return unbroadcast(dx, a.shape), unbroadcast(dy, b.shape)

    return Tensor.result(cosine.squeeze(dim), (a, b), backward)
