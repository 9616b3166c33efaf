"""Checks for the exercises of chapter 01_neurons."""

import math

import numpy as np

from ._verdict import NotYet, Verdict, exercise, require

_INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
_OR, _NAND = (0, 1, 1, 1), (1, 1, 1, 0)


def _fires(w, b, x):
    return int(np.dot(w, x) + b >= 0)


def _numbers(value, shape, name):
    """The answer as an array of floats; says so when it is no number, or of another shape."""
    parts = np.array(value, dtype=object).ravel()
    if any(part is ... or part is None for part in parts):
        raise NotImplementedError  # the stub's dots are still there
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        wanted = "a number" if shape == () else f"numbers of shape {shape}"
        raise NotYet(f"{name} should be {wanted}, but it is {value!r}.") from None
    wanted = "one number" if shape == () else f"numbers of shape {shape}"
    require(array.shape == shape, f"{name} should be {wanted}, but it has shape {array.shape}.")
    return array


@exercise
def x1_and_not_x2(w, b):
    """One perceptron that says 1 for (1, 0) and 0 otherwise. w: two weights, b: the bias."""
    w, b = _numbers(w, (2,), "w"), _numbers(b, (), "the bias")
    for x in _INPUTS:
        target = int(x == (1, 0))
        if _fires(w, b, x) == target:
            continue
        z = float(np.dot(w, x) + b)
        if 0 < abs(z) < 1e-9:
            return Verdict(
                False,
                f"for {x} the sum is {z:g}, so it says {1 - target} instead of {target}.",
                "On paper this sum may be 0, but computers round. Leave the line some room.",
            )
        hints = {
            (0, 0): "With both switches off the sum is just b: which sign must b have?",
            (0, 1): "x2 should speak against. Which sign must its weight have?",
            (1, 0): "x1 alone must lift the sum to zero or above: compare its weight with -b.",
            (1, 1): "With both on, w1 + w2 + b must be below zero.",
        }
        return Verdict(
            False,
            f"for {x} the sum is {z:g}, so it says {1 - target} instead of {target}.",
            hints[x],
        )
    return Verdict(True, "it says 1 for (1, 0) and 0 for the other three.")


@exercise
def at_least(bias):
    """bias(k, n) makes a neuron with n weights of 1 fire when at least k inputs are on."""
    for n in range(1, 9):
        for k in range(1, n + 1):
            b = float(_numbers(bias(k, n), (), "the bias"))
            for on in range(n + 1):
                if (on + b >= 0) == (on >= k):
                    continue
                fires = "fires" if on + b >= 0 else "stays quiet"
                hint = "The bar to clear is -b. Where should it lie between k - 1 and k votes?"
                if b > 0:
                    hint = "A positive bias lowers the bar below zero. " + hint
                return Verdict(
                    False, f"k = {k}, n = {n}: with {on} inputs on and b = {b:g} it {fires}.", hint
                )
    return Verdict(
        True, "it fires exactly from k votes on. The bar lies between k - 1 and k, whatever n is."
    )


@exercise
def xor_network(W1, b1, w2, b2):
    """Two hidden step neurons, W1 (2, 2) and b1 (2,); one output neuron, w2 (2,) and b2."""
    W1, b1 = _numbers(W1, (2, 2), "W_1"), _numbers(b1, (2,), "b_1")
    w2, b2 = _numbers(w2, (2,), "w_2"), _numbers(b2, (), "b_2")
    hidden = {x: tuple((W1 @ x + b1 >= 0).astype(int).tolist()) for x in _INPUTS}
    answers = {x: _fires(w2, b2, h) for x, h in hidden.items()}
    wrong = [x for x in _INPUTS if answers[x] != (x[0] ^ x[1])]
    if not wrong:
        if {tuple(hidden[x][j] for x in _INPUTS) for j in (0, 1)} == {_OR, _NAND}:
            return Verdict(
                True,
                "all four rows of XOR come out. But the hidden pair is OR and NAND, as in the "
                "text: can you find another?",
            )
        return Verdict(True, "all four rows of XOR come out, with a hidden pair of your own.")
    by_columns = [_fires(w2, b2, (W1.T @ x + b1 >= 0).astype(int)) for x in _INPUTS]
    if by_columns == [x[0] ^ x[1] for x in _INPUTS]:
        return Verdict(
            False,
            f"for {wrong[0]} it says {answers[wrong[0]]}.",
            "Each row of W_1 is one neuron. Here the neurons stand in the columns.",
        )
    for x in [(0, 1), (1, 0)]:
        for y in [(0, 0), (1, 1)]:
            if hidden[x] == hidden[y]:
                return Verdict(
                    False,
                    f"the hidden layer sends {x} and {y} to the same place {hidden[x]}, "
                    "so no output neuron can tell them apart.",
                    "Each row of W_1 is one neuron. Which two corners may land on the same place, "
                    "and which must not?",
                )
    return Verdict(
        False,
        f"for {wrong[0]} it says {answers[wrong[0]]}; its hidden place is {hidden[wrong[0]]}.",
        "The hidden layer may be fine. Note where it sends the four inputs, and put a line there.",
    )


