"""Settings that one forward pass does not show: running statistics, random masks, empty batches."""

import math

import numpy as np
import pytest
from cases import normal
from layers import LAYERS, assert_same_layer, build_ours, build_theirs
from proof import relative_difference

from nnbook_utils.scratch import Tensor, nn, optim
from nnbook_utils.scratch.models import MLP


@pytest.mark.parametrize("momentum", [0.0, 0.1, 0.7, 1.0, None])
@pytest.mark.parametrize("affine", [True, False])
def test_running_statistics_over_many_batches_are_those_of_torch(torch, momentum, affine):
    ours = nn.BatchNorm1d(4, momentum=momentum, affine=affine).to(np.float64)
    theirs = torch.nn.BatchNorm1d(4, momentum=momentum, affine=affine).double()
    for seed in range(5):
        x = 3 * normal(6 + seed, 4, seed=seed) + 1
        out, expected = ours(Tensor(x)), theirs(torch.tensor(x))
        assert relative_difference(out.data, expected.detach().numpy()) <= 1e-9
    assert int(ours.num_batches_tracked.data) == 5
    for name, tensor in ours.state_dict().items():
        assert relative_difference(tensor.data, theirs.state_dict()[name].numpy()) <= 1e-9
    out, expected = ours.eval()(Tensor(x)), theirs.eval()(torch.tensor(x))
    assert relative_difference(out.data, expected.detach().numpy()) <= 1e-9
    assert int(ours.num_batches_tracked.data) == 5, "evaluation does not count"


def test_a_batch_that_is_refused_does_not_count():
    layer = nn.BatchNorm1d(4)
    before = {name: tensor.data.copy() for name, tensor in layer.state_dict().items()}
    for wrong in (normal(5, 3), normal(1, 4), normal(4), np.ones((5, 4), int)):
        with pytest.raises((ValueError, TypeError)):
            layer(wrong)
    for name, tensor in layer.state_dict().items():
        np.testing.assert_array_equal(tensor.data, before[name])


def test_padding_starts_at_zero_and_stays_there():
    layer = nn.Embedding(5, 3, padding_idx=-2, rng=np.random.default_rng(0))
    assert not layer.weight.data[3].any() and layer.weight.data[[0, 1, 2, 4]].all()
    optimizer = optim.SGD(layer.parameters(), lr=1.0)
    layer(np.array([[0, 3], [3, 1]])).sum().backward()
    np.testing.assert_array_equal(layer.weight.grad, [[1] * 3, [1] * 3, [0] * 3, [0] * 3, [0] * 3])
    optimizer.step()
    assert not layer.weight.data[3].any()


@pytest.mark.parametrize("inputs", [10, 1000])
def test_a_layer_of_any_width_starts_with_weights_as_large_as_those_of_torch(torch, inputs):
    ours = nn.Linear(inputs, 100, rng=np.random.default_rng(0))
    theirs = torch.nn.Linear(inputs, 100)
    for name, tensor in ours.state_dict().items():
        other = theirs.state_dict()[name].numpy()
        assert np.abs(tensor.data).max() == pytest.approx(np.abs(other).max(), rel=0.1)


# -- dropout inside layers -----------------------------------------------------------------------


def draws(shape):
    """Random numbers that depend on the count alone, so that both worlds drop the same."""
    count = math.prod(shape)
    return np.random.default_rng(count).random(count).reshape(shape)


def mask(shape, p):
    return (draws(shape) >= p) / (1 - p)


class SameMask(np.random.Generator):
    """A generator whose draws make our dropout take `mask`."""

    def __init__(self):
        super().__init__(np.random.PCG64(0))

    def random(self, shape, dtype=np.float64):
        return draws(shape)


def with_same_mask(module):
    for part in module.modules():
        if hasattr(part, "rng"):
            part.rng = SameMask()
    return module


@pytest.fixture
def torch_with_same_mask(torch, monkeypatch):
    def dropout(x, p=0.5, training=True, inplace=False):
        return x * torch.tensor(mask(tuple(x.shape), p)) if training else x

    def attention(q, k, v, attn_mask=None, dropout_p=0.0, is_causal=False):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        weights = torch.softmax(scores if attn_mask is None else scores + attn_mask, -1)
        return dropout(weights, dropout_p, dropout_p > 0) @ v

    monkeypatch.setattr(torch.nn.functional, "dropout", dropout)
    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", attention)
    return torch


DROPPING = [
    layer
    for layer in LAYERS
    if not layer.both_modes and layer.names[0] not in ("RNN", "LSTM", "GRU")
]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("layer", DROPPING, ids=lambda layer: layer.label)
def test_dropout_inside_layers_drops_what_torch_drops(layer, training, torch_with_same_mask):
    torch = torch_with_same_mask
    ours = with_same_mask(build_ours(layer)).train(training)
    theirs = build_theirs(torch, layer).train(training)
    theirs.load_state_dict(ours.state_dict())
    assert_same_layer(torch, layer, ours, theirs)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_dropout_between_recurrent_layers_drops_all_outputs_but_the_last(
    torch, name, bidirectional
):
    sizes = {"bidirectional": bidirectional, "batch_first": True}
    layer = with_same_mask(
        getattr(nn, name)(3, 4, 3, dropout=0.4, rng=np.random.default_rng(0), **sizes)
    ).to(np.float64)
    state, x = layer.state_dict(), normal(2, 5, 3)
    out = torch.tensor(x)
    for number in range(3):
        single = getattr(torch.nn, name)(out.shape[2], 4, **sizes).double()
        single.load_state_dict(
            {
                key.replace(f"_l{number}", "_l0"): torch.tensor(value.data)
                for key, value in state.items()
                if f"_l{number}" in key
            }
        )
        out = single(out)[0]
        if number < 2:
            out = out * torch.tensor(mask(tuple(out.shape), 0.4))
    assert relative_difference(layer(Tensor(x))[0].data, out.detach().numpy()) <= 1e-9


# -- nothing to do -------------------------------------------------------------------------------


def empty(layer):
    """The layer's inputs with no example in them; states have the examples second."""
    x, *others = layer.inputs
    is_state = "state" in layer.note
    return [x[:0], *(other[:, :0] if is_state else other[:0] for other in others)]


# PyTorch itself fails for these: its backward pass of a shuffle, and masks for two sequences.
EMPTY = [
    layer
    for layer in LAYERS
    if not layer.names[0].startswith(("PixelShuffle", "PixelUnshuffle", "BatchNorm"))
    and layer.note != "masks"
]


@pytest.mark.parametrize("layer", EMPTY, ids=lambda layer: layer.label)
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
def test_a_batch_of_nothing_goes_through_as_in_torch(torch, layer, training):
    ours, theirs = build_ours(layer).train(training), build_theirs(torch, layer).train(training)
    theirs.load_state_dict(ours.state_dict())
    assert_same_layer(torch, layer, ours, theirs, empty(layer))


def test_a_batch_of_nothing_goes_through_networks():
    for model, x in (
        (MLP((4, 3, 2), rng=np.random.default_rng(0)), np.zeros((0, 4), np.float32)),
        (
            nn.Sequential(
                nn.Conv2d(1, 2, 3, rng=np.random.default_rng(0)),
                nn.ReLU(),
                nn.MaxPool2d(2),
                nn.Flatten(),
                nn.Linear(8, 3, rng=np.random.default_rng(0)),
            ),
            np.zeros((0, 1, 6, 6), np.float32),
        ),
    ):
        out = model(x)
        assert len(out) == 0 and out.dtype == np.float32
        out.sum().backward()
        assert not any(parameter.grad.any() for parameter in model.parameters())
