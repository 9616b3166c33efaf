"""The engine itself: recording, walking back, adding up."""

import gc

import numpy as np
import pytest

from nnbook_utils.scratch import Tensor, no_grad, trace
from nnbook_utils.scratch import functional as F
from nnbook_utils.scratch.tensor import topological_order, unbroadcast


def leaf(*numbers):
    return Tensor(np.array(numbers, dtype=np.float64), requires_grad=True)


# -- making tensors -----------------------------------------------------------------------------
def test_lists_of_floats_become_float32():
    assert Tensor([1.0, 2.0]).dtype == np.float32


def test_arrays_keep_their_dtype_and_their_memory():
    for dtype in (np.float32, np.float64, np.int64, np.uint8, bool):
        array = np.ones(3, dtype)
        assert Tensor(array).data is array


@pytest.mark.parametrize("data", ["text", ["a", "b"], None, [None], 1j, {"a": 1}])
def test_data_that_is_not_numeric_is_refused(data):
    with pytest.raises(TypeError, match="data must be numbers"):
        Tensor(data)


def test_ragged_lists_are_refused():
    with pytest.raises(ValueError, match="equal lengths"):
        Tensor([[1.0, 2.0], [3.0]])


def test_integers_cannot_require_gradients():
    with pytest.raises(TypeError, match="only floating-point"):
        Tensor([1, 2], requires_grad=True)


def test_repr_shows_numbers_shape_and_origin():
    x = Tensor([[1.0, 2.0]], requires_grad=True)
    assert repr(x) == "Tensor([[1., 2.]], shape=(1, 2), dtype=float32, requires_grad=True)"
    assert repr(x * 2.0).endswith("from mul)")
    assert len(repr(Tensor(np.zeros(100_000)))) < 200


# -- numbers beside tensors ---------------------------------------------------------------------
@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.int64(2), np.array(2.0)])
def test_plain_number_takes_the_dtype_of_the_tensor(number):
    x = Tensor(np.ones(3, np.float32))
    for result in (x * number, number * x, x + number, number - x, x / number, number / x):
        assert isinstance(result, Tensor)
        assert result.dtype == np.float32


def test_integers_with_floats_do_not_become_float64():
    pixels = Tensor(np.array([0, 128, 255], np.uint8))
    assert (pixels / 255).dtype == np.float32
    assert (pixels * 0.5).dtype == np.float32


def test_array_on_the_left_leaves_the_work_to_the_tensor():
    result = np.ones((2, 3), np.float32) @ Tensor(np.ones((3, 4), np.float32))
    assert isinstance(result, Tensor)
    assert result.shape == (2, 4)


def test_comparisons_give_booleans_without_a_graph():
    x = leaf(-1, 0, 2)
    for comparison in (x > 0, x >= 0, x < 0, x <= 0, x == 0, x != 0):
        assert comparison.dtype == bool
        assert not comparison.requires_grad
    assert (x > 0).data.tolist() == [False, False, True]


# -- the backward pass --------------------------------------------------------------------------
def test_gradients_add_up_over_several_backward_passes():
    x = leaf(3.0)
    (x * x).backward()
    (x * x).backward()
    assert x.grad == [12.0]


def test_value_that_is_used_twice_receives_both_gradients():
    x = leaf(2.0)
    y = x * 3.0
    (y * y + y).backward()
    assert x.grad == [3 * (2 * 6 + 1)]


def test_branch_that_joins_again_is_walked_once():
    # 2^60 paths lead from the end to the start, one walk visits 61 tensors.
    x = y = leaf(1.0)
    for _ in range(60):
        y = y + y
    assert len(topological_order(y)) == 61
    y.backward()
    assert x.grad == [2.0**60]


def test_chain_of_100_000_operations_works_and_is_freed():
    gc.disable()  # only for speed: so many new objects would start it again and again
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1e-5
    y.backward()
    assert x.grad == [1.0]
    y = x
    for _ in range(100_000):
        y = y + 1e-5
    del y  # never walked: dropping it must not recurse either
    gc.enable()


