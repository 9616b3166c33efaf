"""Whatever is passed in, only a clear ValueError or TypeError comes out.

Each case of the table is spoilt in one place by hypothesis: another shape, another dtype, another
kind of thing. The operation may still work, since many shapes are right; what it must not do is
fail in any other way or without words.
"""

import sys
import traceback
import warnings

import numpy as np
import pytest
from cases import CASES, Case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnbook_utils.scratch import Tensor, init, nn, optim
from nnbook_utils.scratch import functional as F
from nnbook_utils.scratch.models import MLP

rng = np.random.default_rng(0)
# One case for each way an operation is called; spoiling them all would repeat itself. Those that
# use Python's operators are left out, since `None + 1` is Python's own error.
CALLED = [case for case in CASES if case.note not in ("reused", "number first")]
SPOILT = list({(case.function, len(case.inputs)): case for case in CALLED}.values())

wrong_shapes = hnp.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=5)
wrong_things = st.one_of(
    wrong_shapes.map(np.zeros),
    wrong_shapes.map(lambda shape: np.zeros(shape, np.float32)),
    wrong_shapes.map(lambda shape: np.zeros(shape, np.int64)),
    wrong_shapes.map(lambda shape: np.zeros(shape, bool)),
    wrong_shapes.map(lambda shape: np.zeros(shape, complex)),
    st.sampled_from(["text", None, [], [[1.0], [2.0, 3.0]], {"a": 1}, object(), 1, 2.5, True]),
)


