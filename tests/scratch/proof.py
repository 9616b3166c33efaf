"""How a case is checked: against PyTorch, and against finite differences."""

import warnings

import numpy as np

from nnbook_utils.scratch import Tensor, no_grad


def relative_difference(ours, theirs):
    """Largest difference, in units of the largest number that is expected.

    At least 1e-4: some gradients are 0 in theory and rounding in practice, 1e-17 in both worlds.
    """
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape, f"shape {ours.shape}, but PyTorch has {theirs.shape}"
    if ours.size == 0:
        return 0.0
    same_infinity = np.isinf(theirs) & (ours == theirs)
    difference = np.where(same_infinity, 0, np.abs(ours - np.where(same_infinity, 0, theirs)))
    finite = theirs[np.isfinite(theirs)]
    return float(np.max(difference) / max(1e-4, np.max(np.abs(finite), initial=0)))


def ours_with_gradients(case, inputs, upstream=None):
    """Our result, our gradients for a random upstream gradient, and that upstream gradient."""
    tensors = [Tensor(x, requires_grad=case.differentiable) for x in inputs]
    out = case.run(*tensors)
    if not case.differentiable:
        return np.asarray(out), [], None
    if upstream is None:
        upstream = np.random.default_rng(7).standard_normal(out.shape).astype(out.dtype)
    if out.requires_grad:
        out.backward(upstream)
    return out.data, [t.grad for t in tensors], upstream


def assert_same_as_torch(torch, case, inputs=None, tolerance=1e-9):
    """Forward and every gradient against PyTorch in float64; no warning on our side."""
    inputs = case.inputs if inputs is None else inputs
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out, gradients, upstream = ours_with_gradients(case, inputs)
    tensors = [torch.tensor(x, requires_grad=case.differentiable) for x in inputs]
    expected = case.run_twin(torch, *tensors)
    assert relative_difference(out, expected.detach().numpy()) <= tolerance, "the results differ"
    if not case.differentiable:
        return
    if expected.requires_grad:
        expected.backward(torch.tensor(np.asarray(upstream, np.float64)))
    for number, (ours, tensor) in enumerate(zip(gradients, tensors, strict=True)):
        theirs = None if tensor.grad is None else tensor.grad.numpy()
        if theirs is None or ours is None:
            missing = [g for g in (ours, theirs) if g is not None]
            assert not missing or not np.any(missing[0]), f"only one gradient of input {number}"
            continue
        difference = relative_difference(ours, theirs)
        assert difference <= tolerance, f"gradient of input {number} differs by {difference:.1e}"


def assert_slope_is_right(case, step=1e-6, tolerance=1e-6):
    """The gradient against the slope that we measure by taking a small step, all inputs at once.

    d/dt of f(x + t v) at 0 is the gradient times v, for any direction v.
    """
    inputs = [np.array(x, dtype=np.float64) for x in case.inputs]
    out, gradients, upstream = ours_with_gradients(case, inputs)
    rng = np.random.default_rng(3)
    directions = [rng.standard_normal(x.shape) for x in inputs]

    def value(t):
        with no_grad():
            moved = [Tensor(x + t * v) for x, v in zip(inputs, directions, strict=True)]
            return float(np.sum(case.run(*moved).data * upstream))

    measured = (value(step) - value(-step)) / (2 * step)
    pairs = zip(gradients, directions, strict=True)
    computed = sum(float(np.sum(g * v)) for g, v in pairs if g is not None)
    scale = max(1.0, abs(measured), float(np.sum(np.abs(out * upstream))))
    assert abs(measured - computed) <= tolerance * scale, f"{computed} but measured {measured}"
