"""Losses: one number that says how wrong a prediction is."""

import numpy as np

from ..tensor import Tensor, as_tensor
from .reduction import mean


def mse_loss(input, target):
    """Mean squared error over all entries.

    input, target: the same shape -> one number
    Chapter: 02_gradient_descent. Twin: torch.nn.functional.mse_loss.
    """
    input = as_tensor(input)
    target = as_tensor(target, like=input)
    if input.shape != target.shape:
        raise ValueError(
            f"input and target must have the same shape, but input has {input.shape} and target "
            f"has {target.shape}"
        )
    difference = input - target
    return mean(difference * difference)


def cross_entropy(input, target):
    """Mean of -log softmax(input)[target]: the surprise at the right class, in nats.

    input (N, C) logits, target (N,) integers in 0 … C-1 -> one number
    Raises ValueError for a label out of range, TypeError for labels that are not integers.
    Chapter: 02_gradient_descent. Twin: torch.nn.functional.cross_entropy.
    """
    input = as_tensor(input)
    target = np.asarray(target)
    if target.dtype.kind not in "iu":
        raise TypeError(f"target must hold integer class numbers, but its dtype is {target.dtype}")
    if input.ndim != 2 or target.shape != input.shape[:1]:
        raise ValueError(
            f"cross_entropy needs input (N, C) and target (N,), but input has shape {input.shape} "
            f"and target has shape {target.shape}"
        )
    count, classes = input.shape
    if count == 0:
        raise ValueError("cross_entropy needs at least one example, but input is empty")
    if target.min() < 0 or target.max() >= classes:
        raise ValueError(
            f"target must hold class numbers from 0 to {classes - 1}, but it holds "
            f"{target.min()} … {target.max()}"
        )
    rows = np.arange(count)
    shifted = input.data - input.data.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    total = p.sum(axis=1, keepdims=True)
    loss = (np.log(total).sum() - shifted[rows, target].sum()) / count

    # d(-log p_t)/dx_j = p_j - 1[j = t]: the predicted probability minus the true one.
    def backward(grad):
        dx = p / total
        dx[rows, target] -= 1
        return (dx * (grad / count),)

    return Tensor.result(loss, (input,), backward)
