"""Checks of arguments that many operations share. Each raises one sentence that says what to do."""

import numpy as np

from ..tensor import as_tensor


def floating(name, x):
    """`x` as a Tensor of floating-point numbers; TypeError for anything else."""
    x = as_tensor(x)
    if x.data.dtype.kind != "f":
        raise TypeError(
            f"{name} must hold floating-point numbers, but its dtype is {x.dtype}; convert it, for "
            "example with array.astype(np.float32)"
        )
    return x


def integers(name, x):
    """`x` as an array of integers of its own; TypeError for anything else."""
    array = as_tensor(x).data
    if array.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must hold integers, but its dtype is {array.dtype}; convert it, for example "
            "with array.astype(np.int64)"
        )
    return array.copy()  # the backward pass needs the numbers as they are now


def same_dtype(**tensors):
    """TypeError when the named Tensors do not share one dtype; None is left out."""
    dtypes = {name: tensor.dtype for name, tensor in tensors.items() if tensor is not None}
    if len(set(dtypes.values())) > 1:
        said = ", ".join(f"{name} is {dtype}" for name, dtype in dtypes.items())
        raise TypeError(
            f"{' and '.join(dtypes)} must have the same dtype, but {said}; convert one of them, "
            "for example with array.astype(np.float32)"
        )


def same_shape(**tensors):
    """ValueError when the named Tensors do not share one shape."""
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    if len(set(shapes.values())) > 1:
        said = ", ".join(f"{name} has {shape}" for name, shape in shapes.items())
        raise ValueError(f"{' and '.join(shapes)} must have the same shape, but {said}")


def has_shape(name, tensor, shape, meaning):
    """ValueError unless `tensor` has exactly `shape`; `meaning` names the axes."""
    if tensor.shape != tuple(shape):
        raise ValueError(f"{name} must have shape {meaning} = {shape}, but it has {tensor.shape}")


def axis(x, dim):
    """`dim` counted from the front; ValueError when x has no such axis."""
    if not isinstance(dim, int) or isinstance(dim, bool):
        raise TypeError(f"dim must be an integer, but it is {dim!r}")
    if not -x.ndim <= dim < x.ndim:
        raise ValueError(f"dim {dim} does not exist: the tensor has shape {x.shape}")
    return dim % x.ndim


def axes(x, dim, keepdim=False):
    """`dim` (one axis, several, or None for all) as a tuple counted from the front."""
    flag("keepdim", keepdim)
    if dim is None:
        return tuple(range(x.ndim))
    chosen = tuple(axis(x, d) for d in (dim if isinstance(dim, tuple | list) else (dim,)))
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"dim {dim} names an axis twice")
    return chosen


def pair(name, value, at_least=1):
    """One integer, or two, as a tuple of two (height, width)."""
    both = (value, value) if isinstance(value, int) else value
    if (
        not isinstance(both, tuple | list)
        or len(both) != 2
        or not all(isinstance(v, int) and not isinstance(v, bool) for v in both)
    ):
        raise TypeError(f"{name} must be an integer or a pair of integers, but it is {value!r}")
    if min(both) < at_least:
        raise ValueError(f"{name} must be at least {at_least}, but it is {value!r}")
    return tuple(both)


def one_of(name, value, allowed):
    """ValueError unless `value` is one of the allowed ones."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {value!r}")


def probability(name, p):
    """`p` as a plain Python number; ValueError unless 0 <= p <= 1."""
    if not isinstance(p, int | float | np.floating) or not 0 <= p <= 1:
        raise ValueError(f"{name} must be a probability between 0 and 1, but it is {p!r}")
    return p.item() if isinstance(p, np.generic) else p


def number(name, value, at_least=None):
    """`value` as a plain Python number, which never changes the dtype of what it meets.

    TypeError unless it is one real number, ValueError when it is below `at_least`.
    """
    if not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a number, but it is {value!r}")
    if at_least is not None and not value >= at_least:
        raise ValueError(f"{name} must be at least {at_least}, but it is {value!r}")
    return value.item() if isinstance(value, np.generic) else value


def whole(name, value, at_least=1):
    """TypeError unless `value` is one integer, ValueError when it is below `at_least`."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, but it is {value!r}")
    if value < at_least:
        raise ValueError(f"{name} must be at least {at_least}, but it is {value!r}")
    return int(value)


def flag(name, value):
    """TypeError unless `value` is True or False."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, but it is {value!r}")
