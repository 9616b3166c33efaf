"""Shapes, windows and axes that nobody chose: hypothesis draws them, PyTorch knows the answer."""

import numpy as np
from cases import Case, normal
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from proof import assert_same_as_torch

from nnbook_utils.scratch import functional as F

small = settings(max_examples=40, deadline=None)
lengths = st.integers(1, 4)
shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@small
@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, min_side=0, max_side=3),
       st.sampled_from(["add", "sub", "mul", "div", "maximum", "minimum"]))  # fmt: skip
def test_arithmetic_broadcasts_as_in_torch(torch, drawn, function):
    a, b = drawn.input_shapes
    assert_same_as_torch(torch, Case(function, [normal(*a), normal(*b, seed=1) + 3.0]))


@small
@given(hnp.mutually_broadcastable_shapes(signature="(n,k),(k,m)->(n,m)", max_dims=3, max_side=3))
def test_products_of_matrices_broadcast_as_in_torch(torch, drawn):
    a, b = drawn.input_shapes
    assert_same_as_torch(torch, Case("matmul", [normal(*a), normal(*b, seed=1)]))


@small
@given(shapes.filter(lambda s: 0 not in s), st.data(), st.booleans(),
       st.sampled_from(["sum", "mean", "amax", "amin", "logsumexp"]))  # fmt: skip
def test_reductions_over_any_axes_are_those_of_torch(torch, shape, data, keepdim, function):
    assume(shape)
    dim = data.draw(hnp.valid_tuple_axes(len(shape), min_size=1))
    options = {"dim": dim, "keepdim": keepdim}
    assert_same_as_torch(torch, Case(function, [normal(*shape)], options))


@small
@given(shapes.filter(bool), st.data(), st.sampled_from(["softmax", "log_softmax"]))
def test_softmax_along_any_axis_is_that_of_torch(torch, shape, data, function):
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    assert_same_as_torch(torch, Case(function, [normal(*shape)], {"dim": dim}))


def basic_index_for_torch(shape):
    """Numbers, slices, ellipsis and new axes; PyTorch knows no negative steps."""
    return hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True).filter(
        lambda index: all(
            not isinstance(i, slice) or (i.step or 1) > 0
            for i in (index if isinstance(index, tuple) else (index,))
        )
    )


@small
@given(shapes, st.data())
def test_indexing_is_that_of_torch(torch, shape, data):
    index = data.draw(basic_index_for_torch(shape))
    case = Case("getitem", [normal(*shape)], ours=lambda x: x[index], twin=lambda t, x: x[index])
    assert_same_as_torch(torch, case)


