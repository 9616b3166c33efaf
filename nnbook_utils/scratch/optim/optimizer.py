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
        self._attach()

    def zeros(self):
        """One number a parameter entry, for what an optimiser remembers."""
        return np.zeros_like(self.data)

    def _attach(self):
        """Make every `parameter.data` a view of the long array, unless it already is one."""
        for parameter, part in zip(self.parameters, self.slices, strict=True):
            if parameter.data.base is not self.data:
                self.data[part] = parameter.data.ravel()
                parameter.data = self.data[part].reshape(parameter.shape)

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
        own, given = self.state_dict(), state_dict
        shapes = [{n: np.shape(a) for n, a in d["memory"].items()} for d in (own, given)]
        if shapes[0] != shapes[1] or len(given["steps"]) != len(self.steps):
            raise ValueError(
                f"state_dict must hold {shapes[0]} for {len(self.steps)} parameters, but it holds "
                f"{shapes[1]} for {len(given['steps'])}"
            )
        self.lr, self.steps = given["lr"], list(given["steps"])
        for name, array in given["memory"].items():
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
