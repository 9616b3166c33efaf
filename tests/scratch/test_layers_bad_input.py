"""Layers, optimisers and schedules that are given nonsense say so, in a ValueError or TypeError.

Each is written down once with arguments that work; hypothesis spoils one of them, or one of the
inputs. It may still work, since much is allowed; what it must not do is fail in any other way.
"""

import inspect

import numpy as np
import pytest
from cases import integers, normal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_bad_input import fails_clearly, wrong_things

from nnbook_utils.scratch import Tensor, init, nn, optim

NOT_LAYERS = {"Module", "Parameter", "Buffer", "utils"}
window = {"kernel_size": 2, "stride": 1, "padding": 1}
channels = {"in_channels": 2, "out_channels": 4, **window, "dilation": 1, "groups": 2, "bias": True}
recurrent = {
    "input_size": 3, "hidden_size": 4, "num_layers": 2, "bias": True, "batch_first": True,
    "dropout": 0.5, "bidirectional": True,
}  # fmt: skip
block = {
    "d_model": 4, "nhead": 2, "dim_feedforward": 3, "dropout": 0.1, "activation": "relu",
    "batch_first": True, "norm_first": False,
}  # fmt: skip
batch_norm = {
    "num_features": 3, "eps": 1e-5, "momentum": 0.1, "affine": True, "track_running_stats": True
}  # fmt: skip
sequence, image = normal(2, 5, 3), normal(2, 4, 6, 6)
state = normal(4, 2, 4)


def some_layers(n=1, kind="Encoder"):
    rng = np.random.default_rng(0)
    return [getattr(nn, f"Transformer{kind}Layer")(4, 2, 3, rng=rng) for _ in range(n)]


# name -> (arguments, inputs)
LAYERS = {name: ({}, [normal(2, 3)]) for name in ("ReLU", "Sigmoid", "Tanh", "SiLU", "Softplus")}
LAYERS |= {
    "Identity": ({}, [normal(2, 3)]),
    "LeakyReLU": ({"negative_slope": 0.1}, [normal(2, 3)]),
    "GELU": ({"approximate": "tanh"}, [normal(2, 3)]),
    "Softmax": ({"dim": 1}, [normal(2, 3)]),
    "Linear": ({"in_features": 3, "out_features": 4, "bias": True}, [normal(2, 3)]),
    "Flatten": ({"start_dim": 1, "end_dim": -1}, [normal(2, 3, 4)]),
    "Unflatten": ({"dim": 1, "unflattened_size": (3, 2)}, [normal(2, 6)]),
    "Sequential": ({"modules": nn.ReLU()}, [normal(2, 3)]),
    "ModuleList": ({"modules": [nn.ReLU()]}, []),
    "Conv1d": (channels, [normal(2, 2, 5)]),
    "Conv2d": (channels, [normal(2, 2, 5, 5)]),
    "ConvTranspose1d": (channels | {"output_padding": 0}, [normal(2, 2, 5)]),
    "ConvTranspose2d": (channels | {"output_padding": 0}, [normal(2, 2, 5, 5)]),
    "MaxPool1d": (window, [sequence]),
    "AvgPool1d": (window, [sequence]),
    "MaxPool2d": (window, [image]),
    "AvgPool2d": (window, [image]),
    "AdaptiveAvgPool2d": ({"output_size": (2, 3)}, [image]),
    "AdaptiveMaxPool2d": ({"output_size": 2}, [image]),
    "Upsample": ({"scale_factor": 2}, [image]),
    "PixelShuffle": ({"upscale_factor": 2}, [image]),
    "PixelUnshuffle": ({"downscale_factor": 2}, [image]),
    "BatchNorm1d": (batch_norm, [normal(4, 3)]),
    "BatchNorm2d": (batch_norm, [normal(4, 3, 2, 2)]),
    "LayerNorm": (
        {"normalized_shape": (5, 3), "eps": 1e-5, "elementwise_affine": True, "bias": True},
        [sequence],
    ),
    "RMSNorm": ({"normalized_shape": 3, "eps": 1e-5, "elementwise_affine": True}, [sequence]),
    "GroupNorm": ({"num_groups": 2, "num_channels": 4, "eps": 1e-5, "affine": True}, [image]),
    "Dropout": ({"p": 0.5}, [normal(2, 3)]),
    "Embedding": (
        {"num_embeddings": 7, "embedding_dim": 4, "padding_idx": 2},
        [integers(7, 2, 3)],
    ),
    "RNN": (recurrent | {"nonlinearity": "relu"}, [sequence, state]),
    "GRU": (recurrent, [sequence, state]),
    "LSTM": (recurrent, [sequence, (state, state)]),
    "MultiheadAttention": (
        {"embed_dim": 4, "num_heads": 2, "dropout": 0.1, "bias": True, "batch_first": True},
        [normal(2, 5, 4)] * 3,
    ),
    "TransformerEncoderLayer": (block, [normal(2, 5, 4)]),
    "TransformerDecoderLayer": (block, [normal(2, 5, 4), normal(2, 3, 4)]),
    "TransformerEncoder": ({"layers": some_layers(), "norm": nn.LayerNorm(4)}, [normal(2, 5, 4)]),
    "TransformerDecoder": (
        {"layers": some_layers(kind="Decoder"), "norm": nn.LayerNorm(4)},
        [normal(2, 5, 4), normal(2, 3, 4)],
    ),
}

