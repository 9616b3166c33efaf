"""The functions that a reader of chapter 3 sees, taken out of its notebook."""

import numpy as np
import pytest
from definitions import definitions

pytest.importorskip("torch", reason="torch is not installed")


@pytest.fixture
def chapter():
    return definitions("03_backpropagation")


@pytest.fixture
def network():
    """Weights of a small network under the chapter's names, a batch, and the right answers."""
    rng = np.random.default_rng(3)
    parameters = {}
    for k, (n, m) in enumerate([(6, 5), (5, 4), (4, 10)], start=1):
        parameters[f"W{k}"] = rng.normal(size=(m, n))
        parameters[f"b{k}"] = rng.normal(size=m)
    return parameters, rng.normal(size=(7, 6)), rng.integers(0, 10, 7)


def slope_of(chapter, function, number):
    x = chapter["Value"](number)
    function(x).backward()
    return x.grad


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (x + 1) * (x + 2),
        lambda x: 1 / (1 + (-x).exp()),
        lambda x: (3 - x) / (x * x + 1),
        lambda x: (2 * x).tanh() ** 3 - x.log(),
        lambda x: sum([x * x, x], x),
    ],
)
def test_the_engine_finds_the_measured_slope(chapter, function):
    h = 1e-6
    ahead, back = (function(chapter["Value"](v)).data for v in (0.7 + h, 0.7 - h))
    found = slope_of(chapter, function, 0.7)
    np.testing.assert_allclose(found, (ahead - back) / (2 * h), rtol=1e-7)


def test_a_second_walk_passes_old_sums_on_again(chapter):
    x = chapter["Value"](3.0)
    f = (x + 1) * (x + 2)
    f.backward()
    assert x.grad == 9.0
    f.backward()
    assert x.grad == 27.0


def test_in_order_lists_each_value_after_what_it_was_made_from(chapter):
    x = chapter["Value"](0.5)
    end = (x * x + x).tanh() * x
    order = chapter["in_order"](end)
    assert order[-1] is end
    assert len(order) == len(set(order))
    for place, value in enumerate(order):
        assert all(parent in order[:place] for parent in value.parents)


def xor_costs(chapter, seed, steps):
    p = [chapter["Value"](v) for v in np.random.default_rng(seed).normal(size=13)]
    for _ in range(steps):
        for v in p:
            v.grad = 0.0
        end = chapter["xor_cost"](p)
        end.backward()
        for v in p:
            v.data -= 0.3 * v.grad
        yield end.data


def test_xor_from_seed_3_is_stuck_after_300_steps_and_solved_after_1500(chapter):
    costs = list(xor_costs(chapter, seed=3, steps=1500))
    assert costs[299] > 0.9
    assert costs[-1] < 0.01


def test_about_one_start_in_five_is_level_after_300_steps_and_most_of_them_get_away(chapter):
    """The chapter's network and steps for 400 starts at once, in arrays; the first is seed 3."""
    X = np.array([(0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1)], float)  # the 1 is for the bias
    y = np.array([-1.0, 1.0, 1.0, -1.0])
    p = np.random.default_rng(0).normal(size=(400, 13))
    p[0] = np.random.default_rng(3).normal(size=13)
    W, v = p[:, :9].reshape(400, 3, 3), p[:, 9:]  # (starts, neurons, inputs), (starts, 4)
    costs = []
    for _ in range(5000):
        h = np.tanh(X @ W.transpose(0, 2, 1))  # (starts, rows, neurons)
        out = np.tanh((h @ v[:, :3, None])[..., 0] + v[:, 3:])
        costs.append(np.mean((out - y) ** 2, axis=1))
        g = (out - y) / 2 * (1 - out**2)
        gh = g[:, :, None] * v[:, None, :3] * (1 - h**2)
        v[:, :3] -= 0.3 * (g[:, None] @ h)[:, 0]
        v[:, 3] -= 0.3 * g.sum(axis=1)
        W -= 0.3 * gh.transpose(0, 2, 1) @ X
    np.testing.assert_allclose([c[0] for c in costs[:300]], list(xor_costs(chapter, 3, 300)))
    level = np.mean(costs[299] > 0.4)
    assert 0.15 < level < 0.28
    assert np.mean(costs[-1] > 0.4) < level / 2


def test_the_landing_place_has_the_measured_slope(chapter):
    landing = chapter["landing"]
    vx, vy = chapter["Value"](4.0), chapter["Value"](4.0)
    landing(vx, vy).backward()
    h = 1e-6
    nudged = (landing(4.0, 4.0 + h).data - landing(4.0, 4.0 - h).data) / (2 * h)
    np.testing.assert_allclose(vy.grad, nudged, rtol=1e-6)


def test_the_gradient_by_hand_passes_the_check_and_a_small_slip_does_not(chapter, network):
    parameters, X, t = network

    def cost(**p):
        return chapter["loss_by_hand"](X, t, **p)

    def gradient(**p):
        return chapter["backward_by_hand"](1.0, X, t, **p)

    def slip(factor):
        def wrong(**p):
            g = gradient(**p)
            row = g["W2"][np.abs(g["W2"]).sum(axis=1).argmax()]
            row[np.abs(row).argmax()] *= factor
            return g

        return wrong

    check = chapter["gradient_check"]
    assert check(cost, gradient, parameters) < 1e-7
    assert check(cost, slip(0.0), parameters) > 1e-3
    assert check(cost, slip(1 - 1e-3), parameters) > 1e-6


def test_upstream_scales_the_gradient_by_hand(chapter, network):
    parameters, X, t = network
    once = chapter["backward_by_hand"](1.0, X, t, **parameters)
    twice = chapter["backward_by_hand"](2.0, X, t, **parameters)
    for name in once:
        np.testing.assert_allclose(twice[name], 2 * once[name])


def test_in_turn_says_how_many_times_longer_the_second_takes(chapter, monkeypatch):
    now = [0.0]

    def tick():
        return now[0]

    def spend(seconds):
        now[0] += seconds

    monkeypatch.setattr(chapter["time"], "perf_counter", tick)
    ahead, both, ratio = chapter["in_turn"](lambda: spend(1.0), lambda: spend(2.5), repeats=3)
    assert (ahead, both, ratio) == (1.0, 2.5, 2.5)
