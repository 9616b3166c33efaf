"""The table of layers: how each is built here and in PyTorch, what goes in, and how it is compared.

Names and arguments are the same in both worlds, so one function builds both: `build(nn, **rng)`
with our nn and a generator, or with torch.nn and none.
"""

from dataclasses import dataclass

import numpy as np
from cases import integers, normal
from proof import relative_difference

from nnbook_utils.scratch import Tensor, nn


@dataclass
class Layer:
    names: tuple  # the public classes that it covers
    build: object  # build(nn, **rng)
    inputs: list  # arrays; floating ones get gradients
    call: object = None  # call(module, *inputs) -> tensor, for layers that return several
    both_modes: bool = True  # compared in training and in evaluation
    note: str = ""

    @property
    def label(self):
        return " ".join(filter(None, ("+".join(self.names), self.note)))

    def run(self, module, inputs):
        return self.call(module, *inputs) if self.call else module(*inputs)


def build_ours(layer):
    return layer.build(nn, rng=np.random.default_rng(0)).to(np.float64)


def build_theirs(torch, layer):
    torch.manual_seed(1)
    return layer.build(torch.nn).double()


def assert_same_layer(torch, layer, ours, theirs, inputs=None):
    """Outputs, gradients of inputs and parameters, and buffers agree to 1e-9."""
    inputs = layer.inputs if inputs is None else inputs
    floating = [x.dtype.kind == "f" for x in inputs]
    our_inputs = [Tensor(x.copy(), requires_grad=f) for x, f in zip(inputs, floating, strict=True)]
    their_inputs = [torch.tensor(x, requires_grad=f) for x, f in zip(inputs, floating, strict=True)]
    out, expected = layer.run(ours, our_inputs), layer.run(theirs, their_inputs)
    assert relative_difference(out.data, expected.detach().numpy()) <= 1e-9
    if expected.requires_grad:
        upstream = np.random.default_rng(5).standard_normal(out.shape)
        out.backward(upstream)
        expected.backward(torch.tensor(upstream))
    pairs = list(zip(our_inputs, their_inputs, strict=True))
    their_parameters = dict(theirs.named_parameters())
    pairs += [(p, their_parameters[name]) for name, p in ours.named_parameters()]
    for mine, other in pairs:
        assert (mine.grad is None) == (other.grad is None)
        if mine.grad is not None:
            assert relative_difference(mine.grad, other.grad.numpy()) <= 1e-9
    their_state = theirs.state_dict()
    for name, tensor in ours.state_dict().items():
        assert relative_difference(tensor.data, their_state[name].numpy()) <= 1e-9


LAYERS = []


def layer(names, build, *inputs, **details):
    names = (names,) if isinstance(names, str) else names
    LAYERS.append(Layer(names, build, list(inputs), **details))


layer("Linear", lambda nn, **rng: nn.Linear(3, 4, **rng), normal(5, 3))
layer("Linear", lambda nn, **rng: nn.Linear(3, 4, bias=False, **rng), normal(2, 5, 3), note="3-d")
for name in ("ReLU", "Sigmoid", "Tanh", "GELU", "SiLU", "Softplus", "LeakyReLU", "Identity"):
    layer(name, lambda nn, name=name, **rng: getattr(nn, name)(), normal(5, 3))
layer("LeakyReLU", lambda nn, **rng: nn.LeakyReLU(0.2), normal(5, 3), note="0.2")
layer("GELU", lambda nn, **rng: nn.GELU("tanh"), normal(5, 3), note="tanh")
layer("Softmax", lambda nn, **rng: nn.Softmax(dim=1), normal(5, 3))
layer("Flatten", lambda nn, **rng: nn.Flatten(), normal(5, 3, 2))
layer("Unflatten", lambda nn, **rng: nn.Unflatten(1, (3, 2)), normal(5, 6))
layer(
    "Unflatten", lambda nn, **rng: nn.Unflatten(-2, (-1, 2)), normal(3, 6, 2), note="from the end"
)
layer("Flatten", lambda nn, **rng: nn.Flatten(0, -2), normal(5, 3, 2, 2), note="other axes")
layer("Softmax", lambda nn, **rng: nn.Softmax(dim=-2), normal(5, 3, 2), note="another axis")
layer(
    ("Sequential", "Linear", "ReLU"),
    lambda nn, **rng: nn.Sequential(nn.Linear(3, 4, **rng), nn.ReLU(), nn.Linear(4, 2, **rng)),
    normal(5, 3),
)
layer(
    "ModuleList",
    lambda nn, **rng: nn.ModuleList([nn.Linear(3, 4, **rng), nn.Linear(4, 2, **rng)]),
    normal(5, 3),
    call=lambda modules, x: modules[1](modules[0](x)),
)

