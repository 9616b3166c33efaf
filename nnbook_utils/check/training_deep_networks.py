"""Checks for the exercises of chapter 04_training_deep_networks."""

import numpy as np

from ._verdict import exercise, require


def _number(value, what):
    array = np.asarray(value, dtype=float)
    require(array.shape == (), f"{what} should be one number, but it has shape {array.shape}.")
    return float(array)


def _array(value, shape, name, hint="Print the shape of every array on the way."):
    """The answer as an array of floats; says so when it has another shape."""
    array = np.asarray(value, dtype=float)
    require(
        array.shape == shape,
        f"{name} should have shape {shape}, but it has shape {array.shape}.",
        hint,
    )
    return array


def _pair(value, what):
    if isinstance(value, tuple | list) and any(entry is ... or entry is None for entry in value):
        raise NotImplementedError  # the stub's dots are still there
    require(
        isinstance(value, tuple | list) and len(value) == 2,
        f"{what}, but what came back is a {type(value).__name__}.",
        "End the function with return, the two results, and a comma between them.",
    )
    return value


def _untouched(arrays, copies):
    require(
        all(np.array_equal(a, c) for a, c in zip(arrays, copies, strict=True)),
        "the function changed the arrays it was given.",
        "x /= … writes into x itself; x = x / … makes a new array.",
    )


def _near(found, wanted):
    return np.allclose(found, wanted, rtol=1e-4, atol=1e-5)  # the answer may be in float32


def _diagnosis(found, known):
    """The hint of the first known wrong answer that `found` equals."""
    return next((hint for wrong, hint in known if _near(found, wrong)), None)


@exercise(hint="Set r²/3 equal to 2/(n + m) and solve for r.")
def glorot_range(answer):
    """answer(n, m): the r for which even draws from [-r, r] have the variance 2/(n + m)."""
    for n, m in [(784, 16), (16, 10), (64, 64)]:
        found, right = _number(answer(n, m), "r"), np.sqrt(6 / (n + m))
        if np.isclose(found, right):
            continue
        hint = _diagnosis(
            found,
            [
                (6 / (n + m), "This is r². Take the root."),
                (
                    np.sqrt(2 / (n + m)),
                    "This is the standard deviation; an even draw reaches √3 further.",
                ),
                (np.sqrt(2 / (3 * (n + m))), "Multiply by 3 instead of dividing: r² = 3 Var(w)."),
                (np.sqrt(3 / n), "That is the rule with the inputs alone. Glorot's uses n + m."),
                (np.sqrt(3 / m), "That is the rule with the outputs alone. Glorot's uses n + m."),
                (np.sqrt(6 / n), "That is He's rule, for ReLU. Glorot's has 2/(n + m)."),
                (np.sqrt(6 / (n * m)), "n and m are added, not multiplied."),
                (2 / (n + m), "This is the variance that is wanted. Which r has it?"),
                (np.sqrt(3 / (n + m)), "A factor is missing: the variance wanted is 2/(n + m)."),
                (-right, "r is a length: take the positive root."),
            ],
        )
        require(False, f"for n = {n}, m = {m} it gives {found:.4g}.", hint)
    return "even draws from this range have the variance that Glorot asks for."


