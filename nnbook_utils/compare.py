"""The proof at the heart of every chapter: NumPy and PyTorch compute the same.

`same` shows that two (or three) ways to write a function agree in value and in every gradient.
`same_training` shows that a model and its twin, trained from one start, learn the same.
"""

import html
import time
from functools import partial

import numpy as np

from ._units import bound, difference, seconds, three_digits
from .figures.palette import css
from .figures.tables import CELL, GOOD, ROW, box, caption_html, table

REFERENCE = "PyTorch"
MOST_ACROSS = 4  # quantities that fit beside each other on a page


class NotTheSame(AssertionError):
    """Two ways to compute the same do not agree; the message says where and by how much."""


def same(
    *,
    numpy,
    torch,
    loops=None,
    inputs,
    numpy_grad=None,
    loops_grad=None,
    wrt=None,
    tolerance=1e-9,
    seed=0,
    caption=None,
):
    """Prove that up to three functions are the same, with the same gradients; return the Proof.

    All are called with keyword arguments named as in `inputs` and return one array.
      loops   gets arrays: the first-principles version, optional
      numpy   gets scratch Tensors, whose backward() gives its gradients; or arrays, when
              `numpy_grad` gives them by hand, or when no gradient is wanted (wrt=())
      torch   gets PyTorch tensors in float64; its autograd is the reference
    inputs: name -> array. Floating ones become float64 and get gradients (or only those named in
    `wrt`). Integers, texts, None and Python's own integers are passed on as they are.
    numpy_grad, loops_grad: by hand, grad(upstream, **inputs) -> dict of name -> array, where
    `upstream` is the gradient of the output, here random numbers drawn with `seed`.
    tolerance: the largest difference allowed, relative to the largest magnitude in PyTorch's array
    (of that output or gradient); for a gradient that is 0 but for rounding, relative to a
    ten-thousandth of the size that is natural for it (see `_scales`).
    Raises NotTheSame when output or gradient of one of them differs, and names quantity, size and
    index. Outputs come first: gradients of another function would say nothing.
    """
    inputs = {name: _input(value) for name, value in _named(inputs).items()}
    wrt, asked = _wrt(wrt, inputs), wrt is not None
    if not tolerance > 0:
        raise ValueError(f"tolerance must be above 0; got {tolerance}")
    if loops is None and loops_grad is not None:
        raise ValueError("loops_grad was given without loops: pass loops=… too")

    reference = _Torch(torch, inputs, wrt)
    reference.output()  # PyTorch prepares itself in its first call: that is not its speed
    output, took = _measured(reference.output)
    if output.size and not np.isfinite(output).any():
        raise NotTheSame("PyTorch's output holds no finite number, so it proves nothing")
    if wrt and not reference.has_gradient():
        if asked or numpy_grad or loops_grad:
            raise NotTheSame(
                f"PyTorch's output does not depend differentiably on {', '.join(wrt)}: "
                "was it detached, or rounded? For functions without a gradient pass wrt=()"
            )
        wrt = []
    upstream = np.random.default_rng(seed).standard_normal(output.shape)
    expected, both = {"output": output}, None
    if wrt:
        reference.gradients(upstream)
        gradients, both = _measured(partial(reference.gradients, upstream))
        expected |= _gradients(REFERENCE, gradients, wrt, inputs)
    scales = _scales(expected, upstream, inputs)

    ways = {}
    if loops is not None:
        ways["loops"] = _Arrays("loops", loops, loops_grad if wrt else None, inputs)
    if numpy_grad is not None or not wrt:
        ways["NumPy"] = _Arrays("NumPy", numpy, numpy_grad if wrt else None, inputs)
    else:
        ways["NumPy"] = _Scratch(numpy, inputs, wrt)

    differences, times = {}, {}
    for name, way in ways.items():

        def checked(quantity, value, way=name):
            return _difference(
                way, quantity, value, expected[quantity], scales[quantity], tolerance
            )

        output, seconds_alone = _measured(way.output)
        differences[name], seconds_both = {"output": checked("output", output)}, None
        if way.has_gradient():
            gradients, seconds_both = _measured(partial(way.gradients, upstream))
            found = _gradients(name, gradients, wrt, inputs)
            differences[name] |= {q: checked(q, value) for q, value in found.items()}
        times[name] = seconds_alone, seconds_both
    times[REFERENCE] = took, both
    shapes = {quantity: value.shape for quantity, value in expected.items()}
    return Proof(differences, times, shapes, tolerance, caption)


