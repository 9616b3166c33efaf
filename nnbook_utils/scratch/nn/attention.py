"""Attention and transformer layers."""

import numpy as np

from .. import functional as F
from .. import init
from ..functional.checks import flag, floating, one_of, probability, whole
from ..tensor import Parameter, Tensor, as_tensor
from .linear import Linear
from .module import Module, ModuleList
from .normalization import Dropout, LayerNorm


class MultiheadAttention(Module):
    """Several attentions side by side, each over its own share of the features.

    query (N, T, E), key and value (N, S, E) -> output (N, T, E) and the mixture: (N, T, S), the
    mean over the heads, (N, H, T, S) with average_attn_weights=False, None with need_weights=False.
    attn_mask (T, S) or (N*H, T, S) and key_padding_mask (N, S): booleans, True where one may NOT
    look (PyTorch's rule for this layer), or numbers that are added to the scores. is_causal lets
    query t see keys 0 … t only; attn_mask, where it is given, takes its place.
    Chapter: 12_attention. Twin: torch.nn.MultiheadAttention with batch_first=True.
    Source: Vaswani et al., arXiv:1706.03762.
    """

    def __init__(self, embed_dim, num_heads, dropout=0.0, bias=True, batch_first=True, *, rng):
        flag("batch_first", batch_first), flag("bias", bias), probability("dropout", dropout)
        whole("embed_dim", embed_dim), whole("num_heads", num_heads)
        if not batch_first:
            raise ValueError("the axes are always (N, T, E); leave batch_first out, or True")
        if embed_dim % num_heads:
            raise ValueError(f"num_heads must divide embed_dim {embed_dim}, but it is {num_heads}")
        self.num_heads, self.dropout, self.rng = num_heads, dropout, init.generator(rng)
        table = np.empty((3 * embed_dim, embed_dim), np.float32)  # queries, keys, values
        self.in_proj_weight = init.xavier_uniform_(Parameter(table), rng=rng)
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, np.float32)) if bias else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, rng=rng)
        if bias:
            init.zeros_(self.out_proj.bias)

    def forward(
        self,
        query,
        key,
        value,
        key_padding_mask=None,
        need_weights=True,
        attn_mask=None,
        average_attn_weights=True,
        is_causal=False,
    ):
        q, k, v = self._projections(query, key, value)  # each (N, H, T or S, D)
        scores = (len(q), self.num_heads, q.shape[2], k.shape[2])
        if is_causal and attn_mask is None and key_padding_mask is not None:
            attn_mask = ~np.tril(np.ones(scores[2:], bool))
        mask = _added(attn_mask, key_padding_mask, scores, q.dtype)
        is_causal = is_causal and mask is None
        mixed = F.scaled_dot_product_attention(
            q, k, v, mask, self.dropout if self.training else 0.0, is_causal, rng=self.rng
        )
        n, h, t, d = mixed.shape
        out = self.out_proj(mixed.transpose(1, 2).reshape(n, t, h * d))
        if not need_weights:
            return out, None
        weights = F.attention_weights(q, k, mask, is_causal)
        return out, Tensor(weights.mean(axis=1) if average_attn_weights else weights)

    def _projections(self, query, key, value):
        for name, x in (("query", query), ("key", key), ("value", value)):
            shape = floating(name, x).shape
            if len(shape) != 3:
                raise ValueError(f"{name} must have shape (N, T, E), but it has {shape}")
        if query is key and key is value:  # self-attention: one product instead of three
            parts = F.linear(query, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
        else:
            weights = F.chunk(self.in_proj_weight, 3)
            biases = [None] * 3 if self.in_proj_bias is None else F.chunk(self.in_proj_bias, 3)
            inputs = zip((query, key, value), weights, biases, strict=True)
            parts = [F.linear(x, w, b) for x, w, b in inputs]
        return [self._heads(part) for part in parts]

    def _heads(self, x):
        """(N, T, E) -> (N, H, T, E/H)."""
        n, t, e = x.shape
        return x.reshape(n, t, self.num_heads, e // self.num_heads).transpose(1, 2)

    def extra_repr(self):
        return f"{self.in_proj_weight.shape[1]}, num_heads={self.num_heads}"


def _added(attn_mask, key_padding_mask, scores, dtype):
    """Both masks as numbers that are added to the scores (N, H, T, S), or None."""
    n, h, t, s = scores
    total = None
    for name, mask, shape in (
        ("attn_mask", attn_mask, (n, h, t, s)),
        ("key_padding_mask", key_padding_mask, (n, 1, 1, s)),
    ):
        if mask is None:
            continue
        mask = as_tensor(mask)
        allowed = [(t, s), (n * h, t, s)] if name == "attn_mask" else [(n, s)]
        if mask.shape not in allowed:
            raise ValueError(f"{name} must have shape {allowed[0]}, but it has {mask.shape}")
        if mask.dtype == bool:
            mask = Tensor(np.where(mask.data, -np.inf, 0).astype(dtype))
        elif mask.dtype.kind != "f":
            raise TypeError(f"{name} must hold booleans or floats, but its dtype is {mask.dtype}")
        mask = mask if mask.shape == (t, s) else mask.reshape(shape)
        total = mask if total is None else total + mask
    return total


class _Block(Module):
    """What encoder and decoder layers share: the feed-forward part and the residual paths."""

    def _feed_forward_layers(self, d_model, dim_feedforward, activation, rng):
        one_of("activation", activation, ("relu", "gelu"))
        self.linear1 = Linear(d_model, dim_feedforward, rng=rng)
        self.linear2 = Linear(dim_feedforward, d_model, rng=rng)
        self.activation = getattr(F, activation)

    def _feed_forward(self, x):
        return self.linear2(self.dropout(self.activation(self.linear1(x))))

    def _residual(self, x, norm, function):
        """x + function(norm(x)), or norm(x + function(x)) as in the first transformer."""
        if self.norm_first:
            return x + self.dropout(function(norm(x)))
        return norm(x + self.dropout(function(x)))


class TransformerEncoderLayer(_Block):
    """Self-attention, then a small network at every position, each with a residual path.

    src (N, T, D) -> (N, T, D). Masks as in MultiheadAttention.
    Chapter: 13_transformer. Twin: torch.nn.TransformerEncoderLayer with batch_first=True.
    """

    def __init__(
        self,
        d_model,
        nhead,
        dim_feedforward=2048,
        dropout=0.1,
        activation="relu",
        batch_first=True,
        norm_first=False,
        *,
        rng,
    ):
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, True, batch_first, rng=rng)
        self._feed_forward_layers(d_model, dim_feedforward, activation, rng)
        self.norm1, self.norm2 = LayerNorm(d_model), LayerNorm(d_model)
        self.dropout = Dropout(dropout, rng=rng)
        flag("norm_first", norm_first)
        self.norm_first = norm_first

    def forward(self, src, src_mask=None, src_key_padding_mask=None, is_causal=False):
        def attend(x):
            masks = {"attn_mask": src_mask, "key_padding_mask": src_key_padding_mask}
            return self.self_attn(x, x, x, need_weights=False, is_causal=is_causal, **masks)[0]

        x = self._residual(src, self.norm1, attend)
        return self._residual(x, self.norm2, self._feed_forward)


class TransformerDecoderLayer(_Block):
    """Self-attention, attention to the encoder's output, then a small network at every position.

    tgt (N, T, D), memory (N, S, D) -> (N, T, D). Masks as in MultiheadAttention.
    Chapter: 13_transformer. Twin: torch.nn.TransformerDecoderLayer with batch_first=True.
    """

    def __init__(
        self,
        d_model,
        nhead,
        dim_feedforward=2048,
        dropout=0.1,
        activation="relu",
        batch_first=True,
        norm_first=False,
        *,
        rng,
    ):
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, True, batch_first, rng=rng)
        self.multihead_attn = MultiheadAttention(
            d_model, nhead, dropout, True, batch_first, rng=rng
        )
        self._feed_forward_layers(d_model, dim_feedforward, activation, rng)
        self.norm1, self.norm2, self.norm3 = (LayerNorm(d_model) for _ in range(3))
        self.dropout = Dropout(dropout, rng=rng)
        flag("norm_first", norm_first)
        self.norm_first = norm_first

    def forward(
        self,
        tgt,
        memory,
        tgt_mask=None,
        memory_mask=None,
        tgt_key_padding_mask=None,
        memory_key_padding_mask=None,
        tgt_is_causal=False,
    ):
        def attend(x):
            masks = {"attn_mask": tgt_mask, "key_padding_mask": tgt_key_padding_mask}
            return self.self_attn(x, x, x, need_weights=False, is_causal=tgt_is_causal, **masks)[0]

        def attend_to_memory(x):
            masks = {"attn_mask": memory_mask, "key_padding_mask": memory_key_padding_mask}
            return self.multihead_attn(x, memory, memory, need_weights=False, **masks)[0]

        x = self._residual(tgt, self.norm1, attend)
        x = self._residual(x, self.norm2, attend_to_memory)
        return self._residual(x, self.norm3, self._feed_forward)


class TransformerEncoder(Module):
    """Encoder layers one after the other, and a norm at the end if one is given.

    Chapter: 13_transformer. Twin: torch.nn.TransformerEncoder.
    """

    def __init__(self, layers, norm=None):
        self.layers = ModuleList(layers)
        self.norm = _module_or_none(norm)

    def forward(self, src, mask=None, src_key_padding_mask=None, is_causal=False):
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, is_causal)
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """Decoder layers one after the other, and a norm at the end if one is given.

    Chapter: 13_transformer. Twin: torch.nn.TransformerDecoder.
    """

    def __init__(self, layers, norm=None):
        self.layers = ModuleList(layers)
        self.norm = _module_or_none(norm)

    def forward(self, tgt, memory, **masks):
        for layer in self.layers:
            tgt = layer(tgt, memory, **masks)
        return tgt if self.norm is None else self.norm(tgt)


def _module_or_none(norm):
    if norm is not None and not isinstance(norm, Module):
        raise TypeError(f"norm must be a module or None, but it is a {type(norm).__name__}")
    return norm
