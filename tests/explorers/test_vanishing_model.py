"""A deep random network: gradients are torch's, theory is measured, JavaScript is Python."""

import math

import numpy as np
import pytest
from explorer_harness import EXPLORERS, run_javascript
from traitlets import TraitError

from nnbook_utils import figures
from nnbook_utils.explorers import VanishingGradient
from nnbook_utils.explorers.vanishing_gradient import model

SOURCE = (EXPLORERS / "vanishing_gradient" / "math.js").read_text("utf-8")
KINDS = [
    (activation, normalisation, residual)
    for activation in model.ACTIVATIONS
    for normalisation in model.NORMALISATIONS
    for residual in (False, True)
]


def same(theirs, ours):
    np.testing.assert_allclose(np.array(theirs, float), ours, rtol=1e-6, atol=1e-300)


def test_random_numbers_are_standard_normal():
    found = model.normals(5, 200_000)
    assert np.mean(found) == pytest.approx(0, abs=0.01)
    assert np.std(found) == pytest.approx(1, abs=0.01)
    assert np.mean(found**4) == pytest.approx(3, abs=0.1)
    assert np.mean(found[1:] * found[:-1]) == pytest.approx(0, abs=0.01)
    assert np.mean(np.abs(found) < 1) == pytest.approx(0.6827, abs=0.005)


def test_a_deeper_network_keeps_the_weights_of_its_first_layers():
    data, upstream, weights = model.draws(3, 7, 5)
    again = model.draws(3, 7, 11)
    np.testing.assert_array_equal(data, again[0])
    np.testing.assert_array_equal(upstream, again[1])
    np.testing.assert_array_equal(weights, again[2][:5])


@pytest.mark.parametrize(("activation", "normalisation", "residual"), KINDS)
def test_gradients_and_activations_are_those_of_torch(activation, normalisation, residual):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    functions = {
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "relu": torch.relu,
        "leaky_relu": torch.nn.functional.leaky_relu,
        "linear": lambda z: z,
    }
    depth, gain, width = 6, 1.3, 12
    data, upstream, weights = map(torch.from_numpy, model.draws(4, width, depth))
    states = [data.clone().requires_grad_()]
    for weight in weights:
        z = gain / math.sqrt(width) * (states[-1] @ weight)
        if normalisation == "layer":
            z = torch.nn.functional.layer_norm(z, (width,))
        a = functions[activation](z)
        states.append(states[-1] + a if residual else a)
        states[-1].retain_grad()
    (states[-1] * upstream).sum().backward()
    found = model.simulate(activation, depth, gain, normalisation, residual, width, 4)
    np.testing.assert_allclose(
        found["deviation"], [float(h.detach().std(correction=0)) for h in states], 1e-10
    )
    np.testing.assert_allclose(
        found["gradient"], [float(h.grad.square().mean().sqrt()) for h in states], 1e-10
    )


@pytest.mark.parametrize(("activation", "normalisation", "residual"), KINDS)
def test_theory_is_what_wide_layers_do(activation, normalisation, residual):
    depth, gain, width = 6, 1.2, 256  # theory is for wide layers
    network = activation, depth, gain, normalisation, residual
    runs = [model.simulate(*network, width, seed) for seed in range(4)]
    theory = model.theory(*network, 1.0)
    ratios = [run["gradient"][0] / run["gradient"][-1] for run in runs]
    expected = math.prod(theory["factors"]) ** (1 / (2 * depth))
    assert np.mean(ratios) ** (1 / depth) == pytest.approx(expected, rel=0.02)
    last = np.mean([run["deviation"][-1] for run in runs])
    assert last == pytest.approx(theory["deviation"][-1], rel=0.1)


def test_moments_are_gaussian_integrals():
    rng = np.random.default_rng(0)
    z = rng.standard_normal(400_000)
    for activation in model.ACTIVATIONS:
        for q in (0.3, 2.5):
            u = math.sqrt(q) * z
            a = model.activate(activation, u)
            slope = model.activation_slope(activation, u, a)
            expected = np.mean(a), np.mean(a * a), np.mean(slope * slope)
            assert model.moments(activation, q) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("activation", "gain"), [("linear", 1), ("relu", math.sqrt(2)), ("leaky_relu", 1.41414285)]
)
def test_the_right_gain_keeps_the_gradient_level(activation, gain):
    expected, measured = VanishingGradient(activation=activation, gain=gain).gradient_factor
    assert expected == pytest.approx(1, abs=1e-4)
    assert measured == pytest.approx(1, abs=0.05)


