"""The checks of chapter 1 accept right answers, whatever their form, and diagnose wrong ones."""

import math

import numpy as np
import pytest

from nnbook_utils.check import neurons as check


@pytest.mark.parametrize(
    "w, b", [((1, -1), -0.5), ([2.0, -5.0], -1.0), (np.array([0.3, -0.3]), -0.3)]
)
def test_any_line_that_separates_the_corner_is_right(w, b):
    assert check.x1_and_not_x2(w, b)


@pytest.mark.parametrize(
    "w, b, said",
    [
        ((1, -1), 0.5, "which sign must b have"),
        ((1, 1), -0.5, "x2 should speak against"),
        ((0.2, -1), -0.5, "x1 alone"),
        ((2, -1), -0.5, "w1 + w2 + b must be below zero"),
        ((1, -1, 0), -0.5, "w should be numbers of shape (2,)"),
        ((1, -1), [-0.5], "the bias should be one number"),
        ("1, -1", -0.5, "w should be numbers of shape (2,), but it is '1, -1'"),
        ((0.3, -0.5), -0.1 - 0.2, "computers round"),
        (..., ..., "no answer yet"),
        ((..., ...), -0.5, "no answer yet"),
    ],
)
def test_a_wrong_line_is_diagnosed(w, b, said):
    verdict = check.x1_and_not_x2(w, b)
    assert not verdict
    assert said in verdict.message + (verdict.hint or "")


@pytest.mark.parametrize("bias", [lambda k, n: -k, lambda k, n: 0.5 - k, lambda k, n: -k + 0.99])
def test_every_bias_between_the_votes_is_right(bias):
    assert check.at_least(bias)


def test_a_right_bias_is_told_that_n_plays_no_part():
    assert "whatever n is" in check.at_least(lambda k, n: -k).message


@pytest.mark.parametrize(
    "bias, said",
    [
        (lambda k, n: k, "positive bias lowers"),
        (lambda k, n: 1 - k, "between k - 1 and k"),
        (lambda k, n: -n, "between k - 1 and k"),
        (lambda k, n: ..., ""),
        (lambda k: -k, ""),
    ],
)
def test_a_wrong_bias_is_diagnosed(bias, said):
    verdict = check.at_least(bias)
    assert not verdict
    assert said in (verdict.hint or "")


@pytest.mark.parametrize(
    "network",
    [
        ([[1, 1], [-1, -1]], [-0.5, 1.5], [1, 1], -1.5),
        ([[1, 1], [1, 1]], [-0.5, -1.5], [1, -1], -0.5),
        ([[1, -1], [-1, 1]], [-0.5, -0.5], [1, 1], -0.5),
    ],
)
def test_any_network_that_is_xor_is_right(network):
    assert check.xor_network(*network)


@pytest.mark.parametrize(
    "network, said",
    [
        (([[1, 1], [1, 1]], [-0.5, -0.5], [1, 1], -0.5), "same place"),
        (([[1, 1], [-1, -1]], [-0.5, 1.5], [1, 1], -0.5), "may be fine"),
        (([1, 1], [0, 0], [1, 1], 0), "shape"),
    ],
)
def test_a_network_that_is_not_xor_is_diagnosed(network, said):
    verdict = check.xor_network(*network)
    assert not verdict
    assert said in verdict.message + (verdict.hint or "")


@pytest.mark.parametrize(
    "network",
    [
        ([[1, 1], [-1, -1]], [-0.5, 1.5], [1, 1], -1.5),
        ([[-1, -1], [1, 1]], [1.5, -0.5], [1, 1], -1.5),  # swapped
        ([[3, 3], [-10, -8]], [-1, 15], [2, 2], -3),  # other numbers, the same tables
    ],
)
def test_the_pair_from_the_text_is_right_but_named(network):
    verdict = check.xor_network(*network)
    assert verdict
    assert "can you find another" in verdict.message


def test_a_pair_of_ones_own_is_not_asked_for_another():
    verdict = check.xor_network([[1, 1], [1, 1]], [-0.5, -1.5], [1, -1], -0.5)
    assert verdict
    assert "another" not in verdict.message