@st.composite
def windows(draw):
    """Batch, channels, image, filter and settings that fit each other."""
    groups = draw(st.integers(1, 2))
    kernel = (draw(lengths), draw(lengths))
    dilation = (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    padding = (draw(st.integers(0, 3)), draw(st.integers(0, 3)))
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    image = [
        max(1, r - 2 * p) + draw(st.integers(0, 5)) for r, p in zip(reach, padding, strict=True)
    ]
    return {
        "n": draw(st.integers(1, 3)),
        "inputs": groups * draw(st.integers(1, 3)),
        "outputs": groups * draw(st.integers(1, 3)),
        "image": image,
        "kernel": kernel,
        "settings": {
            "stride": (draw(lengths), draw(lengths)),
            "padding": padding,
            "dilation": dilation,
            "groups": groups,
        },
    }


@settings(max_examples=150, deadline=None)
@given(windows())
def test_convolution_with_any_window_is_that_of_torch(torch, w):
    x = normal(w["n"], w["inputs"], *w["image"])
    groups = w["settings"]["groups"]
    weight = normal(w["outputs"], w["inputs"] // groups, *w["kernel"], seed=1)
    bias = normal(w["outputs"], seed=2)
    assert_same_as_torch(torch, Case("conv2d", [x, weight, bias], w["settings"]))


@settings(max_examples=150, deadline=None)
@given(windows(), st.integers(0, 3), st.integers(0, 3))
def test_transposed_convolution_with_any_window_is_that_of_torch(torch, w, extra_h, extra_w):
    options = w["settings"]
    limit = [max(s, d) for s, d in zip(options["stride"], options["dilation"], strict=True)]
    assume(extra_h < limit[0] and extra_w < limit[1])
    sizes = [
        (n - 1) * s - 2 * p + d * (k - 1) + 1 + e
        for n, s, p, d, k, e in zip(
            w["image"], options["stride"], options["padding"], options["dilation"], w["kernel"],
            (extra_h, extra_w), strict=True,
        )
    ]  # fmt: skip
    assume(min(sizes) > 0)
    x = normal(w["n"], w["inputs"], *w["image"])
    weight = normal(w["inputs"], w["outputs"] // options["groups"], *w["kernel"], seed=1)
    bias = normal(w["outputs"], seed=2)
    options = options | {"output_padding": (extra_h, extra_w)}
    assert_same_as_torch(torch, Case("conv_transpose2d", [x, weight, bias], options))


@settings(max_examples=80, deadline=None)
@given(windows(), st.booleans(), st.sampled_from(["max_pool2d", "avg_pool2d"]))
def test_pooling_with_any_window_is_that_of_torch(torch, w, with_ties, function):
    kernel = w["kernel"]
    padding = tuple(min(p, k // 2) for p, k in zip(w["settings"]["padding"], kernel, strict=True))
    image = [max(n, k) for n, k in zip(w["image"], kernel, strict=True)]
    x = normal(w["n"], w["inputs"], *image)
    x = np.round(x) if with_ties else x
    options = {"kernel_size": kernel, "stride": w["settings"]["stride"], "padding": padding}
    assert_same_as_torch(torch, Case(function, [x], options))


def test_large_batch_worked_off_in_parts_is_that_of_torch(torch):
    # Patches are made for a few images at a time; here it takes four rounds.
    inputs = [normal(30, 4, 28, 28), normal(5, 4, 3, 3, seed=1), normal(5, seed=2)]
    for options in ({}, {"stride": 2, "padding": 1}):
        assert_same_as_torch(torch, Case("conv2d", inputs, options))
    inputs = [normal(30, 8, 14, 14), normal(8, 4, 3, 3, seed=1), normal(4, seed=2)]
    assert_same_as_torch(torch, Case("conv_transpose2d", inputs, {"stride": 2}))


@small
@given(st.tuples(lengths, lengths, st.integers(1, 9), st.integers(1, 9)), lengths, lengths,
       st.sampled_from(["adaptive_avg_pool2d", "adaptive_max_pool2d"]))  # fmt: skip
def test_adaptive_pooling_to_any_size_is_that_of_torch(torch, shape, rows, columns, function):
    case = Case(function, [normal(*shape)], {"output_size": (rows, columns)})
    assert_same_as_torch(torch, case)


@small
@given(lengths, lengths, lengths, lengths, lengths, st.booleans())
def test_attention_of_any_size_is_that_of_torch(torch, n, t, s, d, dv, causal):
    qkv = [normal(n, t, d), normal(n, s, d, seed=1), normal(n, s, dv, seed=2)]
    case = Case("scaled_dot_product_attention", qkv, {"is_causal": causal})
    assert_same_as_torch(torch, case)


@small
@given(st.lists(st.integers(0, 6), max_size=30))
def test_embedding_sums_the_gradients_of_repeated_tokens(torch, tokens):
    index = np.array(tokens, dtype=np.int64)
    case = Case("embedding", [normal(7, 3)], ours=lambda w: F.embedding(index, w),
                twin=lambda t, w: t.nn.functional.embedding(t.tensor(index), w))  # fmt: skip
    assert_same_as_torch(torch, case)


@small
@given(st.integers(1, 5), st.integers(1, 5), st.data(),
       st.sampled_from(["mean", "sum", "none"]), st.sampled_from([0.0, 0.1, 1.0]))  # fmt: skip
def test_cross_entropy_with_ignored_labels_is_that_of_torch(
    torch, n, classes, data, reduction, smoothing
):
    label = st.one_of(st.integers(0, classes - 1), st.just(-100))
    target = np.array(data.draw(st.lists(label, min_size=n, max_size=n)))
    assume(np.any(target != -100))
    options = {"reduction": reduction, "label_smoothing": smoothing}
    case = Case("cross_entropy", [normal(n, classes)], options,
                ours=lambda x, **o: F.cross_entropy(x, target, **o),
                twin=lambda t, x, **o: t.nn.functional.cross_entropy(x, t.tensor(target), **o)
                )  # fmt: skip
    assert_same_as_torch(torch, case)
