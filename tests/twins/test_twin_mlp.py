import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from nnbook_utils import twins  # noqa: E402
from nnbook_utils.scratch import Tensor, models  # noqa: E402

SIZES = (784, 16, 16, 10)


def pair(activation="relu"):
    model = models.MLP(SIZES, activation=activation, rng=np.random.default_rng(0))
    return model, twins.MLP(SIZES, activation=activation)


def test_it_has_the_parameters_of_the_book():
    assert sum(p.numel() for p in twins.MLP(SIZES).parameters()) == 13_002


def test_model_and_twin_have_the_same_keys_and_shapes():
    model, twin = pair()
    ours = {name: value.shape for name, value in model.state_dict().items()}
    theirs = {name: tuple(value.shape) for name, value in twin.state_dict().items()}
    assert ours == theirs


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
def test_weights_go_both_ways_and_the_outputs_agree(activation):
    model, twin = pair(activation)
    x = np.random.default_rng(1).random((5, 28, 28), dtype=np.float32)
    twin.load_state_dict(model.state_dict())
    expected = twin(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(model(Tensor(x)).data, expected, atol=1e-6)

    fresh = twins.MLP(SIZES, activation)
    model.load_state_dict(fresh.state_dict())
    expected = fresh(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(model(Tensor(x)).data, expected, atol=1e-6)


def test_every_gradient_agrees_in_double_precision():
    model, twin = pair("tanh")
    model.to(np.float64)
    twin.load_state_dict(model.state_dict())
    twin.double()
    x = np.random.default_rng(1).random((5, 784))
    model(Tensor(x)).sum().backward()
    twin(torch.from_numpy(x)).sum().backward()
    for ours, theirs in zip(model.parameters(), twin.parameters(), strict=True):
        np.testing.assert_allclose(ours.grad, theirs.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(((784,),), "sizes needs at least"), (((4, 2), "relu6"), "activation must be one of")],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        twins.MLP(*arguments)
