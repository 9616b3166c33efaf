"""Operations that move numbers about without changing them."""

import math

import numpy as np

from ..tensor import Part, Tensor, as_array, as_tensor, masked, promoted, unbroadcast
from .checks import axes, axis, integers, number, same_dtype, whole


def reshape(x, *shape):
    """The same numbers, row by row, in another shape; one length may be -1.

    Chapter: 01_neurons. Twin: torch.reshape.
    """
    x = as_tensor(x)
    shape = _shape(shape)
    try:
        out = x.data.reshape(shape)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"a tensor of shape {x.shape} holds {x.numel()} numbers and cannot take shape {shape}"
        ) from error

    def backward(grad):
        return (grad.reshape(x.shape),)

    return Tensor.result(out, (x,), backward)


def flatten(x, start_dim=0, end_dim=-1):
    """Join the axes start_dim … end_dim into one. Chapter: 02_gradient_descent.

    Twin: torch.flatten.
    """
    x = as_tensor(x)
    if x.ndim == 0:
        return reshape(x, 1)
    start, end = axis(x, start_dim), axis(x, end_dim)
    if start > end:
        raise ValueError(f"start_dim {start_dim} must not come after end_dim {end_dim}")
    joined = math.prod(x.shape[start : end + 1])
    return reshape(x, (*x.shape[:start], joined, *x.shape[end + 1 :]))


def transpose(x, dim0, dim1):
    """Swap two axes. Chapter: 03_backpropagation. Twin: torch.transpose."""
    x = as_tensor(x)
    dim0, dim1 = axis(x, dim0), axis(x, dim1)

    def backward(grad):
        return (grad.swapaxes(dim0, dim1),)

    return Tensor.result(x.data.swapaxes(dim0, dim1), (x,), backward)


def permute(x, *dims):
    """Put the axes in the order `dims`. Chapter: 12_attention. Twin: torch.permute."""
    x = as_tensor(x)
    order = axes(x, _shape(dims))
    if len(order) != x.ndim:
        raise ValueError(f"dims must name each of the {x.ndim} axes once, but it is {dims}")

    def backward(grad):
        return (grad.transpose(np.argsort(order)),)

    return Tensor.result(x.data.transpose(order), (x,), backward)


def unsqueeze(x, dim):
    """Insert an axis of length 1. Chapter: 12_attention. Twin: torch.unsqueeze."""
    x = as_tensor(x)
    if not isinstance(dim, int):
        raise TypeError(f"dim must be an integer, but it is {dim!r}")
    if not -x.ndim - 1 <= dim <= x.ndim:
        raise ValueError(f"dim must be from {-x.ndim - 1} to {x.ndim}, but it is {dim}")
    place = dim % (x.ndim + 1)
    return reshape(x, (*x.shape[:place], 1, *x.shape[place:]))


def squeeze(x, dim):
    """Remove an axis of length 1; any other length stays as it is.

    Chapter: 12_attention. Twin: torch.squeeze.
    """
    x = as_tensor(x)
    place = axis(x, dim)
    if x.shape[place] != 1:
        return x
    return reshape(x, (*x.shape[:place], *x.shape[place + 1 :]))


def expand(x, *shape):
    """Repeat along axes of length 1 until the shape is reached; nothing is copied.

    Chapter: 15_vision_transformer_and_clip. Twin: torch.Tensor.expand.
    """
    x = as_tensor(x)
    shape = _shape(shape)
    try:
        out = np.broadcast_to(x.data, shape)
    except (ValueError, TypeError) as error:
        raise ValueError(f"a tensor of shape {x.shape} cannot be expanded to {shape}") from error

    # A number that was used n times receives the sum of n gradients.
    def backward(grad):
        return (unbroadcast(grad, x.shape),)

    return Tensor.result(out, (x,), backward)


