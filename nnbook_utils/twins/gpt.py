"""GPT: a stack of causal self-attention blocks."""

import torch
from torch import nn
from torch.nn import functional as F


class CausalSelfAttention(nn.Module):
    """Every position looks at itself and at those before it.

    x (N, T, D) -> (N, T, D). Chapter: 12_attention. Twin: nnbook_utils.scratch.models.gpt.
    """

    def __init__(self, d, heads):
        super().__init__()
        if d % heads:
            raise ValueError(f"heads must divide d = {d}, but it is {heads}")
        self.heads = heads
        self.qkv = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, d)

    def forward(self, x):
        n, t, d = x.shape
        qkv = self.qkv(x).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)  # each (N, H, T, D/H)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(mixed.transpose(1, 2).reshape(n, t, d))


class Block(nn.Module):
    """Attention, then a small network at every position; each is added to its input.

    x (N, T, D) -> (N, T, D). Chapter: 13_transformer. Twin: nnbook_utils.scratch.models.gpt.
    """

    def __init__(self, d, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(d)
        self.attention = CausalSelfAttention(d, heads)
        self.norm2 = nn.LayerNorm(d)
        self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU("tanh"), nn.Linear(4 * d, d))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    """Token and position embeddings, blocks, and a score for each token that may come next.

    tokens (N, T) integers with T <= context -> logits (N, T, vocabulary)
    Chapter: 14_gpt. Twin: nnbook_utils.scratch.models.GPT. Source: Radford et al., 2019 (GPT-2).
    """

    def __init__(self, vocabulary, context=64, d=64, layers=2, heads=4):
        super().__init__()
        self.context = context
        self.token = nn.Embedding(vocabulary, d)
        self.position = nn.Embedding(context, d)
        self.blocks = nn.ModuleList(Block(d, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(d)
        self.head = nn.Linear(d, vocabulary, bias=False)
        with torch.no_grad():
            for table in (self.token, self.position):
                table.weight *= 0.02

    def forward(self, tokens):
        length = tokens.shape[1]
        if length > self.context:
            raise ValueError(
                f"tokens must be at most {self.context} long, the context, but they are {length}"
            )
        x = self.token(tokens) + self.position(torch.arange(length, device=tokens.device))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))