def test_graph_is_freed_unless_it_is_retained():
    x = leaf(2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad == [8.0]
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        y.backward()


def test_freed_part_is_noticed_before_any_gradient_is_added():
    x, w = leaf(2.0), leaf(5.0)
    shared = x * x
    (shared * 1.0).backward()
    x.grad = None
    with pytest.raises(RuntimeError, match="freed"):
        (shared * w).backward()
    assert x.grad is None
    assert w.grad is None


def test_memory_is_given_back_on_the_way():
    x = leaf(*range(10))
    middle = x.exp()
    end = middle.sum()
    end.backward()
    assert end.parents == ()
    assert middle.parents == ()


def test_backward_needs_one_number_or_a_gradient():
    x = leaf(1.0, 2.0)
    with pytest.raises(ValueError, match="starts from one number"):
        (x * x).backward()
    with pytest.raises(ValueError, match="must have the tensor's shape"):
        (x * x).backward(np.ones(3))
    (x * x).backward(np.array([1.0, 10.0]))
    assert x.grad.tolist() == [2.0, 40.0]


def test_backward_needs_something_that_requires_gradients():
    with pytest.raises(RuntimeError, match="requires_grad=True"):
        Tensor([1.0]).backward()


def test_nothing_is_recorded_under_no_grad():
    x = leaf(1.0)
    with no_grad():
        assert not (x * x).requires_grad
    assert (x * x).requires_grad

    @no_grad()
    def double(x):
        return x * 2

    assert not double(x).requires_grad


def test_inner_no_grad_does_not_end_the_outer_one():
    x = leaf(1.0)

    @no_grad()
    def double(x):
        return x * 2

    switch = no_grad()
    with no_grad():
        with no_grad():
            pass
        assert not (x * x).requires_grad
        assert not double(x).requires_grad
        assert not (x * x).requires_grad
    assert (x * x).requires_grad
    with switch:
        with switch:  # one object, entered twice
            pass
        assert not (x * x).requires_grad
    assert (x * x).requires_grad


def test_no_grad_ends_when_an_error_leaves_the_block():
    x = leaf(1.0)
    with pytest.raises(ZeroDivisionError), no_grad():
        1 / 0  # noqa: B018
    assert (x * x).requires_grad


def test_no_gradient_flows_through_detach():
    x = leaf(3.0)
    (x * x.detach()).backward()
    assert x.grad == [3.0]
    assert x.detach().data is x.data


def test_gradients_of_intermediate_results_are_kept_on_request():
    x = leaf(2.0)
    y = x * 3.0
    y.retain_grad()
    (y * y).backward()
    assert y.grad == [12.0]
    assert x.grad == [36.0]


def test_gradients_of_different_tensors_never_share_memory():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (a + b).sum().backward()
    a.grad *= 100
    assert b.grad.tolist() == [1.0, 1.0]


def test_array_that_a_rule_returns_twice_is_not_shared_by_two_parents():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)

    def rule(grad):
        share = grad * 2
        return share, share

    (Tensor.result(a.data + b.data, (a, b), rule)).backward(np.ones(2))
    a.grad *= 100
    assert b.grad.tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    "function",
    [lambda x: x.T, lambda x: x.T + x.T, lambda x: x + 1.0, lambda x: x + x, lambda x: x[:]],
)
def test_upstream_gradient_is_neither_changed_nor_kept(function):
    x = Tensor(np.ones((2, 2)), requires_grad=True)
    upstream = np.ones((2, 2))
    function(x).backward(upstream)
    x.grad *= 100
    np.testing.assert_array_equal(upstream, np.ones((2, 2)))


def test_kept_gradient_of_an_intermediate_result_stands_alone():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    y.retain_grad()
    upstream = np.ones(2)
    (y + 1.0).backward(upstream)
    y.grad *= 100
    assert upstream.tolist() == [1.0, 1.0]
    assert x.grad.tolist() == [1.0, 1.0]


def test_gradient_of_a_float32_weight_stays_float32_beside_float64_data():
    w = Tensor(np.ones(3, np.float32), requires_grad=True)
    (w * np.ones(3)).sum().backward()
    assert w.grad.dtype == np.float32


def test_loop_over_a_sequence_costs_one_array_not_one_a_step():
    # Each step's gradient is put in its place; nothing of the size of x is added T times.
    sizes = []
    original = np.zeros_like

    def counting(array, *args, **kwargs):
        sizes.append(array.size)
        return original(array, *args, **kwargs)

    x = Tensor(np.ones((50, 3)), requires_grad=True)
    total = sum((step * step).sum() for step in x)
    np.zeros_like = counting
    try:
        total.backward()
    finally:
        np.zeros_like = original
    assert sizes.count(x.numel()) == 1
    np.testing.assert_array_equal(x.grad, 2 * np.ones((50, 3)))


