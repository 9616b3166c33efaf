"""Kinks, infinities, equal numbers and nothing at all: what PyTorch answers, without a warning."""

import warnings

import numpy as np
import pytest

from nnbook_utils.scratch import Tensor, nn
from nnbook_utils.scratch import functional as F
from nnbook_utils.scratch.nn.utils import clip_grad_norm_

torch = pytest.importorskip("torch", reason="torch is not installed")
inf, nan = np.inf, np.nan


def same(ours, theirs, *arrays, dtype=np.float64, atol=1e-12):
    """Results and gradients of both, NaN equal to NaN; no warning on our side."""
    arrays = [np.array(x, dtype) for x in arrays]
    mine = [Tensor(x, requires_grad=True) for x in arrays]
    twins = [torch.tensor(x, requires_grad=True) for x in arrays]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = ours(*mine)
        out.backward(np.ones(out.shape, dtype))
    expected = theirs(*twins)
    expected.sum().backward()
    np.testing.assert_allclose(out.data, expected.detach().numpy(), rtol=1e-9, atol=atol)
    for x, twin in zip(mine, twins, strict=True):
        np.testing.assert_allclose(x.grad, twin.grad.numpy(), rtol=1e-9, atol=atol)


# -- a slope of infinity meets a part that takes no gradient ------------------------------------
MASK = np.array([True, False, True])
CUT = {
    "relu": (F.relu, torch.relu),
    "clamp": (lambda x: F.clamp(x, min=0), lambda x: torch.clamp(x, min=0)),
    "clamp from both sides": (lambda x: F.clamp(x, 0, 0.5), lambda x: torch.clamp(x, 0, 0.5)),
    "masked_fill": (
        lambda x: F.masked_fill(x, ~MASK, 0),
        lambda x: x.masked_fill(torch.tensor(~MASK), 0),
    ),
    "where": (
        lambda x: F.where(MASK, x, x * 0.0 + 0.0),
        lambda x: torch.where(torch.tensor(MASK), x, x * 0.0 + 0.0),
    ),
    "maximum": (
        lambda x: F.maximum(x, np.zeros(3)),
        lambda x: torch.maximum(x, torch.zeros(3, dtype=torch.float64)),
    ),
    "minimum": (
        lambda x: F.minimum(x * x, np.array([0, 0, 2.0])),
        lambda x: torch.minimum(x * x, torch.tensor([0, 0, 2.0]).double()),
    ),
    "max_pool1d": (
        lambda x: F.max_pool1d(x.reshape(1, 1, 3), 3),
        lambda x: torch.nn.functional.max_pool1d(x.reshape(1, 1, 3), 3),
    ),
    "overlapping windows": (
        lambda x: F.max_pool1d(x.reshape(1, 1, 3), 2, 1),
        lambda x: torch.nn.functional.max_pool1d(x.reshape(1, 1, 3), 2, 1),
    ),
}


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("x", [[0.0, -1.0, 0.0], [1.0, -1.0, 0.0], [0.0, 0.0, 0.3]])
def test_no_gradient_comes_through_what_is_cut_off_even_from_infinity(name, x):
    ours, theirs = CUT[name]
    mine = Tensor(np.array(x), requires_grad=True)
    twin = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    out = ours(mine)
    upstream = np.where(out.data == 0, inf, 1.0)
    product = name in ("where", "minimum")  # x * 0 and x * x: infinity * 0 is NaN in both worlds
    with np.errstate(invalid="ignore" if product else "raise"):
        out.backward(upstream)
    theirs(twin).backward(torch.tensor(upstream))
    np.testing.assert_array_equal(mine.grad, twin.grad.numpy())


def test_gradient_of_the_root_of_relu_is_0_below_0():
    same(lambda x: F.sqrt(F.relu(x)), lambda x: torch.sqrt(torch.relu(x)), [0.0, -1.0, 2.0])


