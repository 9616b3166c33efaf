"""A deep network with random weights, forward and backward: what math.js does, in Python.

Layer l computes h_l = f(z_l) with z_l = gain h_{l-1} W_l / sqrt(width); with layer normalisation f
gets the normalised z_l, with residual connections h_{l-1} is added. All random numbers come from
one generator that JavaScript has too. Arithmetic is float64; nothing is clamped.
Chapter: 04_training_deep_networks. Sources: Glorot, Bengio, AISTATS 2010; He et al., ICCV 2015; the
theory: Schoenholz et al., Deep information propagation, ICLR 2017. The generator: mulberry32 by
T. Ettinger, 2017; Box, Muller, 1958.
"""

import math

import numpy as np

BATCH = 16
EPSILON = 1e-5  # of layer normalisation, as in torch.nn.LayerNorm
LEAK = 0.01  # of leaky ReLU, as in torch.nn.LeakyReLU
ACTIVATIONS = ("tanh", "sigmoid", "relu", "leaky_relu", "linear")
NORMALISATIONS = ("none", "layer")


def uniforms(seed, count):
    """Return `count` numbers in [0, 1) from the generator mulberry32."""
    state = np.uint32(seed) + np.arange(1, count + 1, dtype=np.uint32) * np.uint32(0x6D2B79F5)
    t = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))
    t ^= t + (t ^ (t >> np.uint32(7))) * (t | np.uint32(61))
    return (t ^ (t >> np.uint32(14))) / 4294967296.0


def normals(seed, count):
    """Return `count` (even) standard normal numbers, two from each two uniforms: Box–Muller."""
    u = uniforms(seed, count)
    radius, angle = np.sqrt(-2 * np.log(1 - u[::2])), 2 * math.pi * u[1::2]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).ravel()


def draws(seed, width, depth):
    """Return (data, upstream, weights): shapes (16, width), (16, width), (depth, width, width).

    Data are the network's inputs; upstream is the gradient that arrives at its last layer.
    """
    head = BATCH * width
    count = 2 * head + depth * width * width
    found = normals(seed, count + count % 2)[:count]
    data, upstream = found[: 2 * head].reshape(2, BATCH, width)
    return data, upstream, found[2 * head :].reshape(depth, width, width)


def activate(activation, u):
    """Return f(u), elementwise."""
    if activation == "tanh":
        return np.tanh(u)
    if activation == "sigmoid":
        return 1 / (1 + np.exp(-u))
    if activation == "relu":
        return np.maximum(u, 0)
    if activation == "leaky_relu":
        return np.where(u > 0, u, LEAK * u)
    return u


def activation_slope(activation, u, a):
    """Return f'(u), elementwise; a is f(u)."""
    if activation == "tanh":
        return 1 - a * a
    if activation == "sigmoid":
        return a * (1 - a)
    if activation in ("relu", "leaky_relu"):
        return np.where(u > 0, 1.0, LEAK if activation == "leaky_relu" else 0.0)
    return np.ones_like(u)


def idle_share(activation, u, slope):
    """Return the share of units that (nearly) no gradient passes.

    tanh, sigmoid: saturated, with a slope below a tenth of the greatest. ReLU: silent, with output
    0 for all examples of the batch. Others have none.
    """
    if activation in ("tanh", "sigmoid"):
        return float(np.mean(slope < (0.1 if activation == "tanh" else 0.025)))
    if activation == "relu":
        return float(np.mean(np.all(u <= 0, axis=0)))
    return 0.0


def _unit(numbers):
    # divided by the largest size before squaring: else 1e200 would seem infinite, 1e-200 zero
    size = np.max(np.abs(numbers))
    return size if 0 < size < math.inf else 1.0


def deviation_of(numbers):
    """Return the standard deviation of all numbers of an array."""
    unit = _unit(numbers)
    return float(unit * np.std(numbers / unit))