class Proof:
    """What `same` found. Shows itself as a table of differences and times.

    differences: way -> quantity -> largest difference from PyTorch, as in
    `proof.differences["NumPy"]["gradient of w"]`. seconds: way -> best time of one evaluation.
    seconds_with_gradients: the same for output and gradients together; None where there are none.
    """

    def __init__(self, differences, times, shapes, tolerance, caption=None):
        self.differences = differences
        self.seconds = {way: forward for way, (forward, _) in times.items()}
        self.seconds_with_gradients = {way: both for way, (_, both) in times.items()}
        self.shapes = shapes
        self.tolerance = tolerance
        self.caption = caption

    @property
    def largest(self):
        """The largest difference of all."""
        return max(value for row in self.differences.values() for value in row.values())

    @property
    def conclusion(self):
        what = "same function, same gradients" if len(self.shapes) > 1 else "same function"
        return f"{what} (largest difference {difference(self.largest)} ≤ {bound(self.tolerance)})"

    def _columns(self):
        """What each column shows: (group, its own name, shape)."""
        columns = []
        for quantity, shape in self.shapes.items():
            group, _, name = quantity.partition(" of ")
            columns.append((group, name, "×".join(map(str, shape)) or "number"))
        columns.append(("time", "output", ""))
        if any(self.seconds_with_gradients.values()):
            columns.append(("time", "and gradients", ""))
        return columns

    def _rows(self):
        """way -> one text a column; the reference has None where others have differences."""
        timed = any(self.seconds_with_gradients.values())
        rows = {}
        for way, forward in self.seconds.items():
            found = self.differences.get(way)
            if found is None:
                cells = [None] * len(self.shapes)
            else:
                cells = [difference(found[q]) if q in found else "–" for q in self.shapes]
            cells.append(seconds(forward))
            if timed:
                both = self.seconds_with_gradients[way]
                cells.append("–" if both is None else seconds(both))
            rows[way] = cells
        return rows

    def _on_its_side(self):
        """A row for each quantity and time, a column for each way."""
        ways = self._rows()
        rows = []
        for i, (group, name, shape) in enumerate(self._columns()):
            group = {"gradient": "gradient of", "time": "time for"}.get(group, group)
            name = name.replace("and gradients", "output and gradients")
            side = " ".join(filter(None, (group, name, shape)))
            rows.append([side, *(cells[i] or "–" for cells in ways.values())])
        return table(rows, ["largest difference", *ways], self.caption)

    def __repr__(self):
        if len(self.shapes) > MOST_ACROSS:
            return f"{self._on_its_side()}\n✓ {self.conclusion}"
        columns = self._columns()
        lines = [
            ["largest", *(group for group, _, _ in columns)],
            ["difference", *(f"{name} {shape}".strip() for _, name, shape in columns)],
        ]
        for way, cells in self._rows().items():
            lines.append([way, *("reference" if cell is None else cell for cell in cells)])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        lines = [
            "  ".join(text.rjust(width) if i else text.ljust(width) for i, (text, width) in pairs)
            for pairs in (enumerate(zip(row, widths, strict=True)) for row in lines)
        ]
        lines.insert(2, "  ".join("-" * width for width in widths))
        return "\n".join([*filter(None, [self.caption]), *lines, f"✓ {self.conclusion}"])

    def _repr_html_(self):
        if len(self.shapes) > MOST_ACROSS:
            return self._on_its_side()._repr_html_() + _verdict_html(self.conclusion)
        return _proof_html(self._columns(), self._rows(), self.caption, self.conclusion)


_RULE = css("grid", "rgba(128, 128, 128, 0.35)")
_MUTED = css("muted", "inherit")