def test_sigmoid_loses_three_quarters_of_the_gradient_in_every_layer():
    expected, measured = VanishingGradient(activation="sigmoid").gradient_factor
    assert expected < 0.25
    assert measured < 0.25


def test_normalisation_and_residuals_make_the_gain_matter_less():
    plain = VanishingGradient(gain=0.5).gradient_factor[1]
    better = VanishingGradient(gain=0.5, normalisation="layer", residual=True).gradient_factor[1]
    assert plain < 0.55
    assert 1 < better < 1.2


def test_dead_and_saturated_units_are_counted():
    u = np.array([[-1.0, 2.0, -3.0], [-1.0, -2.0, 0.0]])
    slope = model.activation_slope("relu", u, model.activate("relu", u))
    assert model.idle_share("relu", u, slope) == 2 / 3
    u = np.array([[0.0, 1.8], [1.83, -5.0]])  # tanh has a tenth of its slope at 1.8184
    slope = model.activation_slope("tanh", u, np.tanh(u))
    assert model.idle_share("tanh", u, slope) == 0.5


def test_nothing_is_clamped():
    run = VanishingGradient(activation="linear", gain=1e9, depth=50)
    assert run.measured["deviation"][30] > 1e260
    assert not math.isfinite(run.measured["deviation"][-1])
    assert run.gradient_factor[1] is None
    run = VanishingGradient(activation="linear", gain=1e-9, depth=50)
    assert 0 < run.measured["gradient"][20] < 1e-200
    assert run.measured["gradient"][0] == 0


def test_javascript_draws_the_same_numbers():
    plain = SOURCE + "\nconst give = (...a) => Array.from(normals(...a));"
    seeds = [0, 1, 12345, 2**31, 2**32 - 1]
    for seed, theirs in zip(
        seeds, run_javascript(plain, "give", [[s, 501] for s in seeds]), strict=True
    ):
        np.testing.assert_allclose(theirs, model.normals(seed, 502)[:501], atol=1e-12)


def test_javascript_network_equals_python():
    rng = np.random.default_rng(1)
    runs = [
        [activation, depth, gain, normalisation, residual, int(rng.integers(8, 33)), depth + 7]
        for activation, normalisation, residual in KINDS
        for depth, gain in ((1, 1.0), (20, 0.3), (50, 1.4142), (50, 2.5))
    ]
    runs += [["linear", 50, 1e9, "none", False, 32, 1], ["relu", 50, 1e-9, "none", False, 5, 2]]
    for run, theirs in zip(runs, run_javascript(SOURCE, "simulate", runs), strict=True):
        ours = model.simulate(*run)
        for name in ("deviation", "gradient", "idle"):
            same(theirs[name], ours[name])


def test_javascript_theory_equals_python():
    runs = [
        [activation, depth, gain, normalisation, residual, 1.03]
        for activation, normalisation, residual in KINDS
        for depth, gain in ((1, 1.0), (20, 0.3), (50, 2.0), (50, 4.0))
    ]
    for run, theirs in zip(runs, run_javascript(SOURCE, "theory", runs), strict=True):
        ours = model.theory(*run)
        for name in ("deviation", "slopes", "factors"):
            same(theirs[name], ours[name])


@pytest.mark.parametrize(
    "settings",
    [
        {"activation": "gelu"},
        {"activation": None},
        {"depth": 0},
        {"depth": 51},
        {"depth": 2.5},
        {"gain": 0},
        {"gain": float("inf")},
        {"normalisation": "batch"},
        {"residual": 1},
        {"residual": "yes"},
        {"width": 3},
        {"width": 64},
        {"seed": -1},
        {"seed": 2**32},
        {"layer": 0},
    ],
)
def test_bad_settings_are_refused_and_named(settings):
    with pytest.raises(TraitError, match=f"{next(iter(settings))} must be .*but got .*write e.g."):
        VanishingGradient(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"activation": "relu", "depth": 50, "gain": 0.1},
        {"activation": "linear", "gain": 1e9, "depth": 50},
        {"activation": "linear", "gain": 1e-9, "depth": 50},
        {"depth": 1, "width": 4},
    ],
)
def test_still_picture_and_words_survive_extremes(settings):
    explorer = VanishingGradient(**settings)
    picture = figures.svg(explorer.still(), alt=explorer.description())
    assert picture.startswith("<svg ")
    assert "factor of" in explorer.description()
