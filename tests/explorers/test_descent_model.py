"""Gradient descent on Strang's bowl: theory's rate is the measured one, JavaScript is Python."""

import math

import numpy as np
import pytest
from explorer_harness import EXPLORERS, run_javascript

from nnbook_utils.explorers import LearningRate
from nnbook_utils.explorers.learning_rate import model

SOURCE = (EXPLORERS / "learning_rate" / "math.js").read_text("utf-8")
RNG = np.random.default_rng(2)


def losses(b, s, beta, steps, start=(0.7, -1.1)):
    return [model.loss(x, y, b) for x, y in model.descend(start, b, s, beta, steps)]


@pytest.mark.parametrize("b", [0.01, 0.1, 0.5, 0.9])
def test_best_step_shrinks_f_by_strangs_factor_every_step(b):
    factor = ((1 - b) / (1 + b)) ** 2
    assert model.rate(b, model.best_step(b), 0) == pytest.approx(factor)
    run = losses(b, model.best_step(b), 0, 20)
    np.testing.assert_allclose(np.array(run[1:]) / run[:-1], factor)


@pytest.mark.parametrize("b", [0.01, 0.1, 0.5])
def test_no_step_is_better_than_the_best(b):
    best = model.rate(b, model.best_step(b), 0)
    assert all(model.rate(b, s, 0) >= best - 1e-12 for s in np.linspace(0.01, 3, 500))


@pytest.mark.parametrize("b", [0.01, 0.1, 0.5])
def test_best_momentum_has_the_rate_of_polyak_and_none_is_better(b):
    s, beta = model.best_momentum(b)
    best = ((1 - math.sqrt(b)) / (1 + math.sqrt(b))) ** 2
    # the two roots coincide there: rounding of beta moves them by its square root
    assert model.rate(b, s, beta) == pytest.approx(best, rel=1e-6)
    for s in np.linspace(0.01, 4, 80):
        assert all(model.rate(b, s, beta) >= best - 1e-6 for beta in np.linspace(0, 0.99, 80))


def test_radius_is_the_spectral_radius():
    for curvature, s, beta in RNG.uniform([0, 0, 0], [1, 4, 1], (300, 3)):
        matrix = [[1 + beta - s * curvature, -beta], [1, 0]]
        expected = max(abs(np.linalg.eigvals(matrix)))
        assert model.radius(curvature, s, beta) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("b", "s", "beta"),
    [
        (0.1, 0.6, 0),
        (0.1, 1.95, 0),
        (0.1, 2.3, 0),
        (0.05, 1.5, 0.5),
        (0.02, 2, 0.8),
        (0.3, 3.9, 0.5),
    ],
)
def test_measured_rate_is_theorys(b, s, beta):
    assert model.measured_rate(losses(b, s, beta, 300)) == pytest.approx(
        model.rate(b, s, beta), rel=0.01
    )


def test_larger_steps_than_two_run_away():
    assert losses(0.1, 2.01, 0, 200)[-1] > losses(0.1, 2.01, 0, 0)[0]
    assert losses(0.1, 1.99, 0, 200)[-1] < 0.1 * losses(0.1, 1.99, 0, 0)[0]


def test_nothing_is_clamped():
    points = model.descend((1.0, 1.0), 0.1, 4, 0, 500)
    assert points[-1][0] == pytest.approx((-3.0) ** 500)
    assert len(model.descend((1.0, 1.0), 0.1, 9, 0, 1000)) < 1000


def test_no_rate_is_measured_where_there_is_none():
    assert model.measured_rate([0.0] * 10) is None
    assert model.measured_rate([1.0]) is None
    assert model.measured_rate([1.0, 0.0, 0.0]) is None


@pytest.mark.slow  # importing torch.optim takes seconds
def test_descend_is_torchs_sgd_with_momentum():
    torch = pytest.importorskip("torch", reason="torch is not installed")
    b, s, beta = 0.13, 0.9, 0.7
    point = torch.tensor([0.8, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=s, momentum=beta)
    for expected in model.descend((0.8, 1.0), b, s, beta, 50):
        np.testing.assert_allclose(point.tolist(), expected, atol=1e-12)
        optimizer.zero_grad()
        (0.5 * (point[0] ** 2 + b * point[1] ** 2)).backward()
        optimizer.step()


def test_explorer_gives_the_numbers_it_shows():
    explorer = LearningRate(step=model.best_step(0.1))
    assert explorer.theory == pytest.approx((0.9 / 1.1) ** 2)
    assert explorer.measured == pytest.approx(explorer.theory)
    assert len(explorer.path) == len(explorer.losses) == 41


def test_javascript_descent_equals_python():
    runs = [
        [RNG.uniform(-2, 2, 2).tolist(), *RNG.uniform([0.01, 0.02, 0], [1, 4, 0.98]).tolist(), n]
        for n in (0, 1, 40, 200, 1000)
        for _ in range(20)
    ]
    for run, theirs in zip(runs, run_javascript(SOURCE, "descend", runs), strict=True):
        ours = model.descend(*run)
        assert len(theirs) == len(ours)
        np.testing.assert_allclose(np.array(theirs, float), ours, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("theirs", "ours", "low", "high"),
    [
        ("loss", model.loss, [-3, -3, 0.01], [3, 3, 1]),
        ("radius", model.radius, [0.01, 0.02, 0], [1, 4, 0.98]),
        ("rate", model.rate, [0.01, 0.02, 0], [1, 4, 0.98]),
        ("bestStep", model.best_step, [0.01], [1]),
        ("bestMomentum", model.best_momentum, [0.01], [1]),
    ],
)
def test_javascript_formula_equals_python(theirs, ours, low, high):
    arguments = RNG.uniform(low, high, (200, len(low))).tolist()
    np.testing.assert_allclose(
        run_javascript(SOURCE, theirs, arguments), [ours(*a) for a in arguments], atol=1e-6
    )


def test_javascript_measured_rate_equals_python():
    runs = [
        losses(b, s, beta, 60) for b, s, beta in RNG.uniform([0.01, 0.1, 0], [1, 4, 0.9], (50, 3))
    ]
    runs += [[0.0, 0.0, 0.0], [1.0], [1.0, 0.5, 0.25]]
    runs = [[min(f, 1e308) for f in run] for run in runs]
    theirs = run_javascript(SOURCE, "measuredRate", [[run] for run in runs])
    for one, run in zip(theirs, runs, strict=True):
        other = model.measured_rate(run)
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(other, abs=1e-6)