@exercise(hint="Begin with one layer.")
def count_parameters(count):
    """count(sizes) is the number of weights and biases of a fully connected network."""
    for sizes in ([784, 16, 16, 10], [3, 2], [5], [1, 1, 1], [784, 512, 512, 10]):
        weights = sum(n * m for n, m in zip(sizes[:-1], sizes[1:], strict=True))
        biases = sum(sizes[1:])
        ways = math.prod(sizes)
        try:
            answer = count(list(sizes))
        except (IndexError, ValueError) as error:
            hint = "The list may have any length: take each layer with the one before it."
            if len(sizes) == 1:
                hint = "A lone input layer has nothing to set."
            said = f"for {sizes} your answer raised {type(error).__name__}: {error}."
            raise NotYet(said, hint) from error
        if answer == weights + biases:
            continue
        hint = "How many numbers does one neuron with n inputs have?"
        if answer == weights:
            hint = "These are the weights. Which numbers are missing?"
        elif answer == weights + biases + sizes[0]:
            hint = "The input layer holds the data; it has no biases."
        elif len(sizes) > 2 and answer == weights + sum(sizes[:-1]):
            hint = "A bias belongs to the neuron that adds up: m neurons have m, whatever n is."
        elif len(sizes) > 2 and answer == ways:
            hint = "The product counts the ways through the network. Layers are added."
        elif isinstance(answer, str):
            hint = "Return the number, not a text."
        elif len(sizes) == 1:
            hint = "A lone input layer has nothing to set."
        return Verdict(False, f"for {sizes} it says {answer!r}, which is not right.", hint)
    return Verdict(True, "it counts every weight and every bias.")


def _why_it_raised(said, m):
    """The hint for an error that NumPy or math raised inside the layer of m neurons, or None."""
    if "Python scalars" in said:
        return "math.tanh takes one number; np.tanh takes an array."
    if "mismatch" in said or "not aligned" in said:
        return "In X @ V the rows of V must be as many as the columns of X, n. What makes W (n, m)?"
    if "broadcast" in said and f"({m},)" in said:
        return "b has one entry a neuron, so the neurons must lie along the product's last axis."
    if "broadcast" in said:
        return "* multiplies entry by entry. The product of matrices is @."
    return None


@exercise(hint="Which product gives (B, m)?")
def tanh_layer(layer):
    """layer(X, W, b) with X (B, n), W (m, n), b (m,) gives tanh(X W^T + b) of shape (B, m)."""
    rng = np.random.default_rng(0)
    for B, n, m in [(4, 3, 2), (1, 5, 1), (3, 3, 3)]:
        X, W, b = rng.normal(size=(B, n)), rng.normal(size=(m, n)), rng.normal(size=m)
        kept = [array.copy() for array in (X, W, b)]
        try:
            answer = np.asarray(layer(X, W, b))
        except (TypeError, ValueError) as error:
            hint = _why_it_raised(str(error), m)
            if hint is None:
                raise
            raise NotYet(f"your answer raised {type(error).__name__}: {error}.", hint) from error
        shapes = f"X {X.shape}, W {W.shape}, b {b.shape}"
        if any(not np.array_equal(a, k) for a, k in zip((X, W, b), kept, strict=True)):
            return Verdict(False, "the layer changed its inputs.", "Make a new array instead.")
        if answer.shape != (B, m):
            return Verdict(
                False,
                f"for {shapes} the result has shape {answer.shape} instead of {(B, m)}.",
                "W has a row for each neuron. X @ W.T pairs every example with every neuron.",
            )
        z = X @ W.T + b
        if np.allclose(answer, np.tanh(z)):
            continue
        hint = "Compare with one number worked out by hand."
        if np.allclose(answer, z):
            hint = "The sums are right. The activation function is missing."
        elif np.allclose(answer, np.tanh(X @ W.T)):
            hint = "The bias is missing."
        elif np.allclose(answer, np.tanh(X @ W.T) + b):
            hint = "The bias belongs inside the tanh."
        elif np.allclose(answer, np.tanh(X @ W.T - b)):
            hint = "The bias is a head start: it is added."
        elif np.allclose(answer, 1 / (1 + np.exp(-z))):
            hint = "That is the sigmoid; use tanh."
        elif any(np.allclose(answer, np.tanh(X @ np.rot90(W, k) + b)) for k in (1, 3)):
            hint = "np.rot90 turns W by a quarter. W.T mirrors it: row j becomes column j."
        elif np.allclose(answer, np.tanh(X @ W.reshape(n, m) + b)):
            hint = "reshape cuts the same list of numbers elsewhere. W.T makes row j column j."
        elif n == m and np.allclose(answer, np.tanh(X @ W + b)):
            hint = "With a square W the shape cannot tell, but W must be transposed."
        return Verdict(False, f"for {shapes} the numbers are not tanh(X W^T + b).", hint)
    return Verdict(True, "shapes and numbers agree, for a batch of one too.")
