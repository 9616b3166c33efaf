"""Checks for the exercises of chapter 02_gradient_descent."""

import numpy as np

from ._verdict import exercise, require


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
    several = isinstance(value, tuple | list)
    came = f"are {len(value)}" if several else f"is a {type(value).__name__}"
    require(
        several and len(value) == 2,
        f"{what}, but what came back {came}.",
        "End the function with return, the two results, and a comma between them.",
    )
    return value


def _untouched(arrays, copies):
    require(
        all(np.array_equal(a, c) for a, c in zip(arrays, copies, strict=True)),
        "the function changed the arrays it was given.",
        "x -= … writes into x itself; x = x - … makes a new array.",
    )


@exercise(hint="Hold one letter still, as if it were a number, and differentiate by the other.")
def partial_derivatives(slopes):
    """slopes(x, y) returns (∂f/∂x, ∂f/∂y) of f = x² y + 3 y² - x."""
    for x, y in [(2.0, 1.0), (-1.0, 0.5), (0.3, -2.0)]:
        answer = slopes(x, y)
        if isinstance(answer, np.ndarray):
            answer = _array(answer, (2,), "the gradient").tolist()
        dx, dy = _pair(answer, "the gradient has two entries")
        right = 2 * x * y - 1, x**2 + 6 * y
        if np.allclose((dx, dy), right):
            continue
        hint = None
        if np.allclose((dy, dx), right):
            hint = "Both slopes are right, but they stand in the wrong order: first along x."
        elif np.allclose((dx, dy), (-right[0], -right[1])):
            hint = "This is the negative gradient. The gradient itself points uphill."
        elif np.isclose(dy, right[1]) and np.isclose(dx, right[0] + 1):
            hint = "∂f/∂y is right. In ∂f/∂x a term is missing: what is the slope of -x?"
        elif np.isclose(dy, right[1]) and np.isclose(dx, right[0] + 1 - x):
            hint = "∂f/∂y is right. In ∂f/∂x the last term is wrong: what is the slope of -x?"
        elif np.isclose(dy, right[1]) and np.isclose(dx, right[0] + 3 * y**2):
            hint = "While y is held still, 3 y² is a constant. What is the slope of a constant?"
        elif np.isclose(dx, right[0]) and np.isclose(dy, right[1] - 1):
            hint = "While x is held still, -x is a constant. What is the slope of a constant?"
        elif np.isclose(dy, right[1]):
            hint = "∂f/∂y is right. For ∂f/∂x treat y as a number: x² y is like 7 x²."
        elif np.isclose(dx, right[0]):
            hint = "∂f/∂x is right. For ∂f/∂y treat x as a number: x² y is like 7 y."
        message = f"at x = {x:g}, y = {y:g} it gives ({dx:.4g}, {dy:.4g})."
        require(False, message, hint)
    return "both slopes are right, in the right order."


@exercise(hint="Begin with the place x and append x - s_k * grad(x), k = 0, 1, 2, …")
def fading_descent(descend):
    """descend(grad, x, s, steps): gradient descent with s_k = s / (1 + k); (steps + 1, n)."""
    scale = np.array([1.0, 0.25, 3.0])
    target = np.array([1.0, -1.0, 0.5])

    def grad(x):
        return scale * (x - target)

    def walked(rate, sign=-1.0, steps=6, slope=lambda path: grad(path[-1])):
        path = [start]
        for k in range(steps):
            path.append(path[-1] + sign * rate(k) * slope(path))
        return np.array(path)

    start, s, steps = np.array([4.0, 2.0, -1.0]), 0.5, 6
    given = start.copy()
    path = np.asarray(descend(grad, given, s, steps), dtype=float)
    right = walked(lambda k: s / (1 + k))
    _untouched([given], [start])
    require(
        path.shape != start.shape or not np.allclose(path, right[-1]),
        "this is only the last place.",
        "Keep every place in a list, the start included, and return np.array(list).",
    )
    require(
        path.shape != (steps, 3) or not np.allclose(path, right[1:]),
        "the start is missing from the path.",
        "Put the start into the list before the first step.",
    )
    require(
        path.shape != (steps, 3) or not np.allclose(path, right[:-1]),
        "the last place is missing from the path.",
        f"{steps} steps have {steps + 1} places.",
    )
    path = _array(path, (steps + 1, 3), "the path")
    if not np.allclose(path, right):
        known = [
            ("This walk has the same s at every step. Divide it by 1 + k.", walked(lambda k: s)),
            ("It climbs: downhill is minus the gradient.", walked(lambda k: s / (1 + k), sign=1.0)),
            ("Count from k = 0: the first step has the full s.", walked(lambda k: s / (2 + k))),
            ("s / 1 + k divides first. Put 1 + k in brackets.", walked(lambda k: s / 1 + k)),
            ("This s halves at each step. Divide it by 1 + k.", walked(lambda k: s / 2**k)),
            (
                "Each step needs the slope at the place where it begins, not at the start.",
                walked(lambda k: s / (1 + k), slope=lambda path: grad(start)),
            ),
            (
                "Compute s_k = s / (1 + k) anew from s; yours shrinks on top of the last one.",
                walked(lambda k: s / np.prod(np.arange(1, k + 2))),
            ),
        ]
        hint = next((text for text, wrong in known if np.allclose(path, wrong)), None)
        if hint is None and all(np.array_equal(place, path[-1]) for place in path):
            hint = "All places are the same array. Make a new one at each step: x = x - …"
        where = int(np.argmax(np.any(~np.isclose(path, right), axis=1)))
        require(False, f"place number {where} of the path is not right.", hint)
    require(
        len(np.asarray(descend(grad, start.copy(), s, 0))) == 1,
        "with 0 steps the path should hold the start and nothing else.",
    )
    return "every place of the path is right, and the start was left alone."


