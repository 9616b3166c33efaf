"""The checks of chapter 4 accept right answers, whatever their form, and diagnose wrong ones."""

import math

import numpy as np
import pytest

from nnbook_utils.check import training_deep_networks as check


def said_by(verdict):
    assert not verdict
    return verdict.message + " " + (verdict.hint or "")


CHECKS = [
    check.glorot_range,
    check.leaky_spread,
    check.rms_norm,
    check.fold,
    check.layer_norm_gradient,
]


@pytest.mark.parametrize("exercise", CHECKS, ids=lambda c: c.__name__)
@pytest.mark.parametrize("stub", [..., None, lambda *_: ..., lambda *_: None])
def test_an_unsolved_exercise_is_not_yet_and_raises_nothing(exercise, stub):
    assert repr(exercise(stub)).startswith("Not yet")


def test_a_pair_of_dots_counts_as_no_answer_yet():
    assert "no answer yet" in said_by(check.fold(lambda *_: (..., ...)))
    assert "no answer yet" in said_by(check.layer_norm_gradient(lambda *_: (..., ..., ...)))


@pytest.mark.parametrize("exercise", CHECKS, ids=lambda c: c.__name__)
def test_an_answer_that_raises_is_reported_and_not_raised(exercise):
    def broken(*_):
        raise ZeroDivisionError("a slip")

    assert "ZeroDivisionError: a slip" in said_by(exercise(broken))


@pytest.mark.parametrize("exercise", CHECKS, ids=lambda c: c.__name__)
def test_nonsense_of_any_type_is_not_yet(exercise):
    for value in (1.0, "text", [1, 2, 3], np.zeros((2, 2)), {}, (np.nan, np.nan)):
        assert not exercise(lambda *_, value=value: value)


def in_float32(answer):
    """The same answer, worked out in float32 throughout."""

    def rounded(*arrays):
        *arrays, eps = (np.asarray(a, np.float32) for a in arrays)
        return answer(*arrays, eps)

    return rounded


@pytest.mark.parametrize("shift", ["none", "eps"])
def test_a_right_answer_in_float32_is_right(shift):
    for exercise, answer in [
        (check.rms_norm, rms),
        (check.fold, folded),
        (check.layer_norm_gradient, way_back),
    ]:
        if shift == "none":
            assert exercise(in_float32(answer)), exercise.__name__
        else:  # but another ε is noticed in float32, too
            wrong = in_float32(lambda *given, answer=answer: answer(*given[:-1], 1e-5))
            assert "argument eps" in said_by(exercise(wrong))


# -- 1: Glorot's range -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lambda n, m: math.sqrt(6 / (n + m)),
        lambda n, m: np.array(np.sqrt(3) * np.sqrt(2 / (n + m))),
    ],
)
def test_the_range_of_glorot_is_recognised(answer):
    assert check.glorot_range(answer)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda n, m: 6 / (n + m), "Take the root"),
        (lambda n, m: math.sqrt(2 / (n + m)), "√3 further"),
        (lambda n, m: math.sqrt(2 / (3 * (n + m))), "Multiply by 3"),
        (lambda n, m: math.sqrt(3 / n), "inputs alone"),
        (lambda n, m: math.sqrt(3 / (n + m)), "factor is missing"),
        (lambda n, m: math.sqrt(3 / m), "outputs alone"),
        (lambda n, m: math.sqrt(6 / n), "He's rule"),
        (lambda n, m: math.sqrt(6 / (n * m)), "not multiplied"),
        (lambda n, m: 2 / (n + m), "variance that is wanted"),
        (lambda n, m: -math.sqrt(6 / (n + m)), "positive root"),
        (lambda n, m: np.ones(n), "one number"),
        (lambda n, m: 0.1, "solve for r"),
    ],
)
def test_a_wrong_range_is_diagnosed(answer, said):
    assert said in said_by(check.glorot_range(answer))


def test_even_draws_from_the_range_have_the_variance_of_glorot():
    r = math.sqrt(6 / (30 + 20))
    assert np.isclose(np.random.default_rng(0).uniform(-r, r, 10**6).var(), 2 / 50, rtol=0.01)


# -- 2: the spread for leaky ReLU ------------------------------------------------------------------