@exercise(hint="E[a²] is half of Var(z) from the positive side; what does the other half add?")
def leaky_spread(answer):
    """answer(n, alpha): the standard deviation that keeps the sizes with a leaky ReLU."""
    for n, alpha in [(256, 0.0), (100, 0.3), (256, 0.01), (64, 1.0)]:
        found = _number(answer(n, alpha), "the standard deviation")
        right = np.sqrt(2 / (n * (1 + alpha**2)))
        if np.isclose(found, right):
            continue
        hint = _diagnosis(
            found,
            [
                (right**2, "This is the variance. The standard deviation is its root."),
                (right * np.sqrt(n), "n terms add up in each sum: divide the variance by n."),
                (right / np.sqrt(n), "n belongs under the root."),
                (
                    np.sqrt(2 / n),
                    "That is the rule for ReLU, α = 0. The leak lets some squares through.",
                ),
                (
                    np.sqrt(2 / (n * (1 + alpha))),
                    "A number α times as large has a square α² times as large.",
                ),
                (
                    np.sqrt(1 / (n * (1 + alpha**2))),
                    "Only half of the numbers are on each side: a factor 2 is missing.",
                ),
                (
                    np.sqrt(2 / (n * (1 - alpha**2))),
                    "The leak adds to the squares, it does not take away.",
                ),
                (
                    np.sqrt((1 + alpha**2) / (2 * n)),
                    "Turned round: the more passes, the smaller the weights may be.",
                ),
            ],
        )
        require(False, f"for n = {n}, α = {alpha:g} it gives {found:.4g}.", hint)
    return "with α = 0 it is He's rule and with α = 1, where nothing bends, it is √(1/n)."


@exercise(hint="np.mean(x**2, axis=-1, keepdims=True) has one number for each token.")
def rms_norm(answer):
    """answer(x, gamma, eps) = gamma * x / sqrt(mean(x², last axis) + eps)."""
    rng = np.random.default_rng(0)
    for shape in [(3, 4), (4, 4), (2, 5, 8), (6,)]:
        x, gamma = rng.normal(1.0, 2.0, size=shape), rng.normal(size=shape[-1])
        given = [x.copy(), gamma.copy()]
        found = _array(answer(*given, 1e-5), shape, "the result")
        _untouched(given, [x, gamma])
        square = (x**2).mean(axis=-1, keepdims=True)
        if _near(found, gamma * x / np.sqrt(square + 1e-5)):
            continue
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = x.std(axis=-1, keepdims=True)
        total = (x**2).sum(axis=-1, keepdims=True)
        hint = _diagnosis(
            found,
            [
                (
                    gamma * centred / np.sqrt(spread**2 + 1e-5),
                    "This is layer norm: leave the mean in.",
                ),
                (
                    gamma * x / np.sqrt(spread**2 + 1e-5),
                    "Divide by the mean of the squares of x itself.",
                ),
                (x / np.sqrt(square + 1e-5), "γ is missing."),
                (
                    gamma * x / np.sqrt(total + 1e-5),
                    "This divides by the sum of squares, not by their mean.",
                ),
                (gamma * x / (square + 1e-5), "The root is missing."),
                (
                    gamma * x / np.sqrt((x**2).mean(axis=0) + 1e-5),
                    "The mean goes over the last axis: axis=-1.",
                ),
                (
                    gamma * x / np.sqrt((x**2).mean() + 1e-5),
                    "Each token has its own mean: axis=-1.",
                ),
            ],
        )
        require(False, f"for x of shape {shape} the numbers are not right.", hint)
    zero = np.asarray(answer(np.zeros((2, 4)), np.ones(4), 1e-5), dtype=float)
    require(np.isfinite(zero).all(), "a token of zeros became nan.", "ε belongs under the root.")
    tiny = _array(answer(np.full((1, 4), 1e-3), np.ones(4), 1e-2), (1, 4), "the result")
    hint = _diagnosis(
        tiny,
        [
            (1e-3 / np.sqrt(1e-6 + 1e-5), "Use the argument eps, not a fixed number."),
            (1.0, "ε is missing under the root."),
        ],
    )
    require(
        _near(tiny, 1e-3 / np.sqrt(1e-6 + 1e-2)),
        "for tiny numbers the result is not right.",
        hint or "ε stands inside the root: √(mean(x²) + ε).",
    )
    return "every token has been divided by its own root mean square, for every shape tried."


