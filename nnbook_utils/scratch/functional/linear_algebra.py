"""Products of matrices."""

import numpy as np

from ..tensor import Tensor, operands, promoted, unbroadcast
from .checks import floating, has_shape, same_dtype


def matmul(a, b):
    """Matrix product a @ b, batched over leading axes, which broadcast.

    a (..., n, k) or (k,), b (..., k, m) or (k,) -> (..., n, m)
    Integers take the dtype of floats beside them. Raises ValueError when the shapes do not fit.
    Chapter: 03_backpropagation. Twin: torch.matmul.
    """
    a, b = operands(a, b)
    x, y = a.data, b.data
    if x.dtype != y.dtype:
        dtype = promoted(x, y)
        x, y = x.astype(dtype, copy=False), y.astype(dtype, copy=False)
    try:
        out = x @ y
    except ValueError as error:
        raise ValueError(
            f"matmul needs a (..., n, k) and b (..., k, m) with the same k, but a has shape "
            f"{a.shape} and b has shape {b.shape}"
        ) from error

    # With C = A B:  dL/dA = dL/dC B^T  and  dL/dB = A^T dL/dC.
    # A vector takes part as a matrix of one row (a) or of one column (b).
    def backward(grad):
        rows = x if x.ndim > 1 else x[None, :]
        columns = y if y.ndim > 1 else y[:, None]
        grad = grad if b.ndim > 1 else grad[..., None]
        grad = grad if a.ndim > 1 else np.expand_dims(grad, -2)
        da = db = None
        if a.requires_grad:
            da = unbroadcast(grad @ columns.swapaxes(-1, -2), rows.shape).reshape(a.shape)
        if b.requires_grad:
            db = unbroadcast(rows.swapaxes(-1, -2) @ grad, columns.shape).reshape(b.shape)
        return da, db

    return Tensor.result(out, (a, b), backward)


def linear(x, weight, bias=None):
    """x W^T + b, the layer of weighted sums.

    x (..., n_in), weight (n_out, n_in), bias (n_out,) -> (..., n_out)
    Raises ValueError when the sizes disagree, TypeError when the dtypes do.
    Chapter: 01_neurons. Twin: torch.nn.functional.linear.
    """
    x, weight = floating("x", x), floating("weight", weight)
    bias = None if bias is None else floating("bias", bias)
    if weight.ndim != 2 or x.ndim == 0 or x.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"linear needs x (..., n_in) and weight (n_out, n_in), but x has shape {x.shape} and "
            f"weight has shape {weight.shape}"
        )
    same_dtype(x=x, weight=weight, bias=bias)
    n_out, n_in = weight.shape
    rows = x.data if x.ndim == 2 else _rows(x.data)  # (N, n_in)
    out = rows @ weight.data.T  # (N, n_out)
    if bias is not None:
        has_shape("bias", bias, (n_out,), "(n_out,)")
        out += bias.data

    # y = x W^T + b  =>  dL/dx = g W,  dL/dW = g^T x,  dL/db = sum of g over the rows.
    def backward(grad):
        g = grad if grad.ndim == 2 else _rows(grad)  # (N, n_out)
        dx = (g @ weight.data).reshape(x.shape) if x.requires_grad else None
        dw = g.T @ rows if weight.requires_grad else None
        if bias is None:
            return dx, dw
        return dx, dw, np.ones(len(g), g.dtype) @ g  # faster than g.sum(axis=0)

    if x.ndim != 2:
        out = out.reshape(*x.shape[:-1], n_out)
    return Tensor.result(out, (x, weight) if bias is None else (x, weight, bias), backward)


def _rows(array):
    """(..., D) -> (rows, D). Spelled out, since NumPy cannot infer -1 for an empty array."""
    return array.reshape(int(np.prod(array.shape[:-1])), array.shape[-1])