def cat(tensors, dim=0):
    """Join tensors along an axis that exists. Chapter: 09_lstm_and_gru. Twin: torch.cat."""
    tensors = _tensors(tensors)
    along = axis(tensors[0], dim)
    try:
        shape = list(tensors[0].shape)
        shape[along] = sum(t.shape[along] for t in tensors)
        dtype = promoted(*(t.data for t in tensors))
        out = np.empty_like(tensors[0].data, dtype, shape=shape)  # lies in memory as they do
        np.concatenate([t.data for t in tensors], axis=along, out=out, casting="unsafe")
    except (ValueError, IndexError) as error:
        raise ValueError(
            f"cat along axis {dim} needs tensors that agree in all other axes, but their shapes "
            f"are {[t.shape for t in tensors]}"
        ) from error

    # Each input gets back the stretch of the gradient that it filled.
    def backward(grad):
        ends = np.cumsum([t.shape[along] for t in tensors])[:-1]
        return np.split(grad, ends, axis=along)

    return Tensor.result(out, tuple(tensors), backward)


def stack(tensors, dim=0):
    """Lay tensors of one shape side by side along a new axis. Chapter: 08_recurrent_networks.

    Twin: torch.stack.
    """
    return cat([unsqueeze(t, dim) for t in _tensors(tensors)], dim)


def split(x, split_size, dim=0):
    """Cut into pieces of `split_size` (an integer or a list of them) along an axis.

    Chapter: 12_attention. Twin: torch.split.
    """
    x = as_tensor(x)
    along = axis(x, dim)
    length = x.shape[along]
    if isinstance(split_size, int):
        whole("split_size", split_size)
        starts = range(0, max(length, 1), split_size)  # of an empty axis, one empty piece
        split_size = [min(split_size, length - start) for start in starts]
    if (
        not isinstance(split_size, tuple | list)
        or not all(isinstance(n, int) and n >= 0 for n in split_size)
        or sum(split_size) != length
    ):
        raise ValueError(f"split_size {split_size} must add up to {length}, the length of the axis")
    before = (slice(None),) * along
    ends = np.cumsum(split_size, dtype=int)
    return [
        getitem(x, (*before, slice(end - n, end))) for end, n in zip(ends, split_size, strict=True)
    ]