@exercise(hint="Write γ (W x + b - μ)/σ + β and collect what multiplies x and what does not.")
def fold(answer):
    """answer(W, b, mu, var, gamma, beta, eps) -> W', b' of linear layer and batch norm in one."""
    rng = np.random.default_rng(1)
    for m, n, eps in [(3, 5, 1e-5), (4, 4, 1e-5), (1, 2, 1e-5), (3, 5, 0.1)]:
        W, b, mu = rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=m)
        var, gamma, beta = rng.uniform(0.5, 3.0, size=m), rng.normal(size=m), rng.normal(size=m)
        var[0] = 1e-4 if eps == 0.1 else var[0]  # a neuron that hardly changes: ε counts
        arrays = [W, b, mu, var, gamma, beta]
        given = [a.copy() for a in arrays]
        try:
            folded = answer(*given, eps)
        except ValueError as error:
            require(
                "broadcast" not in str(error),
                f"your answer raised ValueError: {error}.",
                "Each *row* of W' belongs to one output: factor[:, None] * W.",
            )
            raise
        new_W, new_b = _pair(folded, "two results are wanted, W' and b'")
        _untouched(given, arrays)
        new_W, new_b = _array(new_W, (m, n), "W'"), _array(new_b, (m,), "b'")
        factor = gamma / np.sqrt(var + eps)
        right_W, right_b = factor[:, None] * W, factor * (b - mu) + beta
        if _near(new_W, right_W) and _near(new_b, right_b):
            continue
        hint = None
        if _near(new_W, right_W):
            hint = "W' is right. " + (
                _diagnosis(
                    new_b,
                    [
                        (factor * b + beta, "In b' the mean μ is missing."),
                        (factor * (b - mu), "In b' the shift β is missing."),
                        (
                            b - factor * mu + beta,
                            "The old bias passes through the norm too: γ/σ · b.",
                        ),
                        (factor * (b + mu) + beta, "μ is subtracted."),
                    ],
                )
                or "For b', put x = 0 into both layers: what comes out?"
            )
        elif _near(new_b, right_b):
            hint = "b' is right. " + (
                "Each *row* of W' belongs to one output: factor[:, None] * W."
                if m == n and _near(new_W, factor * W)
                else "In W' each row of W is multiplied by γ/σ of its output."
            )
        else:
            root = np.sqrt(var)
            hint = _diagnosis(
                new_W,
                [
                    (
                        (gamma / (var + eps))[:, None] * W,
                        "The norm divides by the standard deviation, the root of var + ε.",
                    ),
                    *(
                        (wrong[:, None] * W, "ε belongs under the root: √(var + ε).")
                        for wrong in (gamma / root, gamma / (root + eps), gamma / root + eps)
                    ),
                    (
                        (gamma / np.sqrt(var + 1e-5))[:, None] * W,
                        "Use the argument eps, not a fixed number.",
                    ),
                    ((1 / np.sqrt(var + eps))[:, None] * W, "γ is missing."),
                    (gamma[:, None] * W, "The division by the standard deviation is missing."),
                ],
            )
        require(False, f"for W of shape {(m, n)} the two ways give different results.", hint)
    return "one layer does the work of two, at no cost."


def _centred(a):
    return a - a.mean(axis=1, keepdims=True)


def _along_x(h, x, sigma):
    """The right way back through layer norm, for whatever stands for σ."""
    xhat = _centred(x) / sigma
    return (_centred(h) - xhat * (h * xhat).mean(axis=1, keepdims=True)) / sigma


