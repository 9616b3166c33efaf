"""One training loop for models in NumPy (nnbook_utils.scratch) and in PyTorch.

    batches = train.batches(x, y, size=32, rng=rng)
    history = train.fit(
        model, batches, loss=F.cross_entropy, optimizer=optim.Adam(model.parameters()), steps=500
    )

The loop can be interrupted, keeps what it has, and goes on from a checkpoint as if nothing had
happened.
"""

import contextlib
import copy
import math
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ._checkpoint import load, save
from ._progress import Interrupt, progress_bar
from ._progress import track as track
from ._units import seconds as in_seconds
from ._units import three_digits

LINE = 75  # characters: what a page shows side by side


class LossNotFinite(ArithmeticError):
    """The loss became NaN or infinite. `history` holds what was measured before."""

    def __init__(self, message, history):
        super().__init__(message)
        self.history = history


@dataclass
class History:
    """What training measured.

    losses: one a step. metrics: name -> values, with the steps they belong to under "step".
    seconds: time spent in training steps, without evaluation. examples: how many were seen.
    """

    losses: list[float] = field(default_factory=list)
    metrics: dict[str, list] = field(default_factory=dict)
    seconds: float = 0.0
    examples: int = 0
    interrupted: bool = False

    @property
    def steps(self):
        return len(self.losses)

    @property
    def examples_per_second(self):
        return self.examples / self.seconds if self.seconds else math.nan

    def record(self, found):
        """Append the values of one evaluation."""
        for name, value in {"step": self.steps, **found}.items():
            self.metrics.setdefault(name, []).append(value)

    def summary(self, wanted=None):
        """Steps, time, loss from first to last, speed, last metrics: lines of a page's width."""
        if not self.losses:
            return "no step was made"
        count = f"{self.steps:,} steps"
        if self.interrupted:
            count = f"interrupted after {self.steps:,} of {wanted:,} steps"
        run = [
            f"{count} in {in_seconds(self.seconds)}",
            f"loss {three_digits(self.losses[0])} → {three_digits(self.losses[-1])}",
            f"{three_digits(self.examples_per_second)} examples/s",
        ]
        metrics = [
            f"{name} {value[-1]:.4g}" if isinstance(value[-1], float) else f"{name} {value[-1]}"
            for name, value in self.metrics.items()
            if name != "step"
        ]
        # Metrics begin a line of their own, so that no line break depends on a measured time.
        return "\n".join(_lines(run) + _lines(metrics))

    def __repr__(self):
        return f"History({' · '.join(self.summary(self.steps).splitlines())})"


def _lines(parts):
    """Parts with dots between them, in as few lines of at most LINE characters as hold them."""
    lines = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 3 <= LINE:
            lines[-1] += f" · {part}"
        else:
            lines.append(part)
    return lines


def fit(
    model,
    batches,
    *,
    loss,
    optimizer,
    steps,
    evaluate=None,
    evaluate_every=None,
    progress=True,
    device=None,
    autocast=False,
    scheduler=None,
    before_step=None,
    checkpoint=None,
    checkpoint_every=100,
    rng=None,
):
    """Train `model` for `steps` steps and return the History.

    batches: an iterable of (x, y) arrays; a list or `train.batches(...)` starts anew when it ends.
    x may be a tuple of arrays, one for each argument of the model. Floating arrays take the dtype
    of the model's parameters.
    loss: (output of the model, y) -> one number to make small. optimizer: an optimiser of the
    model's own world, or a function parameters -> optimiser.
    evaluate: model -> number, or dict of name -> number; called every `evaluate_every` steps and
    after the last one, with the model in evaluation mode and without gradients.
    device: where a PyTorch model is moved to first; left out, it stays. autocast: compute in
    bfloat16 where PyTorch thinks it safe. scheduler: its step() follows each of the optimiser's.
    before_step: model -> None, between backward() and step(), for example to clip gradients.
    checkpoint: a file, written every `checkpoint_every` steps, at an interrupt and at the end.
    When it is there already, training goes on from it and ends bit for bit as if it had never
    stopped; a file of another run changes nothing. The generators inside the model (dropout) are
    saved too. rng: one more generator to save, if loss or before_step draws from it.
    Ctrl-C or the notebook's stop button ends training after the current step, without an error.
    Raises LossNotFinite, MemoryError, and ValueError when the batches run out.
    """
    _count("steps", steps)
    if evaluate_every is not None:
        _count("evaluate_every", evaluate_every)
    _count("checkpoint_every", checkpoint_every)
    world = world_of(model, device, autocast)
    optimizer = make_optimizer(optimizer, model)
    history = History()
    parts = {"optimizer": optimizer, "scheduler": scheduler, "batches": batches}
    saved = _Checkpoint(checkpoint, world, parts, rng) if checkpoint is not None else None
    stream = endless(batches, steps)
    if saved and saved.exists():
        history = saved.load()
        if not hasattr(batches, "load_state_dict"):
            for _ in range(history.steps):  # the data that the run has seen already
                next(stream)
    elif saved:
        saved.save(history)  # a folder that cannot be written to shows now, not after an hour

    model.train()
    with progress_bar(steps, history.steps, progress) as bar, Interrupt() as interrupt:
        try:
            while history.steps < steps:
                x, y = next(stream)
                start = time.perf_counter()
                value = step(world, x, y, loss, optimizer, before_step, history)
                history.seconds += time.perf_counter() - start
                history.losses.append(value)
                history.examples += _length(x)
                if scheduler is not None:
                    scheduler.step()
                bar.after(value)
                due = evaluate_every and history.steps % evaluate_every == 0
                if evaluate is not None and (due or history.steps == steps):
                    history.record(_evaluated(world, evaluate))
                last = history.steps == steps
                history.interrupted = interrupt.asked and not last
                if saved and (last or interrupt.asked or history.steps % checkpoint_every == 0):
                    saved.save(history)
                if interrupt.asked:
                    break
        except KeyboardInterrupt:  # in the middle of a step: the last checkpoint stands
            history.interrupted = True
        bar.finish(history.summary(steps))
    return history


