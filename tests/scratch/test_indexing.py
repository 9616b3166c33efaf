"""x[index] with every kind of index, forwards and backwards, as in PyTorch."""

import numpy as np
import pytest

from nnbook_utils.scratch import Tensor
from nnbook_utils.scratch import functional as F
from nnbook_utils.scratch.tensor import Part

torch = pytest.importorskip("torch", reason="torch is not installed")

INDICES = {
    "list with repeats": [0, 2, 0, 0],
    "tuple in a tuple": ((0, 2, 0, 0),),
    "nested list": [[0, 2], [0, 0]],
    "array": np.array([0, 2, 0, 0]),
    "torch tensor": torch.tensor([0, 2, 0, 0]),
    "torch tensor beside a slice": (slice(1, None), torch.tensor([3, 3, 1])),
    "negative": [-1, 3, -1],
    "pairs as lists": ([1, 1, 0], [2, 2, 4]),
    "list beside a number": ([1, 1, 0], 2),
    "array without axes": np.array(2),
    "number of NumPy": np.int64(2),
    "true": True,
    "list of booleans": [True, False, True, True],
    "mask": np.arange(20).reshape(4, 5) % 3 == 0,
    "mask beside a number": (np.array([True, False, True, False]), 1),
    "mask beside a list": (np.array([True, False, True, False]), [2, 2]),
    "no position": np.zeros(0, int),
    "number": -2,
    "slices": np.s_[::2, None, 1:4],
    "rest": np.s_[..., 0],
}
each_index = pytest.mark.parametrize("index", INDICES.values(), ids=INDICES.keys())


def compared(index):
    """Our result and gradient, and PyTorch's."""
    numbers = np.random.default_rng(0).standard_normal((4, 5))
    ours, theirs = Tensor(numbers, requires_grad=True), torch.tensor(numbers, requires_grad=True)
    out = ours[index]
    as_arrays = index if isinstance(index, tuple) else (index,)
    as_arrays = tuple(
        torch.tensor(part) if isinstance(part, list | tuple | np.ndarray) else part
        for part in as_arrays
    )
    expected = theirs[as_arrays]
    upstream = np.random.default_rng(1).standard_normal(out.shape)
    out.backward(upstream)
    expected.backward(torch.tensor(upstream))
    return (out.data, ours.grad), (expected.detach().numpy(), theirs.grad.numpy())


@each_index
def test_numbers_and_gradients_are_those_of_torch(index):
    ours, theirs = compared(index)
    for mine, expected in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, expected)


@each_index
def test_second_look_at_the_same_places_adds_its_gradient(index):
    x = Tensor(np.zeros((4, 5)), requires_grad=True)
    (x[index].sum() + (x * 0.5).sum() + x[index].sum()).backward()
    once = compared_count(index)
    np.testing.assert_array_equal(x.grad, 2 * once + 0.5)


def compared_count(index):
    """How often each number is taken."""
    places = np.arange(20).reshape(4, 5)[tuple_of_arrays(index)]
    return np.bincount(np.ravel(places), minlength=20).reshape(4, 5)


def tuple_of_arrays(index):
    index = index if isinstance(index, tuple) else (index,)
    return tuple(np.asarray(p) if isinstance(p, tuple | torch.Tensor) else p for p in index)


def test_index_that_is_changed_later_does_not_change_the_gradient():
    x = Tensor(np.zeros((4, 5)), requires_grad=True)
    for look in (
        lambda index: x[index],
        lambda index: x[Tensor(index)],
        lambda index: x[:, index],
        lambda index: F.gather(x, 0, index[:, None]),
        lambda index: F.embedding(index, x),
        lambda index: F.cross_entropy(x[:2], index),
        lambda index: F.scatter_add(Tensor(np.zeros((2, 1))), 0, index[:, None], x[:2, :1]),
    ):
        index = np.array([0, 1])
        x.grad = None
        look(index).sum().backward()
        expected = x.grad
        x.grad = None
        out = look(index).sum()
        index[:] = 0
        out.backward()
        np.testing.assert_array_equal(x.grad, expected)


@pytest.mark.parametrize(
    ("index", "repeats"),
    [(2, False), (np.s_[1:], False), (None, False), (..., False), (np.s_[0, ::2], False),
     (np.array([True, False, True, False]), False), ([0, 1], True)],
)  # fmt: skip
def test_only_what_may_take_a_number_twice_costs_the_whole_array(index, repeats):
    x = Tensor(np.zeros((4, 5)), requires_grad=True)
    out = x[index]
    (share,) = out.rule(np.ones(out.shape))
    assert isinstance(share, Part) != repeats
