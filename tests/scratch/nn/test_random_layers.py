"""Layers of any size and setting: hypothesis draws them, PyTorch knows the answer."""

import math

import numpy as np
import pytest
from cases import integers, normal
from hypothesis import given, settings
from hypothesis import strategies as st
from layers import Layer, assert_same_layer, build_ours, build_theirs

from nnbook_utils.scratch import nn

NOT_LAYERS = {"Module", "Parameter", "Buffer", "utils"}
few = st.integers(1, 4)
batch = st.integers(1, 3)
epsilons = st.sampled_from([1e-5, 1e-3, 0.5])
shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def module(name, *sizes, random=False, **options):
    """build(nn, **rng) for one class; only those that draw their weights take the generator."""
    return lambda nn, **rng: getattr(nn, name)(*sizes, **options, **(rng if random else {}))


def plain(name, **options):
    return shapes.map(lambda shape: Layer((name,), module(name, **options), [normal(*shape)]))


@st.composite
def linear(draw):
    sizes = draw(few), draw(few)
    build = module("Linear", *sizes, bias=draw(st.booleans()), random=True)
    return Layer(("Linear",), build, [normal(*draw(shapes), sizes[0])])


@st.composite
def leaky_relu(draw):
    return draw(plain("LeakyReLU", negative_slope=draw(st.sampled_from([-0.5, 0.0, 0.3, 1.0]))))


@st.composite
def softmax(draw):
    shape = draw(shapes)
    dim = draw(st.integers(-len(shape), len(shape) - 1))
    return Layer(("Softmax",), module("Softmax", dim=dim), [normal(*shape)])


@st.composite
def flatten(draw):
    shape = draw(shapes)
    start = draw(st.integers(0, len(shape) - 1))
    end = draw(st.integers(start, len(shape) - 1))
    start, end = (n - len(shape) * draw(st.booleans()) for n in (start, end))
    return Layer(("Flatten",), module("Flatten", start, end), [normal(*shape)])


@st.composite
def unflatten(draw):
    shape, parts = draw(shapes), draw(st.lists(few, min_size=1, max_size=3))
    dim = draw(st.integers(0, len(shape) - 1))
    joined = (*shape[:dim], math.prod(parts), *shape[dim + 1 :])
    dim -= len(shape) * draw(st.booleans())
    return Layer(("Unflatten",), module("Unflatten", dim, tuple(parts)), [normal(*joined)])


@st.composite
def several(draw, name):
    sizes = draw(st.lists(few, min_size=2, max_size=4))

    def build(nn, **rng):
        layers = [nn.Linear(a, b, **rng) for a, b in zip(sizes, sizes[1:], strict=False)]
        return nn.Sequential(*layers, nn.Tanh()) if name == "Sequential" else nn.ModuleList(layers)

    def call(modules, x):
        for part in modules:
            x = part(x)
        return x

    return Layer((name,), build, [normal(draw(batch), sizes[0])], call)


@st.composite
def convolution(draw, name, axes):
    transposed = "Transpose" in name
    groups = draw(st.integers(1, 3))
    channels = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    kernel, stride, dilation = ([draw(st.integers(1, 3)) for _ in range(axes)] for _ in range(3))
    padding = [draw(st.integers(0, 2)) for _ in range(axes)]
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    if transposed:
        options["output_padding"] = [
            draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True)
        ]
        # (n - 1) * stride + reach + output_padding - 2 * padding must be at least 1
        image = [p * 2 + 1 + draw(st.integers(0, 2)) for p in padding]
    else:
        image = [
            max(1, r - 2 * p) + draw(st.integers(0, 3)) for r, p in zip(reach, padding, strict=True)
        ]
    options = {key: value[0] if axes == 1 else tuple(value) for key, value in options.items()}
    window = kernel[0] if axes == 1 else tuple(kernel)
    options |= {"groups": groups, "bias": draw(st.booleans())}
    build = module(name, *channels, window, random=True, **options)
    return Layer((name,), build, [normal(draw(batch), channels[0], *image)])


