"""Layers: weights copied from PyTorch and back, the same outputs, the same gradients."""

import numpy as np
import pytest
from layers import LAYERS, assert_same_layer, build_ours, build_theirs
from proof import relative_difference

from nnbook_utils.scratch import Tensor, nn

each_layer = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.label)
NOT_LAYERS = {"Module", "Parameter", "Buffer", "utils"}


def test_every_public_layer_is_in_the_table():
    covered = {name for layer in LAYERS for name in layer.names}
    assert set(nn.__all__) - NOT_LAYERS == covered


@each_layer
def test_parameters_have_the_names_and_shapes_of_torch(layer, torch):
    ours, theirs = build_ours(layer), build_theirs(torch, layer)
    shapes = {name: tensor.shape for name, tensor in ours.state_dict().items()}
    assert shapes == {name: tuple(t.shape) for name, t in theirs.state_dict().items()}
    assert {n for n, _ in ours.named_parameters()} == {n for n, _ in theirs.named_parameters()}


MODES = [
    pytest.param(layer, training, id=f"{'training' if training else 'evaluation'}-{layer.label}")
    for layer in LAYERS
    for training in (True, False)
    if layer.both_modes or not training  # in training, random numbers differ
]


@pytest.mark.parametrize(("layer", "training"), MODES)
def test_layer_with_weights_from_torch_is_the_same_function(layer, training, torch):
    ours, theirs = build_ours(layer).train(training), build_theirs(torch, layer).train(training)
    ours.load_state_dict(theirs.state_dict())
    assert_same_layer(torch, layer, ours, theirs)


@each_layer
def test_torch_with_weights_from_the_layer_is_the_same_function(layer, torch):
    ours, theirs = build_ours(layer).eval(), build_theirs(torch, layer).eval()
    theirs.load_state_dict(ours.state_dict())
    assert_same_layer(torch, layer, ours, theirs)


@each_layer
def test_layer_computes_in_float32_unless_told_otherwise(layer):
    module = layer.build(nn, rng=np.random.default_rng(0))
    inputs = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in layer.inputs]
    assert layer.run(module, inputs).dtype == np.float32


@each_layer
def test_layer_starts_as_torch_does(layer, torch):
    """The same spread of random weights, the same constants elsewhere."""
    ours, theirs = build_ours(layer), build_theirs(torch, layer)
    their_state = theirs.state_dict()
    for name, tensor in ours.state_dict().items():
        other = their_state[name].numpy().astype(float)
        if np.ptp(other) == 0 or np.ptp(tensor.data) == 0:
            np.testing.assert_array_equal(tensor.data, other)
        elif tensor.numel() > 30:
            assert np.std(tensor.data) == pytest.approx(np.std(other), rel=0.35)
            assert np.abs(tensor.data).max() < 1.5 * np.abs(other).max()


def test_attention_returns_the_mixture_that_torch_returns(torch):
    ours = nn.MultiheadAttention(8, 2, rng=np.random.default_rng(0)).to(np.float64)
    theirs = torch.nn.MultiheadAttention(8, 2, batch_first=True).double()
    theirs.load_state_dict(ours.state_dict())
    x = np.random.default_rng(1).standard_normal((2, 5, 8))
    for average in (True, False):
        _, weights = ours(x, x, x, average_attn_weights=average)
        _, expected = theirs(*[torch.tensor(x)] * 3, average_attn_weights=average)
        assert relative_difference(weights.data, expected.detach().numpy()) <= 1e-9
    assert ours(x, x, x, need_weights=False)[1] is None


def test_masked_attention_cannot_see_the_future():
    layer = nn.TransformerEncoderLayer(8, 2, 16, rng=np.random.default_rng(0)).eval()
    x = np.random.default_rng(1).standard_normal((1, 6, 8)).astype(np.float32)
    changed = x.copy()
    changed[:, 4:] += 1
    future = np.triu(np.ones((6, 6), bool), 1)
    before, after = (layer(Tensor(a), src_mask=future).data for a in (x, changed))
    np.testing.assert_array_equal(before[:, :4], after[:, :4])
    assert not np.allclose(before[:, 4:], after[:, 4:])


def test_dropout_keeps_the_expected_value_and_rests_in_evaluation():
    layer = nn.Dropout(0.3, rng=np.random.default_rng(0))
    x = np.ones((200, 500), np.float32)
    out = layer(x).data
    assert np.mean(out == 0) == pytest.approx(0.3, abs=0.01)
    assert np.mean(out) == pytest.approx(1, abs=0.01)
    assert np.array_equal(layer.eval()(x).data, x)


def test_dropout_uses_the_same_mask_backwards():
    x = Tensor(np.ones(100, np.float32), requires_grad=True)
    out = nn.Dropout(0.5, rng=np.random.default_rng(0))(x)
    out.backward(np.ones(100, np.float32))
    np.testing.assert_array_equal(x.grad, out.data)


def test_clipping_shortens_all_gradients_together_as_torch_does(torch):
    rng = np.random.default_rng(0)
    gradients = [rng.standard_normal((3, 4)), rng.standard_normal(5)]
    for max_norm in (0.5, 100.0):
        ours = [nn.Parameter(np.zeros(g.shape)) for g in gradients]
        theirs = [torch.nn.Parameter(torch.zeros(g.shape)).double() for g in gradients]
        for mine, other, g in zip(ours, theirs, gradients, strict=True):
            mine.grad, other.grad = g.copy(), torch.tensor(g)
        before = nn.utils.clip_grad_norm_(ours, max_norm)
        assert before == pytest.approx(float(torch.nn.utils.clip_grad_norm_(theirs, max_norm)))
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=1e-9)
        nn.utils.clip_grad_value_(ours, 0.1)
        assert max(np.abs(p.grad).max() for p in ours) <= 0.1
