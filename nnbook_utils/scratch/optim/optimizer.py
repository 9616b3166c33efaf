"""What all optimisers share: where the parameters lie, and when a step is taken."""

import numpy as np


class Optimizer:
    """Changes parameters by their gradients. Subclasses define `update`.

    All parameters are laid behind one another in one long array, and each `parameter.data` becomes
    a view of its part. So a step is a handful of operations on long arrays instead of a handful
    for every parameter, which is most of the time that a small network would spend.
    Twin: torch.optim.Optimizer.
    """

    def __init__(self, parameters, lr):
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError("parameters is empty; pass model.parameters(), which can be used once")
        dtypes = {p.dtype for p in self.parameters}
        if len(dtypes) > 1:
            raise TypeError(f"all parameters must have the same dtype, but there are {dtypes}")
        if not lr >= 0:
            raise ValueError(f"lr must be at least 0, but it is {lr}")
        self.lr = lr
        self.dtype = dtypes.pop()
        ends = np.cumsum([p.data.size for p in self.parameters])
        self.slices = [
            slice(end - p.data.size, end) for end, p in zip(ends, self.parameters, strict=True)
        ]
        self.data = np.empty(ends[-1], self.dtype)
        self.grad = np.empty(ends[-1], self.dtype)
        self.steps = [0] * len(self.parameters)
        self._attach()

    memory = ()  # names of the arrays that an optimiser remembers, for state_dict

    def zeros(self):
        """One number a parameter entry, for what an optimiser remembers."""
        return np.zeros_like(self.data)

    def state_dict(self):
        """What must be saved, beside the weights, to go on training later: name -> array."""
        state = {name: getattr(self, name) for name in self.memory}
        state = {name: array.copy() for name, array in state.items() if array is not None}
        return state | {"steps": np.array(self.steps), "lr": np.array(self.lr)}

    def load_state_dict(self, state):
        """Go on where an optimiser of the same kind and the same parameters stopped.

        Nothing changes unless all names and sizes agree. Raises ValueError otherwise.
        """
        own = self.state_dict()
        arrays = {name: np.asarray(value) for name, value in state.items()}
        if {n: a.shape for n, a in own.items()} != {n: a.shape for n, a in arrays.items()}:
            raise ValueError(
                f"state must hold {sorted(own)} for {len(self.data)} numbers in "
                f"{len(self.steps)} parameters, but it holds {sorted(arrays)} of other sizes"
            )
        for name, array in arrays.items():
            if name in self.memory:
                getattr(self, name)[...] = array
        self.steps, self.lr = arrays["steps"].tolist(), arrays["lr"].item()

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
        memory = {
            name: value.copy()
            for name, value in vars(self).items()
            if isinstance(value, np.ndarray) and name not in ("data", "grad")
        }
        return {"lr": self.lr, "steps": list(self.steps), "memory": memory}

    def load_state_dict(self, state_dict):
        """Take over what `state_dict()` of an optimiser of the same kind and parameters returned.

        Raises ValueError when it belongs to another kind, or to parameters of other sizes.
        """
        own = self.state_dict()["memory"]
        given = state_dict["memory"]
        shapes = [{name: array.shape for name, array in d.items()} for d in (own, given)]
        if shapes[0] != shapes[1] or len(state_dict["steps"]) != len(self.steps):
            raise ValueError(
                f"state_dict must hold {shapes[0]} for {len(self.steps)} parameters, but it holds "
                f"{shapes[1]} for {len(state_dict['steps'])}"
            )
        self.lr, self.steps = state_dict["lr"], list(state_dict["steps"])
        for name, array in given.items():
            getattr(self, name)[...] = array