@exercise(hint="What does one step do along a special direction, whose eigenvalue is λ?")
def step_factor(factor):
    """factor(S, s): by what f = ½ xᵀ S x is multiplied at each late step of length s."""
    rng = np.random.default_rng(0)
    turned = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    for S, s in (
        (np.diag([1.0, 0.2]), 0.5),
        (np.diag([8.0, 0.5, 2.0]), 0.24),
        (turned @ np.diag([5.0, 1.0, 0.1]) @ turned.T, 0.3),
        (turned @ np.diag([5.0, 1.0, 0.1]) @ turned.T, 0.5),
    ):
        answer = np.asarray(factor(S.copy(), s), dtype=float)
        require(
            answer.shape == (),
            f"one number is wanted, but what came has shape {answer.shape}.",
            "Each special direction has its own factor. Which one is left, late in the walk?",
        )
        values = np.linalg.eigvalsh(S)
        left = 1 - s * values
        right = np.max(left**2)
        if np.isclose(answer, right):
            continue
        diagonal = 1 - s * np.diag(S)
        known = [
            (np.max(np.abs(left)), "This is the factor of the place. The height contains squares."),
            (left[0] ** 2, "This is the flat direction. A long step can make the steep one worse."),
            (left[-1] ** 2, "This is the steep direction. With a short step the flat one is late."),
            (
                ((values[-1] - values[0]) / (values[-1] + values[0])) ** 2,
                "This is the factor of the best step length. Here s is given, and may be any.",
            ),
            (np.min(left**2), "This is the quickest direction. Which one is left in the end?"),
            (np.max(left) ** 2, "A factor below 0 counts too: square first, then compare."),
            (
                np.max(diagonal**2),
                "The diagonal shows the eigenvalues only when everything else in S is zero.",
            ),
        ]
        hint = next((text for wrong, text in known if np.isclose(answer, wrong)), None)
        message = (
            f"for eigenvalues {np.round(values, 3).tolist()} and s = {s} it gives {answer:.4g}."
        )
        require(False, message, hint)
    return "the slowest direction decides, for turned bowls and too long steps too."


@exercise(hint="First the slope along each output a_ni, then the chain rule, then the mean.")
def mse_gradient(gradient):
    """gradient(X, Y, W, b) -> dW, db of the mean over n of Σ_i (a_ni - y_ni)², a = X Wᵀ + b."""
    rng = np.random.default_rng(1)
    for N, inputs, results in [(7, 4, 3), (3, 3, 3), (1, 2, 5)]:
        X, Y = rng.normal(size=(N, inputs)), rng.normal(size=(N, results))
        W, b = rng.normal(size=(results, inputs)), rng.normal(size=results)
        given = [X.copy(), Y.copy(), W.copy(), b.copy()]
        dW, db = _pair(gradient(*given), "two results are wanted, dW and db")
        _untouched(given, [X, Y, W, b])
        difference = X @ W.T + b - Y
        right_W, right_b = 2 * difference.T @ X / N, 2 * difference.sum(axis=0) / N
        dW, db = np.asarray(dW, dtype=float), np.asarray(db, dtype=float)
        require(
            dW.shape != right_W.T.shape or N == 1 or results == inputs,
            f"dW has shape {dW.shape}, but W has shape {W.shape}.",
            "A gradient has the shape of what it belongs to. Transpose the other factor.",
        )
        require(
            db.shape != () or b.shape == (),
            f"db is one number, but b has shape {b.shape}.",
            "Add over the examples only, axis 0: each output has a bias of its own.",
        )
        dW, db = _array(dW, W.shape, "dW"), _array(db, b.shape, "db")
        if np.allclose(dW, right_W) and np.allclose(db, right_b):
            continue
        known = [
            (0.5, "A factor of 2 is missing: the slope of u² is 2u."),
            (N, "The cost is a mean over the N examples; this is the sum."),
            (N / 2, "The slope of u² is 2u, and the cost is a mean over the N examples."),
            (1 / results, "Only the examples are averaged; the outputs of one are added up."),
            (-1.0, "The sign is turned round: the difference is a - y."),
        ]
        hint = None
        for factor, text in known:
            if not np.isclose(factor, 1) and np.allclose(dW, factor * right_W):
                hint = text
                break
        without_bias = X @ W.T - Y
        if hint is None and np.allclose(dW, 2 * without_bias.T @ X / N):
            hint = "This layer has no b in it. A is X Wᵀ + b."
        elif hint is None and np.allclose(dW, right_W):
            hint = "dW is right. The bias acts on every example: sum its slopes over the examples."
        elif hint is None and results == inputs and np.allclose(dW, right_W.T):
            hint = "With a square W the shape cannot tell, but dW is transposed."
        elif hint is None and np.allclose(db, right_b):
            hint = "db is right. For dW multiply each slope by the input that it came through."
        require(False, f"for N = {N} examples the numbers are not right.", hint)
    return "both gradients are right, for every shape tried."


