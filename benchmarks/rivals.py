"""The same training steps in other libraries: HIPS autograd, JAX and tinygrad.

Each is written as its users would write it, starts from scratch's weights and must report the same
losses. A library that is not installed is left out of the table.
"""

import math
from unittest import mock

import numpy as onp
from workloads import VOCABULARY, data, scratch_model


def start(work):
    """Names and arrays of the weights that all libraries start from."""
    return {name: tensor.data for name, tensor in scratch_model(work).state_dict().items()}


# -- models over plain arrays: np is autograd.numpy or jax.numpy, images are (N, H, W, C) ---------


class ArrayModels:
    """The losses of all workloads, for a library that differentiates functions of arrays.

    autograd's gradients of mean, max, maximum and abs are float64 under NumPy 2, whatever goes in,
    and its gradients of slices are slow. So there are sums, products with masks, and splits.
    """

    def __init__(self, np, constant, convolve, look_up, scan):
        self.np, self.constant = np, constant  # constant(x): without a gradient
        self.convolve, self.look_up, self.scan = convolve, look_up, scan

    def mean(self, x, axis, keepdims=False):
        count = math.prod(x.shape[i] for i in axis)
        return x.sum(axis=axis, keepdims=keepdims) * (1 / count)

    def loss(self, work, p, batch):
        return getattr(self, work.kind)(work, p, batch)

    def linear(self, p, name, x):
        if x.ndim > 2:  # one large product; its gradient would be a sum of small ones
            return self.linear(p, name, x.reshape(-1, x.shape[-1])).reshape(*x.shape[:-1], -1)
        y = x @ p[f"{name}.weight"].T
        return y + p[f"{name}.bias"] if f"{name}.bias" in p else y

    def cross_entropy(self, logits, target):
        np = self.np
        shifted = logits - self.constant(logits).max(axis=1, keepdims=True)
        logsum = np.log(np.exp(shifted).sum(axis=1))
        wanted = target[:, None] == onp.arange(logits.shape[1])
        return (logsum.sum() - (shifted * wanted).sum()) * (1 / len(target))

    def relu(self, x):
        return x * (self.constant(x) > 0)

    def sigmoid(self, x):
        return 0.5 * self.np.tanh(0.5 * x) + 0.5

    def gelu(self, x):
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
        return 0.5 * x * (1 + self.np.tanh(inner))

    def layer_norm(self, p, name, x):
        centred = x - self.mean(x, (-1,), keepdims=True)
        sigma = self.np.sqrt(self.mean(centred * centred, (-1,), keepdims=True) + 1e-5)
        return centred / sigma * p[f"{name}.weight"] + p[f"{name}.bias"]

    def group_norm(self, p, name, x, groups=8):
        n, h, w, c = x.shape
        cells = x.reshape(n, h * w, groups, c // groups)
        centred = cells - self.mean(cells, (1, 3), keepdims=True)
        sigma = self.np.sqrt(self.mean(centred * centred, (1, 3), keepdims=True) + 1e-5)
        return (centred / sigma).reshape(n, h, w, c) * p[f"{name}.weight"] + p[f"{name}.bias"]

    def conv(self, p, name, x, padding=0):
        return self.convolve(x, p[f"{name}.weight"], padding) + p[f"{name}.bias"]

    def max_pool(self, windows):
        """The largest of each window; if there are several, they share the gradient."""
        cells = self.constant(windows)
        largest = cells == cells.max(axis=(2, 4), keepdims=True)
        return (windows * (largest / largest.sum(axis=(2, 4), keepdims=True, dtype="float32"))).sum(
            axis=(2, 4)
        )

    def mlp(self, work, p, batch):
        x = batch["x"]
        for name in ("0", "2"):
            x = self.relu(self.linear(p, name, x))
        return self.cross_entropy(self.linear(p, "4", x), batch["y"])

    def cnn(self, work, p, batch):
        x = self.np.transpose(batch["x"], (0, 2, 3, 1))
        x = self.relu(self.conv(p, "0", x))
        x = self.relu(self.conv(p, "2", x))
        n, h, w, c = x.shape
        x = self.max_pool(x.reshape(n, h // 2, 2, w // 2, 2, c))
        x = self.np.transpose(x, (0, 3, 1, 2)).reshape(n, -1)
        x = self.relu(self.linear(p, "6", x))
        return self.cross_entropy(self.linear(p, "8", x), batch["y"])

    def lstm(self, work, p, batch):
        np, size = self.np, work.width
        x = self.look_up(p["embedding.weight"], batch["x"])
        bias = p["recurrent.bias_ih_l0"] + p["recurrent.bias_hh_l0"]
        from_x = np.transpose(x @ p["recurrent.weight_ih_l0"].T + bias, (1, 0, 2))
        recurrent = p["recurrent.weight_hh_l0"].T

        def step(state, z):
            h, c = state
            z = z + h @ recurrent
            i, f, g, o = np.split(z, 4, axis=1)
            c = self.sigmoid(f) * c + self.sigmoid(i) * np.tanh(g)
            h = self.sigmoid(o) * np.tanh(c)
            return (h, c), h

        zero = onp.zeros((work.batch, size), onp.float32)
        hidden = self.scan(step, (zero, zero), from_x)  # (T, N, H)
        logits = self.linear(p, "head", hidden.reshape(-1, size))
        return self.cross_entropy(logits, batch["y"].T.reshape(-1))

    def gpt(self, work, p, batch):
        np = self.np
        n, t = batch["x"].shape
        d, heads = work.width, work.width // 16
        future = onp.triu(onp.full((t, t), -1e9, onp.float32), 1)
        x = self.look_up(p["token.weight"], batch["x"]) + p["position.weight"]
        for layer in range(work.layers):
            block = f"blocks.{layer}"
            h = self.layer_norm(p, f"{block}.norm1", x)
            qkv = self.linear(p, f"{block}.attention.qkv", h)
            q, k, v = (
                np.transpose(part.reshape(n, t, heads, -1), (0, 2, 1, 3))
                for part in np.split(qkv, 3, axis=2)
            )
            scores = q @ np.swapaxes(k, 2, 3) * (1 / math.sqrt(d // heads)) + future
            scores = np.exp(scores - self.constant(scores).max(axis=-1, keepdims=True))
            mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ v
            mixed = np.transpose(mixed, (0, 2, 1, 3)).reshape(n, t, d)
            x = x + self.linear(p, f"{block}.attention.out", mixed)
            h = self.gelu(self.linear(p, f"{block}.mlp.0", self.layer_norm(p, f"{block}.norm2", x)))
            x = x + self.linear(p, f"{block}.mlp.2", h)
        logits = self.linear(p, "head", self.layer_norm(p, "norm", x))
        return self.cross_entropy(logits.reshape(n * t, VOCABULARY), batch["y"].reshape(-1))

    def vae(self, work, p, batch):
        np, x = self.np, batch["x"]
        h = self.relu(self.linear(p, "encoder.0", x))
        mu, logvar = self.linear(p, "mu", h), self.linear(p, "logvar", h)
        z = mu + np.exp(0.5 * logvar) * batch["noise"]
        logits = self.linear(p, "decoder.2", self.relu(self.linear(p, "decoder.0", z)))
        sign = (self.constant(logits) > 0) * onp.float32(2) - 1
        loss = self.relu(logits) - logits * x + np.log(1 + np.exp(-logits * sign))
        divergence = 0.5 * (mu * mu + np.exp(logvar) - logvar - 1)
        return (loss.sum() + divergence.sum()) / work.batch

    def unet(self, work, p, batch):
        np = self.np
        features = 64
        frequencies = onp.exp(onp.linspace(0, onp.log(1000), features // 2)).astype(onp.float32)
        angles = batch["t"][:, None] * frequencies
        waves = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
        time = self.linear(p, "time.0", waves)
        time = self.linear(p, "time.2", time * self.sigmoid(time))

        def block(name, x):
            h = self.group_norm(p, f"{name}.norm1", x)
            h = self.conv(p, f"{name}.conv1", h * self.sigmoid(h), 1)
            h = h + self.linear(p, f"{name}.time", time)[:, None, None]
            h = self.group_norm(p, f"{name}.norm2", h)
            h = self.conv(p, f"{name}.conv2", h * self.sigmoid(h), 1)
            around = f"{name}.around"
            return h + (self.conv(p, around, x) if f"{around}.weight" in p else x)

        def half(x):
            n, h, w, c = x.shape
            return self.mean(x.reshape(n, h // 2, 2, w // 2, 2, c), (2, 4))

        def double(x):
            return np.repeat(np.repeat(x, 2, axis=1), 2, axis=2)

        x = self.np.transpose(batch["x"], (0, 2, 3, 1))
        full = block("down1", self.conv(p, "enter", x, 1))
        middle = block("down2", half(full))
        x = block("middle", half(middle))
        x = block("up2", np.concatenate([double(x), middle], axis=3))
        x = block("up1", np.concatenate([double(x), full], axis=3))
        x = self.group_norm(p, "norm", x)
        x = self.conv(p, "leave", x * self.sigmoid(x), 1)
        error = x - np.transpose(batch["noise"], (0, 2, 3, 1))
        return self.mean(error * error, (0, 1, 2, 3))


def autograd_step(work):
    """HIPS autograd: NumPy functions recorded and differentiated; Adam in NumPy."""
    import autograd.numpy as np
    from autograd import core, value_and_grad
    from autograd.tracer import getval

    def convolve(x, weight, padding):
        """One matrix product over the unfolded windows."""
        if padding:
            x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)), "constant")
        out, _, kh, kw = weight.shape
        for axis, k in ((1, kh), (2, kw)):
            size = x.shape[axis] - k + 1
            shifted = [np.split(x, [i, i + size], axis=axis)[1] for i in range(k)]
            x = np.concatenate(shifted, axis=3)
        kernel = np.transpose(weight, (3, 2, 1, 0)).reshape(-1, out)
        return np.dot(x.reshape(-1, len(kernel)), kernel).reshape(*x.shape[:3], out)

    def look_up(table, index):
        """A product with one-hot rows; autograd's own gradient of table[index] is slower."""
        rows = onp.eye(len(table), dtype=onp.float32)[index.ravel()]
        return np.dot(rows, table).reshape(*index.shape, -1)

    def scan(step, state, inputs):
        outputs = []
        for z in np.split(inputs, len(inputs)):
            state, out = step(state, z.reshape(z.shape[1:]))
            outputs.append(out)
        return np.stack(outputs)

    models, batch = ArrayModels(np, getval, convolve, look_up, scan), data(work)
    weights = {name: array.copy() for name, array in start(work).items()}
    loss_and_gradients = value_and_grad(lambda p: models.loss(work, p, batch))
    mean = {name: onp.zeros_like(w) for name, w in weights.items()}
    square = {name: onp.zeros_like(w) for name, w in weights.items()}
    steps = 0

    def add_float32(before, gradient, add=core.add_outgrads):
        """autograd's sum of gradients; it sees every one of them on its way back."""
        dtype = getattr(gradient, "dtype", onp.float32)
        assert dtype == onp.float32, f"autograd computes in {dtype}"
        return add(before, gradient)

    def step():
        nonlocal steps
        steps += 1
        if steps == 1:
            with mock.patch.object(core, "add_outgrads", add_float32):
                value, gradients = loss_and_gradients(weights)
            assert {value.dtype} | {g.dtype for g in gradients.values()} == {onp.dtype("float32")}
        else:
            value, gradients = loss_and_gradients(weights)
        rate = 1e-3 * math.sqrt(1 - 0.999**steps) / (1 - 0.9**steps)
        epsilon = 1e-8 * math.sqrt(1 - 0.999**steps)
        for name, g in gradients.items():
            m, s = mean[name], square[name]
            m += 0.1 * (g - m)
            s += 0.001 * (g * g - s)
            weights[name] -= rate * m / (onp.sqrt(s) + epsilon)
        return float(value)

    return step


def jax_step(work):
    """JAX: the whole step, Adam included, compiled by jit."""
    import jax
    import jax.numpy as np

    def convolve(x, weight, padding):
        around = [(padding, padding)] * 2
        kernel = weight.transpose(2, 3, 1, 0)
        layout = ("NHWC", "HWIO", "NHWC")
        return jax.lax.conv_general_dilated(x, kernel, (1, 1), around, dimension_numbers=layout)

    def look_up(table, index):
        return table[index]

    def scan(step, state, inputs):
        return jax.lax.scan(step, state, inputs)[1]

    models = ArrayModels(np, jax.lax.stop_gradient, convolve, look_up, scan)
    batch = {name: np.asarray(array) for name, array in data(work).items()}

    @jax.jit
    def train(weights, mean, square, steps, batch):
        value, gradients = jax.value_and_grad(lambda p: models.loss(work, p, batch))(weights)
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradients)
        square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, square, gradients)
        weights = jax.tree.map(
            lambda w, m, s: (
                w - 1e-3 * (m / (1 - 0.9**steps)) / (np.sqrt(s / (1 - 0.999**steps)) + 1e-8)
            ),
            weights,
            mean,
            square,
        )
        return weights, mean, square, value

    weights = {name: np.asarray(w) for name, w in start(work).items()}
    zeros = {name: np.zeros_like(w) for name, w in weights.items()}
    state, steps = [weights, zeros, zeros], 0

    def step():
        nonlocal steps
        steps += 1
        *state[:], value = jax.block_until_ready(train(*state, np.float32(steps), batch))
        return float(value)

    return step


def tinygrad_step(work):
    """tinygrad: its own layers, the whole step compiled by TinyJit for the CPU."""
    from tinygrad import Tensor, TinyJit
    from tinygrad.helpers import Context
    from tinygrad.nn.optim import Adam

    weights = {name: Tensor(array) for name, array in start(work).items()}
    batch = {name: Tensor(array) for name, array in data(work).items()}
    models = TinyModels(weights)
    optimizer = Adam(list(weights.values()), lr=1e-3)

    @TinyJit
    def train():
        with Context(TRAINING=1):
            optimizer.zero_grad()
            value = getattr(models, work.kind)(work, batch)
            value.backward()
            return value.realize(*optimizer.schedule_step())

    return lambda: train().item()


class TinyModels:
    """The losses in tinygrad's own operations; images are (N, C, H, W)."""

    def __init__(self, weights):
        self.p = weights

    def linear(self, name, x):
        bias = self.p.get(f"{name}.bias")
        return x.linear(self.p[f"{name}.weight"].T, bias)

    def conv(self, name, x, padding=0):
        return x.conv2d(self.p[f"{name}.weight"], self.p[f"{name}.bias"], padding=padding)

    def affine(self, name, x):
        shape = (1, -1, 1, 1) if x.ndim == 4 else (-1,)
        weight, bias = self.p[f"{name}.weight"], self.p[f"{name}.bias"]
        return x * weight.reshape(shape) + bias.reshape(shape)

    def layer_norm(self, name, x):
        return self.affine(name, x.layernorm(eps=1e-5))

    def group_norm(self, name, x):
        return self.affine(name, x.reshape(len(x), 8, -1).layernorm(eps=1e-5).reshape(x.shape))

    def mlp(self, work, batch):
        x = batch["x"]
        for name in ("0", "2"):
            x = self.linear(name, x).relu()
        return self.linear("4", x).sparse_categorical_crossentropy(batch["y"])

    def cnn(self, work, batch):
        x = self.conv("0", batch["x"]).relu()
        x = self.conv("2", x).relu().max_pool2d(2).flatten(1)
        x = self.linear("6", x).relu()
        return self.linear("8", x).sparse_categorical_crossentropy(batch["y"])

    def lstm(self, work, batch):
        from tinygrad import Tensor

        p, size = self.p, work.width
        x = p["embedding.weight"][batch["x"]]
        bias = p["recurrent.bias_ih_l0"] + p["recurrent.bias_hh_l0"]
        from_x = x.linear(p["recurrent.weight_ih_l0"].T, bias)
        h = c = Tensor.zeros(work.batch, size)
        outputs = []
        for t in range(work.length):
            z = from_x[:, t] + h @ p["recurrent.weight_hh_l0"].T
            i, f, g, o = z.chunk(4, 1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        logits = self.linear("head", outputs[0].stack(*outputs[1:], dim=1))
        return logits.reshape(-1, VOCABULARY).sparse_categorical_crossentropy(
            batch["y"].reshape(-1)
        )

    def gpt(self, work, batch):
        n, t = batch["x"].shape
        d, heads = work.width, work.width // 16
        x = self.p["token.weight"][batch["x"]] + self.p["position.weight"]
        for layer in range(work.layers):
            block = f"blocks.{layer}"
            qkv = self.linear(f"{block}.attention.qkv", self.layer_norm(f"{block}.norm1", x))
            qkv = qkv.reshape(n, t, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
            mixed = qkv[0].scaled_dot_product_attention(qkv[1], qkv[2], is_causal=True)
            mixed = mixed.transpose(1, 2).reshape(n, t, d)
            x = x + self.linear(f"{block}.attention.out", mixed)
            h = self.linear(f"{block}.mlp.0", self.layer_norm(f"{block}.norm2", x)).gelu()
            x = x + self.linear(f"{block}.mlp.2", h)
        logits = self.linear("head", self.layer_norm("norm", x)).reshape(n * t, VOCABULARY)
        return logits.sparse_categorical_crossentropy(batch["y"].reshape(-1))

    def vae(self, work, batch):
        x = batch["x"]
        h = self.linear("encoder.0", x).relu()
        mu, logvar = self.linear("mu", h), self.linear("logvar", h)
        z = mu + (logvar * 0.5).exp() * batch["noise"]
        logits = self.linear("decoder.2", self.linear("decoder.0", z).relu())
        loss = logits.relu() - logits * x + (1 + (-logits.abs()).exp()).log()
        divergence = 0.5 * (mu * mu + logvar.exp() - logvar - 1)
        return (loss.sum() + divergence.sum()) / work.batch

    def unet(self, work, batch):
        from tinygrad import Tensor

        frequencies = Tensor(onp.exp(onp.linspace(0, onp.log(1000), 32)).astype(onp.float32))
        angles = batch["t"].reshape(-1, 1) * frequencies
        time = self.linear("time.0", angles.sin().cat(angles.cos(), dim=1)).silu()
        time = self.linear("time.2", time)

        def block(name, x):
            h = self.conv(f"{name}.conv1", self.group_norm(f"{name}.norm1", x).silu(), 1)
            h = h + self.linear(f"{name}.time", time).reshape(len(x), -1, 1, 1)
            h = self.conv(f"{name}.conv2", self.group_norm(f"{name}.norm2", h).silu(), 1)
            around = f"{name}.around"
            return h + (self.conv(around, x) if f"{around}.weight" in self.p else x)

        def double(x):
            return x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)

        full = block("down1", self.conv("enter", batch["x"], 1))
        half = block("down2", full.avg_pool2d(2))
        x = block("middle", half.avg_pool2d(2))
        x = block("up2", double(x).cat(half, dim=1))
        x = block("up1", double(x).cat(full, dim=1))
        x = self.conv("leave", self.group_norm("norm", x).silu(), 1)
        return ((x - batch["noise"]) ** 2).mean()


RIVALS = {"autograd": autograd_step, "jax": jax_step, "tinygrad": tinygrad_step}
