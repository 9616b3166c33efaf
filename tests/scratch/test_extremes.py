"""Very large, very small, empty: no NaN, no warning, and what PyTorch says."""

import warnings

import numpy as np
import pytest
from cases import Case, labels
from proof import assert_same_as_torch, ours_with_gradients

from nnbook_utils.scratch import Tensor
from nnbook_utils.scratch import functional as F

HUGE = np.array([[-1e4, 0.0, 1e4], [1e4, 1e4, 1e4], [-1e4, -1e4, -1e4], [1e-30, -1e-30, 50.0]])
TINY = np.array([[1e-300, 1e-30, 1e-7], [1.0, 2.0, 3.0]])
ON_HUGE = [
    "relu", "leaky_relu", "sigmoid", "tanh", "gelu", "silu", "softplus", "logsigmoid", "abs", "neg",
    "square", "sin", "cos", "normalize", "mean", "sum", "amax", "var",
]  # fmt: skip
EXTREME = [Case(name, [HUGE]) for name in ON_HUGE]
EXTREME += [Case("gelu", [HUGE], {"approximate": "tanh"})]
EXTREME += [
    Case(name, [HUGE], {"dim": dim})
    for name in ("softmax", "log_softmax", "logsumexp")
    for dim in (0, 1)
]
EXTREME += [Case(name, [TINY]) for name in ("log", "sqrt")]
EXTREME += [
    Case("cross_entropy", [HUGE], note=f"labels {target}",
         ours=lambda x, t=target: F.cross_entropy(x, t),
         twin=lambda t, x, y=target: t.nn.functional.cross_entropy(x, labels(t, y)))
    for target in ([0, 0, 0, 0], [2, 1, 0, 2])
]  # fmt: skip
EXTREME += [
    Case("binary_cross_entropy_with_logits", [HUGE, np.full(HUGE.shape, t)])
    for t in (0.0, 0.3, 1.0)
]
EXTREME += [
    Case("layer_norm", [1e4 * np.ones((2, 3))], {"normalized_shape": (3,)}, note="no spread"),
    Case("scaled_dot_product_attention", [HUGE, HUGE, HUGE]),
    Case("mse_loss", [HUGE, -HUGE]),
    Case("smooth_l1_loss", [HUGE, -HUGE]),
]


@pytest.mark.parametrize("case", EXTREME, ids=lambda case: case.label)
def test_extreme_values_give_what_torch_gives_without_warning(case, torch):
    assert_same_as_torch(torch, case)


@pytest.mark.parametrize("case", EXTREME, ids=lambda case: case.label)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_extreme_values_make_no_nan(case, dtype):
    inputs = [np.maximum(x, 1e-37) if x is TINY else x for x in case.inputs]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out, gradients, _ = ours_with_gradients(case, [x.astype(dtype) for x in inputs])
    assert np.all(np.isfinite(out))
    assert all(np.all(np.isfinite(g)) for g in gradients if g is not None)


def test_sigmoid_of_very_negative_numbers_keeps_its_digits():
    x = Tensor(np.array([-30.0, -300.0, -700.0]))
    np.testing.assert_allclose(F.sigmoid(x).data, np.exp(x.data), rtol=1e-12)


def test_query_that_may_look_nowhere_gets_zeros_and_passes_no_gradient():
    q, k, v = (Tensor(np.ones((2, 3)), requires_grad=True) for _ in range(3))
    mask = np.array([[True, True], [False, False]])
    out = F.scaled_dot_product_attention(q, k, v, mask)
    out.backward(np.ones((2, 3)))
    assert out.data[1].tolist() == [0, 0, 0]
    assert q.grad[1].tolist() == [0, 0, 0]
    assert np.all(np.isfinite(k.grad))


EMPTY = [
    Case("add", [np.zeros((0, 3)), np.ones(3)]),
    Case("mul", [np.zeros((0, 3)), np.ones((1, 3))]),
    Case("matmul", [np.zeros((0, 3)), np.ones((3, 2))]),
    Case("matmul", [np.ones((2, 0)), np.ones((0, 3))]),
    Case("linear", [np.zeros((0, 3)), np.ones((2, 3)), np.ones(2)]),
    Case("linear", [np.zeros((2, 0, 3)), np.ones((2, 3)), np.ones(2)]),
    Case("sum", [np.zeros((0, 3))], {"dim": 0}),
    Case("sum", [np.zeros((3, 0))]),
    Case("softmax", [np.zeros((0, 3))], {"dim": 1}),
    Case("softmax", [np.zeros((3, 0))], {"dim": 1}),
    Case("log_softmax", [np.zeros((3, 0))], {"dim": 1}),
    Case("relu", [np.zeros((0,))]),
    Case("gelu", [np.zeros((0, 2))]),
    Case("reshape", [np.zeros((0, 6))], ours=lambda x: x.reshape(0, 2, 3),
         twin=lambda t, x: x.reshape(0, 2, 3)),
    Case("flatten", [np.zeros((0, 2, 3))], {"start_dim": 1}),
    Case("conv2d", [np.zeros((0, 3, 5, 5)), np.ones((2, 3, 3, 3)), np.ones(2)]),
    Case("conv_transpose2d", [np.zeros((0, 3, 5, 5)), np.ones((3, 2, 3, 3))], {"stride": 2}),
    Case("max_pool2d", [np.zeros((0, 3, 4, 4))], {"kernel_size": 2}),
    Case("avg_pool2d", [np.zeros((0, 3, 4, 4))], {"kernel_size": 2}),
    Case("layer_norm", [np.zeros((0, 3))], {"normalized_shape": (3,)}),
    Case("mse_loss", [np.zeros((0, 3)), np.zeros((0, 3))], {"reduction": "sum"}),
    Case("getitem", [np.zeros((0, 3))], ours=lambda x: x[:, 1], twin=lambda t, x: x[:, 1]),
    Case("cat", [np.zeros((0, 3)), np.ones((2, 3))], ours=lambda a, b: F.cat([a, b], 0),
         twin=lambda t, a, b: t.cat([a, b], 0)),
    Case("embedding", [np.ones((4, 3))], ours=lambda w: F.embedding(np.zeros((0, 2), int), w),
         twin=lambda t, w: t.nn.functional.embedding(t.zeros((0, 2), dtype=t.int64), w)),
    Case("scaled_dot_product_attention", [np.zeros((0, 3)), np.ones((4, 3)), np.ones((4, 2))]),
]  # fmt: skip


@pytest.mark.parametrize("case", EMPTY, ids=lambda case: case.label)
def test_empty_inputs_give_empty_results_as_in_torch(case, torch):
    assert_same_as_torch(torch, case)


@pytest.mark.parametrize(
    "call",
    [
        lambda: F.mean(np.zeros((0, 3)), 0),
        lambda: F.amax(np.zeros((0, 3)), 0),
        lambda: F.var(np.ones((1, 3)), 0),
        lambda: F.cross_entropy(np.zeros((0, 3)), np.zeros(0, int)),
        lambda: F.batch_norm(np.ones((1, 3)), None, None, training=True),
        lambda: F.logsumexp(np.zeros((3, 0)), 1),
    ],
)
def test_what_has_no_answer_for_empty_input_is_an_error_and_not_nan(call):
    with pytest.raises(ValueError):
        call()
