"""Operations that move numbers about without changing them."""

import numpy as np

from ..tensor import Tensor, as_tensor


def reshape(x, shape):
    """The same numbers, row by row, in another shape. Twin: torch.reshape."""
    x = as_tensor(x)
    if len(shape) == 1 and isinstance(shape[0], tuple | list):
        shape = tuple(shape[0])
    try:
        out = x.data.reshape(shape)
    except ValueError as error:
        raise ValueError(
            f"a tensor of shape {x.shape} holds {x.size} numbers and cannot take shape "
            f"{tuple(shape)}"
        ) from error

    def backward(grad):
        return (grad.reshape(x.shape),)

    return Tensor.result(out, (x,), backward)


def flatten(x, start_dim=0, end_dim=-1):
    """Join the axes start_dim … end_dim into one. Twin: torch.flatten."""
    x = as_tensor(x)
    start, end = start_dim % max(x.ndim, 1), end_dim % max(x.ndim, 1)
    joined = int(np.prod(x.shape[start : end + 1]))
    return reshape(x, (*x.shape[:start], joined, *x.shape[end + 1 :]))


def transpose(x, dim0, dim1):
    """Swap two axes. Twin: torch.transpose."""
    x = as_tensor(x)

    def backward(grad):
        return (grad.swapaxes(dim0, dim1),)

    return Tensor.result(x.data.swapaxes(dim0, dim1), (x,), backward)


def getitem(x, index):
    """x[index] with NumPy's rules: numbers, slices, integer arrays, boolean masks.

    Twin: torch.Tensor.__getitem__.
    """
    x = as_tensor(x)
    if isinstance(index, Tensor):
        index = index.data
    elif isinstance(index, tuple):
        index = tuple(i.data if isinstance(i, Tensor) else i for i in index)

    # Each number taken out passes its gradient back to where it came from; one taken several
    # times (an index that repeats) collects all of them.
    def backward(grad):
        dx = np.zeros_like(x.data)
        np.add.at(dx, index, grad)
        return (dx,)

    return Tensor.result(x.data[index], (x,), backward)
