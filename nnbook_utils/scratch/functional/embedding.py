"""Tables of vectors, looked up by number."""

import numpy as np

from ..tensor import Tensor, as_tensor
from .checks import floating, integers, whole


def embedding(index, weight):
    """Rows of a table: out[...] = weight[index[...]].

    index (...) integers in 0 … V-1, weight (V, D) -> (..., D)
    Raises ValueError for an index outside the table, TypeError for one that is not an integer.
    Chapter: 11_tokens_and_embeddings. Twin: torch.nn.functional.embedding.
    """
    index, weight = integers("index", index), floating("weight", weight)
    if weight.ndim != 2:
        raise ValueError(f"weight must have shape (V, D), but it has {weight.shape}")
    if index.size and (index.min() < 0 or index.max() >= len(weight)):
        raise ValueError(
            f"index must lie from 0 to {len(weight) - 1}, but it holds "
            f"{index.min()} … {index.max()}"
        )

    # A row that was used several times receives the sum of its gradients. Sorted by row number,
    # they lie behind one another, and reduceat adds up each run: 9 times faster than np.add.at.
    def backward(grad):
        rows = index.ravel()
        dw = np.zeros_like(weight.data)
        if rows.size:
            order = np.argsort(rows, kind="stable")
            ordered = rows[order]
            starts = np.flatnonzero(np.diff(ordered, prepend=-1))
            gradients = grad.reshape(len(rows), -1)[order]
            dw[ordered[starts]] = np.add.reduceat(gradients, starts, axis=0)
        return (dw,)

    return Tensor.result(weight.data[index], (weight,), backward)


def one_hot(index, num_classes):
    """Vectors with a 1 at the given place and 0 elsewhere: (...) -> (..., num_classes), float32.

    Chapter: 02_gradient_descent. Twin: torch.nn.functional.one_hot (there in integers).
    """
    index = integers("index", index)
    whole("num_classes", num_classes)
    if index.size and (index.min() < 0 or index.max() >= num_classes):
        raise ValueError(
            f"index must lie from 0 to {num_classes - 1}, but it holds "
            f"{index.min()} … {index.max()}"
        )
    return as_tensor(np.eye(num_classes, dtype=np.float32)[index])