def fails_clearly(call):
    """Run it; any failure must be a ValueError or TypeError that our own code words."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # log(0) may warn: this is about errors
        try:
            call()
        except (ValueError, TypeError) as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            assert "raise" in place.line, f"no check catches {error!r}, raised in {place.name}"
        except IndexError:
            assert traceback.extract_tb(sys.exc_info()[2])[-1].name == "getitem"


@pytest.mark.parametrize("case", SPOILT, ids=lambda case: case.label)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_spoilt_input_fails_clearly_or_not_at_all(case: Case, data):
    inputs = list(case.inputs)
    place = data.draw(st.integers(0, len(inputs) - 1))
    inputs[place] = data.draw(wrong_things)
    fails_clearly(lambda: case.run(*inputs))


@pytest.mark.parametrize(
    "case", [case for case in SPOILT if case.options], ids=lambda case: case.label
)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_spoilt_setting_fails_clearly_or_not_at_all(case: Case, data):
    options = dict(case.options)
    name = data.draw(st.sampled_from(sorted(options)))
    options[name] = data.draw(
        st.sampled_from([None, "x", -1, 0, 1.5, 99, (), (1, 2, 3), (-1, 0), [None], True, "mean"])
    )
    fails_clearly(lambda: (case.ours or getattr(F, case.function))(*case.inputs, **options))


x4 = np.ones((2, 3, 5, 5), np.float32)
x3 = np.ones((2, 5, 3), np.float32)
ones = np.ones((2, 3), np.float32)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.linear(ones, np.ones((4, 2), np.float32)), r"x has shape \(2, 3\)"),
        (lambda: F.linear(ones, np.ones((4, 3))), "x is float32, weight is float64"),
        (lambda: F.linear(np.ones((2, 3), int), ones), "x must hold floating-point numbers"),
        (lambda: F.matmul(ones, ones), "same k"),
        (lambda: F.conv2d(x4, np.ones((4, 2, 3, 3), np.float32)), "x has 3 channels"),
        (lambda: F.conv2d(x4, np.ones((4, 3, 7, 7), np.float32)), "larger than the padded image"),
        (lambda: F.conv2d(x4, np.ones((4, 3, 3, 3), np.float32), stride=0), "stride must be at"),
        (lambda: F.conv2d(x4, np.ones((4, 3, 3, 3), np.float32), padding="same"), "padding must"),
        (lambda: F.conv2d(x4, np.ones((4, 1, 3, 3), np.float32), groups=2), "groups must divide"),
        (lambda: F.max_pool2d(x4, 7), "larger than the padded image"),
        (lambda: F.max_pool2d(x4, 2, padding=2), "at most half"),
        (lambda: F.cross_entropy(ones, np.array([0, 3])), "from 0 to 2, but it holds 0 … 3"),
        (lambda: F.cross_entropy(ones, np.array([0.0, 1.0])), "target must hold integers"),
        (lambda: F.mse_loss(ones, ones[:1]), "input and target must have the same shape"),
        (lambda: F.embedding(np.array([7]), ones), "from 0 to 1, but it holds 7"),
        (lambda: F.one_hot(np.array([3]), 3), "from 0 to 2"),
        (lambda: F.embedding(np.array([-1]), ones), "from 0 to 1, but it holds -1"),
        (lambda: F.embedding(np.array([2]), ones), "from 0 to 1, but it holds 2"),
        (lambda: F.one_hot(np.array([-1]), 3), "from 0 to 2, but it holds -1"),
        (lambda: F.gather(ones, 1, np.array([[-1]])), "from 0 to 2, but it holds -1"),
        (lambda: F.gather(ones, 0, np.array([[2]])), "from 0 to 1, but it holds 2"),
        (lambda: F.gather(ones, 0, np.zeros((1, 4), int)), "fit inside it"),
        (lambda: F.gather(ones, 0, np.array([0])), "as many axes"),
        (
            lambda: F.scatter_add(ones, 1, np.array([[-1]]), np.ones((1, 1), np.float32)),
            "from 0 to 2, but it holds -1",
        ),
        (lambda: F.cross_entropy(ones, np.array([-1, 0])), "from 0 to 2, but it holds -1"),
        (lambda: F.cross_entropy(ones, np.array([3, 0]), -1), "from 0 to 2, but it holds 0 … 3"),
        (lambda: F.nll_loss(ones, np.array([-1, 0])), "from 0 to 2, but it holds -1"),
        (lambda: F.nll_loss(ones, np.array([0, 3])), "from 0 to 2, but it holds 0 … 3"),
        (lambda: F.softmax(ones, -3), "dim -3 does not exist"),
        (lambda: F.softmax(ones, 2), "dim 2 does not exist"),
        (lambda: F.unsqueeze(ones, 3), "dim must be from -3 to 2"),
        (lambda: F.unsqueeze(ones, -4), "dim must be from -3 to 2"),
        (lambda: F.softmax(ones, 5), "dim 5 does not exist"),
        (lambda: F.sum(ones, (0, 0)), "names an axis twice"),
        (lambda: F.reshape(ones, 4, 2), "holds 6 numbers"),
        (lambda: F.split(ones, [1, 1], 1), "must add up to 3"),
        (lambda: F.cat([ones, x4]), "agree in all other axes"),
        (lambda: F.cat([]), "at least one tensor"),
        (lambda: F.dropout(ones, 1.5, rng=rng), "between 0 and 1"),
        (lambda: F.gelu(ones, "fast"), "'none', 'tanh'"),
        (lambda: F.pow(ones, Tensor([2.0])), "exponent must be a plain number"),
        (lambda: F.scaled_dot_product_attention(ones, x3, x3), None),
        (lambda: F.scaled_dot_product_attention(ones, ones, ones, dropout_p=0.5), "pass rng="),
        (lambda: F.layer_norm(ones, (4,)), "last axes of x"),
        (lambda: F.group_norm(x4, 2), "divide the 3 channels"),
        (lambda: nn.BatchNorm2d(3)(ones), r"needs x \(N, C, H, W\)"),
        (lambda: nn.Linear(3, 4), "rng"),
        (lambda: nn.LSTM(3, 4, batch_first=False, rng=rng), "batch_first"),
        (lambda: nn.LSTM(3, 4, rng=rng)(ones), r"x must have shape \(N, T, D\)"),
        (lambda: nn.LSTM(4, 4, rng=rng)(x3), "weight_ih must have shape"),
        (lambda: nn.MultiheadAttention(5, 2, rng=rng), "num_heads must divide"),
        (lambda: nn.Sequential(F.relu), "use nn.ReLU"),
        (lambda: nn.Linear(3, 4, rng=rng).load_state_dict({}), r"lacks \['bias', 'weight'\]"),
        (
            lambda: nn.Linear(3, 2, bias=False, rng=rng).load_state_dict({"weight": x3}),
            r"weight must have shape \(2, 3\)",
        ),
        (lambda: optim.SGD([], lr=0.1), "parameters is empty"),
        (lambda: optim.SGD([nn.Parameter(ones)], lr=-1), "lr must be at least 0"),
        (lambda: optim.SGD([nn.Parameter(ones)], lr=1, nesterov=True), "momentum"),
        (lambda: init.xavier_uniform_(nn.Parameter(np.ones(3)), rng=rng), "at least two axes"),
        (lambda: init.calculate_gain("swish"), "nonlinearity must be one of"),
        (lambda: MLP((784,), rng=rng), "sizes needs at least"),
        (lambda: MLP((784, 10), "swish", rng=rng), "activation must be one of"),
        (lambda: MLP((784, 10), rng=rng)(np.ones((2, 28, 27), np.float32)), r"\(2, 756\)"),
    ],
)
def test_message_says_what_was_expected_and_what_came(call, message):
    if message is None:
        call()
        return
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_failed_load_changes_nothing():
    model = MLP((4, 3, 2), rng=np.random.default_rng(0))
    before = model.state_dict()
    spoilt = {name: np.zeros(t.shape) for name, t in before.items()}
    spoilt["2.bias"] = np.zeros(5)
    with pytest.raises(ValueError, match="2.bias"):
        model.load_state_dict(spoilt)
    for name, tensor in model.state_dict().items():
        np.testing.assert_array_equal(tensor.data, before[name].data)


@pytest.mark.parametrize("wrong", [np.array(["a", "b", "c"]), np.array([1, None, 2], object)])
def test_load_of_what_is_no_number_changes_nothing(wrong):
    layer = nn.Linear(2, 3, rng=np.random.default_rng(0))
    before = layer.state_dict()
    with pytest.raises(ValueError, match="bias must hold numbers"):
        layer.load_state_dict({"weight": np.zeros((3, 2)), "bias": wrong})
    np.testing.assert_array_equal(layer.weight.data, before["weight"].data)


@pytest.mark.parametrize("name", ["attn_mask", "key_padding_mask"])
def test_mask_of_integers_is_refused(name):
    # Are they flags, or numbers to add? PyTorch refuses them too.
    attention = nn.MultiheadAttention(4, 2, rng=np.random.default_rng(0))
    x = np.ones((1, 3, 4), np.float32)
    mask = np.ones((3, 3) if name == "attn_mask" else (1, 3), int)
    with pytest.raises(TypeError, match=f"{name} must hold booleans or floats"):
        attention(x, x, x, **{name: mask})


def test_items_of_two_dtypes_cannot_be_added_up():
    with pytest.raises(TypeError, match="x is int64, src is float64"):
        F.scatter_add(np.zeros(2, int), 0, np.array([0]), np.ones(1))