def test_the_spread_for_leaky_relu_is_recognised():
    assert check.leaky_spread(lambda n, alpha: math.sqrt(2 / (n * (1 + alpha**2))))
    assert check.leaky_spread(lambda n, alpha: math.sqrt(2 / (1 + alpha**2)) / math.sqrt(n))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda n, a: 2 / (n * (1 + a**2)), "This is the variance"),
        (lambda n, a: math.sqrt(2 / n), "rule for ReLU"),
        (lambda n, a: math.sqrt(2 / (1 + a**2)), "divide the variance by n"),
        (lambda n, a: math.sqrt(2 / (1 + a**2)) / n, "under the root"),
        (lambda n, a: math.sqrt(2 / (n * (1 + a))), "α² times"),
        (lambda n, a: math.sqrt(1 / (n * (1 + a**2))), "factor 2 is missing"),
        (lambda n, a: math.sqrt(2 / (n * (1 - a**2))) if a < 1 else 1.0, "adds to the squares"),
        (lambda n, a: math.sqrt((1 + a**2) / (2 * n)), "Turned round"),
        (lambda n, a: 0.5, "other half"),
    ],
)
def test_a_wrong_spread_is_diagnosed(answer, said):
    assert said in said_by(check.leaky_spread(answer))


# -- 3: RMS norm -----------------------------------------------------------------------------------


def rms(x, gamma, eps=1e-5):
    return gamma * x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)


def rms_loops(x, gamma, eps=1e-5):
    y = np.empty_like(x)
    for index in np.ndindex(x.shape[:-1]):
        y[index] = gamma * x[index] / math.sqrt(sum(v * v for v in x[index]) / x.shape[-1] + eps)
    return y.tolist()


@pytest.mark.parametrize("answer", [rms, rms_loops])
def test_rms_norm_is_recognised(answer):
    assert check.rms_norm(answer)


def layer_norm(x, gamma, eps):
    centred = x - x.mean(axis=-1, keepdims=True)
    return gamma * centred / np.sqrt(x.var(axis=-1, keepdims=True) + eps)


def in_place(x, gamma, eps):
    x /= np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps)
    return gamma * x


def no_epsilon(x, gamma, eps):
    with np.errstate(invalid="ignore"):
        return rms(x, gamma, 0.0 if not x.any() else eps)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (layer_norm, "leave the mean in"),
        (lambda x, g, e: g * x / np.sqrt(x.var(-1, keepdims=True) + e), "squares of x itself"),
        (lambda x, g, e: rms(x, 1.0, e), "γ is missing"),
        (lambda x, g, e: g * x / np.sqrt((x**2).sum(-1, keepdims=True) + e), "sum of squares"),
        (lambda x, g, e: g * x / ((x**2).mean(-1, keepdims=True) + e), "root is missing"),
        (lambda x, g, e: g * x / np.sqrt((x**2).mean(axis=0) + e), "last axis"),
        (lambda x, g, e: g * x / np.sqrt((x**2).mean() + e), "its own mean"),
        (no_epsilon, "became nan"),
        (lambda x, g, e: g * x / (np.sqrt((x**2).mean(-1, keepdims=True)) + e), "inside"),
        (lambda x, g, e: g * x / (np.sqrt((x**2).mean(-1, keepdims=True)) + 1e-12), "ε is missing"),
        (lambda x, g, e: rms(x, g, 1e-5), "argument eps"),
        (in_place, "changed the arrays"),
        (lambda x, g, e: x[..., :1], "shape"),
    ],
)
def test_a_wrong_rms_norm_is_diagnosed(answer, said):
    with np.errstate(invalid="ignore"):
        said_now = said_by(check.rms_norm(answer))
    assert said in said_now


# -- 4: folding batch norm into the layer before ---------------------------------------------------


def folded(W, b, mu, var, gamma, beta, eps=1e-5):
    factor = gamma / np.sqrt(var + eps)
    return factor[:, None] * W, factor * (b - mu) + beta


def test_folding_is_recognised():
    assert check.fold(folded)
    assert check.fold(lambda *a: list(folded(*a)))


