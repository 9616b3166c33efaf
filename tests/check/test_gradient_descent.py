"""The checks of chapter 2 accept right answers, whatever their form, and diagnose wrong ones."""

import numpy as np
import pytest

from nnbook_utils.check import gradient_descent as check


def said_by(verdict):
    assert not verdict
    return verdict.message + " " + (verdict.hint or "")


CHECKS = [
    check.partial_derivatives,
    check.fading_descent,
    check.step_factor,
    check.mse_gradient,
    check.standardise,
]


@pytest.mark.parametrize("exercise", CHECKS, ids=lambda c: c.__name__)
@pytest.mark.parametrize("stub", [..., None, lambda *_: ..., lambda *_: None])
def test_an_unsolved_exercise_is_not_yet_and_raises_nothing(exercise, stub):
    assert repr(exercise(stub)).startswith("Not yet")


@pytest.mark.parametrize("exercise", [check.partial_derivatives, check.mse_gradient])
def test_a_pair_of_dots_counts_as_no_answer_yet(exercise):
    assert "no answer yet" in said_by(exercise(lambda *_: (..., ...)))


@pytest.mark.parametrize("exercise", CHECKS, ids=lambda c: c.__name__)
def test_an_answer_that_raises_is_reported_and_not_raised(exercise):
    def broken(*_):
        raise ZeroDivisionError("a slip")

    assert "ZeroDivisionError: a slip" in said_by(exercise(broken))


@pytest.mark.parametrize("exercise", CHECKS, ids=lambda c: c.__name__)
def test_nonsense_of_any_type_is_not_yet(exercise):
    for value in (1.0, "text", [1, 2, 3], np.zeros((2, 2)), {}, (np.nan, np.nan)):
        assert not exercise(lambda *_, value=value: value)


# -- 1: partial derivatives ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slopes",
    [
        lambda x, y: (2 * x * y - 1, x**2 + 6 * y),
        lambda x, y: [2 * x * y - 1, x * x + 6 * y],
        lambda x, y: np.array([2 * x * y - 1, x * x + 6 * y]),
    ],
)
def test_both_partial_derivatives_are_recognised(slopes):
    assert check.partial_derivatives(slopes)


@pytest.mark.parametrize(
    ("slopes", "said"),
    [
        (lambda x, y: (x**2 + 6 * y, 2 * x * y - 1), "wrong order"),
        (lambda x, y: (1 - 2 * x * y, -(x**2) - 6 * y), "negative gradient"),
        (lambda x, y: (2 * x * y, x**2 + 6 * y), "slope of -x"),
        (lambda x, y: (2 * x * y - 1 + 3 * y**2, x**2 + 6 * y), "3 y² is a constant"),
        (lambda x, y: (2 * x * y - 1, x**2 + 6 * y - 1), "-x is a constant"),
        (lambda x, y: (x * y - 1, x**2 + 6 * y), "∂f/∂y is right"),
        (lambda x, y: (2 * x * y - 1, x**2 + 3 * y), "∂f/∂x is right"),
        (lambda x, y: (2 * x * y - x, x**2 + 6 * y), "the last term is wrong"),
        (lambda x, y: 2 * x * y - 1, "two entries"),
        (lambda x, y: (2 * x * y - 1, x**2 + 6 * y, 0), "came back are 3"),
        (lambda x, y: np.zeros((2, 2)), "the gradient should have shape (2,)"),
        (lambda x, y: (0.0, 0.0), "Hold one letter still"),
    ],
)
def test_a_wrong_partial_derivative_is_diagnosed(slopes, said):
    assert said in said_by(check.partial_derivatives(slopes))


# -- 2: descent with a fading step -----------------------------------------------------------------


def fading(grad, x, s, steps, rate=lambda s, k: s / (1 + k), sign=-1.0):
    path = [np.array(x, dtype=float)]
    for k in range(steps):
        path.append(path[-1] + sign * rate(s, k) * grad(path[-1]))
    return np.array(path)


def test_a_descent_with_fading_steps_is_recognised():
    assert check.fading_descent(fading)
    assert check.fading_descent(lambda *a: fading(*a).tolist())


def in_place(grad, x, s, steps):
    path = [x]
    for k in range(steps):
        x -= s / (1 + k) * grad(x)
        path.append(x.copy())
    return np.array(path)


def one_array(grad, x, s, steps):
    x = np.array(x)
    path = [x]
    for k in range(steps):
        x -= s / (1 + k) * grad(x)
        path.append(x)
    return np.array(path)


