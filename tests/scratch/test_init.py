"""Initialisation: the right spread, drawn from the generator that is passed."""

import math

import numpy as np
import pytest

from nnbook_utils.scratch import init, nn

RANDOM = {
    "uniform_": {"a": -0.3, "b": 0.7},
    "normal_": {"mean": 0.2, "std": 0.5},
    "xavier_uniform_": {"gain": 2.0},
    "xavier_normal_": {},
    "kaiming_uniform_": {"nonlinearity": "relu"},
    "kaiming_normal_": {"mode": "fan_out", "nonlinearity": "tanh"},
}


@pytest.mark.parametrize(("name", "options"), RANDOM.items())
@pytest.mark.parametrize("shape", [(300, 200), (40, 30, 5, 5)], ids=["linear", "filters"])
def test_random_weights_are_spread_as_in_torch(name, options, shape, torch):
    ours = getattr(init, name)(
        nn.Parameter(np.empty(shape, np.float32)), **options, rng=np.random.default_rng(0)
    )
    theirs = getattr(torch.nn.init, name)(torch.empty(shape), **options).numpy()
    assert ours.data.mean() == pytest.approx(theirs.mean(), abs=0.01)
    assert ours.data.std() == pytest.approx(theirs.std(), rel=0.02)
    assert np.abs(ours.data).max() == pytest.approx(np.abs(theirs).max(), rel=0.3)
    assert ours.dtype == np.float32


def test_constants_fill():
    p = nn.Parameter(np.empty((2, 3), np.float32))
    assert np.all(init.ones_(p).data == 1)
    assert np.all(init.zeros_(p).data == 0)
    assert np.all(init.constant_(p, 2.5).data == 2.5)


@pytest.mark.parametrize("kind", ["linear", "sigmoid", "tanh", "relu", "leaky_relu"])
def test_gain_is_that_of_torch(kind, torch):
    assert init.calculate_gain(kind) == pytest.approx(torch.nn.init.calculate_gain(kind))
    assert init.calculate_gain("leaky_relu", 0.2) == pytest.approx(
        torch.nn.init.calculate_gain("leaky_relu", 0.2)
    )


def test_he_initialisation_keeps_the_spread_through_fifty_relu_layers():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 256)).astype(np.float32)
    for _ in range(50):
        w = nn.Parameter(np.empty((256, 256), np.float32))
        init.kaiming_normal_(w, nonlinearity="relu", rng=rng)
        x = np.maximum(x @ w.data.T, 0)
    assert 0.1 < math.sqrt(np.mean(x**2)) < 10


def test_same_seed_gives_the_same_weights():
    draws = [
        init.normal_(nn.Parameter(np.empty(5)), rng=np.random.default_rng(4)) for _ in range(2)
    ]
    np.testing.assert_array_equal(draws[0].data, draws[1].data)
