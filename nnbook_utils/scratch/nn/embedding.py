"""Tables of vectors."""

import math

import numpy as np

from .. import functional as F
from .. import init
from ..functional.checks import integers, whole
from ..tensor import Parameter
from .module import Module


class Embedding(Module):
    """One learnt vector a token: integers (...) -> (..., embedding_dim).

    The token padding_idx (counted from the end where it is negative) stands for "nothing here": its
    vector starts at 0 and gets no gradient.
    Chapter: 11_tokens_and_embeddings. Twin: torch.nn.Embedding.
    """

    def __init__(self, num_embeddings, embedding_dim, padding_idx=None, *, rng):
        whole("num_embeddings", num_embeddings), whole("embedding_dim", embedding_dim)
        table = np.empty((num_embeddings, embedding_dim), np.float32)
        self.weight = init.normal_(Parameter(table), rng=rng)
        self.padding_idx = None
        if padding_idx is not None:
            if not -num_embeddings <= whole("padding_idx", padding_idx, -math.inf) < num_embeddings:
                raise ValueError(
                    f"padding_idx must be one of the {num_embeddings} tokens, but it is "
                    f"{padding_idx}"
                )
            self.padding_idx = padding_idx % num_embeddings
            self.weight.data[self.padding_idx] = 0

    def forward(self, index):
        vectors = F.embedding(index, self.weight)
        if self.padding_idx is None:
            return vectors
        is_padding = integers("index", index) == self.padding_idx
        return F.where(is_padding[..., None], vectors.detach(), vectors)

    def extra_repr(self):
        return f"{self.weight.shape[0]}, {self.weight.shape[1]}"