def batches(x, y, size, rng, steps=None):
    """Batches of `size` examples in random order, as an iterable of (x, y) arrays.

    x, y: arrays with one example a row. Each pass sees each example at most once; what is left
    over, fewer than `size`, waits for the next pass. Endless, or `steps` batches long.
    rng: a numpy Generator, as np.random.default_rng(0) makes. The state can be saved and loaded,
    so `fit` resumes in the middle of a pass.
    """
    return Batches(x, y, size, rng, steps)


class Batches:
    """What `batches` returns."""

    def __init__(self, x, y, size, rng, steps=None):
        _count("size", size)
        if steps is not None:
            _count("steps", steps)
        if len(x) != len(y):
            raise ValueError(
                f"x and y must have one row for each example; got {len(x)} and {len(y)} rows"
            )
        if size > len(x):
            raise ValueError(
                f"size must be at most the number of examples, {len(x)}; got {size}"
                + (": the data is empty" if len(x) == 0 else "")
            )
        if not isinstance(rng, np.random.Generator):
            raise TypeError(
                "rng must be a numpy Generator, as np.random.default_rng(0) makes; "
                f"got {type(rng).__name__}"
            )
        self.x, self.y, self.size, self.rng, self.steps = x, y, size, rng, steps
        self.order = np.arange(0)  # the rows of this pass in random order
        self.place = 0  # how many of them have been used
        self.taken = 0

    def __iter__(self):
        self.taken = 0
        return self

    def __next__(self):
        if self.steps is not None and self.taken >= self.steps:
            raise StopIteration
        if self.place + self.size > len(self.order):
            self.order, self.place = self.rng.permutation(len(self.x)), 0
        rows = self.order[self.place : self.place + self.size]
        self.place += self.size
        self.taken += 1
        return self.x[rows], self.y[rows]

    def state_dict(self):
        return {
            "order": self.order.copy(),
            "place": self.place,
            "rng": self.rng.bit_generator.state,
        }

    def load_state_dict(self, state):
        if len(state["order"]) not in (0, len(self.x)):
            raise ValueError(
                f"the saved order is of {len(state['order'])} examples; there are {len(self.x)}"
            )
        self.order, self.place = np.array(state["order"]), state["place"]
        self.rng.bit_generator.state = state["rng"]


def endless(batches, steps):
    """Go through `batches` again and again. Raises ValueError when they cannot start anew."""
    count = 0
    while True:
        before = count
        for batch in batches:
            if not isinstance(batch, tuple | list) or len(batch) != 2:
                raise TypeError(
                    f"batches must give pairs (x, y); got {type(batch).__name__}"
                    + (f" of {len(batch)}" if isinstance(batch, tuple | list) else "")
                )
            count += 1
            yield batch
        if count == before:
            raise ValueError(
                f"batches ran out after {count} of {steps} steps: make them anew, or pass a list "
                "or train.batches(...), which start again"
            )


# -- one step, in either world -------------------------------------------------------------------