def _proof_html(columns, rows, caption, conclusion):
    quantities = sum(group != "time" for group, _, _ in columns)
    first = next(iter(rows))
    body = ""
    for way, cells in rows.items():
        line = f"border-bottom:1px solid {_RULE};" + (
            f"border-top:1.5px solid {_RULE};" if way == first else ""
        )
        body += f'{ROW}<th scope="row" style="{CELL}{line}text-align:left">{html.escape(way)}</th>'
        if cells[0] is None:
            body += (
                f'<td colspan="{quantities}" style="{CELL}{line}text-align:center;'
                f'color:{_MUTED}">the reference</td>'
            )
        for cell in filter(None, cells):
            faint = f"color:{_MUTED};" if cell == "–" else ""
            body += f'<td style="{CELL}{line}text-align:right;{faint}">{html.escape(cell)}</td>'
        body += "</tr>"
    return box(
        f"{caption_html(caption)}{_proof_head(columns)}<tbody>{body}</tbody>",
        label=caption or f"Proof: {', '.join(rows)} compute the same",
        after=_verdict_html(conclusion),
    )


def _verdict_html(conclusion):
    verdict, _, number = conclusion.partition(" (")
    return (
        f'<div style="padding:0.6em 0.6em 0;color:{GOOD};font-weight:600">'
        f'<span aria-hidden="true">✓ </span>{html.escape(verdict)} '
        f'<span style="white-space:nowrap">({html.escape(number)}</span></div>'
    )


def _proof_head(columns):
    """Two header rows: groups of columns, and below them each column's name and shape."""
    above = below = ""
    groups = [group for group, _, _ in columns]
    for group in dict.fromkeys(groups):
        span = groups.count(group)
        above += (
            f'<th scope="colgroup" colspan="{span}" style="{CELL}padding-bottom:0;'
            f'text-align:{"center" if span > 1 else "right"};font-weight:600">'
            f"{'gradient of' if group == 'gradient' else group}</th>"
        )
    for _, name, shape in columns:
        below += (
            f'<th scope="col" style="{CELL}text-align:right;font-weight:400">'
            f'{html.escape(name)} <span style="color:{_MUTED};font-size:0.85em">'
            f"{html.escape(shape)}</span></th>"
        )
    side = (
        f'<th scope="col" rowspan="2" style="{CELL}text-align:left;vertical-align:bottom;'
        f'color:{_MUTED};font-weight:400">largest<br>difference</th>'
    )
    return f"<thead>{ROW}{side}{above}</tr>{ROW}{below}</tr></thead>"


# -- the three ways ------------------------------------------------------------------------------
# Each computes `output()` and `gradients(upstream)`, where the second does both, and is timed so.


class _Arrays:
    """A function of arrays, with a gradient by hand or none."""

    def __init__(self, name, function, gradient, inputs):
        self.name, self.function, self.gradient, self.inputs = name, function, gradient, inputs

    def has_gradient(self):
        return self.gradient is not None

    def output(self):
        return _output(self.function(**self._fresh()), self.name)

    def gradients(self, upstream):
        self.output()
        found = self.gradient(upstream.copy(), **self._fresh())
        if not isinstance(found, dict):
            raise TypeError(
                f"the gradient of {self.name} must return a dict of name -> array, as in "
                f'{{"w": dw}}; got {type(found).__name__}'
            )
        return found

    def _fresh(self):
        # Copies, so that a function that writes into its arguments cannot spoil the others.
        return {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in self.inputs.items()}


class _Scratch:
    """A function of scratch Tensors; backward() finds the gradients."""

    name = "NumPy"

    def __init__(self, function, inputs, wrt):
        self.function, self.inputs, self.wrt = function, inputs, wrt

    def has_gradient(self):
        return True

    def output(self):
        return _output(self._call()[1], self.name)

    def gradients(self, upstream):
        tensors, output = self._call()
        if not getattr(output, "requires_grad", False):
            raise NotTheSame(
                "NumPy's output carries no gradient but PyTorch's does: the function must return a "
                "scratch Tensor computed from its Tensors, or pass numpy_grad=… for arrays"
            )
        output.backward(upstream)
        return {name: tensors[name].grad for name in self.wrt}

    def _call(self):
        from .scratch import Tensor

        tensors = {
            name: Tensor(value.copy(), requires_grad=name in self.wrt)
            if isinstance(value, np.ndarray)
            else value
            for name, value in self.inputs.items()
        }
        return tensors, self.function(**tensors)


