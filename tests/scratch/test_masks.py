"""Masks of attention: learnt ones, several together, and is_causal beside others."""

import numpy as np
import pytest
from cases import normal

from nnbook_utils.scratch import Tensor, nn
from nnbook_utils.scratch import functional as F

torch = pytest.importorskip("torch", reason="torch is not installed")

QKV = normal(2, 3, 4, 5), normal(2, 3, 6, 5, seed=1), normal(2, 3, 6, 2, seed=2)
BEFORE = np.tril(np.ones((4, 4), bool))


def close(ours, theirs):
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-9, atol=1e-12)


def close_with_gradients(ours, theirs, our_inputs, their_inputs):
    upstream = normal(*ours.shape, seed=4)
    ours.backward(upstream)
    theirs.backward(torch.tensor(upstream))
    close(ours.data, theirs)
    for mine, twin in zip(our_inputs, their_inputs, strict=True):
        close(mine.grad, twin.grad)


@pytest.mark.parametrize("shape", [(4, 6), (1, 6), (4, 1), (6,), (3, 4, 6), (2, 1, 4, 6)])
def test_gradient_of_a_learnt_mask_is_that_of_torch(shape):
    ours = [Tensor(x, requires_grad=True) for x in (*QKV, normal(*shape, seed=3))]
    theirs = [torch.tensor(x, requires_grad=True) for x in (*QKV, normal(*shape, seed=3))]
    out = F.scaled_dot_product_attention(*ours)
    expected = torch.nn.functional.scaled_dot_product_attention(*theirs)
    close_with_gradients(out, expected, ours, theirs)


def test_masks_for_several_batches_over_one_query():
    q, k, mask = normal(4, 5), normal(6, 5, seed=1), normal(2, 4, 6, seed=3)
    v = normal(2, 6, 3, seed=2)
    ours = F.scaled_dot_product_attention(q, k, v, mask)
    arrays = [torch.tensor(np.broadcast_to(x, (2, *x.shape[-2:])).copy()) for x in (q, k, v, mask)]
    close(ours.data, torch.nn.functional.scaled_dot_product_attention(*arrays))


def test_dropped_weights_pass_no_gradient():
    ours = [Tensor(x, requires_grad=True) for x in QKV]
    theirs = [torch.tensor(x, requires_grad=True) for x in QKV]
    rng = np.random.default_rng(0)
    out = F.scaled_dot_product_attention(*ours, dropout_p=0.4, rng=rng)
    keep = np.random.default_rng(0).random((2, 3, 4, 6), dtype=np.float32) >= 0.4
    q, k, v = theirs
    weights = torch.softmax(q @ k.transpose(-1, -2) / 5**0.5, -1)
    expected = (weights * torch.tensor(keep) / 0.6) @ v
    close_with_gradients(out, expected, ours, theirs)


def twins():
    """An attention layer of ours and PyTorch's with the same numbers."""
    layer = nn.MultiheadAttention(6, 2, rng=np.random.default_rng(0)).to(np.float64)
    twin = torch.nn.MultiheadAttention(6, 2, batch_first=True).double()
    twin.load_state_dict(layer.state_dict())
    return layer, twin


@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("padding", ["none", "booleans", "numbers"])
def test_causal_attention_with_padding_is_that_of_torch(padding, need_weights):
    layer, twin = twins()
    x = normal(3, 4, 6)
    pads = np.zeros((3, 4), bool)
    pads[1, 3] = pads[2, 2:] = True
    pads = {"none": None, "booleans": pads, "numbers": np.where(pads, -np.inf, 0.3)}[padding]
    out, weights = layer(x, x, x, pads, need_weights, is_causal=True)
    t, theirs = torch.tensor(x), None if pads is None else torch.tensor(pads)
    later = torch.tensor(~BEFORE) if padding != "numbers" else torch.tensor(
        np.where(BEFORE, 0, -np.inf))  # fmt: skip
    expected, twin_weights = twin(t, t, t, theirs, need_weights, later, is_causal=True)
    close(out.data, expected)
    if need_weights:
        close(weights.data, twin_weights)


def test_encoder_layer_with_padding_cannot_look_ahead():
    layer = nn.TransformerEncoderLayer(6, 2, 8, rng=np.random.default_rng(0)).eval()
    x = normal(1, 4, 6).astype(np.float32)
    changed = x.copy()
    changed[:, -1] += 1
    pads = np.zeros((1, 4), bool)
    before, after = (
        layer(Tensor(y), src_key_padding_mask=pads, is_causal=True).data for y in (x, changed)
    )
    np.testing.assert_array_equal(before[:, :-1], after[:, :-1])


@pytest.mark.parametrize("shape", [(4, 4), (6, 4, 4)])
def test_layer_passes_gradients_to_a_learnt_mask(shape):
    layer, twin = twins()
    x, bias = normal(3, 4, 6), normal(*shape, seed=3)
    pads = np.array([[0, 0, 0, 0], [0, 0, 0, -1], [0, 0, -2, -1]], float)
    mine, theirs = Tensor(bias, requires_grad=True), torch.tensor(bias, requires_grad=True)
    (layer(x, x, x, pads, attn_mask=mine)[0] ** 2).sum().backward()
    t = torch.tensor(x)
    (twin(t, t, t, torch.tensor(pads), attn_mask=theirs)[0] ** 2).sum().backward()
    close(mine.grad, theirs.grad)
