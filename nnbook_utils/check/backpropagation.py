"""Checks for the exercises of chapter 03_backpropagation."""

import numpy as np

from ._verdict import exercise, require


@exercise(hint="Call the bracket z. Which local slope does the square have, and which the product?")
def by_hand(df_dw, df_dx, df_db):
    """The slopes of f = (w x + b)² at x = 3, w = 2, b = -1."""
    answers = {"df/dw": df_dw, "df/dx": df_dx, "df/db": df_db}
    wanted = {"df/dw": 30.0, "df/dx": 20.0, "df/db": 10.0}
    found = {name: float(value) for name, value in answers.items()}
    require(
        not (found["df/dw"] == 20 and found["df/dx"] == 30),
        "df/dw and df/dx are swapped.",
        "A nudge to w is multiplied by x, and a nudge to x by w.",
    )
    require(
        found != {"df/dw": 3.0, "df/dx": 2.0, "df/db": 1.0},
        "these are the slopes of the bracket alone.",
        "The square has a local slope too: 2z.",
    )
    for name, value in wanted.items():
        require(
            np.isclose(found[name], value),
            f"{name} is not {found[name]:g}.",
            "The bracket is 5, so the square hands back 10. Multiply on from there.",
        )
    return "all three slopes are right."


@exercise(hint="The result keeps v as its parent; the slope says how much of a nudge gets through.")
def relu(function, value_class):
    """function(v) is ReLU on the chapter's Value: value, parents and local slope."""
    for number in (2.5, -1.5, 0.0):
        v = value_class(number)
        out = function(v)
        require(
            isinstance(out, value_class),
            f"for {number} it returns a {type(out).__name__}, not a Value.",
        )
        require(
            np.isclose(out.data, max(0.0, number)),
            f"relu of {number} came out as {out.data:g}.",
            "Negative numbers become 0, the others stay.",
        )
        require(
            tuple(out.parents) == (v,),
            "the result does not remember v as its only parent.",
            "Without parents the walk back ends here.",
        )
        if number == 0.0:
            continue  # at the corner either slope will do
        v.grad = 0.0
        (out * 3.0).backward()
        require(
            np.isclose(v.grad, 3.0 * (number > 0)),
            f"going back through relu({number}) a slope of 3 became {v.grad:g}.",
            "It should be passed on unchanged where the input is positive, and stopped elsewhere.",
        )
    return "values and slopes are right on both sides of zero."


@exercise(hint="One number that was used many times gets the sum of its slopes.")
def unbroadcast(function):
    """function(g, shape) sums g back to the shape of the array that was stretched."""
    rng = np.random.default_rng(0)
    cases = [((4, 3), (4, 3)), ((4, 3), (3,)), ((4, 3), (4, 1)), ((2, 4, 3), (1, 3)), ((4, 3), ())]
    for result, shape in cases:
        g = rng.normal(size=result)
        answer = np.asarray(function(g.copy(), shape))
        case = f"from {result} back to {shape}"
        if answer.shape != shape:
            hint = "Axes in front that the array did not have must be summed away."
            if answer.ndim == len(shape):
                hint = "Axes of length 1 were stretched; sum them, and keep their place."
            elif len(shape) == 0:
                hint = "A single number has no axes: everything is summed."
            require(False, f"{case}: the result has shape {answer.shape}.", hint)
        padded = g.reshape(result)
        for _ in range(g.ndim - len(shape)):
            padded = padded.sum(axis=0)
        for axis, n in enumerate(shape):
            if n == 1:
                padded = padded.sum(axis=axis, keepdims=True)
        require(
            np.allclose(answer, padded),
            f"{case}: the shape is right and the numbers are not.",
            "Is it a sum, and not a mean or one of the rows?",
        )
    return "every stretched axis is summed, and nothing else."


@exercise(hint="Write the sum over j for one row first.")
def softmax_backward(function):
    """function(g, p) with p = softmax(z), both (N, K), gives the slopes with respect to z."""
    rng = np.random.default_rng(0)
    for n, k in [(3, 4), (1, 2), (5, 1)]:
        p = np.exp(rng.normal(size=(n, k)))
        p /= p.sum(axis=1, keepdims=True)
        g = rng.normal(size=(n, k))
        answer = np.asarray(function(g.copy(), p.copy()))
        require(
            answer.shape == (n, k),
            f"for inputs of shape {(n, k)} the result has shape {answer.shape}.",
            "There is one slope for each z.",
        )
        wanted = np.stack([(np.diag(q) - np.outer(q, q)) @ h for q, h in zip(p, g, strict=True)])
        if np.allclose(answer, wanted):
            continue
        hint = None
        if np.allclose(answer, p * g):
            hint = "That treats each p as if it depended on its own z only."
        elif np.allclose(answer, p * (g - (g * p).sum())):
            hint = "The sum should run over each row by itself: axis=1, keepdims=True."
        require(False, "the slopes are not right.", hint)
    return "the slopes agree with the full K × K matrix, row by row."