small = {"lr": 0.1, "weight_decay": 0.1}
OPTIMIZERS = {
    "SGD": small | {"momentum": 0.9, "nesterov": True},
    "RMSprop": small | {"alpha": 0.9, "eps": 1e-8, "momentum": 0.5},
    "Adam": small | {"betas": (0.9, 0.99), "eps": 1e-8},
    "AdamW": small | {"betas": (0.9, 0.99), "eps": 1e-8},
}
SCHEDULES = {
    "LambdaLR": {"lr_lambda": lambda t: 1 / (1 + t)},
    "StepLR": {"step_size": 2, "gamma": 0.5},
    "ExponentialLR": {"gamma": 0.9},
    "LinearLR": {"start_factor": 0.1, "end_factor": 1.0, "total_iters": 4},
    "CosineAnnealingLR": {"T_max": 5, "eta_min": 0.01},
}

wrong_arguments = st.one_of(
    st.sampled_from([-3, -1, 0, 1, 2, 5, 7, -0.5, 0.5, 1.5, float("nan"), float("inf"), 1j]),
    st.sampled_from([None, True, False, "text", "", (), [], {}, object(), print, np.zeros(2)]),
    st.sampled_from([(0,), (-1, 2), (2, 2), (2.0, 2), (1, 2, 3), ("a", "b"), (None, 2), ((2,), 2)]),
    st.sampled_from([(1.0, 0.5), (-0.1, 0.9), (0.5, float("nan")), np.random, np.float32(0.5)]),
)
spoiling = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def built(name, arguments, rng):
    """The layer; `rng` only where the class takes one."""
    kind = getattr(nn, name)
    if name == "Sequential":
        return kind(arguments["modules"])
    takes = "rng" in str([inspect.signature(c.__init__) for c in kind.__mro__])
    return kind(**arguments, **({"rng": rng} if takes else {}))


def used(module, inputs, dtype=np.float32):
    """Forwards and backwards."""

    def converted(x):
        if isinstance(x, tuple):
            return tuple(map(converted, x))
        is_float = isinstance(x, np.ndarray) and x.dtype == np.float64
        return Tensor(x.astype(dtype), requires_grad=True) if is_float else x

    out = module(*map(converted, inputs))
    while isinstance(out, tuple):
        out = out[0]
    if isinstance(out, Tensor) and out.requires_grad:
        out.sum().backward()


def test_every_public_class_has_a_case():
    assert set(LAYERS) == set(nn.__all__) - NOT_LAYERS
    assert set(OPTIMIZERS) == set(optim.__all__) - {"Optimizer", "lr_scheduler"}
    schedules = {n for n, c in vars(optim.lr_scheduler).items() if isinstance(c, type)}
    assert set(SCHEDULES) == schedules - {"LRScheduler"}


def parameters_of(kind):
    """The names that a class takes, those of its bases included."""
    taken = set()
    for base in kind.__mro__:
        if "__init__" in vars(base) and base is not object:
            taken |= set(inspect.signature(base.__init__).parameters)
            if not any("*" in str(p) for p in inspect.signature(base.__init__).parameters.values()):
                break
    return taken - {"self", "args", "kwargs", "rng", "options", "sizes", "parameters", "optimizer"}


@pytest.mark.parametrize("name", LAYERS)
def test_every_argument_is_in_the_case_and_the_case_works(name):
    arguments, inputs = LAYERS[name]
    assert parameters_of(getattr(nn, name)) - {"input"} <= set(arguments)
    if name != "ModuleList":
        used(built(name, arguments, np.random.default_rng(0)), inputs)


@pytest.mark.parametrize("name", [name for name, (arguments, _) in LAYERS.items() if arguments])
@spoiling
@given(data=st.data())
def test_a_layer_with_a_wrong_argument_fails_clearly_or_not_at_all(name, data):
    arguments, inputs = LAYERS[name]
    spoilt = data.draw(st.sampled_from(sorted(arguments)))
    arguments = arguments | {spoilt: data.draw(wrong_arguments)}

    def build_and_use():
        module = built(name, arguments, np.random.default_rng(0))
        if name != "ModuleList":
            used(module, inputs)

    fails_clearly(build_and_use)


