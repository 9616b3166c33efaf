"""Every operation of the table, checked in every way that applies to all of them."""

import numpy as np
import pytest
from cases import CASES
from proof import assert_same_as_torch, assert_slope_is_right, ours_with_gradients

from nnbook_utils.scratch import Tensor
from nnbook_utils.scratch import functional as F

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
KINKS = ("tie", "ties", "zero", "on the bounds", "zero vector", "zeros")
smooth_cases = pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.differentiable and case.note not in KINKS],
    ids=lambda case: case.label,
)


def test_every_public_operation_has_a_case(record_property):
    covered = {case.function for case in CASES}
    assert set(F.__all__) == covered
    record_property("figure", f"{len(CASES)} cases for {len(covered)} operations of scratch")


@each_case
def test_result_and_gradients_are_those_of_torch(case, torch):
    assert_same_as_torch(torch, case)


@smooth_cases
def test_gradient_is_the_slope_of_a_small_step(case):
    assert_slope_is_right(case)


@each_case
def test_inputs_that_are_not_contiguous_give_the_same(case):
    spread_out = []
    for x in case.inputs:
        wide = np.zeros((*x.shape[::-1], 2))
        wide[..., 0] = x.T
        spread_out.append(wide[..., 0].T)  # neither rows nor entries lie next to each other
    expected, expected_gradients, _ = ours_with_gradients(case, case.inputs)
    out, gradients, _ = ours_with_gradients(case, spread_out)
    np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-12)
    for ours, theirs in zip(gradients, expected_gradients, strict=True):
        if theirs is not None:
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


@each_case
def test_float32_stays_float32(case):
    out, gradients, _ = ours_with_gradients(case, [x.astype(np.float32) for x in case.inputs])
    assert out.dtype == np.float32
    assert all(g is None or g.dtype == np.float32 for g in gradients)


@each_case
def test_inputs_and_upstream_gradient_are_left_alone(case):
    inputs = [x.copy() for x in case.inputs]
    _, _, upstream = ours_with_gradients(case, inputs)
    kept = None if upstream is None else upstream.copy()
    ours_with_gradients(case, inputs, upstream)
    for x, original in zip(inputs, case.inputs, strict=True):
        np.testing.assert_array_equal(x, original)
    if kept is not None:
        np.testing.assert_array_equal(upstream, kept)


@smooth_cases
def test_second_walk_through_a_retained_graph_doubles_the_gradients(case):
    tensors = [Tensor(x, requires_grad=True) for x in case.inputs]
    out = case.run(*tensors)
    if not out.requires_grad or not out.parents:
        return
    upstream = np.random.default_rng(1).standard_normal(out.shape)
    out.backward(upstream, retain_graph=True)
    once = [None if t.grad is None else t.grad.copy() for t in tensors]
    out.backward(upstream)
    for tensor, first in zip(tensors, once, strict=True):
        if first is not None:
            np.testing.assert_allclose(tensor.grad, 2 * first, rtol=1e-9, atol=1e-12)


def test_running_statistics_of_batch_norm_are_those_of_torch(torch):
    x = np.random.default_rng(0).standard_normal((3, 4, 5)) + 2
    ours = Tensor(np.zeros(4)), Tensor(np.ones(4))
    theirs = torch.zeros(4, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
    for momentum in (0.1, 0.7):
        F.batch_norm(x, *ours, training=True, momentum=momentum)
        F.batch_norm(x * 2, *ours, training=False)  # leaves them as they are
        torch.nn.functional.batch_norm(torch.tensor(x), *theirs, training=True, momentum=momentum)
        for mine, twin in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine.data, twin.numpy(), rtol=1e-9)
