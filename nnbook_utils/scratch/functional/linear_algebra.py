"""Products of matrices."""

import numpy as np

from ..tensor import Tensor, as_tensor, operands, unbroadcast


def matmul(a, b):
    """Matrix product a @ b, batched over leading axes, which broadcast.

    a (..., n, k) or (k,), b (..., k, m) or (k,) -> (..., n, m)
    Raises ValueError when the inner sizes disagree.
    Chapter: 03_backpropagation. Twin: torch.matmul.
    """
    a, b = operands(a, b)
    if a.ndim == 0 or b.ndim == 0 or a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(
            f"matmul needs a (..., n, k) and b (..., k, m) with the same k, but a has shape "
            f"{a.shape} and b has shape {b.shape}"
        )

    # With C = A B,  dL/dA = dL/dC B^T  and  dL/dB = A^T dL/dC.
    # A vector takes part as a matrix of one row (a) or one column (b).
    def backward(grad):
        rows = a.data if a.ndim > 1 else a.data[None, :]
        columns = b.data if b.ndim > 1 else b.data[:, None]
        grad = grad if b.ndim > 1 else grad[..., None]
        grad = grad if a.ndim > 1 else np.expand_dims(grad, -2)
        da = db = None
        if a.requires_grad:
            da = unbroadcast(grad @ columns.swapaxes(-1, -2), rows.shape).reshape(a.shape)
        if b.requires_grad:
            db = unbroadcast(rows.swapaxes(-1, -2) @ grad, columns.shape).reshape(b.shape)
        return da, db

    return Tensor.result(a.data @ b.data, (a, b), backward)


def linear(x, weight, bias=None):
    """x W^T + b, the layer of weighted sums.

    x (..., n_in), weight (n_out, n_in), bias (n_out,) -> (..., n_out)
    Raises ValueError when the sizes disagree, TypeError when the dtypes do.
    Chapter: 01_neurons. Twin: torch.nn.functional.linear.
    """
    x, weight = as_tensor(x), as_tensor(weight)
    if weight.ndim != 2 or x.ndim == 0 or x.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"linear needs x (..., n_in) and weight (n_out, n_in), but x has shape {x.shape} and "
            f"weight has shape {weight.shape}"
        )
    if x.dtype != weight.dtype:
        raise TypeError(
            f"x and weight must have the same dtype, but x is {x.dtype} and weight is "
            f"{weight.dtype}; convert one of them, for example with x.astype(np.float32)"
        )
    rows = x.data if x.ndim == 2 else x.data.reshape(-1, x.shape[-1])  # (N, n_in)
    out = rows @ weight.data.T
    parents = (x, weight)
    if bias is not None:
        bias = as_tensor(bias)
        if bias.shape != weight.shape[:1]:
            raise ValueError(
                f"bias must have shape {weight.shape[:1]}, one number an output, but it has "
                f"{bias.shape}"
            )
        out += bias.data
        parents = (x, weight, bias)

    # y = x W^T + b  =>  dL/dx = g W,  dL/dW = g^T x,  dL/db = sum of g over the rows.
    def backward(grad):
        g = grad if grad.ndim == 2 else grad.reshape(-1, grad.shape[-1])  # (N, n_out)
        dx = (g @ weight.data).reshape(x.shape) if x.requires_grad else None
        dw = g.T @ rows if weight.requires_grad else None
        if bias is None:
            return dx, dw
        return dx, dw, np.ones(len(g), g.dtype) @ g  # faster than g.sum(axis=0)

    if x.ndim != 2:
        out = out.reshape(*x.shape[:-1], out.shape[-1])
    return Tensor.result(out, parents, backward)