@st.composite
def pooling(draw, name, axes):
    kernel = [draw(st.integers(1, 3)) for _ in range(axes)]
    padding = [draw(st.integers(0, k // 2)) for k in kernel]
    stride = draw(st.none() | st.tuples(*[st.integers(1, 3)] * axes))
    image = [k + draw(st.integers(0, 4)) for k in kernel]
    sizes = [tuple(kernel), stride, tuple(padding)]
    if axes == 1:
        sizes = [None if size is None else size[0] for size in sizes]
    return Layer((name,), module(name, *sizes), [normal(draw(batch), draw(few), *image)])


@st.composite
def adaptive(draw, name):
    image = draw(st.tuples(batch, few, st.integers(1, 7), st.integers(1, 7)))
    size = draw(few | st.tuples(few, few))
    return Layer((name,), module(name, size), [normal(*image)])


@st.composite
def resampling(draw, name):
    n, c, h, w, r = draw(st.tuples(batch, few, few, few, st.integers(1, 3)))
    shape = {
        "Upsample": (n, c, h, w),
        "PixelShuffle": (n, c * r * r, h, w),
        "PixelUnshuffle": (n, c, h * r, w * r),
    }[name]
    build = module(name, scale_factor=r) if name == "Upsample" else module(name, r)
    return Layer((name,), build, [normal(*shape)])


@st.composite
def batch_norm(draw, name):
    channels = draw(few)
    if name == "BatchNorm2d":
        image = draw(st.tuples(few, few))
    else:
        image = draw(st.just(()) | st.tuples(few))
    build = module(
        name,
        channels,
        draw(epsilons),
        draw(st.sampled_from([None, 0.0, 0.1, 1.0])),
        draw(st.booleans()),
        draw(st.booleans()),
    )
    return Layer((name,), build, [normal(draw(st.integers(2, 4)), channels, *image)])


@st.composite
def last_axes(draw, name):
    shape = draw(st.lists(st.integers(2, 4), min_size=2, max_size=4))
    normalized = tuple(shape[draw(st.integers(1, len(shape) - 1)) :])
    if len(normalized) == 1 and draw(st.booleans()):
        normalized = normalized[0]
    options = {"elementwise_affine": draw(st.booleans())}
    options["eps"] = draw(epsilons if name == "LayerNorm" else epsilons | st.none())
    if name == "LayerNorm":
        options["bias"] = draw(st.booleans())
    return Layer((name,), module(name, normalized, **options), [normal(*shape)])


@st.composite
def group_norm(draw):
    groups, size = draw(few), draw(st.integers(1, 3))
    image = draw(st.lists(st.integers(2, 4), min_size=1, max_size=2))
    build = module("GroupNorm", groups, groups * size, draw(epsilons), draw(st.booleans()))
    return Layer(("GroupNorm",), build, [normal(draw(batch), groups * size, *image)])


@st.composite
def dropout(draw):
    p = draw(st.sampled_from([0.0, 0.3, 1.0]))
    build = module("Dropout", p, random=True)
    return Layer(("Dropout",), build, [normal(*draw(shapes))], both_modes=p in (0, 1))


@st.composite
def embedding(draw):
    tokens, size = draw(few), draw(few)
    padding_idx = draw(st.none() | st.integers(-tokens, tokens - 1))
    build = module("Embedding", tokens, size, padding_idx=padding_idx, random=True)
    return Layer(("Embedding",), build, [integers(tokens, *draw(shapes))])


@st.composite
def recurrent(draw, name):
    n, t, d, h, layers = draw(st.tuples(batch, few, few, few, st.integers(1, 3)))
    both, p = draw(st.booleans()), draw(st.sampled_from([0.0, 0.3, 1.0]))
    p = p if layers > 1 else 0.0  # PyTorch warns: there is nothing between layers to drop
    options = {"num_layers": layers, "bias": draw(st.booleans()), "dropout": p}
    options |= {"bidirectional": both, "batch_first": True}
    if name == "RNN":
        options["nonlinearity"] = draw(st.sampled_from(["tanh", "relu"]))
    states = [normal(layers * (1 + both), n, h, seed=i) for i in range(1 + (name == "LSTM"))]
    given = draw(st.booleans())

    def call(module, x, *state):
        state = (state if name == "LSTM" else state[0]) if given else None
        out, last = module(x, state)
        ends = last if name == "LSTM" else (last,)
        return sum(((i + 2) * end * end).sum() for i, end in enumerate(ends)) + (out**3).sum()

    return Layer(
        (name,),
        module(name, d, h, random=True, **options),
        [normal(n, t, d), *(states if given else ())],
        call,
        both_modes=p != 0.3,
    )


@st.composite
def attention(draw):
    n, t, heads, size = draw(st.tuples(batch, few, few, few))
    s, itself = draw(few), draw(st.booleans())
    s = t if itself else s
    p = draw(st.sampled_from([0.0, 0.3, 1.0]))
    hidden = integers(2, t, s).astype(bool) & (np.arange(s) > 0)  # the first key is always seen
    padding = integers(2, n, s, seed=1).astype(bool) & (np.arange(s) > 0)
    use = draw(st.tuples(st.booleans(), st.booleans()))
    inputs = [normal(n, t, heads * size)]
    if not itself:
        inputs += [normal(n, s, heads * size, seed=i) for i in (1, 2)]

    def call(module, query, key=None, value=None):
        masks = {}
        for name, mask, wanted in zip(
            ("attn_mask", "key_padding_mask"), (hidden, padding), use, strict=True
        ):
            if wanted:
                masks[name] = as_booleans(query, mask)
        return module(query, *((query, query) if itself else (key, value)), **masks)[0]

    build = module(
        "MultiheadAttention", heads * size, heads, p, draw(st.booleans()), batch_first=True,
        random=True,
    )  # fmt: skip
    return Layer(("MultiheadAttention",), build, inputs, call, both_modes=p != 0.3)


def as_booleans(like, mask):
    return like.new_tensor(mask) > 0 if hasattr(like, "new_tensor") else mask


@st.composite
def transformer(draw, name):
    n, t, s, heads, size, wide = draw(st.tuples(batch, few, few, few, st.integers(2, 4), few))
    options = {
        "dim_feedforward": wide,
        "dropout": draw(st.sampled_from([0.0, 0.3, 1.0])),
        "activation": draw(st.sampled_from(["relu", "gelu"])),
        "norm_first": draw(st.booleans()),
        "batch_first": True,
    }
    count, norm = draw(st.integers(1, 2)), draw(st.booleans())
    kind = name if name.endswith("Layer") else name + "Layer"
    one = module(kind, heads * size, heads, random=True, **options)

    def build(nn, **rng):
        if name == kind:
            return one(nn, **rng)
        last = nn.LayerNorm(heads * size) if norm else None
        if rng:
            return getattr(nn, name)([one(nn, **rng) for _ in range(count)], last)
        quiet = {"enable_nested_tensor": False} if "Encoder" in name else {}
        return getattr(nn, name)(one(nn), count, last, **quiet)

    inputs = [normal(n, t, heads * size)]
    if "Decoder" in name:
        inputs.append(normal(n, s, heads * size, seed=1))
    future = np.triu(np.ones((t, t), bool), 1)
    mask = {"Layer": "src_mask", "": "mask"}[name.removeprefix("TransformerEncoder")] if (
        "Encoder" in name
    ) else "tgt_mask"  # fmt: skip
    masked = draw(st.booleans())

    def call(module, *inputs):
        return module(*inputs, **({mask: as_booleans(inputs[0], future)} if masked else {}))

    return Layer((name,), build, inputs, call, both_modes=options["dropout"] != 0.3)


RANDOM = {name: plain(name) for name in ("ReLU", "Sigmoid", "Tanh", "SiLU", "Softplus", "Identity")}
RANDOM |= {
    "GELU": st.sampled_from(["none", "tanh"]).flatmap(lambda kind: plain("GELU", approximate=kind)),
    "LeakyReLU": leaky_relu(),
    "Softmax": softmax(),
    "Linear": linear(),
    "Flatten": flatten(),
    "Unflatten": unflatten(),
    "Sequential": several("Sequential"),
    "ModuleList": several("ModuleList"),
    "LayerNorm": last_axes("LayerNorm"),
    "RMSNorm": last_axes("RMSNorm"),
    "GroupNorm": group_norm(),
    "Dropout": dropout(),
    "Embedding": embedding(),
    "MultiheadAttention": attention(),
}
for axes in (1, 2):
    RANDOM[f"BatchNorm{axes}d"] = batch_norm(f"BatchNorm{axes}d")
    for kind in ("Conv", "ConvTranspose"):
        RANDOM[f"{kind}{axes}d"] = convolution(f"{kind}{axes}d", axes)
    for kind in ("MaxPool", "AvgPool"):
        RANDOM[f"{kind}{axes}d"] = pooling(f"{kind}{axes}d", axes)
RANDOM |= {name: adaptive(name) for name in ("AdaptiveAvgPool2d", "AdaptiveMaxPool2d")}
RANDOM |= {name: resampling(name) for name in ("Upsample", "PixelShuffle", "PixelUnshuffle")}
RANDOM |= {name: recurrent(name) for name in ("RNN", "LSTM", "GRU")}
for part in ("Encoder", "Decoder"):
    for name in (f"Transformer{part}", f"Transformer{part}Layer"):
        RANDOM[name] = transformer(name)


def test_every_public_layer_is_drawn():
    assert set(nn.__all__) - NOT_LAYERS == set(RANDOM)


@pytest.mark.parametrize("name", RANDOM)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_layer_is_the_same_function_as_in_torch(torch, name, data):
    layer = data.draw(RANDOM[name])
    training = data.draw(st.booleans()) if layer.both_modes else False
    ours, theirs = build_ours(layer).train(training), build_theirs(torch, layer).train(training)
    theirs.load_state_dict(ours.state_dict())
    assert_same_layer(torch, layer, ours, theirs)
    # Once more: what the first batch left behind, and gradients that add up.
    assert_same_layer(torch, layer, ours, theirs)


@pytest.mark.parametrize("name", RANDOM)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_any_layer_keeps_single_precision(name, data):
    layer = data.draw(RANDOM[name])
    ours = build_ours(layer).to(np.float32)
    inputs = [x.astype(np.float32) if x.dtype.kind == "f" else x for x in layer.inputs]
    assert layer.run(ours, inputs).dtype == np.float32
