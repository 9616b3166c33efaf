"""200 training steps on real data from one start: scratch and PyTorch stay together.

Both compute in float32. They add in different orders, so they differ in the last digits; the
losses must agree to 1e-4 all the way. A rectifier or a pooling window that stands within rounding
of its kink may switch in one world and not in the other. Large steps let such a difference grow,
so the CNN takes small ones; in float64, where no switch falls between the two, it agrees to nine
digits at ten times the rate.
"""

import numpy as np
import pytest

from nnbook_utils import datasets
from nnbook_utils.scratch import Tensor, models, nn, optim
from nnbook_utils.scratch import functional as F

STEPS = 200


def digits(noise=0.0):
    data = datasets.mnist("train")
    rng = np.random.default_rng(0)
    for _ in range(STEPS):
        chosen = rng.integers(0, len(data.images), 32)
        images = data.images[chosen]
        # Noise, because on a blank background all pixels of a feature map switch together.
        yield images + noise * rng.standard_normal(images.shape, np.float32), data.labels[chosen]


def text(length):
    letters, tokens = np.unique(list(datasets.shakespeare().text[:100_000]), return_inverse=True)
    assert len(letters) <= 80
    rng = np.random.default_rng(0)
    for _ in range(STEPS):
        windows = rng.integers(0, len(tokens) - length - 1, 16)[:, None] + np.arange(length + 1)
        yield tokens[windows[:, :-1]], tokens[windows[:, 1:]]


def sequence_loss(functional, out, target):
    logits = out[0] if isinstance(out, tuple) else out
    return functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), target.reshape(-1))


def image_loss(functional, out, target):
    return functional.cross_entropy(out, target)


# model, its arguments, data, loss, optimiser and its settings, largest loss at the end
CURVES = {
    "MLP": ("MLP", [(784, 16, 16, 10)], {}, digits, image_loss, ("Adam", {"lr": 3e-3}), 1.0),
    "MLP with SGD": (
        "MLP",
        [(784, 64, 10)],
        {},
        digits,
        image_loss,
        ("SGD", {"lr": 0.1, "momentum": 0.9}),
        1.0,
    ),
    "CNN": (
        "CNN",
        [(8, 16)],
        {"hidden": 32},
        lambda: digits(noise=0.1),
        image_loss,
        ("Adam", {"lr": 3e-4}),
        1.2,
    ),
    "LSTM": (
        "CharRNN",
        [80],
        {"hidden": 32},
        lambda: text(24),
        sequence_loss,
        ("Adam", {"lr": 1e-2}),
        2.9,
    ),
    "GPT": (
        "GPT",
        [80],
        {"context": 24, "d": 32, "layers": 2},
        lambda: text(24),
        sequence_loss,
        ("AdamW", {"lr": 3e-3}),
        2.9,
    ),
}


def train_both(torch, name, dtype, rate=1.0):
    """The losses of all steps, ours and PyTorch's."""
    from nnbook_utils import twins

    kind, arguments, options, batches, loss, (optimizer, settings), _ = CURVES[name]
    model = getattr(models, kind)(*arguments, **options, rng=np.random.default_rng(1)).to(dtype)
    twin = getattr(twins, kind)(*arguments, **options).to(getattr(torch, np.dtype(dtype).name))
    twin.load_state_dict(model.state_dict())
    settings = settings | {"lr": settings["lr"] * rate}
    ours = getattr(optim, optimizer)(model.parameters(), **settings)
    theirs = getattr(torch.optim, optimizer)(twin.parameters(), **settings)
    curve, expected = [], []
    for x, y in batches():
        x = x.astype(dtype) if x.dtype.kind == "f" else x
        value = loss(F, model(x), y)
        ours.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        ours.step()
        curve.append(value.item())

        value = loss(torch.nn.functional, twin(torch.tensor(x)), torch.tensor(y))
        theirs.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(twin.parameters(), 1.0)
        theirs.step()
        expected.append(value.item())
    return np.array(curve), np.array(expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", CURVES)
def test_training_curves_lie_on_each_other(name, torch, record_property):
    curve, expected = train_both(torch, name, np.float32)
    difference = np.abs(curve - expected).max()
    record_property(
        "figure",
        f"{name}: loss {curve[0]:.3f} -> {curve[-1]:.3f} in {len(curve)} steps, "
        f"largest difference from torch's {difference:.1e}",
    )
    assert np.mean(curve[-10:]) < CURVES[name][-1], "it does not learn"
    assert difference < 1e-4


@pytest.mark.slow
def test_cnn_agrees_to_nine_digits_in_float64_at_ten_times_the_rate(torch):
    curve, expected = train_both(torch, "CNN", np.float64, rate=10)
    np.testing.assert_allclose(curve, expected, rtol=1e-9)


def test_planted_error_is_caught(torch):
    """The comparison can fail: one wrong sign in a gradient, and the curves part at once."""
    model = models.MLP((784, 16, 10), rng=np.random.default_rng(1))
    wrong = models.MLP((784, 16, 10), rng=np.random.default_rng(1))
    x, y = next(digits())
    for net in (model, wrong):
        optimizer = optim.SGD(net.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            value = F.cross_entropy(net(Tensor(x)), y)
            value.backward()
            if net is wrong:
                net[0].weight.grad *= -1
            optimizer.step()
    a, b = (F.cross_entropy(net(Tensor(x)), y).item() for net in (model, wrong))
    assert abs(a - b) > 1e-3
