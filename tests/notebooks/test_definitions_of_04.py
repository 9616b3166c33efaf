"""The functions that a reader of chapter 4 sees, taken out of its notebook."""

import math

import numpy as np
import pytest
from definitions import definitions

pytest.importorskip("torch", reason="torch is not installed")


@pytest.fixture
def chapter():
    return definitions("04_training_deep_networks")


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def test_batch_norm_gives_each_column_mean_zero_and_size_one(chapter, rng):
    x = rng.normal(3.0, 2.0, size=(20, 4))
    y = chapter["batch_norm_loops"](x, np.ones(4), np.zeros(4))
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=0), 1, atol=1e-4)


def test_batch_norm_gradient_is_the_measured_slope(chapter, rng):
    x, upstream, direction = rng.normal(size=(3, 6, 4))
    gamma, beta = rng.normal(size=(2, 4))

    def cost(x):
        return np.sum(upstream * chapter["batch_norm_loops"](x, gamma, beta))

    h = 1e-6
    nudged = (cost(x + h * direction) - cost(x - h * direction)) / (2 * h)
    found = chapter["batch_norm_gradient"](upstream, x, gamma, beta)["x"]
    np.testing.assert_allclose(np.sum(found * direction), nudged, rtol=1e-6)


def test_layer_norm_treats_each_token_by_itself(chapter, rng):
    x = rng.normal(size=(2, 3, 8))
    ones, zeros = np.ones(8), np.zeros(8)
    alone = chapter["layer_norm_loops"](x[1:, 2:], ones, zeros)
    together = chapter["layer_norm_loops"](x, ones, zeros)
    np.testing.assert_allclose(together[1:, 2:], alone)


def test_dropout_keeps_the_expected_value(chapter, rng):
    y = chapter["dropout"](np.ones(200_000), 0.8, rng)
    assert set(np.unique(y.round(9))) == {0.0, 5.0}
    assert abs(y.mean() - 1) < 0.02


def test_first_step_of_adam_has_the_length_of_the_rate(chapter):
    w = chapter["adam"](np.zeros(3), np.array([1e-3, -1.0, 1e3]), {}, 1, s=0.1)
    np.testing.assert_allclose(w, [-0.1, 0.1, -0.1], rtol=1e-4)


def test_first_step_of_rmsprop_is_ten_times_the_rate(chapter):
    w = chapter["rmsprop"](np.zeros(3), np.array([1e-2, -1.0, 1e3]), {}, 1, s=0.1)
    np.testing.assert_allclose(w, [-1, 1, -1], rtol=1e-4)


def test_momentum_without_memory_is_sgd(chapter, rng):
    w, g = rng.normal(size=(2, 5))
    plain = chapter["sgd"](w, g, {}, 1)
    np.testing.assert_allclose(chapter["momentum"](w, g, {}, 1, beta=0.0), plain)


def test_adamw_without_a_slope_only_decays(chapter):
    w = chapter["adamw"](np.ones(2), np.zeros(2), {}, 1, s=0.1, decay=0.5)
    np.testing.assert_allclose(w, 0.95)


def test_schedule_rises_peaks_and_falls_to_zero(chapter):
    factors = [chapter["schedule"](k, 10, 100) for k in range(101)]
    assert factors[0] == 0.1 and max(factors) == factors[9] == factors[10] == 1
    assert np.all(np.diff(factors[10:]) < 0) and abs(factors[100]) < 1e-12


def test_clipping_shortens_all_gradients_by_one_factor(chapter, rng):
    gradients = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    shorter, length = chapter["clip"](gradients, 0.1)
    after = math.sqrt(sum(np.sum(g**2) for g in shorter))
    assert math.isclose(after, 0.1, rel_tol=1e-5) and after <= 0.1
    for old, new in zip(gradients, shorter, strict=True):
        np.testing.assert_allclose(new, old * after / length)


def test_clipping_leaves_short_gradients_and_zeros_alone(chapter):
    for gradient in (np.array([0.3, 0.4]), np.zeros(2)):
        (same,), length = chapter["clip"]([gradient], 1.0)
        np.testing.assert_array_equal(same, gradient)


def test_likeness_of_equal_rows_is_one_and_of_perpendicular_rows_zero(chapter):
    assert math.isclose(chapter["likeness"](np.full((3, 4), 2.0)), 1.0)
    assert chapter["likeness"](np.eye(3)) == 0.0