@exercise(hint="Means over the features: mean(axis=1, keepdims=True). Sums over examples: axis=0.")
def layer_norm_gradient(answer):
    """answer(upstream, x, gamma, eps) -> gradients along x (N, D), gamma (D,) and beta (D,)."""
    rng = np.random.default_rng(2)
    for N, D, spread, eps in [(5, 3, 3, 1e-5), (4, 4, 3, 1e-5), (1, 6, 3, 1e-5), (5, 3, 0.1, 0.1)]:
        arrays = [rng.normal(size=(N, D)), rng.normal(2, spread, (N, D)), rng.normal(size=D)]
        upstream, x, gamma = given = [a.copy() for a in arrays]
        found = answer(*given, eps)
        if isinstance(found, tuple | list) and any(part is ... or part is None for part in found):
            raise NotImplementedError  # the stub's dots are still there
        require(
            isinstance(found, tuple | list) and len(found) == 3,
            "three results are wanted, the gradients along x, gamma and beta.",
            "End the function with return and the three arrays, in this order.",
        )
        _untouched(given, arrays)
        dx = _array(found[0], (N, D), "the gradient along x")
        serves_all = "γ and β serve all examples: add over them, sum(axis=0)."
        dgamma = _array(found[1], (D,), "the gradient along gamma", serves_all)
        dbeta = _array(found[2], (D,), "the gradient along beta", serves_all)

        h, variance = upstream * gamma, x.var(axis=1, keepdims=True)
        sigma = np.sqrt(variance + eps)
        xhat = _centred(x) / sigma
        mean, stretch = h.mean(1, keepdims=True), xhat * (h * xhat).mean(1, keepdims=True)
        if not _near(dx, (h - mean - stretch) / sigma):
            across = np.sqrt(x.var(axis=0) + eps)
            tilted = (x - x.mean(axis=0)) / across
            hint = _diagnosis(
                dx,
                [
                    (
                        (h - h.mean(0) - tilted * (h * tilted).mean(0)) / across,
                        "This is batch norm: its means go over examples. Here they go over axis=1.",
                    ),
                    (
                        (
                            upstream
                            - upstream.mean(1, keepdims=True)
                            - xhat * (upstream * xhat).mean(1, keepdims=True)
                        )
                        / sigma,
                        "γ is missing: start from h = upstream * gamma.",
                    ),
                    (
                        gamma
                        * (_centred(upstream) - xhat * (upstream * xhat).mean(1, keepdims=True))
                        / sigma,
                        "γ must be inside the means: start from h = upstream * gamma.",
                    ),
                    (
                        _along_x(h, x, np.sqrt(x.var(axis=1, ddof=1, keepdims=True) + eps)),
                        "The variance is a mean: divide by D, not D - 1.",
                    ),
                    (_along_x(h, x, np.sqrt(variance)), "ε is missing under the root."),
                    (
                        _along_x(h, x, np.sqrt(variance) + eps),
                        "ε belongs under the root: √(variance + ε).",
                    ),
                    (
                        _along_x(h, x, np.sqrt(variance + 1e-5)),
                        "Use the argument eps, not a fixed number.",
                    ),
                    (h / sigma, "The paths through mean and standard deviation are missing."),
                    ((h - mean) / sigma, "The path through the standard deviation is missing."),
                    ((h - stretch) / sigma, "The path through the mean is missing."),
                    (h - mean - stretch, "The division by the standard deviation is missing."),
                    (
                        (h - D * mean - D * stretch) / sigma,
                        "These are sums over the features. Divide by D: they should be means.",
                    ),
                    ((h - mean + stretch) / sigma, "Both terms are subtracted."),
                    (
                        (h - mean - stretch) / sigma**2,
                        "Divide by the standard deviation, not by the variance.",
                    ),
                ],
            )
            require(False, f"for x of shape {(N, D)} the gradient along x is not right.", hint)
        if not _near(dgamma, (upstream * xhat).sum(axis=0)):
            hint = _diagnosis(
                dgamma,
                [
                    ((upstream * xhat).mean(axis=0), "γ serves all examples: sum, do not average."),
                    ((h * xhat).sum(axis=0), "Take the upstream slopes here, without γ."),
                    ((upstream * x).sum(axis=0), "γ multiplies the normalised x, not x itself."),
                    (upstream.sum(axis=0), "This is that along beta: the order is x, gamma, beta."),
                ],
            )
            require(False, "the gradient along gamma is not right.", hint)
        if not _near(dbeta, upstream.sum(axis=0)):
            hint = _diagnosis(
                dbeta,
                [
                    (upstream.mean(axis=0), "β serves all examples: sum, do not average."),
                    (h.sum(axis=0), "Take the upstream slopes here, without γ."),
                ],
            )
            require(False, "the gradient along beta is not right.", hint)
    return "the means go over features, the sums for γ and β over examples."