def test_slices_and_whole_gradients_mix():
    x = leaf(1.0, 2.0, 3.0)
    (x[0] * x[1] + (x * x).sum() + x[1]).backward()
    assert x.grad.tolist() == [2 + 2, 1 + 4 + 1, 6]


def test_slice_is_not_added_into_a_gradient_that_belongs_to_another_tensor():
    # a and b are sent the same array by a + b; what a[0] adds must not reach b.
    for first in ("sum", "slice"):
        a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
        x, y = a * 1.0, b * 1.0
        parts = [(x + y).sum(), x[0] * 10.0]
        (parts[0] + parts[1] if first == "sum" else parts[1] + parts[0]).backward()
        assert a.grad.tolist() == [11.0, 1.0]
        assert b.grad.tolist() == [1.0, 1.0]


def test_rule_that_returns_a_wrong_shape_is_reported():
    x = leaf(1.0, 2.0)
    broken = Tensor.result(x.data.sum(), (x,), lambda grad: (grad,))
    with pytest.raises(RuntimeError, match="shape"):
        broken.backward()


# -- broadcasting -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "shape", [(), (1,), (4,), (1, 4), (3, 1), (3, 4), (2, 3, 4), (2, 1, 4), (1, 1, 1)]
)
def test_unbroadcast_sums_over_what_was_repeated(shape):
    gradient = np.random.default_rng(0).standard_normal((2, 3, 4))
    result = unbroadcast(gradient, shape)
    assert result.shape == shape
    # the definition: repeating and then taking a product = summing and then taking it
    x = np.random.default_rng(1).standard_normal(shape)
    np.testing.assert_allclose(
        np.sum(np.broadcast_to(x, gradient.shape) * gradient), np.sum(x * result)
    )


def test_shapes_that_do_not_broadcast_are_named():
    with pytest.raises(ValueError, match=r"a has \(2, 3\) and b has \(4,\)"):
        Tensor(np.ones((2, 3))) + Tensor(np.ones(4))


# -- the graph as a picture ---------------------------------------------------------------------
def test_traced_graph_lists_inputs_operations_and_edges():
    w, x = leaf(2.0), leaf(3.0)
    loss = (w * x + 1.0).sum()
    graph = trace(loss, w=w, x=x)
    assert [node.operation for node in graph.nodes] == [None, None, "mul", None, "add", "sum"]
    assert [node.name for node in graph.nodes[:2]] == ["w", "x"]
    assert graph.edges == [(0, 2), (1, 2), (2, 4), (3, 4), (4, 5)]
    graph.retain_grad()
    loss.backward()
    assert graph.nodes[2].tensor.grad == [1.0]


def test_operation_of_a_result_is_the_name_of_its_function():
    x = leaf(0.5)
    for function in (F.relu, F.tanh, F.exp, F.neg):
        assert function(x).operation == function.__name__


# -- dtypes -------------------------------------------------------------------------------------
KINDS = {
    "bool": np.bool_,
    "uint8": np.uint8,
    "int64": np.int64,
    "float32": np.float32,
    "float64": np.float64,
}
PAIRED = {
    "add": lambda f, a, b: a + b,
    "mul": lambda f, a, b: a * b,
    "div": lambda f, a, b: a / b,
    "maximum": lambda f, a, b: f.maximum(a, b),
    "minimum": lambda f, a, b: f.minimum(a, b),
    "where": lambda f, a, b: f.where(a == a, a, b),
}


@pytest.mark.parametrize("name", PAIRED)
@pytest.mark.parametrize("shapes", [((3,), (3,)), ((3,), ()), ((), (3,)), ((), ())])
def test_dtype_of_a_result_is_that_of_torch(name, shapes, torch):
    floats = ("float32", "float64")
    for first in KINDS:
        for second in KINDS:
            if not {first, second} & set(floats) and (name != "div" or "bool" in (first, second)):
                continue  # integers among themselves follow NumPy
            a, b = np.ones(shapes[0], KINDS[first]), np.ones(shapes[1], KINDS[second])
            ours = PAIRED[name](F, Tensor(a), Tensor(b))
            theirs = PAIRED[name](torch, torch.tensor(a), torch.tensor(b))
            assert ours.dtype == theirs.numpy().dtype, (first, second)