def chunk(x, chunks, dim=0):
    """Cut into `chunks` pieces of equal length; the last may be shorter.

    Chapter: 12_attention. Twin: torch.chunk.
    """
    x = as_tensor(x)
    length, chunks = x.shape[axis(x, dim)], whole("chunks", chunks)
    if length == 0:
        return split(x, [0] * chunks, dim)
    return split(x, -(-length // chunks), dim)


def unbind(x, dim=0):
    """All slices along an axis, without that axis: `for step in unbind(sequence, 1)`.

    Chapter: 08_recurrent_networks. Twin: torch.unbind.
    """
    x = as_tensor(x)
    before = (slice(None),) * axis(x, dim)
    return [getitem(x, (*before, i)) for i in range(x.shape[len(before)])]


def getitem(x, index):
    """x[index] with NumPy's rules: numbers, slices, integer arrays or lists, boolean masks.

    Chapter: 03_backpropagation. Twin: torch.Tensor.__getitem__.
    """
    x = as_tensor(x)
    parts = index if isinstance(index, tuple) else (index,)
    parts = tuple(part if type(part) in SIMPLE_INDICES else _positions(part) for part in parts)
    lists = [part for part in parts if type(part) is np.ndarray]
    may_repeat = any(part.ndim and part.dtype != bool for part in lists)

    # Each number passes its gradient back to where it was taken from. A list of positions may
    # take one number several times; then it collects all of their gradients.
    def backward(grad):
        if not may_repeat:
            return (Part(parts, grad),)
        dx = np.zeros_like(x.data)
        np.add.at(dx, parts, grad)
        return (dx,)

    return Tensor.result(x.data[parts], (x,), backward)


SIMPLE_INDICES = (int, slice, type(None), type(...))  # none of them takes a number twice


def _positions(part):
    """A list, tuple, array or tensor of positions or booleans, as an array of its own."""
    try:
        array = np.asarray(part)
    except ValueError as error:
        raise ValueError(f"an index must be a number or an array, but it is {part!r}") from error
    return array.copy() if array.size else array.astype(int)


def gather(x, dim, index):
    """out[i][j] = x[index[i][j]][j] for dim=0, and so on for each axis.

    x and index have the same number of axes; -> the shape of index.
    Chapter: 22_reinforcement_learning. Twin: torch.gather.
    """
    x, index = as_tensor(x), integers("index", index)
    along = axis(x, dim)
    _check_index(x, along, index, x.shape)
    places = _places(index, along)

    def backward(grad):
        dx = np.zeros_like(x.data)
        np.add.at(dx, places, grad)
        return (dx,)

    return Tensor.result(x.data[places], (x,), backward)


def scatter_add(x, dim, index, src):
    """A copy of x with src[i][j] added at [index[i][j]][j] for dim=0, and so on for each axis.

    index has the shape of src. It is the mirror image of `gather`.
    Chapter: 21_graphs_and_self_supervision. Twin: torch.scatter_add.
    """
    x, src, index = as_tensor(x), as_tensor(src), integers("index", index)
    same_dtype(x=x, src=src)
    along = axis(x, dim)
    if index.shape != src.shape:
        raise ValueError(f"index and src must have one shape, not {index.shape} and {src.shape}")
    _check_index(x, along, index, x.shape)
    places = _places(index, along)
    out = x.data.copy()
    np.add.at(out, places, src.data)

    def backward(grad):
        return grad, grad[places]

    return Tensor.result(out, (x, src), backward)


def masked_fill(x, mask, value):
    """x with `value` wherever the mask is True. Chapter: 12_attention.

    mask: booleans, of a shape that broadcasts to x's. Twin: torch.Tensor.masked_fill.
    """
    x, mask = as_tensor(x), as_array(mask)
    if mask.dtype != bool:
        raise TypeError(f"mask must hold booleans, but its dtype is {mask.dtype}")
    value = number("value", value)
    try:
        mask = np.broadcast_to(mask, x.shape)
    except ValueError as error:
        raise ValueError(
            f"mask must have a shape that broadcasts to x's {x.shape}, but it has {mask.shape}"
        ) from error
    out = x.data.copy()
    out[mask] = value

    # What was overwritten no longer depends on x.
    def backward(grad):
        return (masked(grad, ~mask),)

    return Tensor.result(out, (x,), backward)


def pad(x, pad, value=0.0):
    """Put constants around: pad = (left, right) of the last axis, then of the one before, …

    Chapter: 05_convolution. Twin: torch.nn.functional.pad.
    """
    x = as_tensor(x)
    value = number("value", value)
    ok = isinstance(pad, tuple | list) and all(isinstance(n, int) and n >= 0 for n in pad)
    if not ok or len(pad) % 2 or len(pad) > 2 * x.ndim:
        raise ValueError(
            f"pad must hold pairs of lengths of at least 0, at most one pair for each of the "
            f"{x.ndim} axes, but it is {pad!r}"
        )
    widths = [(0, 0)] * (x.ndim - len(pad) // 2)
    widths += [(pad[i], pad[i + 1]) for i in range(len(pad) - 2, -1, -2)]
    inside = tuple(slice(a, a + n) for (a, _), n in zip(widths, x.shape, strict=True))

    def backward(grad):
        return (grad[inside],)

    return Tensor.result(np.pad(x.data, widths, constant_values=value), (x,), backward)


def flip(x, dims):
    """Reverse the order along axes. Chapter: 09_lstm_and_gru. Twin: torch.flip."""
    x = as_tensor(x)
    over = axes(x, dims)

    def backward(grad):
        return (np.flip(grad, over),)

    return Tensor.result(np.flip(x.data, over), (x,), backward)


def _shape(lengths):
    """Both reshape(x, 2, 3) and reshape(x, (2, 3)) are allowed, as in PyTorch."""
    if len(lengths) == 1 and isinstance(lengths[0], tuple | list):
        return tuple(lengths[0])
    return lengths


def _tensors(tensors):
    if not isinstance(tensors, tuple | list) or not tensors:
        raise ValueError("tensors must be a list of at least one tensor")
    return [as_tensor(t) for t in tensors]


def _check_index(x, along, index, shape):
    if index.ndim != x.ndim or any(n > shape[i] for i, n in enumerate(index.shape) if i != along):
        raise ValueError(
            f"index must have as many axes as x and fit inside it except along axis {along}, but "
            f"index has shape {index.shape} and x has {x.shape}"
        )
    if index.size and (index.min() < 0 or index.max() >= shape[along]):
        raise ValueError(
            f"index must lie from 0 to {shape[along] - 1}, but it holds "
            f"{index.min()} … {index.max()}"
        )


def _places(index, along):
    """`index` along one axis, every position as it is along the others, for NumPy's indexing."""
    places = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    places[along] = index
    return tuple(places)
