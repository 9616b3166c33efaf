"""Checks for the exercises of chapter 04_training_deep_networks."""

import numpy as np

from ._verdict import exercise, require


def _number(value, what):
    array = np.asarray(value, dtype=float)
    require(array.shape == (), f"{what} should be one number, but it has shape {array.shape}.")
    return float(array)


def _array(value, shape, name):
    """The answer as an array of floats; says so when it has another shape."""
    array = np.asarray(value, dtype=float)
    require(
        array.shape == shape,
        f"{name} should have shape {shape}, but it has shape {array.shape}.",
        "Print the shape of every array on the way.",
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


def _diagnosis(found, known):
    """The hint of the first known wrong answer that `found` equals."""
    return next((hint for wrong, hint in known if np.allclose(found, wrong)), None)


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
                (np.sqrt(3 / (n + m)), "A factor is missing: the variance wanted is 2/(n + m)."),
                (-right, "r is a length: take the positive root."),
            ],
        )
        require(False, f"for n = {n}, m = {m} it gives {found:.4g}.", hint)
    return "even draws from this range have the variance that Glorot asks for."


@exercise(hint="E[a²] is half of Var(z) from the positive side; what does the other half add?")
def leaky_spread(answer):
    """answer(n, alpha): the standard deviation that keeps the sizes with a leaky ReLU."""
    for n, alpha in [(256, 0.0), (256, 0.01), (100, 0.3), (64, 1.0)]:
        found = _number(answer(n, alpha), "the standard deviation")
        right = np.sqrt(2 / (n * (1 + alpha**2)))
        if np.isclose(found, right):
            continue
        hint = _diagnosis(
            found,
            [
                (right**2, "This is the variance. The standard deviation is its root."),
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
        if np.allclose(found, gamma * x / np.sqrt(square + 1e-5), atol=1e-10):
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
    require(
        np.allclose(tiny, 1e-3 / np.sqrt(1e-6 + 1e-2)),
        "for tiny numbers the result is not right.",
        "ε stands inside the root: √(mean(x²) + ε).",
    )
    return "every token has been divided by its own root mean square, for every shape tried."


@exercise(hint="Write γ (W x + b - μ)/σ + β and collect what multiplies x and what does not.")
def fold(answer):
    """answer(W, b, mu, var, gamma, beta, eps) -> W', b' of linear layer and batch norm in one."""
    rng = np.random.default_rng(1)
    for m, n in [(3, 5), (4, 4), (1, 2)]:
        W, b, mu = rng.normal(size=(m, n)), rng.normal(size=m), rng.normal(size=m)
        var, gamma, beta = rng.uniform(0.5, 3.0, size=m), rng.normal(size=m), rng.normal(size=m)
        arrays = [W, b, mu, var, gamma, beta]
        given = [a.copy() for a in arrays]
        new_W, new_b = _pair(answer(*given, 1e-5), "two results are wanted, W' and b'")
        _untouched(given, arrays)
        new_W, new_b = _array(new_W, (m, n), "W'"), _array(new_b, (m,), "b'")
        factor = gamma / np.sqrt(var + 1e-5)
        right_W, right_b = factor[:, None] * W, factor * (b - mu) + beta
        if np.allclose(new_W, right_W, atol=1e-10) and np.allclose(new_b, right_b, atol=1e-10):
            continue
        hint = None
        if np.allclose(new_W, right_W):
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
        elif np.allclose(new_b, right_b):
            hint = "b' is right. " + (
                "Each *row* of W' belongs to one output: factor[:, None] * W."
                if m == n and np.allclose(new_W, factor * W)
                else "In W' each row of W is multiplied by γ/σ of its output."
            )
        elif np.allclose(new_W, (gamma / (var + 1e-5))[:, None] * W):
            hint = "The norm divides by the standard deviation, the root of var + ε."
        require(False, f"for W of shape {(m, n)} the two ways give different results.", hint)
    return "one layer does the work of two, at no cost."


@exercise(hint="One length for all arrays: the root of the sum of all squares.")
def clip_together(answer):
    """answer(gradients, c): shortened together to the length c, or left alone."""
    rng = np.random.default_rng(2)
    long = [rng.normal(size=(4, 3)), 5 * rng.normal(size=7)]
    short = [0.01 * g for g in long]
    length = np.sqrt(sum(np.sum(g**2) for g in long))
    for gradients, size, kind in [(long, length, "long"), (short, 0.01 * length, "short")]:
        given = [g.copy() for g in gradients]
        found = answer(given, 1.0)
        _untouched(given, gradients)
        require(
            isinstance(found, tuple | list) and len(found) == len(gradients),
            f"a list of {len(gradients)} arrays is wanted.",
            "Return the new arrays in a list, in the same order, and nothing else.",
        )
        found = [_array(f, g.shape, "each array") for f, g in zip(found, gradients, strict=True)]
        factor = min(1.0, 1.0 / size)
        if all(
            np.allclose(f, factor * g, rtol=1e-4) for f, g in zip(found, gradients, strict=True)
        ):
            continue
        flat, one = np.concatenate([f.ravel() for f in found]), [g.ravel() for g in gradients]
        hint = None
        if kind == "short" and np.isclose(np.linalg.norm(flat), 1.0, rtol=1e-4):
            hint = "Gradients that are short enough stay as they are: the factor is at most 1."
        elif np.allclose(flat, np.concatenate([g * min(1, 1 / np.linalg.norm(g)) for g in one])):
            hint = "Each array was clipped by itself; that changes the direction. Use one length."
        elif np.allclose(flat, np.clip(np.concatenate(one), -1, 1)):
            hint = (
                "This limits every entry, which changes the direction. Shorten all by one factor."
            )
        elif np.allclose(flat, np.concatenate(one) / size**2):
            hint = "The length is the root of the sum of squares."
        require(False, f"for gradients that are too {kind} the result is not right.", hint)
    with np.errstate(invalid="ignore", divide="ignore"):
        zeros = [np.asarray(g, dtype=float) for g in answer([np.zeros(3), np.zeros((2, 2))], 1.0)]
    require(
        all(np.array_equal(g, np.zeros_like(g)) for g in zeros),
        "gradients that are all zero became nan.",
        "Compare the length with c first, and divide only when it is longer.",
    )
    return "long gradients are shortened together, short ones and zeros are left alone."