def wrong(part):
    def answer(W, b, mu, var, gamma, beta, eps):
        new_W, new_b = folded(W, b, mu, var, gamma, beta, eps)
        factor = gamma / np.sqrt(var + eps)
        if part == "no mean":
            new_b = factor * b + beta
        elif part == "no shift":
            new_b = factor * (b - mu)
        elif part == "old bias":
            new_b = b - factor * mu + beta
        elif part == "mean added":
            new_b = factor * (b + mu) + beta
        elif part == "any bias":
            new_b = b
        elif part == "W untouched":
            new_W = W
        elif part == "columns":
            new_W = factor * W if len(W) == len(W[0]) else new_W
        elif part == "no root":
            new_W, new_b = (gamma / (var + eps))[:, None] * W, b
        elif part == "rows":
            new_W = factor * W
        elif part == "no epsilon":
            new_W, new_b = folded(W, b, mu, var, gamma, beta, 0.0)
        elif part == "epsilon outside":
            new_W, new_b = folded(W, b, mu, (np.sqrt(var) + eps) ** 2, gamma, beta, 0.0)
        elif part == "epsilon added":
            factor = gamma / np.sqrt(var) + eps
            new_W, new_b = factor[:, None] * W, factor * (b - mu) + beta
        elif part == "fixed epsilon":
            new_W, new_b = folded(W, b, mu, var, gamma, beta, 1e-5)
        elif part == "no gamma":
            new_W, new_b = folded(W, b, mu, var, np.ones_like(gamma), beta, eps)
        elif part == "no division":
            new_W, new_b = gamma[:, None] * W, gamma * (b - mu) + beta
        elif part == "in place":
            W *= 2
        elif part == "one result":
            return new_W
        elif part == "shape":
            new_b = new_b[:, None]
        return new_W, new_b

    return answer


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("no mean", "mean μ is missing"),
        ("no shift", "shift β is missing"),
        ("old bias", "old bias passes"),
        ("mean added", "μ is subtracted"),
        ("any bias", "put x = 0"),
        ("W untouched", "each row of W is multiplied"),
        ("columns", "Each *row*"),
        ("rows", "Each *row*"),
        ("no epsilon", "under the root"),
        ("epsilon outside", "under the root"),
        ("epsilon added", "under the root"),
        ("fixed epsilon", "argument eps"),
        ("no root", "standard deviation"),
        ("no gamma", "γ is missing"),
        ("no division", "division by the standard deviation"),
        ("in place", "changed the arrays"),
        ("one result", "two results"),
        ("shape", "shape"),
    ],
)
def test_a_wrong_folding_is_diagnosed(part, said):
    assert said in said_by(check.fold(wrong(part)))


def test_the_folded_layer_does_the_work_of_both():
    rng = np.random.default_rng(0)
    W, b, mu, gamma, beta = rng.normal(size=(3, 4)), *rng.normal(size=(4, 3))
    var, x = rng.uniform(1, 2, size=3), rng.normal(size=4)
    new_W, new_b = folded(W, b, mu, var, gamma, beta)
    both = gamma * (W @ x + b - mu) / np.sqrt(var + 1e-5) + beta
    np.testing.assert_allclose(new_W @ x + new_b, both)


# -- 5: the way back through layer norm ------------------------------------------------------------


def way_back(upstream, x, gamma, eps=1e-5):
    sigma = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    xhat, h = (x - x.mean(axis=1, keepdims=True)) / sigma, upstream * gamma
    dx = h - h.mean(axis=1, keepdims=True) - xhat * (h * xhat).mean(axis=1, keepdims=True)
    return dx / sigma, (upstream * xhat).sum(axis=0), upstream.sum(axis=0)


def way_back_by_pytorch(upstream, x, gamma, eps=1e-5):
    torch = pytest.importorskip("torch", reason="torch is not installed")
    x, gamma = (torch.tensor(a, requires_grad=True) for a in (x, gamma))
    beta = torch.zeros_like(gamma, requires_grad=True)
    y = torch.nn.functional.layer_norm(x, (x.shape[1],), gamma, beta, eps)
    y.backward(torch.tensor(upstream))
    return [a.grad.numpy() for a in (x, gamma, beta)]


@pytest.mark.parametrize("answer", [way_back, way_back_by_pytorch])
def test_the_way_back_is_recognised(answer):
    assert check.layer_norm_gradient(answer)


def batch_norm_instead(upstream, x, gamma, eps):
    h = upstream * gamma  # then the same means, with the table turned
    dx = way_back(h.T, x.T, np.ones(len(x)))[0].T
    return dx, *way_back(upstream, x, gamma)[1:]


