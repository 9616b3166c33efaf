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
        found != {name: value / 2 for name, value in wanted.items()},
        "all three are half of the right slope.",
        "The slope of z² is 2z, not z.",
    )
    require(
        set(found.values()) != {10.0},
        "10 is the slope of the square, and right for b only.",
        "On the way to w and x there is one more local slope: the product swaps.",
    )
    require(
        found["df/db"] != 0,
        "df/db is not 0.",
        "A nudge to b moves the bracket by as much, and the bracket moves f.",
    )
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
        for name, example in [("parents", "(v,)"), ("slopes", "(1.0,)")]:
            require(
                hasattr(getattr(out, name), "__len__"),
                f"{name} is not a tuple.",
                f"It has one entry for each parent, and a single one needs its comma: {example}.",
            )
        require(
            out is not v,
            f"relu of {number} is v itself.",
            "Here ReLU shall be an operation of its own: one new Value, on both sides of zero.",
        )
        require(
            len(out.parents) > 0,
            "the result does not remember v.",
            "Without parents the walk back ends here. Remember v on both sides of zero.",
        )
        require(
            tuple(out.parents) == (v,),
            "the result does not have v as its only parent.",
            "Here ReLU shall be an operation of its own, not made of others: one new Value "
            "whose only parent is v.",
        )
        require(
            len(out.slopes) == 1,
            f"there is one parent, but {len(out.slopes)} slopes.",
            "One local slope for each parent.",
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
    cases = [
        ((4, 3), (4, 3)),
        ((4, 3), (3,)),
        ((4, 3), (4, 1)),
        ((2, 4, 3), (1, 3)),
        ((2, 4, 3), (1, 4, 1)),
        ((4, 3), ()),
    ]
    for result, shape in cases:
        g = rng.normal(size=result)
        answer = np.asarray(function(g.copy(), shape))
        case = f"from {result} back to {shape}"
        if answer.shape != shape:
            hint = _shape_hint(result, shape, answer.shape)
            require(False, f"{case}: the result has shape {answer.shape}.", hint)
        expected = g
        for _ in range(g.ndim - len(shape)):
            expected = expected.sum(axis=0)
        for axis, n in enumerate(shape):
            if n == 1:
                expected = expected.sum(axis=axis, keepdims=True)
        require(
            np.allclose(answer, expected),
            f"{case}: the shape is right and the numbers are not.",
            "Is it a sum, and not a mean or one of the rows?",
        )
    return "every stretched axis is summed, and nothing else."


def _shape_hint(result, shape, came):
    """What to say when slopes of shape `result` were to have `shape`, and `came` came."""
    if result == shape:
        return "Nothing was stretched here, so nothing is summed."
    if shape == ():
        return "A single number has no axes: everything is summed."
    in_front = len(result) - len(shape)
    if in_front and came == result:
        return "Axes in front that the array did not have must be summed away."
    without_ones = [n for n in shape if n != 1]
    if [n for n in came if n != 1] == without_ones:
        if len(came) < len(shape):
            return "The axis of length 1 must stay: keepdims=True."
        return "The axes that NumPy put in front go altogether: no keepdims there."
    if in_front and len(came) == len(shape) and came != result[in_front:]:
        return "NumPy lines shapes up from the right, so the axes that it adds are in front."
    if 1 in shape:
        return "Axes of length 1 were stretched; sum them, and keep their place."
    return "Only the axes in front go; the others are as long as the array's own."


@exercise(hint="Write the sum over j for one row first.")
def softmax_backward(function):
    """function(g, p) with p = softmax(z), both (N, K), gives the slopes with respect to z."""
    rng = np.random.default_rng(0)
    for n, k in [(3, 3), (3, 4), (1, 2), (5, 1)]:
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
        slips = [
            (p * g, "That treats each p as if it depended on its own z only."),
            (
                p * (1 - p) * g,
                "That is the share of z_i in its own p_i; it also lowers every other p_j.",
            ),
            (-wanted, "The sign is turned round: g_i comes first, and the sum is taken away."),
            (
                p * (g + (g * p).sum(axis=1, keepdims=True)),
                "The other p_j fall when z_i rises: the sum is taken away.",
            ),
            (
                p * (1 - p) * g - p * (g * p).sum(axis=1, keepdims=True),
                "Here j = i is counted twice: the other p_j are those with j ≠ i.",
            ),
            (
                p * (g - (g * p).mean(axis=1, keepdims=True)),
                "The sum over j is a sum, and this is a mean.",
            ),
            (
                p * (g - g.sum(axis=1, keepdims=True)),
                "In the sum over j, each g_j is multiplied by its p_j.",
            ),
            (
                g - (g * p).sum(axis=1, keepdims=True),
                "The bracket is right; it is still to be multiplied by p_i.",
            ),
            (
                p * (g - (g * p).sum()),
                "The sum should run over each row by itself: axis=1, keepdims=True.",
            ),
            (
                p * (g - (g * p).sum(axis=0)),
                "That sums down the columns; the sum should run over each row: axis=1.",
            ),
        ]
        if n == k:  # elsewhere NumPy would refuse, with a message that says less
            slips.append(
                (
                    p * (g - (g * p).sum(axis=1)),
                    "The row sums need shape (N, 1), to stand beside their rows: keepdims=True.",
                )
            )
        hint = next((hint for slip, hint in slips if np.allclose(answer, slip)), None)
        require(False, "the slopes are not right.", hint)
    return "the slopes agree with the full K × K matrix, row by row."
