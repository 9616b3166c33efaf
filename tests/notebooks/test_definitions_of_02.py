"""The functions that a reader of chapter 2 sees, taken out of its notebook."""

import numpy as np
import pytest
from definitions import definitions

pytest.importorskip("torch", reason="torch is not installed")


@pytest.fixture
def chapter():
    return definitions("02_gradient_descent")


@pytest.fixture
def rng():
    return np.random.default_rng(2)


def test_measured_gradient_is_the_gradient(chapter, rng):
    S = rng.normal(size=(4, 4))
    S = S @ S.T
    w = rng.normal(size=4)
    found = chapter["gradient"](lambda w: 0.5 * w @ S @ w, w)
    np.testing.assert_allclose(found, S @ w, atol=1e-8)


def test_descent_on_the_bowl_shrinks_by_its_eigenvalues(chapter):
    S = chapter["bowl"](0.1)
    path = chapter["descend"](lambda x: S @ x, [1.0, 1.0], 0.5, 10)
    assert path.shape == (11, 2)
    np.testing.assert_allclose(path[-1], [0.5**10, 0.95**10], rtol=1e-12)


def test_a_turned_bowl_keeps_its_eigenvalues(chapter):
    values = np.linalg.eigvalsh(chapter["bowl"](0.1, turned=33.0))
    np.testing.assert_allclose(values, [0.1, 1.0], rtol=1e-12)


def test_momentum_without_memory_is_gradient_descent(chapter):
    S = chapter["bowl"](0.2)
    arguments = (lambda x: S @ x, [1.0, -2.0], 0.7)
    with_momentum = chapter["descend_momentum"](*arguments, 0.0, 5)
    np.testing.assert_allclose(with_momentum, chapter["descend"](*arguments, 5), rtol=1e-12)


def test_newton_ends_a_bowl_in_one_step(chapter):
    S = chapter["bowl"](0.01, turned=20.0)
    path = chapter["newton"](lambda x: S @ x, lambda x: S, [3.0, 4.0], 1)
    np.testing.assert_allclose(path[-1], [0, 0], atol=1e-12)


def test_softmax_is_shift_invariant_and_does_not_overflow(chapter, rng):
    z = rng.normal(size=(5, 10))
    p = chapter["softmax"](z)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-12)
    np.testing.assert_allclose(chapter["softmax"](z + 1e4), p, rtol=1e-9)


def test_cross_entropy_in_loops_and_in_arrays_agree(chapter, rng):
    x, weight, bias = rng.normal(size=(6, 4)), rng.normal(size=(3, 4)), rng.normal(size=3)
    t = rng.integers(0, 3, size=6)
    by_loops = chapter["softmax_cost_loops"](x, weight, bias, t)
    assert chapter["softmax_cost"](x, weight, bias, t) == pytest.approx(by_loops, rel=1e-12)


def test_the_hand_derived_gradient_is_the_measured_one(chapter, rng):
    x, weight, bias = rng.normal(size=(6, 4)), rng.normal(size=(10, 4)), rng.normal(size=10)
    t = rng.integers(0, 10, size=6)
    by_weight, by_bias = chapter["softmax_gradient"](x, weight, bias, t)

    def cost(flat):
        return chapter["softmax_cost"](x, flat.reshape(10, 4), bias, t)

    measured = chapter["gradient"](cost, weight.ravel()).reshape(10, 4)
    np.testing.assert_allclose(by_weight, measured, atol=1e-6)
    measured = chapter["gradient"](lambda b: chapter["softmax_cost"](x, weight, b, t), bias)
    np.testing.assert_allclose(by_bias, measured, atol=1e-6)


def test_a_mixture_of_two_bells_is_a_density(chapter):
    l = np.linspace(-20, 30, 50_001)
    p = chapter["density"](l, [1.5, 5.0, np.log(0.2), np.log(0.8), -0.7])
    assert np.all(p >= 0)
    assert p.sum() * (l[1] - l[0]) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.6, 112 / 114, 1.0])
def test_the_interval_of_a_share_ends_where_the_share_is_two_deviations_off(chapter, share):
    for end in chapter["give_and_take"](share, 114):
        assert 0 <= end <= 1
        assert abs(share - end) == pytest.approx(2 * np.sqrt(end * (1 - end) / 114), abs=1e-12)


def test_memory_is_told_in_the_unit_that_fits(chapter):
    assert chapter["storage"](2) == "8.0 bytes"
    assert chapter["storage"](13_002**2) == "676.2 MB"
    assert chapter["storage"](124_000_000**2) == "61.5 PB"
    assert chapter["storage"](1e30) == "4,000,000,000,000,000.0 PB"