def root_mean_square(numbers):
    """Return the root of the mean square of all numbers of an array."""
    unit = _unit(numbers)
    return float(unit * np.sqrt(np.mean((numbers / unit) ** 2)))


def simulate(activation, depth, gain, normalisation, residual, width, seed):
    """Return {"deviation", "gradient", "idle"}: lists over the layers.

    deviation[l] is the standard deviation of h_l over units and examples, h_0 the data;
    gradient[l] the root mean square of the gradient at h_l, about 1 at the last layer
    (both have depth + 1 entries); idle[l - 1] the idle share of layer l.
    """
    data, upstream, weights = draws(seed, width, depth)
    scale = gain / math.sqrt(width)
    h, kept = data, []
    deviation, gradient, idle = [deviation_of(h)], [0.0] * (depth + 1), []
    with np.errstate(all="ignore"):
        for weight in weights:
            z = scale * (h @ weight)
            spread = np.ones((BATCH, 1))
            if normalisation == "layer":
                spread = np.sqrt(np.var(z, axis=1, keepdims=True) + EPSILON)
                z = (z - np.mean(z, axis=1, keepdims=True)) / spread
            a = activate(activation, z)
            slope = activation_slope(activation, z, a)
            kept.append((z, spread, slope))
            idle.append(idle_share(activation, z, slope))
            h = h + a if residual else a
            deviation.append(deviation_of(h))
        g = upstream
        gradient[depth] = root_mean_square(g)
        for layer in range(depth, 0, -1):
            z, spread, slope = kept[layer - 1]
            back = g * slope
            if normalisation == "layer":
                along = np.mean(back * z, axis=1, keepdims=True)
                back = (back - np.mean(back, axis=1, keepdims=True) - z * along) / spread
            back = scale * (back @ weights[layer - 1].T)
            g = g + back if residual else back
            gradient[layer - 1] = root_mean_square(g)
    return {"deviation": deviation, "gradient": gradient, "idle": idle}


def moments(activation, q):
    """Return (E f, E f^2, E f'^2) of f(u) for a normal u with mean 0 and variance q."""
    if activation in ("relu", "leaky_relu"):
        leak = LEAK if activation == "leaky_relu" else 0.0
        half = (1 + leak * leak) / 2
        return (1 - leak) * math.sqrt(q / (2 * math.pi)), half * q, half
    if activation == "linear":
        return 0.0, q, 1.0
    t = np.arange(-200, 201) * 0.04
    weight = np.exp(-0.5 * t * t)
    weight /= weight.sum()
    u = math.sqrt(q) * t
    with np.errstate(over="ignore"):
        a = activate(activation, u)
    slope = activation_slope(activation, u, a)
    return tuple(float(weight @ v) for v in (a, a * a, slope * slope))


def theory(activation, depth, gain, normalisation, residual, square):
    """Return {"deviation", "slopes", "factors"}: what infinitely wide layers would do.

    square is the mean square of the data. deviation has depth + 1 entries; for layer l,
    slopes[l - 1] is E f'^2 and factors[l - 1] what the mean square of the gradient is multiplied
    by on its way back through the layer: gain^2 E f'^2, divided by the variance of z with layer
    normalisation, plus 1 with residual connections.
    """
    mean, deviation, slopes, factors = 0.0, [math.sqrt(square)], [], []
    for _ in range(depth):
        q = gain * gain * square
        spread = q + EPSILON if normalisation == "layer" else 1.0
        first, second, slope = moments(activation, q / spread)
        slopes.append(slope)
        factors.append(gain * gain * slope / spread + (1 if residual else 0))
        square = square + 2 * mean * first + second if residual else second
        mean = mean + first if residual else first
        deviation.append(math.sqrt(max(0.0, square - mean * mean)))
    return {"deviation": deviation, "slopes": slopes, "factors": factors}


def mean_factor(ratio, depth):
    """Return the factor per layer whose depth-th power is `ratio`, or None."""
    return ratio ** (1 / depth) if 0 < ratio < math.inf else None
