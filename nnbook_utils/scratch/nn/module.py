"""Module: what every layer and every model is."""

import numpy as np

from ..tensor import Parameter, Tensor


class Buffer(Tensor):
    """Numbers that a layer keeps but does not learn, such as running means.

    Twin: torch.nn.Buffer.
    """

    __slots__ = ()


class Module:
    """A function with parameters. Subclasses define `forward`; calling the module calls it.

    Parameters, buffers and modules that are assigned as attributes are found by looking through
    the attributes; their dotted names are the keys of `state_dict`, as in PyTorch.
    Chapter: 03_backpropagation. Twin: torch.nn.Module.
    """

    training = True

    def forward(self, *inputs):
        raise NotImplementedError(f"{type(self).__name__} defines no forward(self, x)")

    def __call__(self, *inputs, **options):
        return self.forward(*inputs, **options)

    def named_children(self):
        """Pairs (name, module) of the modules directly inside this one."""
        return [(name, value) for name, value in vars(self).items() if isinstance(value, Module)]

    def children(self):
        return [child for _, child in self.named_children()]

    def named_modules(self, prefix=""):
        """Pairs (dotted name, module): this module, then all inside it, depth first."""
        yield prefix, self
        for name, child in self.named_children():
            yield from child.named_modules(f"{prefix}.{name}" if prefix else name)

    def modules(self):
        for _, module in self.named_modules():
            yield module

    def _named_tensors(self, *kinds):
        for prefix, module in self.named_modules():
            for name, value in vars(module).items():
                if isinstance(value, kinds):
                    yield (f"{prefix}.{name}" if prefix else name), value

    def named_parameters(self):
        """Pairs (dotted name, Parameter), each parameter once even when it is shared."""
        seen = set()
        for name, parameter in self._named_tensors(Parameter):
            if id(parameter) not in seen:
                seen.add(id(parameter))
                yield name, parameter

    def parameters(self):
        for _, parameter in self.named_parameters():
            yield parameter

    def zero_grad(self):
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, mode=True):
        """Switch this module and all inside it to training (or, with mode=False, evaluation)."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self):
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        """Freeze (False) or unfreeze all parameters."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def apply(self, function):
        """Call function(module) for every module inside, then for this one."""
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    def to(self, dtype):
        """Convert all parameters and buffers, for example `model.to(np.float64)` for a proof."""
        for _, tensor in self._named_tensors(Parameter, Buffer):
            if tensor.dtype.kind == "f":
                tensor.data = tensor.data.astype(dtype)
                tensor.grad = None
        return self

    def state_dict(self):
        """Dotted name -> Tensor with a copy of the numbers: a snapshot to save or to load.

        Its keys and shapes are those of the PyTorch twin, whose `load_state_dict` accepts it.
        """
        named = self._named_tensors(Parameter, Buffer)
        return {name: Tensor(tensor.data.copy()) for name, tensor in named}

    def load_state_dict(self, state_dict):
        """Copy the numbers in, from `state_dict()` of this class or of its PyTorch twin.

        Nothing changes unless every name and every shape agrees and all are numbers. Raises
        ValueError otherwise.
        """
        own = dict(self._named_tensors(Parameter, Buffer))
        missing = sorted(own.keys() - state_dict.keys())
        unexpected = sorted(state_dict.keys() - own.keys())
        if missing or unexpected:
            raise ValueError(
                f"state_dict must name exactly this model's tensors, but it lacks "
                f"{missing or 'none'} and has {unexpected or 'none'} that the model does not know"
            )
        arrays = {name: _as_numpy(value) for name, value in state_dict.items()}
        for name, array in arrays.items():
            if array.shape != own[name].shape:
                raise ValueError(
                    f"{name} must have shape {own[name].shape}, but in the state_dict it has "
                    f"{array.shape}"
                )
        for name, array in arrays.items():
            if array.dtype.kind not in "fiub":
                raise ValueError(
                    f"{name} must hold numbers, but in the state_dict its dtype is {array.dtype}"
                )
        for name, array in arrays.items():
            own[name].data[...] = array

    def __repr__(self):
        children = self.named_children()
        head = f"{type(self).__name__}({self.extra_repr()}"
        if not children:
            return head + ")"
        lines = [f"  ({name}): " + repr(child).replace("\n", "\n  ") for name, child in children]
        return head + "\n" + "\n".join(lines) + "\n)"

    def extra_repr(self):
        """What `repr` prints between the brackets."""
        return ""


def _as_numpy(value):
    # A PyTorch tensor may live on another device and carry a graph; NumPy wants neither.
    if hasattr(value, "detach") and hasattr(value, "cpu"):
        value = value.detach().cpu()
    return np.asarray(value)


class Sequential(Module):
    """Modules applied one after the other; their names are 0, 1, 2, …

    Chapter: 03_backpropagation. Twin: torch.nn.Sequential.
    """

    def __init__(self, *modules):
        for index, module in enumerate(modules):
            if not isinstance(module, Module):
                raise TypeError(
                    f"Sequential takes modules, but number {index} is a {type(module).__name__}; "
                    "use nn.ReLU(), not F.relu"
                )
            setattr(self, str(index), module)

    def forward(self, x):
        for module in self:
            x = module(x)
        return x

    def __iter__(self):
        return iter(self.children())

    def __len__(self):
        return len(self.children())

    def __getitem__(self, index):
        modules = self.children()
        return Sequential(*modules[index]) if isinstance(index, slice) else modules[index]


class ModuleList(Sequential):
    """A list of modules whose parameters count. Twin: torch.nn.ModuleList."""

    def __init__(self, modules=()):
        if isinstance(modules, Module) or not hasattr(modules, "__iter__"):
            raise TypeError(f"modules must be a list of modules, not a {type(modules).__name__}")
        super().__init__(*modules)

    def forward(self, x):
        raise NotImplementedError("a ModuleList is only a list; call its modules one by one")

    def append(self, module):
        setattr(self, str(len(self)), module)
        return self
