"""Tables of vectors."""

import numpy as np

from .. import functional as F
from .. import init
from ..tensor import Parameter
from .module import Module


class Embedding(Module):
    """One learnt vector a token: integers (...) -> (..., embedding_dim).

    Chapter: 11_tokens_and_embeddings. Twin: torch.nn.Embedding.
    """

    def __init__(self, num_embeddings, embedding_dim, *, rng):
        table = np.empty((num_embeddings, embedding_dim), np.float32)
        self.weight = init.normal_(Parameter(table), rng=rng)

    def forward(self, index):
        return F.embedding(index, self.weight)

    def extra_repr(self):
        return f"{self.weight.shape[0]}, {self.weight.shape[1]}"
