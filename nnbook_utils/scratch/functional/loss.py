"""Losses: one number that says how wrong a prediction is.

reduction is "mean" (one number), "sum" (one number) or "none" (one number an entry or example).
"""

import math

import numpy as np

from ..tensor import Tensor, as_tensor
from .arithmetic import abs, clamp, exp, square
from .checks import floating, integers, number, one_of, probability, same_dtype, same_shape
from .linear_algebra import matmul
from .reduction import mean, sum
from .shaping import transpose
from .similarity import normalize


def mse_loss(input, target, reduction="mean"):
    """Squared error (input - target)^2.

    input, target: the same shape -> one number, or that shape with reduction="none"
    Chapter: 02_gradient_descent. Twin: torch.nn.functional.mse_loss.
    """
    input, target = _prediction_and_target(input, target)
    return _reduce(square(input - target), reduction)


def l1_loss(input, target, reduction="mean"):
    """Absolute error |input - target|.

    input, target: the same shape -> one number, or that shape with reduction="none"
    Chapter: 17_autoencoders. Twin: torch.nn.functional.l1_loss.
    """
    input, target = _prediction_and_target(input, target)
    return _reduce(abs(input - target), reduction)


def smooth_l1_loss(input, target, reduction="mean"):
    """Half the squared error below 1, absolute error minus one half above (Huber).

    input, target: the same shape -> one number, or that shape with reduction="none"
    Chapter: 22_reinforcement_learning. Twin: torch.nn.functional.smooth_l1_loss.
    """
    input, target = _prediction_and_target(input, target)
    distance = abs(input - target)
    near = clamp(distance, max=1)  # the distance d where d^2/2 counts, and 1 where d - 1/2 does
    return _reduce(near * (distance - near * 0.5), reduction)


