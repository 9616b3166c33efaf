"""The training steps that are measured, each in NumPy (scratch) and in PyTorch from one start.

A step is: forward, loss, backward, Adam. Sizes are those of the chapters' models; data are real.
"""

import functools
from dataclasses import dataclass, replace

import numpy as np

from nnbook_utils import datasets


@dataclass(frozen=True)
class Workload:
    """One row of the table. width and length mean what `kind` says; see `model` and `data`."""

    name: str
    kind: str
    batch: int
    width: int
    length: int = 0  # of a sequence
    layers: int = 0
    goal: float = 1.25  # time of scratch over time of torch, one thread each


WORKLOADS = [
    Workload("MLP 784-16-16-10, batch 32", "mlp", 32, 16, goal=0.5),
    Workload("MLP 784-256-256-10, batch 128", "mlp", 128, 256),
    Workload("CNN 32-64 (3×3), pool, dense 128, batch 64", "cnn", 64, 32),
    Workload("LSTM 128, T 64, batch 32", "lstm", 32, 128, length=64, goal=1.4),
    Workload("GPT d 64, 2 layers, T 64, batch 32", "gpt", 32, 64, length=64, layers=2),
    Workload("GPT d 128, 4 layers, T 128, batch 16", "gpt", 16, 128, length=128, layers=4),
    Workload("VAE 784-256-20, batch 128", "vae", 128, 256),
    Workload("U-Net 28×28, batch 64", "unet", 64, 32),
]
VOCABULARY = 65


def by_name(name):
    """The workload whose name starts so."""
    found = [w for w in WORKLOADS if w.name.startswith(name)]
    if len(found) != 1:
        raise ValueError(f"name must fit one of {[w.name for w in WORKLOADS]}, not {name!r}")
    return found[0]


def model(work, home, **rng):
    """The model, from scratch.models (with rng=) or from twins (without)."""
    if work.kind == "mlp":
        return home.MLP((784, work.width, work.width, 10), **rng)
    if work.kind == "cnn":
        return home.CNN((work.width, 2 * work.width), 4 * work.width, **rng)
    if work.kind == "lstm":
        return home.CharRNN(VOCABULARY, work.width, **rng)
    if work.kind == "gpt":
        heads = work.width // 16
        return home.GPT(VOCABULARY, work.length, work.width, work.layers, heads, **rng)
    if work.kind == "vae":
        return home.VAE(784, work.width, 20, **rng)
    return home.UNet((work.width, 2 * work.width, 2 * work.width), **rng)


def loss(work, home, F, model, batch):
    """The loss of one batch; F is scratch's or torch's functional, home its models."""
    if work.kind in ("mlp", "cnn"):
        return F.cross_entropy(model(batch["x"]), batch["y"])
    if work.kind in ("lstm", "gpt"):
        out = model(batch["x"])
        logits = out[0] if work.kind == "lstm" else out
        return F.cross_entropy(logits.reshape(-1, VOCABULARY), batch["y"].reshape(-1))
    if work.kind == "vae":
        return home.vae_loss(*model(batch["x"], batch["noise"]), batch["x"])
    return F.mse_loss(model(batch["x"], batch["t"]), batch["noise"])


@functools.cache
def _images():
    return datasets.mnist("train").images[:1024].astype(np.float32)


@functools.cache
def _text():
    text = datasets.shakespeare().text[:200_000]
    letters = sorted(set(text))[:VOCABULARY]
    place = {letter: i for i, letter in enumerate(letters)}
    return np.array([place.get(letter, 0) for letter in text], dtype=np.int64)


def data(work, seed=0):
    """One batch as arrays."""
    rng = np.random.default_rng(seed)
    n = work.batch
    if work.kind in ("lstm", "gpt"):
        starts = rng.integers(0, len(_text()) - work.length - 1, n)
        windows = _text()[starts[:, None] + np.arange(work.length + 1)]
        return {"x": windows[:, :-1].copy(), "y": windows[:, 1:].copy()}
    images = _images()[rng.integers(0, len(_images()), n)]
    labels = rng.integers(0, 10, n)
    if work.kind == "mlp":
        return {"x": images.reshape(n, 784), "y": labels}
    if work.kind == "cnn":
        return {"x": images[:, None], "y": labels}
    if work.kind == "vae":
        noise = rng.standard_normal((n, 20), dtype=np.float32)
        return {"x": images.reshape(n, 784), "noise": noise}
    noise = rng.standard_normal((n, 1, 28, 28), dtype=np.float32)
    return {"x": images[:, None] + noise, "noise": noise, "t": rng.random(n, dtype=np.float32)}


def scratch_model(work):
    """The start that all libraries share."""
    from nnbook_utils.scratch import models

    return model(work, models, rng=np.random.default_rng(1))


def scratch_step(work):
    """A function that makes one training step and returns the loss as a number."""
    from nnbook_utils.scratch import functional as F
    from nnbook_utils.scratch import models, optim

    net, batch = scratch_model(work), data(work)
    optimizer = optim.Adam(net.parameters(), lr=1e-3)

    def step():
        value = loss(work, models, F, net, batch)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        return value.item()

    return step


def torch_step(work, compiled=False):
    """The same step in PyTorch, with its fused Adam; optionally through torch.compile."""
    import torch

    from nnbook_utils import twins

    net = model(work, twins)
    net.load_state_dict(scratch_model(work).state_dict())
    batch = {name: torch.tensor(array) for name, array in data(work).items()}
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    run = torch.compile(net) if compiled else net

    def step():
        value = loss(work, twins, torch.nn.functional, run, batch)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        return value.item()

    return step


def grown(work, **changes):
    """The same kind of step with another batch, width or length."""
    return replace(work, **changes)