layer("Conv2d", lambda nn, **rng: nn.Conv2d(3, 4, 3, padding=1, **rng), normal(2, 3, 6, 5))
layer(
    "Conv2d",
    lambda nn, **rng: nn.Conv2d(4, 6, (3, 2), stride=2, groups=2, bias=False, **rng),
    normal(2, 4, 6, 5),
    note="groups",
)
layer("Conv1d", lambda nn, **rng: nn.Conv1d(3, 4, 3, stride=2, padding=1, **rng), normal(2, 3, 9))
layer(
    "Conv2d",
    lambda nn, **rng: nn.Conv2d(4, 2, (2, 3), (1, 2), (2, 1), (3, 2), 2, **rng),
    normal(2, 4, 6, 9),
    note="all settings",
)
layer(
    "Conv1d",
    lambda nn, **rng: nn.Conv1d(4, 6, 2, 2, 3, dilation=3, groups=2, bias=False, **rng),
    normal(2, 4, 9),
    note="all settings",
)
layer(
    "ConvTranspose2d",
    lambda nn, **rng: nn.ConvTranspose2d(
        4, 6, (2, 3), (2, 3), (1, 2), (1, 0), groups=2, bias=False, dilation=(3, 2), **rng
    ),
    normal(2, 4, 4, 5),
    note="all settings",
)
layer(
    "ConvTranspose1d",
    lambda nn, **rng: nn.ConvTranspose1d(4, 6, 3, 2, 2, 1, 2, False, 3, **rng),
    normal(2, 4, 5),
    note="all settings",
)
layer(
    "ConvTranspose2d",
    lambda nn, **rng: nn.ConvTranspose2d(3, 4, 3, 2, 1, output_padding=1, **rng),
    normal(2, 3, 4, 4),
)
layer("ConvTranspose1d", lambda nn, **rng: nn.ConvTranspose1d(3, 4, 4, 2, **rng), normal(2, 3, 5))
layer("MaxPool2d", lambda nn, **rng: nn.MaxPool2d(2), normal(2, 3, 6, 6))
layer("MaxPool2d", lambda nn, **rng: nn.MaxPool2d(3, 2, 1), normal(2, 3, 7, 7), note="overlapping")
layer("AvgPool2d", lambda nn, **rng: nn.AvgPool2d(2), normal(2, 3, 6, 6))
layer("MaxPool1d", lambda nn, **rng: nn.MaxPool1d(3), normal(2, 3, 9))
layer("AvgPool1d", lambda nn, **rng: nn.AvgPool1d(3), normal(2, 3, 9))
layer("AvgPool2d", lambda nn, **rng: nn.AvgPool2d((3, 2), 1, 1), normal(2, 3, 6, 5), note="padded")
layer("MaxPool1d", lambda nn, **rng: nn.MaxPool1d(3, 2, 1), normal(2, 3, 9), note="overlapping")
layer("AvgPool1d", lambda nn, **rng: nn.AvgPool1d(3, 1, 1), normal(2, 3, 9), note="padded")
layer("AdaptiveAvgPool2d", lambda nn, **rng: nn.AdaptiveAvgPool2d(1), normal(2, 3, 5, 6))
layer("AdaptiveMaxPool2d", lambda nn, **rng: nn.AdaptiveMaxPool2d((2, 3)), normal(2, 3, 5, 6))
layer("Upsample", lambda nn, **rng: nn.Upsample(scale_factor=2), normal(2, 3, 4, 4))
layer("PixelShuffle", lambda nn, **rng: nn.PixelShuffle(2), normal(2, 8, 3, 3))
layer("PixelUnshuffle", lambda nn, **rng: nn.PixelUnshuffle(2), normal(2, 2, 6, 6))

