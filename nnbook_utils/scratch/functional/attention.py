"""Attention."""

import math

import numpy as np

from ..tensor import Tensor, as_array, unbroadcast
from .checks import flag, floating, number, probability, same_dtype


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, *, rng=None
):
    """softmax(Q K^T * scale) V: each query takes a mixture of the values whose keys fit it.

    query (..., T, D), key (..., S, D), value (..., S, D_v) -> (..., T, D_v); the leading axes
    broadcast. scale is 1/sqrt(D) unless given. attn_mask (..., T, S): booleans, True where a query
    may look, or numbers that are added to the scores and may be learnt. is_causal: query t sees
    keys 0 … t only. A query that may look nowhere gets zeros. dropout_p needs rng.
    Chapter: 12_attention. Twin: torch.nn.functional.scaled_dot_product_attention.
    Source: Vaswani et al., arXiv:1706.03762.
    """
    query, key, value = floating("query", query), floating("key", key), floating("value", value)
    mask = _check(query, key, value, attn_mask, is_causal)
    dropout_p = probability("dropout_p", dropout_p)
    if scale is not None:
        scale = number("scale", scale)
    mask_is_learnt = isinstance(attn_mask, Tensor) and attn_mask.requires_grad
    q, k, v = query.data, key.data, value.data
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    p = _weights(q, k, mask, scale)  # (..., T, S)
    dropped = p
    if dropout_p:
        if rng is None:
            raise ValueError("dropout_p above 0 needs a random generator; pass rng=")
        keep = rng.random(p.shape, dtype=np.float32) >= dropout_p
        keep = keep * p.dtype.type(1 / (1 - dropout_p) if dropout_p < 1 else 0)
        dropped = p * keep

    # O = P V, P = softmax(S), S = scale Q K^T. Backwards through each in turn:
    #   dV = P^T dO,  dP = dO V^T,  dS = P * (dP - sum(dP * P)),
    #   dQ = scale dS K,  dK = scale dS^T Q,  and for a mask that was added to S, dS itself
    def backward(grad):
        dv = dropped.swapaxes(-1, -2) @ grad
        ds = grad @ v.swapaxes(-1, -2)
        if dropout_p:
            ds *= keep
        ds -= np.vecdot(ds, p)[..., None]
        ds *= p
        dq = ds @ k
        dq *= scale
        dk = ds.swapaxes(-1, -2) @ q
        dk *= scale
        gradients = unbroadcast(dq, q.shape), unbroadcast(dk, k.shape), unbroadcast(dv, v.shape)
        return (*gradients, unbroadcast(ds, mask.shape)) if mask_is_learnt else gradients

    parents = (query, key, value, attn_mask) if mask_is_learnt else (query, key, value)
    return Tensor.result(dropped @ v, parents, backward)


def attention_weights(query, key, attn_mask=None, is_causal=False, scale=None):
    """The mixture itself, softmax(Q K^T * scale), for looking at: an array (..., T, S).

    Arguments as in scaled_dot_product_attention; no gradient flows through it.
    Chapter: 12_attention. Twin: the second result of torch.nn.MultiheadAttention.
    """
    query, key = floating("query", query), floating("key", key)
    mask = _check(query, key, key, attn_mask, is_causal)
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    return _weights(query.data, key.data, mask, scale)


def _weights(q, k, mask, scale):
    p = (q * q.dtype.type(scale)) @ k.swapaxes(-1, -2)
    if mask is not None:
        one_for_all = mask.ndim <= 2  # several masks may make several of p
        p = np.add(p, mask, out=p if one_for_all else None)
    top = p.max(axis=-1, keepdims=True)
    p -= np.where(top == -np.inf, 0, top) if mask is not None else top
    np.exp(p, out=p)
    total = p @ np.ones((p.shape[-1], 1), p.dtype)  # faster than p.sum(axis=-1)
    p *= 1 / (np.where(total == 0, 1, total) if mask is not None else total)
    return p


def _check(query, key, value, attn_mask, is_causal):
    """Check the arguments; return what is to be added to the scores, or None."""
    same_dtype(query=query, key=key, value=value)
    q, k, v = query.shape, key.shape, value.shape
    if min(len(q), len(k), len(v)) < 2 or q[-1] != k[-1] or k[-2] != v[-2] or 0 in (k[-2], q[-1]):
        raise ValueError(
            f"attention needs query (..., T, D), key (..., S, D) and value (..., S, D_v), but they "
            f"have shapes {q}, {k} and {v}"
        )
    try:
        scores = (*np.broadcast_shapes(q[:-2], k[:-2], v[:-2]), q[-2], k[-2])
    except ValueError as error:
        raise ValueError(
            f"the leading axes of query, key and value must broadcast, but they are {q[:-2]}, "
            f"{k[:-2]} and {v[:-2]}"
        ) from error
    flag("is_causal", is_causal)
    if attn_mask is None and not is_causal:
        return None
    if attn_mask is not None and is_causal:
        raise ValueError("give attn_mask or is_causal=True, not both")
    mask = np.tril(np.ones(scores[-2:], bool)) if is_causal else as_array(attn_mask)
    if mask.dtype == bool:
        mask = np.where(mask, 0, -np.inf)
    elif mask.dtype.kind != "f":
        raise TypeError(f"attn_mask must hold booleans or floats, but its dtype is {mask.dtype}")
    try:
        np.broadcast_to(mask, scores)
    except ValueError as error:
        raise ValueError(
            f"attn_mask must broadcast to the scores {scores}, but it has shape {mask.shape}"
        ) from error
    return mask.astype(query.dtype, copy=False)