def test_neurons_in_the_columns_are_told_apart_from_a_wrong_pair():
    verdict = check.xor_network([[1, -1], [1, -1]], [-0.5, 1.5], [1, 1], -1.5)
    assert not verdict
    assert "in the columns" in verdict.hint


def test_the_hint_for_a_shared_place_does_not_lead_to_the_pair_from_the_text():
    verdict = check.xor_network([[1, 1], [1, 1]], [-0.5, -0.5], [1, 1], -0.5)
    assert "must not" in verdict.hint
    assert "OR" not in verdict.hint


def test_counting_accepts_both_ways_of_writing_it():
    assert check.count_parameters(lambda s: sum((n + 1) * m for n, m in zip(s, s[1:])))  # noqa: B905
    assert check.count_parameters(
        lambda s: int(np.dot(s[:-1], s[1:]) + sum(s[1:])) if len(s) > 1 else 0
    )


@pytest.mark.parametrize(
    "count, said",
    [
        (lambda s: sum(n * m for n, m in zip(s, s[1:])), "Which numbers are missing"),  # noqa: B905
        (lambda s: sum((n + 1) * m for n, m in zip(s, s[1:])) + s[0], "no biases"),  # noqa: B905
        (lambda s: 13002, "one neuron"),
        (lambda s: "13002", "not a text"),
        (math.prod, "ways through the network"),
        (lambda s: sum(n * m + n for n, m in zip(s, s[1:])), "the neuron that adds up"),  # noqa: B905
        (lambda s: s[0] * s[1] + s[1] + s[1] * s[2] + s[2] + s[2] * s[3] + s[3], "any length"),
        (lambda s: (s[0] + 1) * s[1] + sum((n + 1) * m for n, m in zip(s[1:], s[2:])), "lone"),  # noqa: B905
        (lambda s: None, "Begin"),
    ],
)
def test_a_wrong_count_is_diagnosed(count, said):
    verdict = check.count_parameters(count)
    assert not verdict
    assert said in (verdict.hint or "")


def test_a_layer_for_a_batch_is_right():
    assert check.tanh_layer(lambda X, W, b: np.tanh(X @ W.T + b))
    assert check.tanh_layer(lambda X, W, b: np.tanh(np.einsum("ni,mi->nm", X, W) + b))


def changes_its_input(X, W, b):
    X[:] = 0
    return np.tanh(X @ W.T + b)


@pytest.mark.parametrize(
    "layer, said",
    [
        (lambda X, W, b: X @ W.T + b, "activation function is missing"),
        (lambda X, W, b: np.tanh(X @ W.T), "bias is missing"),
        (lambda X, W, b: np.tanh(W @ X.T + b[:, None]), "a row for each neuron"),
        (lambda X, W, b: np.tanh(X @ W + b), "makes W (n, m)"),
        (lambda X, W, b: np.tanh(np.dot(X, W) + b), "makes W (n, m)"),
        (lambda X, W, b: np.tanh(X * W + b), "entry by entry"),
        (lambda X, W, b: np.tanh(W @ X.T + b), "last axis"),
        (lambda X, W, b: math.tanh(X @ W.T + b), "np.tanh takes an array"),
        (lambda X, W, b: [math.tanh(z) for z in X @ W.T + b], "np.tanh takes an array"),
        (lambda X, W, b: np.tanh(X @ W.T) + b, "inside the tanh"),
        (lambda X, W, b: np.tanh(X @ W.T - b), "it is added"),
        (lambda X, W, b: 1 / (1 + np.exp(-(X @ W.T + b))), "That is the sigmoid"),
        (lambda X, W, b: np.tanh(X @ np.rot90(W) + b), "mirrors"),
        (lambda X, W, b: np.tanh(X @ np.rot90(W, -1) + b), "mirrors"),
        (lambda X, W, b: np.tanh(X @ W.reshape(W.shape[::-1]) + b), "cuts the same list"),
        (lambda X, W, b: np.tanh(X @ unknown), "Which product"),  # noqa: F821
        (changes_its_input, "new array"),
        (lambda X, W, b: ..., "Which product"),
    ],
)
def test_a_wrong_layer_is_diagnosed(layer, said):
    verdict = check.tanh_layer(layer)
    assert not verdict
    assert said in (verdict.hint or "")