def back_with(part):
    def answer(upstream, x, gamma, eps):
        dx, dgamma, dbeta = way_back(upstream, x, gamma, eps)
        sigma = np.sqrt(x.var(axis=1, keepdims=True) + eps)
        h = upstream * gamma
        centred = x - x.mean(axis=1, keepdims=True)
        if part == "no gamma":
            dx = way_back(upstream, x, np.ones_like(gamma), eps)[0]
        elif part == "gamma outside":
            dx = gamma * way_back(upstream, x, np.ones_like(gamma), eps)[0]
        elif part == "unbiased":
            root = np.sqrt(x.var(axis=1, ddof=1, keepdims=True) + eps)
            dx = h - h.mean(axis=1, keepdims=True)
            dx = (dx - centred / root * (h * centred / root).mean(axis=1, keepdims=True)) / root
        elif part == "no epsilon":
            return way_back(upstream, x, gamma, 0.0)
        elif part == "epsilon outside":
            root = np.sqrt(x.var(axis=1, keepdims=True)) + eps
            return way_back(upstream, x, gamma, root**2 - x.var(axis=1, keepdims=True))
        elif part == "fixed epsilon":
            return way_back(upstream, x, gamma)
        elif part == "straight on":
            dx = h / sigma
        elif part == "no spread":
            dx = (h - h.mean(axis=1, keepdims=True)) / sigma
        elif part == "no mean":
            dx = dx + h.mean(axis=1, keepdims=True) / sigma
        elif part == "not divided":
            dx = dx * sigma
        elif part == "variance":
            dx = dx / sigma
        elif part == "sums":
            dx = (h - len(gamma) * (h - dx * sigma)) / sigma
        elif part == "added":
            xhat = centred / sigma
            dx = dx + 2 * xhat * (h * xhat).mean(axis=1, keepdims=True) / sigma
        elif part == "swapped":
            return dx, dbeta, dgamma
        elif part == "gamma shape":
            dgamma = (upstream * centred / sigma).sum(axis=1)[:, None]
        elif part == "anything":
            dx = -dx
        elif part == "gamma averaged":
            dgamma = dgamma / len(x)
        elif part == "gamma twice":
            dgamma = dgamma * gamma
        elif part == "gamma raw":
            dgamma = (upstream * x).sum(axis=0)
        elif part == "gamma wrong":
            dgamma = -dgamma
        elif part == "beta averaged":
            dbeta = dbeta / len(x)
        elif part == "beta scaled":
            dbeta = dbeta * gamma
        elif part == "in place":
            x *= 2
        elif part == "two":
            return dx, dgamma
        elif part == "shape":
            dbeta = upstream
        return dx, dgamma, dbeta

    return answer


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("no gamma", "γ is missing"),
        ("gamma outside", "inside the means"),
        ("unbiased", "not D - 1"),
        ("no epsilon", "missing under the root"),
        ("epsilon outside", "belongs under the root"),
        ("fixed epsilon", "argument eps"),
        ("straight on", "paths through mean and standard deviation"),
        ("no spread", "path through the standard deviation is missing"),
        ("no mean", "path through the mean is missing"),
        ("not divided", "division by the standard deviation is missing"),
        ("variance", "not by the variance"),
        ("sums", "should be means"),
        ("added", "Both terms are subtracted"),
        ("swapped", "the order is x, gamma, beta"),
        ("gamma shape", "sum(axis=0)"),
        ("anything", "along x is not right"),
        ("gamma averaged", "γ serves all examples"),
        ("gamma twice", "without γ"),
        ("gamma raw", "normalised x"),
        ("gamma wrong", "along gamma is not right"),
        ("beta averaged", "β serves all examples"),
        ("beta scaled", "without γ"),
        ("in place", "changed the arrays"),
        ("two", "three results"),
        ("shape", "shape"),
    ],
)
def test_a_wrong_way_back_is_diagnosed(part, said):
    assert said in said_by(check.layer_norm_gradient(back_with(part)))


def test_the_gradient_of_batch_norm_is_not_that_of_layer_norm():
    assert "This is batch norm" in said_by(check.layer_norm_gradient(batch_norm_instead))