@exercise(hint="mean and standard deviation along axis 0, one for each column.")
def standardise(prepare):
    """prepare(train, other) -> both scaled by the training rows' mean and spread."""
    rng = np.random.default_rng(2)
    train = rng.normal(5.0, 3.0, size=(40, 4)) * [1.0, 100.0, 0.01, 1.0]
    other = rng.normal(7.0, 2.0, size=(15, 4)) * [1.0, 100.0, 0.01, 1.0]
    given = [train.copy(), other.copy()]
    answer = _pair(prepare(*given), "two results are wanted, the scaled train and other")
    _untouched(given, [train, other])
    require(
        np.shape(answer[0]) != other.shape or np.shape(answer[1]) != train.shape,
        "the two parts came back in the wrong order.",
        "The training rows come first.",
    )
    found_train = _array(answer[0], train.shape, "train")
    found_other = _array(answer[1], other.shape, "other")
    mean, std = train.mean(axis=0), train.std(axis=0)
    both = np.concatenate([train, other])

    def scaled(x, by):
        return (x - by.mean(axis=0)) / by.std(axis=0)

    require(
        not np.allclose(found_other, scaled(other, other)),
        "other was scaled by its own mean and spread.",
        "In use, new rows may come one at a time. Use the numbers of the training rows.",
    )
    require(
        not np.allclose(found_train, scaled(train, both)),
        "the mean and spread come from both parts together.",
        "That is leakage: the other rows have had a say. Use the training rows alone.",
    )
    require(
        not np.allclose(found_train, (train - train.mean()) / train.std()),
        "all columns were scaled together.",
        "Each column needs its own mean and spread: axis=0.",
    )
    require(
        not np.allclose(found_train, train - mean),
        "the mean is gone, but the columns still have different spreads.",
        "Divide by the standard deviation as well.",
    )
    ours = (train - mean) / std, (other - mean) / std
    unbiased = train.std(axis=0, ddof=1)  # a matter of taste, and just as good
    theirs = (train - mean) / unbiased, (other - mean) / unbiased
    require(
        any(np.allclose(found_train, a) and np.allclose(found_other, b) for a, b in (ours, theirs)),
        "the numbers are not (x - mean) / standard deviation of the training rows.",
    )

    # a column that never changes: in float64 the spread of forty 2.0 is 0, of forty 0.1 it is 4e-17
    what = "a column that has the same value in every training row"
    advice = "Divide by 1 there: np.where(np.ptp(train_rows, axis=0) == 0, 1, std)."
    cure = f"Its spread is 0. {advice}"
    for value in (2.0, 0.1):
        flat = train.copy()
        flat[:, 3] = value
        with np.errstate(all="ignore"):
            steady, others = prepare(flat, other.copy())
        require(
            np.shape(steady) == train.shape and np.shape(others) == other.shape,
            f"{what} is gone, or the parts changed their shape.",
            "Keep all columns, for a network expects the same number each time. " + cure,
        )
        steady, others = np.asarray(steady, dtype=float), np.asarray(others, dtype=float)
        require(
            np.isfinite(steady).all() and np.isfinite(others).all(),
            f"{what} became nan or infinite.",
            cure,
        )
        largest = np.abs(others[:, 3]).max()
        if value == 0.1 and largest > 1e12:
            cure = f"Rounding makes the std of forty {value} a tiny number, not 0. {advice}"
        require(
            largest < 1e3,
            f"{what}, {value:g}, became as large as {largest:.0e} in the other rows.",
            cure,
        )
        require(
            np.allclose(steady[:, 3], 0),
            f"{what} should become 0 there, but it became {steady[0, 3]:.3g}.",
            "Take off the mean of this column too.",
        )
        require(
            np.allclose(steady[:, :3], found_train[:, :3])
            and np.allclose(others[:, :3], found_other[:, :3]),
            f"{what} changed what became of the other columns.",
            "Each column has a mean and a spread of its own: axis=0.",
        )
    return "scaled by the training rows alone, and safe for a column that never changes."