def test_recurrent_relu_that_is_off_passes_no_gradient():
    x = Tensor(np.array([[[-1.0], [1.0]]]), requires_grad=True)
    one, zero = np.ones((1, 1)), np.zeros((1, 1))
    out = F.rnn(x, zero, one, zero, nonlinearity="relu")
    out.backward(np.array([[[inf], [1.0]]]))
    assert x.grad.ravel().tolist() == [0, 1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mask_keeps_every_bit_or_none(dtype):
    from nnbook_utils.scratch.tensor import masked

    gradient = np.array([1.5, -inf, nan, 0.0, -0.0, inf, nan, 1e-45], dtype)
    mask = np.array([1, 1, 1, 1, 0, 0, 0, 0], bool)
    expected = np.where(mask, gradient, dtype(0))
    np.testing.assert_array_equal(masked(gradient, mask), expected)
    assert masked(gradient, mask).dtype == dtype
    wide = np.zeros((8, 2), dtype)
    masked(gradient, mask, out=wide[:, 1])
    np.testing.assert_array_equal(wide[:, 1], expected)
    assert masked(np.float64(inf), np.bool_(False)) == 0


# -- equal numbers ------------------------------------------------------------------------------
EQUAL = [[0.1] * 7, [1e4 + 0.1] * 7, [-3e5 - 0.3] * 7, [0.0] * 7]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [0.1, 1e4 + 0.1, -3e5 - 0.3, 0.0])
@pytest.mark.parametrize("count", [3, 7, 1000])
def test_equal_numbers_are_normalised_to_0(value, count, dtype):
    x = np.full((2, count, 6), value, dtype)
    assert not F.layer_norm(x.swapaxes(1, 2), (count,)).data.any()
    assert not F.layer_norm(x, (count, 6)).data.any()
    assert not F.group_norm(x.swapaxes(1, 2), 3).data.any()
    assert not F.batch_norm(x, None, None, training=True).data.any()
    assert not F.var(x).data.any()
    assert not F.std(x, 1).data.any()


def test_one_row_of_equal_numbers_leaves_the_others_as_they_are():
    x = np.random.default_rng(0).standard_normal((3, 7))
    x[1] = 1e4 + 0.1
    same(
        lambda x: F.layer_norm(x, (7,)) * np.arange(7.0),
        lambda x: torch.nn.functional.layer_norm(x, (7,)) * torch.arange(7.0),
        x,
        atol=1e-9,
    )


@pytest.mark.parametrize(
    "norm",
    [
        lambda x: F.layer_norm(x, (5,), eps=1e-30),
        lambda x: F.group_norm(x, 2, eps=1e-30),
        lambda x: F.batch_norm(x, None, None, training=True, eps=1e-30),
    ],
)
def test_small_spread_far_from_0_is_normalised_as_it_would_be_near_0(norm):
    spread = np.random.default_rng(0).integers(-40, 40, (3, 4, 5)) * 2.0**-26
    np.testing.assert_allclose(norm(spread + 2.0**26).data, norm(spread).data, rtol=1e-9)


@pytest.mark.parametrize("row", EQUAL)
def test_deviation_of_equal_numbers_has_gradient_0(row):
    x = Tensor(np.array([row, np.arange(7.0)]), requires_grad=True)
    F.std(x, 1).sum().backward()
    twin = torch.tensor(x.data, requires_grad=True)
    torch.std(twin, 1).sum().backward()
    assert not x.grad[0].any()
    np.testing.assert_allclose(x.grad[1], twin.grad[1].numpy(), rtol=1e-9)


def test_deviation_of_a_single_number_with_correction_0_is_0():
    same(lambda x: F.std(x, correction=0), lambda x: torch.std(x, correction=0), 2.0)


# -- infinities and huge numbers ----------------------------------------------------------------
@pytest.mark.parametrize(
    "row", [[-inf, -inf], [inf, 1.0], [inf, inf], [inf, -inf], [-inf, 1.0], [nan, 1.0]]
)
@pytest.mark.parametrize("keepdim", [True, False])
def test_logsumexp_of_infinities(row, keepdim):
    same(
        lambda x: F.logsumexp(x, 1, keepdim),
        lambda x: torch.logsumexp(x, 1, keepdim),
        [row, [0.5, 2.0]],
    )