class _Torch:
    """A function of PyTorch tensors; autograd finds the gradients."""

    name = REFERENCE

    def __init__(self, function, inputs, wrt):
        self.torch = _import_torch()
        self.function, self.inputs, self.wrt = function, inputs, wrt

    def has_gradient(self):
        return bool(self.wrt) and self._call()[1].requires_grad

    def output(self):
        return _output(self._call()[1], self.name)

    def gradients(self, upstream):
        tensors, output = self._call()
        found = self.torch.autograd.grad(
            output,
            [tensors[name] for name in self.wrt],
            self.torch.from_numpy(upstream).to(output.dtype),
            allow_unused=True,
        )
        return dict(zip(self.wrt, found, strict=True))

    def _call(self):
        tensors = {
            name: self.torch.from_numpy(value.copy()).requires_grad_(name in self.wrt)
            if isinstance(value, np.ndarray)
            else value
            for name, value in self.inputs.items()
        }
        output = self.function(**tensors)
        if not isinstance(output, self.torch.Tensor):
            raise TypeError(
                f"torch must return one PyTorch tensor; got {type(output).__name__}: pick one "
                "output, as in lambda x: lstm(x)[0]"
            )
        return tensors, output


# -- small parts ---------------------------------------------------------------------------------


def _import_torch():
    try:
        import torch
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "a proof needs PyTorch, which is not installed: run `pip install torch`", name="torch"
        ) from None
    return torch


def _named(inputs):
    if not isinstance(inputs, dict) or not inputs:
        raise TypeError(
            f"inputs must be a dict of name -> array, as in {{'x': x, 'w': w}}; got {inputs!r:.80}"
        )
    return inputs


def _input(value):
    if value is None or isinstance(value, str | bool | int):
        return value
    array = np.asarray(value)
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise ValueError("inputs must be finite, or a proof proves nothing; got NaN or inf")
        return np.array(array, np.float64)
    if array.dtype.kind in "iub":
        return np.array(array)
    raise TypeError(f"inputs must hold numbers; got an array of {array.dtype}")


def _wrt(wrt, inputs):
    floating = [k for k, v in inputs.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
    if wrt is None:
        return floating
    wrt = [wrt] if isinstance(wrt, str) else list(wrt)
    for name in wrt:
        if name not in floating:
            raise ValueError(
                f"wrt must name floating-point inputs ({', '.join(floating) or 'there are none'}); "
                f"got {name!r}"
            )
    return wrt


def _output(value, name):
    """The output as an array, whatever kind of array or tensor it came as."""
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        value = value.detach().cpu().numpy()
    if isinstance(value, tuple | dict) or value is None:
        raise TypeError(
            f"{name} must return one array; got {type(value).__name__}"
            + (": does it lack a return?" if value is None else ": pick one output")
        )
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must return numbers; got {array.dtype}")
    return array


def _gradients(name, found, wrt, inputs):
    """Gradients as arrays; one that autograd did not reach is zero."""
    missing = [key for key in wrt if key not in found]
    if missing:
        raise NotTheSame(
            f"the gradient of {name} lacks {', '.join(missing)}; it gives {', '.join(found)}"
        )
    return {
        f"gradient of {key}": np.zeros_like(inputs[key])
        if found[key] is None
        else _output(found[key], name)
        for key in wrt
    }


def _scales(expected, upstream, inputs):
    """Quantity -> the magnitude that counts as large there: the largest of PyTorch's numbers.

    Some gradients are 0 in theory, such as that of a bias before batch norm, and what is computed
    is rounding: 1e-17 here and 3e-17 there. So for a gradient the scale is at least one
    ten-thousandth of the size that is natural for it: upstream * output / input, since it says how
    the output, weighted by upstream, changes with the input; or that of the largest gradient of
    all, if that is less. With a tolerance of 1e-9 this forgives 1e-13 of that size, a few hundred
    roundings.
    """
    size = _largest(upstream) * _largest(expected["output"])
    most = max([_largest(upstream), *(_largest(g) for q, g in expected.items() if q != "output")])
    scales = {}
    for quantity, array in expected.items():
        least = 0.0
        if quantity != "output":
            given = _largest(inputs[quantity.removeprefix("gradient of ")])
            least = 1e-4 * (min(size / given, most) if given else most)
        scales[quantity] = max(_largest(array), least) or 1e-4  # nothing but zeros: no size known
    return scales


def _largest(array):
    """The largest magnitude among the finite numbers of an array; 0 when there is none."""
    array = np.asarray(array, np.float64)
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))


