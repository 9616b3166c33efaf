"""The checks of chapter 3 accept right answers and name the usual slips."""

import math

import numpy as np
import pytest

from nnbook_utils.check import backpropagation as check


class Value:
    """The chapter's engine, as far as the check needs it."""

    def __init__(self, data, parents=(), slopes=(), name=""):
        self.data, self.parents, self.slopes, self.grad = data, parents, slopes, 0.0

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        self.grad = 1.0
        value = self
        while value.parents:
            value.parents[0].grad += value.slopes[0] * value.grad
            value = value.parents[0]


def said(verdict):
    return verdict.message + (verdict.hint or "")


def test_the_three_slopes():
    assert check.by_hand(30, 20.0, 10)
    assert "swapped" in said(check.by_hand(20, 30, 10))
    assert "bracket alone" in said(check.by_hand(3, 2, 1))
    assert "df/db" in said(check.by_hand(30, 20, 5))
    assert "2z, not z" in said(check.by_hand(15, 10, 5))
    assert "right for b only" in said(check.by_hand(10, 10, 10))
    assert "moves the bracket" in said(check.by_hand(30, 20, 0))
    assert not check.by_hand(..., ..., ...)
    assert not check.by_hand("thirty", 20, 10)


def relu(v):
    return Value(max(0.0, v.data), (v,), (float(v.data > 0),))


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda v: max(0.0, v.data), "not a Value"),
        (lambda v: Value(abs(v.data), (v,), (1.0,)), "came out as"),
        (lambda v: Value(max(0.0, v.data)), "does not remember v"),
        (lambda v: v if v.data > 0 else Value(0.0, (v,), (0,)), "is v itself"),
        (lambda v: v * (v.data > 0), "an operation of its own"),
        (lambda v: Value(max(0.0, v.data), v, (1.0,)), "needs its comma: (v,)"),
        (lambda v: Value(max(0.0, v.data), (v,), 1.0), "needs its comma: (1.0,)"),
        (lambda v: Value(max(0.0, v.data), (v,), ()), "but 0 slopes"),
        (lambda v: Value(max(0.0, v.data), (v,), (1.0,)), "stopped elsewhere"),
        (lambda v: Value(max(0.0, v.data), (v,), (v.data,)), "passed on unchanged"),
        (lambda v: ..., "gets through"),
    ],
)
def test_relu(wrong, message):
    assert check.relu(relu, Value)
    verdict = check.relu(wrong, Value)
    assert not verdict
    assert message in said(verdict)


def one_stretched_axis(g, shape):
    """Right but for a second axis of length 1."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=shape.index(1), keepdims=True) if 1 in shape else g


def unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda g, shape: g, "in front"),
        (lambda g, shape: g.sum(axis=tuple(range(g.ndim - len(shape)))), "keep their place"),
        (lambda g, shape: g.mean(axis=0) if g.shape != shape else g, "Is it a sum"),
        (lambda g, shape: g.sum(axis=0), "Nothing was stretched"),
        (lambda g, shape: unbroadcast(g, shape).squeeze(), "must stay: keepdims=True"),
        (
            lambda g, shape: g.sum(axis=tuple(range(len(shape), g.ndim))),
            "up from the right",
        ),
        (
            lambda g, shape: g.sum(axis=tuple(range(g.ndim - len(shape))), keepdims=True),
            "no keepdims there",
        ),
        (lambda g, shape: unbroadcast(g, shape).sum() if shape == (3,) else g, "Only the axes"),
        (lambda g, shape: unbroadcast(g, shape) if shape else g, "everything is summed"),
        (one_stretched_axis, "keep their place"),
        (lambda g, shape: ..., "sum of its slopes"),
    ],
)
def test_unbroadcast(wrong, message):
    assert check.unbroadcast(unbroadcast)
    verdict = check.unbroadcast(wrong)
    assert not verdict
    assert message in said(verdict)


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda g, p: p * g, "its own z only"),
        (lambda g, p: p * (g - (g * p).sum()), "each row by itself"),
        (lambda g, p: (p * g).sum(axis=1), "one slope for each z"),
        (lambda g, p: g, "not right"),
        (lambda g, p: p * (g - (g * p).sum(axis=1)), "keepdims=True"),
        (lambda g, p: p * (g - (g * p).sum(axis=0)), "down the columns"),
        (lambda g, p: p * (1 - p) * g, "lowers every other"),
        (lambda g, p: p * ((g * p).sum(axis=1, keepdims=True) - g), "sign is turned round"),
        (lambda g, p: p * (g + (g * p).sum(axis=1, keepdims=True)), "is taken away"),
        (lambda g, p: p * (g - g.sum(axis=1, keepdims=True)), "multiplied by its p_j"),
        (lambda g, p: g - (g * p).sum(axis=1, keepdims=True), "multiplied by p_i"),
        (
            lambda g, p: p * (1 - p) * g - p * (g * p).sum(axis=1, keepdims=True),
            "counted twice",
        ),
        (lambda g, p: p * (g - (g * p).mean(axis=1, keepdims=True)), "this is a mean"),
        (lambda g, p: None, "one row first"),
    ],
)
def test_softmax_backward(wrong, message):
    assert check.softmax_backward(lambda g, p: p * (g - (g * p).sum(axis=1, keepdims=True)))
    verdict = check.softmax_backward(wrong)
    assert not verdict
    assert message in said(verdict)


def test_the_slopes_of_the_first_exercise_are_what_nudging_finds():
    def f(w, x, b):
        return (w * x + b) ** 2

    h = 1e-6
    assert math.isclose((f(2 + h, 3, -1) - f(2 - h, 3, -1)) / (2 * h), 30, rel_tol=1e-6)
    assert math.isclose((f(2, 3 + h, -1) - f(2, 3 - h, -1)) / (2 * h), 20, rel_tol=1e-6)
    assert np.isclose((f(2, 3, -1 + h) - f(2, 3, -1 - h)) / (2 * h), 10)