layer("BatchNorm1d", lambda nn, **rng: nn.BatchNorm1d(4), normal(6, 4))
layer("BatchNorm1d", lambda nn, **rng: nn.BatchNorm1d(4), normal(3, 4, 5), note="sequence")
layer("BatchNorm2d", lambda nn, **rng: nn.BatchNorm2d(4, momentum=0.3), normal(3, 4, 5, 2))
layer("LayerNorm", lambda nn, **rng: nn.LayerNorm(4), normal(2, 3, 4))
layer("LayerNorm", lambda nn, **rng: nn.LayerNorm((3, 4)), normal(2, 3, 4), note="two axes")
layer("RMSNorm", lambda nn, **rng: nn.RMSNorm(4), normal(2, 3, 4))
layer("GroupNorm", lambda nn, **rng: nn.GroupNorm(2, 4), normal(2, 4, 3, 5))
for name, shape in (("BatchNorm1d", (6, 4)), ("BatchNorm2d", (3, 4, 5, 2))):
    for options in (
        {"affine": False},
        {"eps": 0.1},
        {"momentum": None},
        {"track_running_stats": False},
        {"affine": False, "track_running_stats": False, "momentum": None},
    ):
        layer(
            name,
            lambda nn, name=name, options=options, **rng: getattr(nn, name)(4, **options),
            normal(*shape),
            note=str(options),
        )
for name, size, shape, settings in (
    ("LayerNorm", (4,), (2, 3, 4), ({"elementwise_affine": False}, {"bias": False}, {"eps": 0.1})),
    ("RMSNorm", (4,), (2, 3, 4), ({"elementwise_affine": False}, {"eps": 0.1})),
    ("RMSNorm", ((3, 4),), (2, 3, 4), ({},)),
    ("GroupNorm", (2, 4), (2, 4, 3, 5), ({"affine": False}, {"eps": 0.1})),
    ("GroupNorm", (4, 4), (2, 4, 6), ({},)),
):
    for options in settings:
        layer(
            name,
            lambda nn, name=name, size=size, options=options, **rng: getattr(nn, name)(
                *size, **options
            ),
            normal(*shape),
            note=f"{size} {options}",
        )
layer("Dropout", lambda nn, **rng: nn.Dropout(0.5, **rng), normal(5, 3), both_modes=False)
layer("Embedding", lambda nn, **rng: nn.Embedding(7, 4, **rng), integers(7, 3, 5))
layer("Dropout", lambda nn, **rng: nn.Dropout(0.0, **rng), normal(5, 3), note="of none")
layer("Dropout", lambda nn, **rng: nn.Dropout(1.0, **rng), normal(5, 3), note="of all")
for padding_idx in (2, -1):
    layer(
        "Embedding",
        lambda nn, padding_idx=padding_idx, **rng: nn.Embedding(7, 4, padding_idx, **rng),
        integers(7, 3, 5) % 4 + 3 * (integers(2, 3, 5)),
        note=f"padding_idx={padding_idx}",
    )

for name in ("RNN", "GRU", "LSTM"):
    for note, options in {
        "": {},
        "two layers": {"num_layers": 2},
        "both directions": {"bidirectional": True},
        "two layers, both directions, no bias": {
            "num_layers": 2,
            "bidirectional": True,
            "bias": False,
        },
    }.items():

        def build(nn, name=name, options=options, **rng):
            return getattr(nn, name)(3, 4, batch_first=True, **options, **rng)

        layer(name, build, normal(2, 5, 3), call=lambda m, x: m(x)[0], note=note)
        states = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
        start = [normal(states, 2, 4, seed=i) for i in range(2 if name == "LSTM" else 1)]

        def everything(module, x, *state):
            out, last = module(x, state if len(state) == 2 else state[0])
            parts = last if isinstance(last, tuple) else (last,)
            return sum((part * part).sum() for part in parts) + (out * out * out).sum()

        layer(name, build, normal(2, 5, 3), *start, call=everything, note=f"from a state {note}")
layer(
    "RNN",
    lambda nn, **rng: nn.RNN(3, 4, nonlinearity="relu", batch_first=True, **rng),
    normal(2, 5, 3),
    call=lambda m, x: m(x)[0],
    note="relu",
)
# With dropout=1 nothing passes from layer to layer, in either world: no random number is left.
for name in ("RNN", "GRU", "LSTM"):
    for dropout in (0.4, 1.0):
        layer(
            name,
            lambda nn, name=name, dropout=dropout, **rng: getattr(nn, name)(
                3, 4, 3, batch_first=True, dropout=dropout, bidirectional=True, **rng
            ),
            normal(2, 5, 3),
            call=lambda m, x: m(x)[0],
            both_modes=dropout == 1.0,
            note=f"dropout={dropout}",
        )


def attention(nn, **rng):
    return nn.MultiheadAttention(8, 2, batch_first=True, **rng)


NOT_ALLOWED = np.triu(np.ones((5, 5), bool), 1)
PADDING = np.array([[False] * 5, [False] * 3 + [True] * 2])