@pytest.mark.parametrize("approximate", ["none", "tanh"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gelu_far_out_is_the_number_or_0(approximate, dtype):
    largest = np.finfo(dtype).max
    x = np.array([1e20, largest, 12.0, -12.0, -1e20, -largest], dtype)
    tensor = Tensor(x, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = F.gelu(tensor, approximate)
        out.backward(np.ones_like(x))
    np.testing.assert_allclose(out.data, np.maximum(x, 0), rtol=1e-6, atol=1e-20)
    np.testing.assert_allclose(tensor.grad, x > 0, rtol=1e-6, atol=1e-20)


@pytest.mark.parametrize("approximate", ["none", "tanh"])
def test_gelu_of_a_number_without_axes(approximate):
    same(
        lambda x: F.gelu(x, approximate),
        lambda x: torch.nn.functional.gelu(x, approximate=approximate),
        0.7,
    )


def test_smooth_l1_loss_far_out_is_the_distance():
    zeros = np.zeros(5)
    same(
        lambda x: F.smooth_l1_loss(x, zeros, "none"),
        lambda x: torch.nn.functional.smooth_l1_loss(x, torch.tensor(zeros), reduction="none"),
        [1e200, -1e200, inf, 1.0, -1.0],
    )


def test_relu_hands_nan_on_and_back():
    same(F.relu, torch.relu, [nan, -1.0, 1.0, -0.0])


# -- nothing to work on -------------------------------------------------------------------------
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_where_every_label_is_ignored(reduction, smoothing):
    target = np.array([-100, -100])
    options = {"reduction": reduction, "label_smoothing": smoothing}
    same(
        lambda x: F.cross_entropy(x, target, **options),
        lambda x: torch.nn.functional.cross_entropy(x, torch.tensor(target), **options),
        [[1.0, 2.0], [3.0, 4.0]],
    )


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
def test_batch_of_no_sequence_gives_no_output_and_gradients_of_0(layer):
    ours = getattr(nn, layer)(3, 4, num_layers=2, rng=np.random.default_rng(0)).to(np.float64)
    twin = getattr(torch.nn, layer)(3, 4, num_layers=2, batch_first=True).double()
    x = Tensor(np.zeros((0, 5, 3)), requires_grad=True)
    out, state = ours(x)
    expected, twin_state = twin(torch.zeros(0, 5, 3, dtype=torch.float64))
    assert out.shape == tuple(expected.shape)
    for mine, theirs in zip(
        state if layer == "LSTM" else [state],
        twin_state if layer == "LSTM" else [twin_state],
        strict=True,
    ):
        assert mine.shape == tuple(theirs.shape)
    out.sum().backward()
    assert x.grad.shape == x.shape
    assert not ours.weight_ih_l0.grad.any()


@pytest.mark.parametrize("shape", [(2, 0, 3), (2, 5, 0)])
def test_sequence_of_no_step_or_feature_is_an_error_as_in_torch(shape):
    with pytest.raises(ValueError, match="T and D at least 1"):
        nn.GRU(max(shape[2], 1), 4, rng=np.random.default_rng(0))(Tensor(np.zeros(shape, "f4")))


@pytest.mark.parametrize(
    "cut",
    [
        lambda f, x: f.split(x, 2, 1),
        lambda f, x: f.split(x, [0, 0], 1),
        lambda f, x: f.chunk(x, 3, 1),
        lambda f, x: f.chunk(x, 3, 0),
        lambda f, x: f.unbind(x, 1),
    ],
)
def test_pieces_of_an_empty_axis(cut):
    ours, theirs = cut(F, Tensor(np.zeros((2, 0)))), cut(torch, torch.zeros(2, 0))
    assert [piece.shape for piece in ours] == [tuple(piece.shape) for piece in theirs]


# -- gradients that are not numbers -------------------------------------------------------------
@pytest.mark.parametrize("bad", [nan, inf])
def test_clipping_by_a_length_that_is_no_number(bad):
    p, twin = nn.Parameter(np.ones(3)), torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    p.grad, twin.grad = np.array([bad, 1.0, -2.0]), torch.tensor([bad, 1.0, -2.0]).double()
    with pytest.raises(RuntimeError, match="cannot be clipped"):
        clip_grad_norm_([p], 1.0, error_if_nonfinite=True)
    np.testing.assert_array_equal(p.grad, [bad, 1.0, -2.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        norm = clip_grad_norm_([p], 1.0)
    expected = torch.nn.utils.clip_grad_norm_([twin], 1.0)
    np.testing.assert_array_equal(norm, expected.item())
    np.testing.assert_array_equal(p.grad, twin.grad.numpy())