@pytest.mark.parametrize("name", ["float32", "float64", "int64", "uint8"])
@pytest.mark.parametrize("number", [2.5, np.float64(2.5), np.float32(2.5)])
def test_plain_number_never_makes_float64(name, number, torch):
    x = np.ones(3, KINDS[name])
    expected = (torch.tensor(x) * float(number)).numpy().dtype
    results = [Tensor(x) * number, number - Tensor(x), Tensor(x) / number]
    results += [F.maximum(Tensor(x), number), F.where(x == 1, Tensor(x), number)]
    results += [F.clamp(Tensor(x), max=number), F.clamp(Tensor(x), min=number)]
    if name.startswith("float"):
        results += [Tensor(x) ** number, F.leaky_relu(x, number), F.normalize(x, 0, number)]
        results += [F.masked_fill(x, x == 1, number), F.pad(x, (1, 1), number)]
        results += [F.cosine_similarity(x, x, 0, number), F.var(x, correction=number - 2)]
        results += [F.layer_norm(x, (3,), eps=number), F.dropout(x, number / 5, rng=RNG)]
        labels, few = np.zeros(3, int), number / 5
        results += [F.cross_entropy(np.ones((3, 2), x.dtype), labels, label_smoothing=few)]
        results += [F.scaled_dot_product_attention(*[np.ones((3, 2), x.dtype)] * 3, scale=number)]
    for result in results:
        assert result.dtype == expected


RNG = np.random.default_rng(0)


def test_integers_take_the_dtype_of_floats_beside_them():
    whole, f32 = np.ones((3, 3), int), Tensor(np.ones((3, 3), np.float32))
    for result in (f32 @ whole, whole @ f32, F.cat([whole, f32]), F.stack([f32, Tensor(whole)])):
        assert result.dtype == np.float32
    assert F.cat([f32, np.ones((1, 3))]).dtype == np.float64


def test_each_gradient_has_the_dtype_of_its_tensor():
    x = Tensor(np.ones(3, np.float32), requires_grad=True)
    y = Tensor(np.ones(3, np.float64), requires_grad=True)
    number = Tensor(np.array(2.0), requires_grad=True)
    seen = []
    middle = Tensor.result(x.data * 1, (x,), lambda grad: (seen.append(grad.dtype) or grad,))
    out = (middle * y + x * number).sum()
    for _ in range(2):
        out.backward(retain_graph=True)
        assert [t.grad.dtype for t in (x, y, number)] == [np.float32, np.float64, np.float64]
    assert seen == [np.float32] * 2
    out = x * 2
    out.backward(np.ones(3))
    assert x.grad.dtype == np.float32


def test_gradients_without_axes_stay_arrays():
    x = Tensor(np.array(3.0), requires_grad=True)
    kept = x * 2
    kept.retain_grad()
    for _ in range(3):
        (x * x + x.abs() + kept + kept.exp() + F.relu(x)).backward(retain_graph=True)
        assert type(x.grad) is np.ndarray
        assert type(kept.grad) is np.ndarray
    assert x.grad.shape == ()
    grads = []
    y = Tensor.result(x.data * 2, (x,), lambda grad: (grads.append(type(grad)) or grad * 2,))
    (y + y * y + y).backward()
    assert grads == [np.ndarray]


# -- integers -----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["uint8", "int64", "bool"])
def test_smallest_of_integers_is_that_of_torch(name, torch):
    a = np.array([[0, 1, 3], [1, 0, 1]]).astype(KINDS[name])
    b = np.array([[1, 1, 0], [0, 0, 2]]).astype(KINDS[name])
    if name == "int64":
        a[0, 0], b[1, 1] = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    x, y = torch.tensor(a), torch.tensor(b)
    for ours, theirs in (
        (F.minimum(a, b), torch.minimum(x, y)),
        (F.maximum(a, b), torch.maximum(x, y)),
        (F.amin(a, 1), torch.amin(x, 1)),
        (F.amax(a), torch.amax(x)),
        (F.sum(a, 0), torch.sum(x, 0)),
        (F.clamp(b, max=1), torch.clamp(y, max=1)) if name != "bool" else (a, x),
    ):
        assert np.asarray(ours).dtype == theirs.numpy().dtype
        np.testing.assert_array_equal(np.asarray(ours), theirs.numpy())


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_no_inner_name_shows_up_as_the_operation(approximate):
    assert F.gelu(leaf(0.5), approximate).operation == "gelu"
    assert F.minimum(leaf(0.5), 1.0).operation == "minimum"
    assert F.amin(leaf(0.5)).operation == "amin"
    assert F.std(leaf(0.5, 1.0)).operation == "std"
