"""GPT: a stack of causal self-attention blocks."""

import numpy as np

from .. import functional as F
from .. import nn


class CausalSelfAttention(nn.Module):
    """Every position looks at itself and at those before it.

    x (N, T, D) -> (N, T, D). Chapter: 12_attention. Twin: nnbook_utils.twins.gpt.
    """

    def __init__(self, d, heads, *, rng):
        if d % heads:
            raise ValueError(f"heads must divide d = {d}, but it is {heads}")
        self.heads = heads
        self.qkv = nn.Linear(d, 3 * d, rng=rng)
        self.out = nn.Linear(d, d, rng=rng)

    def forward(self, x):
        n, t, d = x.shape
        qkv = self.qkv(x).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)  # each (N, H, T, D/H)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(n, t, d))


class Block(nn.Module):
    """Attention, then a small network at every position; each is added to its input.

    x (N, T, D) -> (N, T, D). Chapter: 13_transformer. Twin: nnbook_utils.twins.gpt.
    """

    def __init__(self, d, heads, *, rng):
        self.norm1 = nn.LayerNorm(d)
        self.attention = CausalSelfAttention(d, heads, rng=rng)
        self.norm2 = nn.LayerNorm(d)
        self.mlp = nn.Sequential(
            nn.Linear(d, 4 * d, rng=rng), nn.GELU("tanh"), nn.Linear(4 * d, d, rng=rng)
        )

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    """Token and position embeddings, blocks, and a score for each token that may come next.

    tokens (N, T) integers with T <= context -> logits (N, T, vocabulary)
    Chapter: 14_gpt. Twin: nnbook_utils.twins.GPT. Source: Radford et al., 2019 (GPT-2).
    """

    def __init__(self, vocabulary, context=64, d=64, layers=2, heads=4, *, rng):
        self.context = context
        self.token = nn.Embedding(vocabulary, d, rng=rng)
        self.position = nn.Embedding(context, d, rng=rng)
        self.blocks = nn.ModuleList(Block(d, heads, rng=rng) for _ in range(layers))
        self.norm = nn.LayerNorm(d)
        self.head = nn.Linear(d, vocabulary, bias=False, rng=rng)
        for table in (self.token, self.position):
            table.weight.data *= 0.02

    def forward(self, tokens):
        length = np.shape(tokens)[1]
        if length > self.context:
            raise ValueError(
                f"tokens must be at most {self.context} long, the context, but they are {length}"
            )
        x = self.token(tokens) + self.position(np.arange(length))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))