def _difference(way, quantity, found, expected, scale, tolerance):
    """Largest |found - expected| in units of `scale`."""
    if found.shape != expected.shape:
        raise NotTheSame(f"{quantity}: {way} has shape {found.shape}, PyTorch has {expected.shape}")
    if found.size == 0:
        return 0.0
    found, expected = found.astype(np.float64), expected.astype(np.float64)
    with np.errstate(invalid="ignore"):
        apart = np.where(found == expected, 0.0, np.abs(found - expected) / scale)
    apart = np.where(np.isnan(apart), np.inf, apart)  # NaN is not the same as anything
    largest = float(apart.max())
    if not largest <= tolerance:
        index = np.unravel_index(int(apart.argmax()), apart.shape)
        place = f" at [{', '.join(map(str, index))}]" if index else ""
        raise NotTheSame(
            f"{quantity}: {way} differs from PyTorch by {largest:.2g} (allowed: {bound(tolerance)})"
            f"{place}, where {way} has {found[index]:.6g} and PyTorch has {expected[index]:.6g}"
        )
    return largest


def _measured(function, budget=0.05, repeats=7):
    """The function's value, and its best time of a few calls; of one call if that takes long."""
    value, best, spent = None, np.inf, 0.0
    for i in range(repeats):
        start = time.perf_counter()
        found = function()
        took = time.perf_counter() - start
        value = found if i == 0 else value
        best, spent = min(best, took), spent + took
        if spent > budget:
            break
    return value, best


# -- the same training ---------------------------------------------------------------------------


def same_training(
    model,
    twin,
    batches,
    *,
    loss,
    twin_loss,
    optimizer,
    twin_optimizer,
    steps,
    tolerance=1e-4,
    device=None,
    title="NumPy and PyTorch learn the same",
    alt=None,
):
    """Train `model` (scratch) and `twin` (PyTorch) from one start and show that they stay together.

    Copies the weights of `model` into `twin`, gives both the same `steps` batches, and draws the
    two loss curves on each other, with the difference of the two below. Both models are trained
    afterwards.
    batches: an iterable of (x, y) arrays, as for `train.fit`. loss, twin_loss: (output, y) -> one
    number. optimizer, twin_optimizer: functions parameters -> optimiser.
    tolerance: the largest difference of two losses that is allowed. device: where the twin runs.
    alt: the figure's description, if the ready-made one does not say enough.
    The time of the first step is left out of the speeds: PyTorch prepares itself in it.
    Returns a TrainingProof. Raises NotTheSame when the models have different parameters, or when
    the losses move further apart; the figure is shown first. Dropout draws other numbers in each
    world, so set it to 0.
    """
    from . import train

    ours = train.world_of(model)
    _copy_weights(model, twin)
    theirs = train.world_of(twin, device)
    if (ours.name, theirs.name) != ("NumPy", REFERENCE):
        raise TypeError(
            "model must be a scratch module and twin a PyTorch module; got "
            f"{type(model).__name__} of {ours.name} and {type(twin).__name__} of {theirs.name}"
        )
    optimizers = train.make_optimizer(optimizer, model), train.make_optimizer(twin_optimizer, twin)
    model.train(), twin.train()

    losses, spent, counts = ([], []), ([], []), []
    stream = train.endless(batches, steps)
    for _ in range(steps):
        x, y = next(stream)
        counts.append(len(x[0] if isinstance(x, tuple) else x))
        for i, (world, loss_of) in enumerate(((ours, loss), (theirs, twin_loss))):
            start = time.perf_counter()
            history = train.History(losses[i])
            losses[i].append(train.step(world, x, y, loss_of, optimizers[i], history=history))
            spent[i].append(time.perf_counter() - start)

    first = 1 if steps > 1 else 0
    speeds = {
        world.name: sum(counts[first:]) / sum(times[first:])
        for world, times in zip((ours, theirs), spent, strict=True)
    }
    proof = TrainingProof(*map(np.array, losses), speeds, str(theirs.device), tolerance)
    proof.show(title, alt)
    if not proof.largest <= tolerance:
        worst = int(np.argmax(proof.differences))
        raise NotTheSame(
            f"loss: NumPy differs from PyTorch by {proof.largest:.2g} "
            f"(allowed: {bound(tolerance)}) at step {worst + 1}, where NumPy has "
            f"{proof.losses[worst]:.6g} and PyTorch has {proof.twin_losses[worst]:.6g}"
        )
    return proof


