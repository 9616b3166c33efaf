"""A recurrent network that predicts the next character."""

from torch import nn

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class CharRNN(nn.Module):
    """Embedding, recurrent layers, and a score for each character that may come next.

    tokens (N, T) integers, state or None -> logits (N, T, vocabulary) and the last state
    cell: "rnn", "lstm" or "gru".
    Chapter: 08_recurrent_networks. Twin: nnbook_utils.scratch.models.CharRNN.
    """

    def __init__(self, vocabulary, hidden=128, num_layers=1, cell="lstm"):
        super().__init__()
        if cell not in CELLS:
            raise ValueError(f"cell must be one of {sorted(CELLS)}, but got {cell!r}")
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.recurrent = CELLS[cell](hidden, hidden, num_layers, batch_first=True)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(self, tokens, state=None):
        hidden, state = self.recurrent(self.embedding(tokens), state)
        return self.head(hidden), state