def cross_entropy(input, target, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    """-log softmax(input)[target], the surprise at the right class, in nats.

    input (N, C) logits, target (N,) integers in 0 … C-1; or, for a class at every place,
    input (N, C, ...) and target (N, ...). Targets equal to ignore_index do not count; the mean is
    over the others, and NaN when there are none. label_smoothing = s aims at 1 - s + s/C for the
    right class and s/C for the others.
    Raises ValueError for a label out of range, TypeError for labels that are not integers.
    Chapter: 02_gradient_descent. Twin: torch.nn.functional.cross_entropy.
    """
    input, target = floating("input", input), integers("target", target)
    one_of("reduction", reduction, ("mean", "sum", "none"))
    if input.ndim < 2 or target.shape != (input.shape[0], *input.shape[2:]):
        raise ValueError(
            f"cross_entropy needs input (N, C, ...) and target (N, ...), but input has shape "
            f"{input.shape} and target has shape {target.shape}"
        )
    label_smoothing = probability("label_smoothing", label_smoothing)
    number("ignore_index", ignore_index)
    classes = input.shape[1]
    logits = input.data  # (examples, C), with one example for each place
    if input.ndim > 2:
        logits = np.moveaxis(logits, 1, -1).reshape(target.size, classes)
    labels = target.ravel()
    counts = labels != ignore_index
    examples = int(counts.sum())
    if len(labels) == 0 and reduction == "mean":
        raise ValueError("cross_entropy has no example to take the mean of: target is empty")
    if examples < len(labels):
        labels = np.where(counts, labels, 0)
    if len(labels) and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(
            f"target must hold class numbers from 0 to {classes - 1}, but it holds "
            f"{labels.min()} … {labels.max()}"
        )
    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(shifted)
    total = p.sum(axis=1, keepdims=True)
    losses = np.log(total[:, 0]) - shifted[rows, labels]
    if label_smoothing:
        everywhere = np.log(total[:, 0]) - shifted.mean(axis=1)
        losses = (1 - label_smoothing) * losses + label_smoothing * everywhere
    if examples < len(labels):
        losses *= counts
    scale = 1
    if reduction == "mean":  # of no example there is no mean
        scale = 1 / examples if examples else math.nan

    # d(-log p_t)/dx_j = p_j - 1[j = t]: the predicted probability minus the one aimed at.
    def backward(grad):
        dx = p / total
        if label_smoothing:
            dx -= label_smoothing / classes
        dx[rows, labels] -= 1 - label_smoothing
        dx *= (grad * scale if grad.ndim == 0 else grad.reshape(-1, 1)).astype(dx.dtype)
        if examples < len(labels):
            dx[~counts] = 0
        if input.ndim > 2:
            dx = np.moveaxis(dx.reshape(*target.shape, classes), -1, 1)
        return (dx,)

    if reduction == "none":
        out = losses.reshape(target.shape)
    else:
        out = losses.sum() * input.dtype.type(scale)
    return Tensor.result(out, (input,), backward)


def nll_loss(input, target, reduction="mean"):
    """-input[target] for input that already holds logarithms of probabilities.

    input (N, C), target (N,) integers -> one number, or (N,) with reduction="none"
    Chapter: 02_gradient_descent. Twin: torch.nn.functional.nll_loss.
    """
    input, target = floating("input", input), integers("target", target)
    if input.ndim != 2 or target.shape != input.shape[:1]:
        raise ValueError(
            f"nll_loss needs input (N, C) and target (N,), but input has shape {input.shape} and "
            f"target has shape {target.shape}"
        )
    if target.size and (target.min() < 0 or target.max() >= input.shape[1]):
        raise ValueError(
            f"target must hold class numbers from 0 to {input.shape[1] - 1}, but it holds "
            f"{target.min()} … {target.max()}"
        )
    return _reduce(-input[np.arange(len(target)), target], reduction)


def binary_cross_entropy_with_logits(input, target, reduction="mean"):
    """-t log s - (1 - t) log(1 - s), with s = sigmoid(input) and t = target between 0 and 1.

    input, target: the same shape -> one number, or that shape with reduction="none"
    Chapter: 19_adversarial_networks.
    Twin: torch.nn.functional.binary_cross_entropy_with_logits.
    """
    input, target = _prediction_and_target(input, target)
    # The same as max(x, 0) - x t + log(1 + exp(-|x|)), which cannot overflow.
    e = np.exp(-np.abs(input.data))
    loss = np.maximum(input.data, 0) - input.data * target.data + np.log1p(e)

    # dL/dx = sigmoid(x) - t,  dL/dt = -x
    def backward(grad):
        s = np.where(input.data >= 0, 1, e) / (1 + e)
        dt = grad * -input.data if target.requires_grad else None
        return grad * (s - target.data), dt

    return _reduce(Tensor.result(loss, (input, target), backward), reduction)


def kl_div(input, target, reduction="mean"):
    """Kullback-Leibler divergence, entry by entry: target * (log target - input).

    input: logarithms of the approximating probabilities; target: the true probabilities, the same
    shape. "mean" is over all entries, as in PyTorch; for the divergence of distributions take
    "sum" and divide by their number.
    Chapter: 18_variational_autoencoders. Twin: torch.nn.functional.kl_div.
    """
    input, target = _prediction_and_target(input, target)
    if target.data.size and target.data.min() < 0:
        raise ValueError(f"target must hold probabilities, but it holds {target.data.min()}")
    log_target = np.log(np.where(target.data > 0, target.data, 1))  # so that 0 log 0 = 0

    # d/d(input) = -t,  d/dt = log t + 1 - input
    def backward(grad):
        dt = grad * (log_target + 1 - input.data) if target.requires_grad else None
        return grad * -target.data, dt

    loss = Tensor.result(target.data * (log_target - input.data), (input, target), backward)
    return _reduce(loss, reduction)


def gaussian_kl(mu, logvar):
    """KL divergence of N(mu, exp(logvar)) from N(0, 1), summed over the last axis, in nats.

    mu, logvar (..., D) -> (...)
    Chapter: 18_variational_autoencoders. Twin: torch.distributions.kl_divergence of two Normals.
    Source: Kingma and Welling, arXiv:1312.6114, appendix B.
    """
    mu, logvar = floating("mu", mu), floating("logvar", logvar)
    same_shape(mu=mu, logvar=logvar)
    return sum(square(mu) + exp(logvar) - logvar - 1.0, -1) * 0.5


def contrastive_loss(a, b, temperature=0.07):
    """Which b belongs to which a? Cross entropy over cosine similarities, both ways (InfoNCE).

    a, b (N, D): row i of a belongs to row i of b, all other rows are wrong -> one number, in nats
    Chapter: 15_vision_transformer_and_clip. Twin: the loss in Radford et al., arXiv:2103.00020.
    """
    a, b = floating("a", a), floating("b", b)
    same_shape(a=a, b=b)
    if a.ndim != 2:
        raise ValueError(f"contrastive_loss needs a and b of shape (N, D), not {a.shape}")
    if not isinstance(temperature, Tensor) and number("temperature", temperature, 0) == 0:
        raise ValueError("temperature must be above 0, but it is 0")
    similarity = matmul(normalize(a), transpose(normalize(b), 0, 1)) / temperature  # (N, N)
    right = np.arange(len(a))
    return (cross_entropy(similarity, right) + cross_entropy(similarity.T, right)) * 0.5


def _prediction_and_target(input, target):
    input = floating("input", input)
    target = floating("target", as_tensor(target, like=input))
    same_shape(input=input, target=target)
    same_dtype(input=input, target=target)
    return input, target


def _reduce(losses, reduction):
    one_of("reduction", reduction, ("mean", "sum", "none"))
    if reduction == "none":
        return losses
    return mean(losses) if reduction == "mean" else sum(losses)