@pytest.mark.parametrize("name", LAYERS)
@spoiling
@given(data=st.data())
def test_a_layer_with_wrong_input_fails_clearly_or_not_at_all(name, data):
    arguments, inputs = LAYERS[name]
    module = built(name, arguments, np.random.default_rng(0))
    if name == "ModuleList":
        return
    place = data.draw(st.integers(0, len(inputs) - 1))
    inputs = [*inputs[:place], data.draw(wrong_things), *inputs[place + 1 :]]
    fails_clearly(lambda: used(module, inputs))


@pytest.mark.parametrize("name", ["Linear", "Conv1d", "Conv2d", "ConvTranspose1d",
                                  "ConvTranspose2d", "Dropout", "Embedding", "RNN", "GRU", "LSTM",
                                  "MultiheadAttention", "TransformerEncoderLayer",
                                  "TransformerDecoderLayer"])  # fmt: skip
@pytest.mark.parametrize(
    "rng",
    [None, 0, np.random, np.random.RandomState(0)],
    ids=["None", "0", "module", "RandomState"],
)
def test_a_layer_that_draws_needs_a_generator(name, rng):
    with pytest.raises(TypeError, match="rng must be a numpy Generator"):
        built(name, LAYERS[name][0], rng)


def steps(optimizer, parameters, schedule=None):
    for _ in range(3):
        for parameter in parameters:
            parameter.grad = np.ones(parameter.shape, parameter.dtype)
        optimizer.step()
        if schedule:
            schedule.step()


@pytest.mark.parametrize("name", OPTIMIZERS)
@spoiling
@given(data=st.data())
def test_an_optimizer_with_a_wrong_argument_fails_clearly_or_not_at_all(name, data):
    arguments = OPTIMIZERS[name]
    spoilt = data.draw(st.sampled_from(sorted(arguments)))
    arguments = arguments | {spoilt: data.draw(wrong_arguments)}

    def build_and_use():
        parameters = [nn.Parameter(normal(2, 3)), nn.Parameter(normal(2))]
        steps(getattr(optim, name)(parameters, **arguments), parameters)

    fails_clearly(build_and_use)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize(
    "parameters",
    [None, 1, "text", [], {}, [np.ones(2)], [1.0], [None], nn.ReLU()],
    ids=repr,
)
def test_an_optimizer_of_no_parameters_fails_clearly(name, parameters):
    with pytest.raises((ValueError, TypeError), match="parameters"):
        fails_clearly(lambda: getattr(optim, name)(parameters, **OPTIMIZERS[name]))
        getattr(optim, name)(parameters, **OPTIMIZERS[name])


@pytest.mark.parametrize("name", SCHEDULES)
@spoiling
@given(data=st.data())
def test_a_schedule_with_a_wrong_argument_fails_clearly_or_not_at_all(name, data):
    arguments = SCHEDULES[name]
    spoilt = data.draw(st.sampled_from([*sorted(arguments), "optimizer"]))
    wrong = data.draw(wrong_arguments)

    def build_and_use():
        parameters = [nn.Parameter(normal(2, 3))]
        optimizer = optim.SGD(parameters, lr=0.1)
        given = {"optimizer": optimizer, **arguments, spoilt: wrong}
        steps(optimizer, parameters, getattr(optim.lr_scheduler, name)(**given))

    fails_clearly(build_and_use)


@spoiling
@given(st.sampled_from(["warmup", "total", "floor"]), wrong_arguments)
def test_a_warmup_with_a_wrong_argument_fails_clearly_or_not_at_all(spoilt, wrong):
    arguments = {"warmup": 2, "total": 5, "floor": 0.1, spoilt: wrong}
    fails_clearly(lambda: optim.lr_scheduler.warmup_cosine(**arguments)(1))


@pytest.mark.parametrize(
    ("name", "arguments"),
    {
        "uniform_": {"a": 0.0, "b": 1.0},
        "normal_": {"mean": 0.0, "std": 1.0},
        "constant_": {"value": 1.0},
        "xavier_uniform_": {"gain": 1.0},
        "xavier_normal_": {"gain": 1.0},
        "kaiming_uniform_": {"a": 0.1, "mode": "fan_in", "nonlinearity": "leaky_relu"},
        "kaiming_normal_": {"a": 0.1, "mode": "fan_in", "nonlinearity": "leaky_relu"},
    }.items(),
)
@spoiling
@given(data=st.data())
def test_an_initialisation_with_a_wrong_argument_fails_clearly_or_not_at_all(name, arguments, data):
    given = {"tensor": nn.Parameter(np.ones((2, 3))), "rng": np.random.default_rng(0), **arguments}
    if name == "constant_":
        del given["rng"]
    given[data.draw(st.sampled_from(sorted(given)))] = data.draw(wrong_arguments)
    fails_clearly(lambda: getattr(init, name)(**given))