def as_mask(module, mask):
    """PyTorch wants its own tensors as masks, made from the same numbers."""
    parameter = next(iter(module.parameters()))
    return parameter.new_tensor(mask, dtype=None) if hasattr(parameter, "new_tensor") else mask


def bool_mask(module, mask):
    mask = as_mask(module, mask.astype(np.float64))
    return mask > 0 if hasattr(mask, "dim") else mask.astype(bool)


layer("MultiheadAttention", attention, normal(2, 5, 8), call=lambda m, x: m(x, x, x)[0])
layer(
    "MultiheadAttention",
    attention,
    normal(2, 5, 8),
    normal(2, 3, 8, seed=1),
    call=lambda m, q, k: m(q, k, k)[0],
    note="cross",
)
layer(
    "MultiheadAttention",
    attention,
    normal(2, 5, 8),
    call=lambda m, x: m(
        x, x, x, attn_mask=bool_mask(m, NOT_ALLOWED), key_padding_mask=bool_mask(m, PADDING)
    )[0],
    note="masks",
)
layer(
    "MultiheadAttention",
    lambda nn, **rng: nn.MultiheadAttention(8, 4, bias=False, batch_first=True, **rng),
    normal(2, 5, 8),
    call=lambda m, x: m(x, x, x, attn_mask=as_mask(m, normal(5, 5)))[0],
    note="added mask, no bias",
)
for norm_first in (False, True):
    for activation in ("relu", "gelu"):
        options = {
            "dim_feedforward": 16,
            "dropout": 0.0,
            "activation": activation,
            "norm_first": norm_first,
            "batch_first": True,
        }
        layer(
            "TransformerEncoderLayer",
            lambda nn, options=options, **rng: nn.TransformerEncoderLayer(8, 2, **options, **rng),
            normal(2, 5, 8),
            note=f"{activation} norm_first={norm_first}",
        )
        layer(
            "TransformerDecoderLayer",
            lambda nn, options=options, **rng: nn.TransformerDecoderLayer(8, 2, **options, **rng),
            normal(2, 5, 8),
            normal(2, 3, 8, seed=1),
            call=lambda m, x, memory: m(x, memory, tgt_mask=bool_mask(m, NOT_ALLOWED)),
            note=f"{activation} norm_first={norm_first}",
        )

for dropout in (0.4, 1.0):
    for norm_first in (False, True):
        options = {"dropout": dropout, "norm_first": norm_first, "batch_first": True}
        details = {
            "both_modes": dropout == 1.0,
            "note": f"dropout={dropout} norm_first={norm_first}",
        }
        layer(
            "TransformerEncoderLayer",
            lambda nn, options=options, **rng: nn.TransformerEncoderLayer(
                8, 2, 16, **options, **rng
            ),
            normal(2, 5, 8),
            **details,
        )
        layer(
            "TransformerDecoderLayer",
            lambda nn, options=options, **rng: nn.TransformerDecoderLayer(
                8, 2, 16, **options, **rng
            ),
            normal(2, 5, 8),
            normal(2, 3, 8, seed=1),
            **details,
        )
    layer(
        "MultiheadAttention",
        lambda nn, dropout=dropout, **rng: nn.MultiheadAttention(
            8, 2, dropout, batch_first=True, **rng
        ),
        normal(2, 5, 8),
        call=lambda m, x: m(x, x, x)[0],
        both_modes=dropout == 1.0,
        note=f"dropout={dropout}",
    )


def small(nn, kind, **rng):
    return getattr(nn, kind)(8, 2, dim_feedforward=16, dropout=0.0, batch_first=True, **rng)


def encoder(nn, **rng):
    if rng:
        layers = [small(nn, "TransformerEncoderLayer", **rng) for _ in range(2)]
        return nn.TransformerEncoder(layers, nn.LayerNorm(8))
    return nn.TransformerEncoder(
        small(nn, "TransformerEncoderLayer"), 2, nn.LayerNorm(8), enable_nested_tensor=False
    )


def decoder(nn, **rng):
    if rng:
        layers = [small(nn, "TransformerDecoderLayer", **rng) for _ in range(2)]
        return nn.TransformerDecoder(layers, nn.LayerNorm(8))
    return nn.TransformerDecoder(small(nn, "TransformerDecoderLayer"), 2, nn.LayerNorm(8))


layer(("TransformerEncoder", "TransformerEncoderLayer", "LayerNorm"), encoder, normal(2, 5, 8))
layer(
    ("TransformerDecoder", "TransformerDecoderLayer", "LayerNorm"),
    decoder,
    normal(2, 5, 8),
    normal(2, 3, 8, seed=1),
)