@pytest.mark.parametrize(
    ("descend", "said"),
    [
        (lambda g, x, s, n: fading(g, x, s, n, rate=lambda s, k: s), "same s at every step"),
        (lambda g, x, s, n: fading(g, x, s, n, sign=1.0), "climbs"),
        (lambda g, x, s, n: fading(g, x, s, n, rate=lambda s, k: s / (2 + k)), "from k = 0"),
        (
            lambda g, x, s, n: fading(
                g, x, s, n, rate=lambda s, k: s / np.prod(np.arange(1, k + 2))
            ),
            "shrinks on top",
        ),
        (lambda g, x, s, n: fading(g, x, s, n, rate=lambda s, k: s / 1 + k), "in brackets"),
        (lambda g, x, s, n: fading(g, x, s, n, rate=lambda s, k: s / 2**k), "halves"),
        (lambda g, x, s, n: fading(lambda _: g(x), x, s, n), "where it begins"),
        (lambda g, x, s, n: fading(g, x, s, n)[-1], "only the last place"),
        (lambda g, x, s, n: fading(g, x, s, n)[1:], "start is missing"),
        (lambda g, x, s, n: fading(g, x, s, n)[:-1], "last place is missing"),
        (in_place, "changed the arrays"),
        (one_array, "same array"),
        (lambda g, x, s, n: fading(g, x, 0.9 * s, n), "place number 1"),
    ],
)
def test_a_wrong_descent_is_diagnosed(descend, said):
    assert said in said_by(check.fading_descent(descend))


# -- 3: the factor of a step -----------------------------------------------------------------------


def left(S, s):
    """What a step leaves of each special direction, the flattest first."""
    return 1 - s * np.linalg.eigvalsh(S)


def best_factor(S):
    """What a step of the best length would leave."""
    low, *_, high = np.linalg.eigvalsh(S)
    return ((high - low) / (high + low)) ** 2


def walked(S, s):
    """The factor measured on a long walk."""
    x = np.ones(len(S))
    for _ in range(200):
        x = x - s * S @ x
        x = x / np.linalg.norm(x)
    after = x - s * S @ x
    return (after @ S @ after) / (x @ S @ x)


@pytest.mark.parametrize(
    "factor",
    [
        lambda S, s: np.max(left(S, s) ** 2),
        lambda S, s: np.array(max(abs(left(S, s))) ** 2),
        lambda S, s: np.linalg.norm(np.eye(len(S)) - s * S, 2) ** 2,
        walked,
    ],
)
def test_the_factor_of_a_step_is_recognised(factor):
    assert check.step_factor(factor)


@pytest.mark.parametrize(
    ("factor", "said"),
    [
        (lambda S, s: max(abs(left(S, s))), "contains squares"),
        (lambda S, s: left(S, s)[0] ** 2, "flat direction"),
        (lambda S, s: left(S, s)[-1] ** 2, "steep direction"),
        (lambda S, s: np.max(left(S, s)) ** 2, "flat direction"),
        (lambda S, s: np.max((1 - s * np.diag(S)) ** 2), "diagonal"),
        (lambda S, s: np.min(left(S, s) ** 2), "direction"),
        (lambda S, s: left(S, s) ** 2, "one number is wanted"),
        (lambda S, s: best_factor(S), "best step length"),
        (lambda S, s: 0.1, "special direction"),
    ],
)
def test_a_wrong_factor_is_diagnosed(factor, said):
    assert said in said_by(check.step_factor(factor))


# -- 4: the gradient of the mean squared error -----------------------------------------------------


def mse(X, Y, W, b):
    G = 2 * (X @ W.T + b - Y) / len(X)
    return G.T @ X, G.sum(axis=0)


def mse_loops(X, Y, W, b):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, y in zip(X, Y, strict=True):
        for i in range(len(b)):
            slope = 2 * (W[i] @ x + b[i] - y[i]) / len(X)
            dW[i] += slope * x
            db[i] += slope
    return [dW, db]


@pytest.mark.parametrize("gradient", [mse, mse_loops])
def test_the_gradient_of_the_mean_squared_error_is_recognised(gradient):
    assert check.mse_gradient(gradient)


def times(factor):
    def gradient(X, Y, W, b):
        scale = factor(X, Y) if callable(factor) else factor
        dW, db = mse(X, Y, W, b)
        return scale * dW, scale * db

    return gradient


def transposed(X, Y, W, b):
    dW, db = mse(X, Y, W, b)
    return dW.T, db


def careless(X, Y, W, b):
    W -= 0.1
    return mse(X, Y, W, b)