def step(world, x, y, loss, optimizer, before_step=None, history=None):
    """One step of training on one batch; returns the loss before it as a float."""
    try:
        optimizer.zero_grad()
        with world.autocast():
            inputs = [world.tensor(part) for part in (x if isinstance(x, tuple) else (x,))]
            result = loss(world.model(*inputs), world.tensor(y))
        value = float(result.item())
        if not math.isfinite(value):
            raise _not_finite(value, history or History())
        result.backward()
        if before_step is not None:
            before_step(world.model)
        optimizer.step()
    except (MemoryError, RuntimeError) as error:
        if not world.is_out_of_memory(error):
            raise
        done = history.steps if history else 0
        message = _out_of_memory(world, done, _length(x))
    else:
        return value
    world.free_memory()  # after the except block, which held on to the tensors of the step
    raise MemoryError(message)


def make_optimizer(optimizer, model):
    """The optimiser itself, or what a function parameters -> optimiser makes of it."""
    if not hasattr(optimizer, "step") and callable(optimizer):
        optimizer = optimizer(model.parameters())
    if not (hasattr(optimizer, "step") and hasattr(optimizer, "zero_grad")):
        raise TypeError(
            "optimizer must be an optimiser, as in optim.SGD(model.parameters(), lr=0.1), or a "
            f"function that makes one from parameters; got {type(optimizer).__name__}"
        )
    return optimizer


def world_of(model, device=None, autocast=False):
    """What `fit` must know about NumPy's or PyTorch's ways to train `model`."""
    torch = sys.modules.get("torch")  # a PyTorch model cannot exist before torch is imported
    if torch is not None and isinstance(model, torch.nn.Module):
        return _Torch(torch, model, device, autocast)
    if not hasattr(model, "parameters"):
        raise TypeError(
            "model must be a Module of nnbook_utils.scratch.nn or of torch.nn; "
            f"got {type(model).__name__}"
        )
    if device is not None and str(device) != "cpu":
        raise ValueError(f"a model in NumPy runs on the CPU; got device={str(device)!r}")
    if autocast:
        raise ValueError("autocast is for PyTorch models; a model in NumPy has one dtype")
    return _Scratch(model)


class _Scratch:
    name = "NumPy"

    def __init__(self, model):
        self.model = model
        self.dtype = next((p.dtype for p in model.parameters()), np.dtype(np.float32))

    def tensor(self, array):
        from .scratch import Tensor

        array = np.asarray(array)
        return Tensor(array.astype(self.dtype, copy=False) if array.dtype.kind == "f" else array)

    def autocast(self):
        return contextlib.nullcontext()

    def no_grad(self):
        from .scratch import no_grad

        return no_grad()

    def is_out_of_memory(self, error):
        return isinstance(error, MemoryError)

    def free_memory(self):
        pass

    def place(self):
        return "this machine"

    def generators(self):
        """All that the model's layers draw from, as dropout does, each once."""
        modules = self.model.modules() if hasattr(self.model, "modules") else []
        values = (value for module in modules for value in vars(module).values())
        found = {id(v): v for v in values if isinstance(v, np.random.Generator)}
        return list(found.values())

    def rng_state(self):
        return {"numpy": [generator.bit_generator.state for generator in self.generators()]}

    def set_rng_state(self, state):
        for generator, saved in zip(self.generators(), state["numpy"], strict=True):
            generator.bit_generator.state = saved


class _Torch:
    name = "PyTorch"

    def __init__(self, torch, model, device, autocast):
        self.torch, self.model = torch, model
        if device is not None:
            model.to(device)
        parameter = next((p for p in model.parameters() if p.is_floating_point()), torch.zeros(0))
        self.device, self.dtype, self.uses_autocast = parameter.device, parameter.dtype, autocast

    def tensor(self, array):
        if not isinstance(array, self.torch.Tensor):
            array = np.asarray(array)
            array = self.torch.from_numpy(array if array.flags.writeable else array.copy())
        dtype = self.dtype if array.is_floating_point() else None
        return array.to(self.device, dtype)

    def autocast(self):
        if not self.uses_autocast:
            return contextlib.nullcontext()
        return self.torch.autocast(self.device.type, dtype=self.torch.bfloat16)

    def no_grad(self):
        return self.torch.no_grad()

    def is_out_of_memory(self, error):
        kinds = (MemoryError, self.torch.OutOfMemoryError)
        return isinstance(error, kinds) or "out of memory" in str(error)

    def free_memory(self):
        self.model.zero_grad()
        if self.device.type == "cuda":
            self.torch.cuda.empty_cache()

    def place(self):
        return f"the {self.device.type} device"

    def rng_state(self):
        state = {"cpu": self.torch.get_rng_state()}
        if self.device.type == "cuda":
            state["cuda"] = self.torch.cuda.get_rng_state(self.device)
        if self.device.type == "mps":
            state["mps"] = self.torch.mps.get_rng_state()
        return state

    def set_rng_state(self, state):
        self.torch.set_rng_state(state["cpu"])
        if "cuda" in state and self.device.type == "cuda":
            self.torch.cuda.set_rng_state(state["cuda"], self.device)
        if "mps" in state and self.device.type == "mps":
            self.torch.mps.set_rng_state(state["mps"])


