"""What all optimisers share: where the parameters lie, and when a step is taken."""

import numpy as np

from ..functional.checks import number
from ..tensor import Tensor


class Optimizer:
    """Changes parameters by their gradients. Subclasses define `update`.

    All parameters are laid behind one another in one long array, and each `parameter.data` becomes
    a view of its part. So a step is a handful of operations on long arrays instead of a handful
    for every parameter, which is most of the time that a small network would spend.
    Twin: torch.optim.Optimizer.
    """

    memory = ()  # names of the arrays that it remembers from step to step

    def __init__(self, parameters, lr):
        self.parameters = _listed(parameters)
        if not self.parameters:
            raise ValueError("parameters is empty; pass model.parameters(), which can be used once")
        if len({id(p) for p in self.parameters}) < len(self.parameters):
            raise ValueError("each parameter must be listed once, but one is there twice")
        dtypes = {p.dtype for p in self.parameters}
        if len(dtypes) > 1:
            raise TypeError(f"all parameters must have the same dtype, but there are {dtypes}")
        self.lr = number("lr", lr, at_least=0)
        self.dtype = dtypes.pop()
        ends = np.cumsum([p.data.size for p in self.parameters])
        self.slices = [
            slice(end - p.data.size, end) for end, p in zip(ends, self.parameters, strict=True)
        ]
        self.data = np.empty(ends[-1], self.dtype)
        self.grad = np.empty(ends[-1], self.dtype)
        self.steps = [0] * len(self.parameters)
        self.views = [
            self.data[part].reshape(p.shape)
            for part, p in zip(self.slices, self.parameters, strict=True)
        ]
        self._attach()

    def zeros(self):
        """One number a parameter entry, for what an optimiser remembers."""
        return np.zeros_like(self.data)

    def _attach(self):
        """Make every `parameter.data` its view of the long array, unless it already is."""
        pairs = zip(self.parameters, self.views, strict=True)
        strangers = [(p, view) for p, view in pairs if p.data is not view]
        if not strangers:
            return
        for parameter, view in strangers:
            if parameter.dtype != view.dtype or parameter.shape != view.shape:
                raise ValueError(
                    f"the optimiser was made for a parameter of shape {view.shape} and dtype "
                    f"{view.dtype}, but now it has {parameter.shape} and {parameter.dtype}; "
                    "convert or replace parameters first, then make the optimiser"
                )
        # All are copied before the first is written: one may lie where another is to go.
        for (parameter, view), data in [(pair, pair[0].data.copy()) for pair in strangers]:
            view[...] = data
            parameter.data = view

    def zero_grad(self):
        """Forget all gradients. Without it they add up from step to step."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self):
        """Change every parameter that has a gradient."""
        self._attach()
        have_grad = [p.grad is not None for p in self.parameters]
        for index, parameter in enumerate(self.parameters):
            if have_grad[index]:
                self.grad[self.slices[index]] = parameter.grad.ravel()
                self.steps[index] += 1
        if all(have_grad) and min(self.steps) == max(self.steps):
            self.update(slice(None), self.steps[0])
            return
        for index, part in enumerate(self.slices):
            if have_grad[index]:
                self.update(part, self.steps[index])

    def update(self, part, step):
        """Change `self.data[part]` by `self.grad[part]`; step counts from 1."""
        raise NotImplementedError

    def state_dict(self):
        """Learning rate, steps made and all that is remembered: enough to go on exactly so."""
        memory = {name: getattr(self, name) for name in self.memory}
        memory = {name: array.copy() for name, array in memory.items() if array is not None}
        return {"lr": self.lr, "steps": list(self.steps), "memory": memory}

    def load_state_dict(self, state_dict):
        """Take over what `state_dict()` of an optimiser of the same kind and parameters returned.

        Nothing changes unless all names and sizes agree. Raises ValueError otherwise.
        """
        own = self.state_dict()
        if state_dict.keys() != own.keys():
            raise ValueError(f"state_dict must hold {list(own)}, but it holds {list(state_dict)}")
        steps = list(state_dict["steps"])
        arrays = {name: np.asarray(array) for name, array in state_dict["memory"].items()}
        expected = {name: (array.shape, "f") for name, array in own["memory"].items()}
        given = {name: (array.shape, array.dtype.kind) for name, array in arrays.items()}
        if given != expected or len(steps) != len(self.steps):
            raise ValueError(
                f"state_dict must hold {expected} for {len(self.steps)} parameters, but it holds "
                f"{given} for {len(steps)} (shapes and kinds of number, f for floating-point)"
            )
        self.lr, self.steps = state_dict["lr"], steps
        for name, array in arrays.items():
            getattr(self, name)[...] = array


def _listed(parameters):
    """A list of the parameters; TypeError when they are something else."""
    advice = "parameters must be Tensors of floating-point numbers, as model.parameters() gives"
    if isinstance(parameters, Tensor) or not hasattr(parameters, "__iter__"):
        raise TypeError(f"{advice}, but it is a {type(parameters).__name__}")
    parameters = list(parameters)
    for parameter in parameters:
        if not isinstance(parameter, Tensor):
            raise TypeError(f"{advice}, but there is a {type(parameter).__name__} among them")
        if parameter.dtype.kind != "f":
            raise TypeError(f"{advice}, but one has dtype {parameter.dtype}")
    return parameters