@pytest.mark.parametrize(
    ("gradient", "said"),
    [
        (times(0.5), "factor of 2"),
        (times(lambda X, Y: len(X)), "this is the sum"),
        (times(lambda X, Y: len(X) / 2), "mean over the N"),
        (times(lambda X, Y: 1 / Y.shape[1]), "outputs of one are added"),
        (times(-1), "sign"),
        (transposed, "shape of what it belongs to"),
        (
            lambda X, Y, W, b: transposed(X, Y, W, b) if len(W) == len(W[0]) else mse(X, Y, W, b),
            "square W",
        ),
        (lambda X, Y, W, b: (mse(X, Y, W, b)[0], mse(X, Y, W, b)[1] / 3), "dW is right"),
        (lambda X, Y, W, b: (mse(X, Y, W, b)[0] + 1, mse(X, Y, W, b)[1]), "db is right"),
        (lambda X, Y, W, b: mse(X, Y, W, b)[0], "two results"),
        (lambda X, Y, W, b: mse(X, Y, W, 0 * b), "no b in it"),
        (lambda X, Y, W, b: (mse(X, Y, W, b)[0], mse(X, Y, W, b)[1].sum()), "axis 0"),
        (careless, "changed the arrays"),
        (lambda X, Y, W, b: (W, b), "chain rule"),
    ],
)
def test_a_wrong_gradient_is_diagnosed(gradient, said):
    assert said in said_by(check.mse_gradient(gradient))


# -- 5: standardising without a leak ---------------------------------------------------------------


def scaled(by=lambda train, other: train, axis=0, ddof=0, guard=True, centre=True):
    def prepare(train, other):
        rows = by(train, other)
        mean, std = rows.mean(axis=axis), rows.std(axis=axis, ddof=ddof)
        std = np.where(np.ptp(train, axis=0) == 0, 1, std) if guard else std
        std = std if centre else 1.0
        return (train - mean) / std, (other - mean) / std

    return prepare


def steady_column_all_zero(train, other):
    moves = np.ptp(train, axis=0) > 0
    return tuple(np.where(moves, part, 0) for part in scaled()(train, other))


def by_a_loop(train, other):
    train, other = train.copy(), other.copy()
    for column in range(train.shape[1]):
        mean, std = train[:, column].mean(), train[:, column].std()
        for part in (train, other):
            part[:, column] = (part[:, column] - mean) / (std if std > 1e-12 else 1)
    return train, other


@pytest.mark.parametrize(
    "prepare",
    [scaled(), scaled(ddof=1), by_a_loop, steady_column_all_zero, lambda *a: [*scaled()(*a)]],
)
def test_scaling_by_the_training_rows_is_recognised(prepare):
    assert check.standardise(prepare)


def each_by_itself(train, other):
    return scaled()(train, train)[0], scaled()(other, other)[0]


def in_place_scaling(train, other):
    train -= train.mean(axis=0)
    return scaled()(train, other)


def plus_a_tiny_number(train, other):
    mean, std = train.mean(axis=0), train.std(axis=0) + 1e-8
    return (train - mean) / std, (other - mean) / std


def only_where_std_is_0(train, other):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std = np.where(std == 0, 1, std)
    return (train - mean) / std, (other - mean) / std


def to_numbers(train, other):
    return tuple(np.nan_to_num(part) for part in scaled(guard=False)(train, other))


def without_steady_columns(train, other):
    moves = train.std(axis=0) > 0
    return scaled()(train[:, moves], other[:, moves])


def untouched_where_steady(train, other):
    std = train.std(axis=0)
    mean, std = np.where(std == 0, 0, train.mean(axis=0)), np.where(std == 0, 1, std)
    return (train - mean) / std, (other - mean) / std


def all_or_nothing(train, other):
    std = train.std(axis=0)
    std = std if (std > 0).all() else 1.0
    return (train - train.mean(axis=0)) / std, (other - train.mean(axis=0)) / std


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (to_numbers, "Its spread is 0"),
        (plus_a_tiny_number, "Its spread is 0"),
        (only_where_std_is_0, "Rounding makes the std of forty 0.1 a tiny number"),
        (without_steady_columns, "Keep all columns"),
        (untouched_where_steady, "should become 0"),
        (all_or_nothing, "changed what became of the other columns"),
        (lambda train, other: scaled()(train, other)[::-1], "training rows come first"),
        (each_by_itself, "its own mean"),
        (scaled(by=lambda train, other: np.concatenate([train, other])), "leakage"),
        (scaled(axis=None), "axis=0"),
        (scaled(guard=False), "spread is 0"),
        (scaled(centre=False), "Divide by the standard deviation"),
        (in_place_scaling, "changed the arrays"),
        (lambda train, other: scaled()(train, other)[0], "two results"),
        (lambda train, other: (train, other), "not (x - mean)"),
        (lambda train, other: (train[:3], other), "shape"),
    ],
)
def test_a_wrong_scaling_is_diagnosed(prepare, said):
    assert said in said_by(check.standardise(prepare))