def _evaluated(world, evaluate):
    world.model.eval()
    try:
        with world.no_grad():
            found = evaluate(world.model)
    finally:
        world.model.train()
    if not isinstance(found, dict):
        name = getattr(evaluate, "__name__", "metric")
        found = {"metric" if name == "<lambda>" else name: found}
    return {k: v.item() if hasattr(v, "item") else v for k, v in found.items()}


def _not_finite(value, history):
    number = history.steps + 1
    before = (
        f"the one before was {three_digits(history.losses[-1])}"
        if history.losses
        else "it is the first one"
    )
    advice = (
        "try a smaller learning rate, or clip the gradients; look for log(0) and division by zero"
        if history.losses
        else "look for NaN in the data, log(0) and division by zero"
    )
    return LossNotFinite(f"the loss is {value} at step {number} ({before}): {advice}", history)


def _out_of_memory(world, done, size):
    smaller = f"try batches of {size // 2} instead of {size}" if size > 1 else "try a smaller model"
    extra = " or autocast=True" if world.name == "PyTorch" and not world.uses_autocast else ""
    return f"{world.place()} ran out of memory at step {done + 1}: {smaller}{extra}"


def _length(x):
    return len(x[0] if isinstance(x, tuple) else x)


def _count(name, value):
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a whole number, at least 1; got {value!r}")


# -- stopping and going on -----------------------------------------------------------------------


class _Checkpoint:
    """A run on disk: model, optimiser, scheduler, place in the data, random states, history."""

    def __init__(self, path, world, parts, rng):
        self.path, self.world, self.rng = Path(path), world, rng
        self.parts = {
            name: part
            for name, part in parts.items()
            if part is not None and (name != "batches" or hasattr(part, "state_dict"))
        }
        for name, part in self.parts.items():
            if not (hasattr(part, "state_dict") and hasattr(part, "load_state_dict")):
                raise TypeError(
                    f"a checkpoint needs {name}.state_dict() and load_state_dict(), which "
                    f"{type(part).__name__} lacks"
                )

    def exists(self):
        return self.path.exists()

    def save(self, history):
        state = self._state()
        state["history"] = {
            "losses": np.array(history.losses, np.float64),
            "metrics": history.metrics,
            "seconds": history.seconds,
            "examples": history.examples,
        }
        save(self.path, state)

    def load(self):
        """Take over the saved run and return its history. Nothing changes when it does not fit."""
        saved = load(self.path)
        before = copy.deepcopy(self._state())
        try:
            history = self._history(saved)
            self._restore(saved)
        except Exception as error:  # each kind of part refuses in its own way
            self._restore(before)
            raise ValueError(
                f"the checkpoint {self.path.name} belongs to another model, optimiser or data: "
                f"delete it to start anew, or choose another file ({error})"
            ) from error
        return history

    def _state(self):
        """Everything that a step changes, and of which kinds the parts are."""
        state = {name: part.state_dict() for name, part in self.parts.items()}
        state["kinds"] = {name: type(part).__name__ for name, part in self.parts.items()}
        state["model"] = self.world.model.state_dict()
        state["torch"] = self.world.rng_state()
        state["rng"] = self.rng.bit_generator.state if self.rng is not None else None
        return state

    def _restore(self, state):
        kinds = self._state()["kinds"]
        if state["kinds"] != kinds:  # Adam would take AdamW's memory for its own
            raise ValueError(f"it holds {_listed(state['kinds'])}; here are {_listed(kinds)}")
        if (state["rng"] is None) != (self.rng is None):
            raise ValueError("rng must be given both times or never")
        for name, part in {"model": self.world.model, **self.parts}.items():
            part.load_state_dict(state[name])
        self.world.set_rng_state(state["torch"])
        if self.rng is not None:
            self.rng.bit_generator.state = state["rng"]

    def _history(self, state):
        saved = state["history"]
        losses = [float(value) for value in saved["losses"]]
        return History(losses, saved["metrics"], saved["seconds"], saved["examples"])


def _listed(kinds):
    return ", ".join(f"{name} {kind}" for name, kind in kinds.items())
