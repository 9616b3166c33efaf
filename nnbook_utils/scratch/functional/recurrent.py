"""Recurrent layers over whole sequences: one loop over time forwards, one backwards.

Axes: x (N, T, D); a state is (N, H). Inside, time comes first, so that each step is one block of
memory. The input of all steps is multiplied by its weights before the loop, in one product; only
what depends on the step before stays inside.
"""

import numpy as np

from ..tensor import Tensor, masked
from .checks import floating, has_shape, one_of, same_dtype


def rnn(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"):
    """h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh).

    x (N, T, D), h0 (N, H), weight_ih (H, D), weight_hh (H, H), biases (H,) -> all h_t (N, T, H)
    nonlinearity: "tanh" or "relu".
    Chapter: 08_recurrent_networks. Twin: torch.nn.RNN, one layer. Source: Elman, 1990.
    """
    one_of("nonlinearity", nonlinearity, ("tanh", "relu"))
    x, states, weights = _check(x, (("h0", h0),), weight_ih, weight_hh, bias_ih, bias_hh, gates=1)
    steps = _time_first(x.data)  # (T, N, D)
    w_ih, w_hh, biases = weights[0].data, weights[1].data, weights[2:]
    hs = _with_start(states[0], steps)  # (T+1, N, H): h_0 and all that follow
    hs[1:] = _project(steps, w_ih, *(b.data for b in biases))
    for before, h in zip(hs, hs[1:], strict=False):
        h += before @ w_hh.T
        np.tanh(h, out=h) if nonlinearity == "tanh" else np.maximum(h, 0, out=h)

    # z_t = what goes into tanh. From the end to the start:
    #   dL/dz_t = (what the outside says about h_t + W_hh^T dL/dz_(t+1)) * (1 - h_t^2)
    def backward(grad):
        dz = _time_first(grad).copy()
        slope = 1 - hs[1:] * hs[1:] if nonlinearity == "tanh" else hs[1:] != 0
        dh = np.zeros_like(hs[0])
        for t in reversed(range(len(dz))):
            dz[t] += dh
            if nonlinearity == "relu":
                masked(dz[t], slope[t], out=dz[t])
            else:
                dz[t] *= slope[t]
            dh = dz[t] @ w_hh
        return _gradients(x, steps, dz, dz, (dh,), hs[:-1], weights, w_ih)

    return Tensor.result(hs[1:].swapaxes(0, 1), (x, *states, *weights), backward)


def lstm(x, h0, c0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """Long short-term memory: gates decide what the cell forgets, takes in and shows.

    i, f, g, o = the four quarters of W_ih x_t + b_ih + W_hh h_(t-1) + b_hh
    c_t = sigmoid(f) * c_(t-1) + sigmoid(i) * tanh(g),  h_t = sigmoid(o) * tanh(c_t)
    x (N, T, D), h0 and c0 (N, H), weight_ih (4H, D), weight_hh (4H, H), biases (4H,)
    -> all h_t (N, T, H) and the last c_T (N, H)
    Chapter: 09_lstm_and_gru. Twin: torch.nn.LSTM, one layer.
    Source: Hochreiter and Schmidhuber, 1997; Gers et al., 2000 (forget gate).
    """
    starts = (("h0", h0), ("c0", c0))
    x, states, weights = _check(x, starts, weight_ih, weight_hh, bias_ih, bias_hh, gates=4)
    steps = _time_first(x.data)
    w_ih, w_hh, biases = weights[0].data, weights[1].data, weights[2:]
    size = w_hh.shape[1]
    # sigmoid(z) = tanh(z/2)/2 + 1/2, so with the sigmoid gates' weights halved one tanh does all
    # four gates, and  scale * tanh + shift  gives their values.
    scale = np.repeat(np.array([0.5, 0.5, 1, 0.5], x.dtype), size)
    shift = np.repeat(np.array([0.5, 0.5, 0, 0.5], x.dtype), size)
    recurrent = np.ascontiguousarray((w_hh * scale[:, None]).T)  # (H, 4H)
    gates = _project(steps, w_ih * scale[:, None], *(scale * b.data for b in biases))  # (T, N, 4H)
    # One array for the result: h_1 … h_T, and behind them c_T.
    out = np.empty((len(steps) + 1, len(x), size), x.dtype)
    cs = _with_start(states[1], steps)  # (T+1, N, H): c_0 … c_T
    tanh_c = np.empty_like(cs[1:])
    h = states[0].data
    for t, z in enumerate(gates):
        z += h @ recurrent
        np.tanh(z, out=z)
        z *= scale
        z += shift
        i, f, g, o = _gates(z, 4)
        np.multiply(f, cs[t], out=cs[t + 1])
        cs[t + 1] += i * g
        np.tanh(cs[t + 1], out=tanh_c[t])
        h = np.multiply(o, tanh_c[t], out=out[t])
    out[-1] = cs[-1]

    # Backwards in time, with dh and dc what all later steps say about h_t and c_t:
    #   dc += dh * o (1 - tanh(c)^2)                      through h = o tanh(c)
    #   di = dc g i(1-i),  df = dc c_(t-1) f(1-f),  dg = dc i (1-g^2),  do = dh tanh(c) o(1-o)
    #   dc_(t-1) = dc f,   dh_(t-1) = W_hh^T (di, df, dg, do)
    # Everything but dc and dh is known beforehand, for all steps at once.
    def backward(grad):
        i, f, g, o = _gates(gates, 4)
        dz = np.empty_like(gates)
        to_i, to_f, to_g, to_o = _gates(dz, 4)
        np.multiply(g * i, 1 - i, out=to_i)
        np.multiply(cs[:-1] * f, 1 - f, out=to_f)
        np.multiply(i, 1 - g * g, out=to_g)
        np.multiply(tanh_c * o, 1 - o, out=to_o)
        through_c = o * (1 - tanh_c * tanh_c)
        by_cell = dz[:, :, : 3 * size].reshape(*dz.shape[:2], 3, size)
        dh, dc = np.zeros_like(out[0]), grad[-1].copy()
        for t in reversed(range(len(gates))):
            dh = dh + grad[t]
            dc += dh * through_c[t]
            by_cell[t] *= dc[:, None]
            to_o[t] *= dh
            dc *= f[t]
            dh = dz[t] @ w_hh
        hs = np.concatenate([states[0].data[None], out[:-2]])
        return _gradients(x, steps, dz, dz, (dh, dc), hs, weights, w_ih)

    packed = Tensor.result(out, (x, *states, *weights), backward)
    return packed[:-1].transpose(0, 1), packed[-1]


def gru(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """Gated recurrent unit: like an LSTM without a separate cell.

    r = sigmoid(W_ir x + b_ir + W_hr h + b_hr),  z the same with its own weights,
    n = tanh(W_in x + b_in + r * (W_hn h + b_hn)),  h_t = (1 - z) * n + z * h_(t-1)
    x (N, T, D), h0 (N, H), weight_ih (3H, D), weight_hh (3H, H), biases (3H,), in the order r, z, n
    -> all h_t (N, T, H)
    Chapter: 09_lstm_and_gru. Twin: torch.nn.GRU, one layer. Source: Cho et al., arXiv:1406.1078,
    where r * h goes into the product; here, as in PyTorch, r multiplies the product.
    """
    x, states, weights = _check(x, (("h0", h0),), weight_ih, weight_hh, bias_ih, bias_hh, gates=3)
    steps = _time_first(x.data)
    w_ih, w_hh, biases = weights[0].data, weights[1].data, weights[2:]
    size = w_hh.shape[1]
    from_x = _project(steps, w_ih, *(b.data for b in biases[:1]))  # (T, N, 3H)
    gates = np.empty_like(from_x)
    candidates = np.empty((len(steps), len(x), size), x.dtype)  # W_hn h + b_hn
    hs = _with_start(states[0], steps)
    b_hh = biases[1].data if biases else 0
    for t, values in enumerate(gates):
        from_h = hs[t] @ w_hh.T + b_hh
        rz, n = values[:, : 2 * size], values[:, 2 * size :]
        np.tanh((from_x[t, :, : 2 * size] + from_h[:, : 2 * size]) * 0.5, out=rz)
        rz *= 0.5
        rz += 0.5  # sigmoid
        candidates[t] = from_h[:, 2 * size :]
        np.tanh(from_x[t, :, 2 * size :] + rz[:, :size] * candidates[t], out=n)
        hs[t + 1] = n + rz[:, size:] * (hs[t] - n)

    # Backwards in time, with dh what all later steps say about h_t:
    #   dn = dh (1-z) (1-n^2),  dz = dh (h_(t-1) - n) z(1-z),  dr = dn (W_hn h + b_hn) r(1-r)
    #   dh_(t-1) = dh z + W_hh^T (dr, dz, dn r)
    def backward(grad):
        r, z, n = _gates(gates, 3)
        to_n = (1 - z) * (1 - n * n)
        to_z = (hs[:-1] - n) * z * (1 - z)
        to_r = candidates * r * (1 - r)
        d_from_h, d_from_x = np.empty_like(gates), np.empty_like(gates)
        dh = np.zeros_like(hs[0])
        for t in reversed(range(len(gates))):
            dh = dh + grad[:, t]
            dr, dz, dn = _gates(d_from_x[t], 3)
            np.multiply(dh, to_n[t], out=dn)
            np.multiply(dh, to_z[t], out=dz)
            np.multiply(dn, to_r[t], out=dr)
            d_from_h[t] = d_from_x[t]
            d_from_h[t, :, 2 * size :] *= r[t]
            dh = dh * z[t] + d_from_h[t] @ w_hh
        return _gradients(x, steps, d_from_x, d_from_h, (dh,), hs[:-1], weights, w_ih)

    return Tensor.result(hs[1:].swapaxes(0, 1), (x, *states, *weights), backward)


def _time_first(x):
    """(N, T, D) -> (T, N, D), contiguous."""
    return np.ascontiguousarray(x.swapaxes(0, 1))


def _gates(array, count):
    """The last axis cut into equal parts, as views. np.split does the same, but slowly."""
    size = array.shape[-1] // count
    return [array[..., i * size : (i + 1) * size] for i in range(count)]


def _with_start(state, steps):
    """Room for a state before the first step and after each: (T+1, N, H)."""
    states = np.empty((len(steps) + 1, *state.shape), state.dtype)
    states[0] = state.data
    return states


def _project(steps, weight, *biases):
    """W x_t + b for all steps at once: (T, N, D) -> (T, N, gates)."""
    t, n, d = steps.shape
    out = steps.reshape(t * n, d) @ weight.T
    if biases:
        out += sum(biases)
    return out.reshape(t, n, len(weight))


def _rows(steps):
    """(T, N, D) -> (T*N, D)."""
    t, n, d = steps.shape
    return steps.reshape(t * n, d)


def _gradients(x, steps, d_from_x, d_from_h, d_states, hs, weights, w_ih):
    """What all three share: from the gradients of the sums to those of inputs and weights."""
    from_x, from_h = _rows(d_from_x), _rows(d_from_h)  # (T*N, gates)
    ones = np.ones(len(from_x), from_x.dtype)
    dx = None
    if x.requires_grad:
        dx = (from_x @ w_ih).reshape(steps.shape).swapaxes(0, 1)
    gradients = [dx, *d_states, from_x.T @ _rows(steps)]
    gradients.append(from_h.T @ _rows(hs))
    if len(weights) == 4:
        gradients += [ones @ from_x, ones @ from_h]
    return gradients


def _check(x, starts, weight_ih, weight_hh, bias_ih, bias_hh, gates):
    x = floating("x", x)
    weight_ih, weight_hh = floating("weight_ih", weight_ih), floating("weight_hh", weight_hh)
    if x.ndim != 3 or weight_hh.ndim != 2 or 0 in x.shape[1:]:
        raise ValueError(
            f"x must have shape (N, T, D), T and D at least 1, and weight_hh ({gates}H, H), but "
            f"they have {x.shape} and {weight_hh.shape}"
        )
    size = weight_hh.shape[1]
    has_shape("weight_hh", weight_hh, (gates * size, size), f"({gates}H, H)")
    has_shape("weight_ih", weight_ih, (gates * size, x.shape[2]), f"({gates}H, D)")
    states = tuple(floating(name, state) for name, state in starts)
    for (name, _), state in zip(starts, states, strict=True):
        has_shape(name, state, (len(x), size), "(N, H)")
    if (bias_ih is None) != (bias_hh is None):
        raise ValueError("give both bias_ih and bias_hh, or neither")
    weights = (weight_ih, weight_hh)
    if bias_ih is not None:
        biases = floating("bias_ih", bias_ih), floating("bias_hh", bias_hh)
        for name, bias in zip(("bias_ih", "bias_hh"), biases, strict=True):
            has_shape(name, bias, (gates * size,), f"({gates}H,)")
        weights += biases
    named = dict(zip(("weight_ih", "weight_hh", "bias_ih", "bias_hh"), weights, strict=False))
    same_dtype(x=x, **dict(zip((n for n, _ in starts), states, strict=True)), **named)
    return x, states, weights