class TrainingProof:
    """What `same_training` found.

    losses, twin_losses (steps,): NumPy's and PyTorch's. differences (steps,): how far apart.
    examples_per_second: "NumPy" and "PyTorch" -> speed of the whole training step.
    """

    def __init__(self, losses, twin_losses, examples_per_second, device, tolerance):
        self.losses, self.twin_losses = losses, twin_losses
        self.examples_per_second = examples_per_second
        self.device = device
        self.tolerance = tolerance

    @property
    def differences(self):
        return np.abs(self.losses - self.twin_losses)

    @property
    def largest(self):
        return float(self.differences.max())

    def show(self, title, alt=None):
        """Draw the curves and print the three lines below them."""
        from . import figures

        figures.show(self._figure(title), alt or self._description())
        print(self)

    def _description(self):
        return (
            f"Loss over {len(self.losses)} training steps, NumPy's curve as a wide line and "
            f"PyTorch's dashed on top of it. Both go from {self.losses[0]:.3g} to "
            f"{self.losses[-1]:.3g}. Below, their difference: at most {difference(self.largest)}."
        )

    def _figure(self, title):
        import matplotlib.pyplot as plt

        from . import figures

        step = np.arange(1, len(self.losses) + 1)
        apart = np.where(self.differences > 0, self.differences, np.nan)  # 0 has no logarithm
        differ = bool(np.isfinite(apart).any())
        fig, axes = plt.subplots(
            1 + differ,
            1,
            figsize=(figures.WIDTH, 4.6 if differ else 3.4),
            sharex=True,
            squeeze=False,
            height_ratios=[2.4, 1][: 1 + differ],
        )
        top, bottom = axes[0, 0], axes[-1, 0]
        top.plot(step, self.losses, "-", color=figures.OUTPUT, lw=5, alpha=0.45, label="NumPy")
        top.plot(step, self.twin_losses, "--", color=figures.INK, lw=1.2, label="PyTorch")
        top.set_ylabel("loss")
        if differ:
            size = max(1.5, 5 - 0.01 * len(step))
            bottom.plot(step, apart, "o", color=figures.MUTED, ms=size, mew=0)
            bottom.axhline(self.tolerance, color=figures.WEIGHTS, lw=1.4, ls=":")
            bottom.set_yscale("log")
            bottom.margins(y=0.25)
            bottom.set_ylabel("difference")
            bottom.annotate(
                f"≤ {bound(self.tolerance)}",
                (1, self.tolerance),
                xycoords=("axes fraction", "data"),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=figures.WEIGHTS_TEXT,
                fontsize=10,
            )
        bottom.set_xlabel("step")
        figures.title(top, title)
        figures.label_lines(top)
        return fig

    def __repr__(self):
        speeds = " · ".join(
            f"{name} {three_digits(speed)} examples/s"
            + (f" on {self.device}" if name == REFERENCE else "")
            for name, speed in self.examples_per_second.items()
        )
        met = self.largest <= self.tolerance
        sign, what, relation = ("✓", "same", "≤") if met else ("✗", "not the same", ">")
        return (
            f"{sign} {what} training over {len(self.losses):,} steps\n"
            f"largest difference of the losses {difference(self.largest)} "
            f"{relation} {bound(self.tolerance)}\n{speeds}"
        )

    def _ipython_display_(self):
        """Nothing: figure and lines have been shown already when a cell ends with the proof."""


def _copy_weights(model, twin):
    state, other = model.state_dict(), twin.state_dict()
    missing, unknown = sorted(other.keys() - state.keys()), sorted(state.keys() - other.keys())
    if missing or unknown:
        raise NotTheSame(
            "model and twin must have the same state_dict keys; "
            f"only in the twin: {missing or 'none'}, only in the model: {unknown or 'none'}"
        )
    for name, value in state.items():
        if tuple(value.shape) != tuple(other[name].shape):
            raise NotTheSame(
                f"{name} has shape {tuple(value.shape)} in the model and "
                f"{tuple(other[name].shape)} in the twin"
            )
    torch = _import_torch()
    twin.load_state_dict({k: torch.from_numpy(np.array(v)) for k, v in state.items()})
