"""Recurrent layers: RNN, LSTM and GRU, stacked and in both directions."""

import numpy as np

from .. import functional as F
from .. import init
from ..functional.checks import flag, floating, one_of, probability, whole
from .linear import uniform_parameter
from .module import Module


class _Recurrent(Module):
    """Layers over layers; subclasses say how many gates and which function runs one layer.

    Parameters are called weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, then _l1 and so on,
    with _reverse for the second direction, as in PyTorch.
    """

    gates = 1

    def __init__(
        self,
        input_size,
        hidden_size,
        num_layers=1,
        bias=True,
        batch_first=True,
        dropout=0.0,
        bidirectional=False,
        *,
        rng,
    ):
        flag("batch_first", batch_first)
        if not batch_first:
            raise ValueError("the axes are always (N, T, D); leave batch_first out, or True")
        whole("input_size", input_size), whole("hidden_size", hidden_size)
        whole("num_layers", num_layers), probability("dropout", dropout)
        flag("bias", bias), flag("bidirectional", bidirectional)
        self.hidden_size, self.num_layers = hidden_size, num_layers
        self.directions = ("", "_reverse") if bidirectional else ("",)
        self.dropout, self.rng = dropout, init.generator(rng)
        rows = self.gates * hidden_size
        for layer in range(num_layers):
            inputs = hidden_size * len(self.directions) if layer else input_size
            for direction in self.directions:
                shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, hidden_size)}
                if bias:
                    shapes |= {"bias_ih": rows, "bias_hh": rows}
                for name, shape in shapes.items():
                    parameter = uniform_parameter(shape, hidden_size, rng)
                    setattr(self, f"{name}_l{layer}{direction}", parameter)

    def _weights(self, suffix):
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return [getattr(self, f"{name}_l{suffix}", None) for name in names]

    def _run(self, x, states):
        """All layers and directions over x; states: one (L*directions, N, H) or None, each.

        Returns the outputs of the last layer and, for each state, the list of its last values.
        """
        x = floating("x", x)
        if x.ndim != 3:
            raise ValueError(f"x must have shape (N, T, D), but it has {x.shape}")
        shape = (self.num_layers * len(self.directions), len(x), self.hidden_size)
        dtype = self.weight_hh_l0.dtype
        states = [F.reshape(np.zeros(shape, dtype), shape) if s is None else s for s in states]
        states = [floating("initial states", state) for state in states]
        for state in states:
            if state.shape != shape:
                raise ValueError(
                    f"initial states must have shape (layers * directions, N, H) = {shape}, but "
                    f"one has {state.shape}"
                )
        last = [[] for _ in states]
        for layer in range(self.num_layers):
            outputs = []
            for direction in self.directions:
                place = layer * len(self.directions) + len(outputs)
                start = [state[place] for state in states]
                seen = F.flip(x, 1) if direction else x
                out, *ends = self._layer(seen, *start, *self._weights(f"{layer}{direction}"))
                outputs.append(F.flip(out, 1) if direction else out)
                for collected, end in zip(last, ends, strict=True):
                    collected.append(end)
            x = outputs[0] if len(outputs) == 1 else F.cat(outputs, 2)
            if layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training, rng=self.rng)
        return x, [F.stack(ends) for ends in last]

    def _layer(self, x, *states_and_weights):
        raise NotImplementedError

    def extra_repr(self):
        inputs = self.weight_ih_l0.shape[1]
        return f"{inputs}, {self.hidden_size}, num_layers={self.num_layers}"


class RNN(_Recurrent):
    """h_t = tanh(W x_t + U h_(t-1) + b).

    x (N, T, D), h0 (layers * directions, N, H) or None for zeros
    -> outputs (N, T, H * directions) and the last states, of h0's shape.
    Chapter: 08_recurrent_networks. Twin: torch.nn.RNN with batch_first=True.
    """

    def __init__(self, *sizes, nonlinearity="tanh", rng, **options):
        one_of("nonlinearity", nonlinearity, ("tanh", "relu"))
        super().__init__(*sizes, rng=rng, **options)
        self.nonlinearity = nonlinearity

    def forward(self, x, h0=None):
        out, (h,) = self._run(x, [h0])
        return out, h

    def _layer(self, x, h0, *weights):
        out = F.rnn(x, h0, *weights, nonlinearity=self.nonlinearity)
        return out, out[:, -1]


class LSTM(_Recurrent):
    """Long short-term memory.

    x (N, T, D), state (h0, c0), each (layers * directions, N, H), or None for zeros
    -> outputs (N, T, H * directions) and the last (h, c).
    Chapter: 09_lstm_and_gru. Twin: torch.nn.LSTM with batch_first=True.
    """

    gates = 4

    def forward(self, x, state=None):
        if state is not None and not (isinstance(state, tuple | list) and len(state) == 2):
            raise TypeError(f"state must be a pair (h0, c0), but it is a {type(state).__name__}")
        out, ends = self._run(x, [None, None] if state is None else list(state))
        return out, tuple(ends)

    def _layer(self, x, h0, c0, *weights):
        out, c = F.lstm(x, h0, c0, *weights)
        return out, out[:, -1], c


class GRU(_Recurrent):
    """Gated recurrent unit.

    r = sigmoid(W_ir x + b_ir + W_hr h + b_hr),  z the same with its own weights,
    n = tanh(W_in x + b_in + r * (W_hn h + b_hn)),  h_t = (1 - z) * n + z * h_(t-1)
    x (N, T, D), h0 (layers * directions, N, H) or None for zeros
    -> outputs (N, T, H * directions) and the last states, of h0's shape.
    Chapter: 09_lstm_and_gru. Twin: torch.nn.GRU with batch_first=True.
    Source: Cho et al., 2014, arXiv:1406.1078, with one difference, which is PyTorch's too: here r
    multiplies the product W_hn h + b_hn; there the state goes into the product as r * h.
    """

    gates = 3

    def forward(self, x, h0=None):
        out, (h,) = self._run(x, [h0])
        return out, h

    def _layer(self, x, h0, *weights):
        out = F.gru(x, h0, *weights)
        return out, out[:, -1]
