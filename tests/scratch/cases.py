"""The table that drives the proof: every public operation, with inputs and its PyTorch twin.

A case names an operation of `functional`, gives its inputs and says what PyTorch computes. The
tests in this folder run each case forwards and backwards against PyTorch, against finite
differences, in float32, with inputs that are not contiguous, and so on.
"""

from dataclasses import dataclass, field

import numpy as np

from nnbook_utils.scratch import Tensor
from nnbook_utils.scratch import functional as F


@dataclass
class Case:
    """`function(*inputs, **options)`; inputs are float64 arrays, all of them get gradients."""

    function: str
    inputs: list
    options: dict = field(default_factory=dict)
    twin: object = None  # twin(torch, *inputs, **options); the same name in torch unless given
    ours: object = None  # ours(*inputs, **options); F.<function> unless given
    differentiable: bool = True
    note: str = ""

    @property
    def label(self):
        shapes = "-".join("x".join(map(str, x.shape)) or "scalar" for x in self.inputs)
        settings = ",".join(
            f"{k}={v}" for k, v in self.options.items() if not isinstance(v, np.ndarray)
        )
        return " ".join(filter(None, (self.function, shapes, settings, self.note)))

    def run(self, *inputs):
        """Our result for these inputs."""
        return (self.ours or getattr(F, self.function))(*inputs, **self.options)

    def run_twin(self, torch, *inputs):
        """PyTorch's result for these inputs."""
        if self.twin:
            return self.twin(torch, *inputs, **self.options)
        places = (torch.nn.functional, torch, torch.Tensor)
        home = next(place for place in places if hasattr(place, self.function))
        return getattr(home, self.function)(*inputs, **self.options)


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def positive(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).uniform(0.2, 2.0, shape)


def away_from_zero(*shape, seed=0):
    """Random numbers with no kink within reach of a finite difference."""
    x = normal(*shape, seed=seed)
    return x + 0.1 * np.sign(x)


def probabilities(*shape, seed=0):
    p = positive(*shape, seed=seed)
    return p / p.sum(-1, keepdims=True)


def integers(high, *shape, seed=0):
    return np.random.default_rng([seed, *shape]).integers(0, high, shape)


def labels(torch, target):
    return torch.as_tensor(np.asarray(target))


CASES = []


def case(function, *inputs, twin=None, ours=None, differentiable=True, note="", **options):
    CASES.append(Case(function, list(inputs), options, twin, ours, differentiable, note))


# -- arithmetic ---------------------------------------------------------------------------------
for name in ("add", "sub", "mul", "div", "maximum", "minimum"):
    second = positive if name == "div" else normal
    case(name, normal(3, 4), second(3, 4, seed=1))
    case(name, normal(3, 4), second(4, seed=1), note="row")
    case(name, normal(2, 1, 4), second(3, 1, seed=1), note="both repeated")
    case(name, normal(3), second(seed=1), note="number")
case("maximum", np.array([1.0, 2, 3]), np.array([1.0, 5, 2]), note="tie")
case("add", normal(2, 3), twin=lambda t, x: x + x + 1.5, ours=lambda x: x + x + 1.5, note="reused")
case("sub", normal(2, 3), twin=lambda t, x: 1 - x, ours=lambda x: 1 - x, note="number first")
case("div", positive(2, 3), twin=lambda t, x: 1 / x, ours=lambda x: 1 / x, note="number first")
case("neg", normal(2, 3))
for exponent in (2, 3, 4, 0, 1):
    case("pow", normal(2, 3), exponent=exponent)
for exponent in (-1, -2, 0.5, 1.5):
    case("pow", positive(2, 3), exponent=exponent)
for name in ("square", "exp", "sin", "cos"):
    case(name, normal(2, 3))
for name in ("log", "sqrt"):
    case(name, positive(2, 3))
case("abs", away_from_zero(2, 3))
case("abs", np.array([-1.0, 0.0, 2.0]), note="zero")
case("clamp", normal(4, 5), min=-0.5, max=0.7)
case("clamp", normal(4, 5), min=0.0)
case("clamp", normal(4, 5), max=0.0)
case("clamp", np.array([0.0, 0.5, 1.0]), min=0.0, max=1.0, note="on the bounds")
MASK = integers(2, 3, 4).astype(bool)
case(
    "where",
    normal(3, 4),
    normal(4, seed=1),
    ours=lambda a, b: F.where(MASK, a, b),
    twin=lambda t, a, b: t.where(t.tensor(MASK), a, b),
)

# -- products -----------------------------------------------------------------------------------
for left, right in (
    ((3, 4), (4, 5)),
    ((4,), (4,)),
    ((4,), (4, 5)),
    ((3, 4), (4,)),
    ((2, 3, 4), (4, 5)),
    ((2, 3, 4), (2, 4, 5)),
    ((2, 1, 3, 4), (5, 4, 2)),
    ((2, 3, 4), (4,)),
    ((4,), (2, 4, 3)),
):
    case("matmul", normal(*left), normal(*right, seed=1))
case("linear", normal(5, 3), normal(4, 3, seed=1), normal(4, seed=2))
case("linear", normal(5, 3), normal(4, 3, seed=1))
case("linear", normal(2, 5, 3), normal(4, 3, seed=1), normal(4, seed=2))
case("linear", normal(3), normal(4, 3, seed=1), normal(4, seed=2))

# -- reductions ---------------------------------------------------------------------------------
for name in ("sum", "mean", "amax", "amin"):
    case(name, normal(3, 4), ours=lambda x, f=name: getattr(F, f)(x), note="all")
    for dim, keepdim in ((0, False), (-1, True), ((0, 2), False), ((1, 2), True)):
        case(name, normal(3, 4, 2), dim=dim, keepdim=keepdim)
case("amax", np.array([[1.0, 3, 3], [2, 2, 2]]), dim=1, note="tie")
for name in ("var", "std"):
    case(name, normal(3, 4), dim=1)
    case(name, normal(3, 4, 2), dim=(0, 2), correction=0, keepdim=True)
    case(name, normal(3, 4), dim=None, correction=1)
case("logsumexp", normal(3, 4), dim=1)
case("logsumexp", normal(3, 4), dim=0, keepdim=True)

# -- shapes -------------------------------------------------------------------------------------
case(
    "reshape", normal(3, 4), ours=lambda x: F.reshape(x, 2, -1), twin=lambda t, x: x.reshape(2, -1)
)
case("flatten", normal(2, 3, 4))
case("flatten", normal(2, 3, 4), start_dim=1)
case("flatten", normal(2, 3, 4), start_dim=0, end_dim=1)
case("transpose", normal(2, 3, 4), dim0=0, dim1=-1)
case(
    "permute",
    normal(2, 3, 4),
    ours=lambda x: F.permute(x, 2, 0, 1),
    twin=lambda t, x: x.permute(2, 0, 1),
)
for dim in (0, 1, -1):
    case("unsqueeze", normal(2, 3), dim=dim)
case("squeeze", normal(2, 1, 3), dim=1)
case("squeeze", normal(2, 1, 3), dim=0)
case(
    "expand",
    normal(2, 1, 3),
    ours=lambda x: F.expand(x, 4, 2, 5, 3),
    twin=lambda t, x: x.expand(4, 2, 5, 3),
)
for dim in (0, 1, -1):
    case(
        "cat",
        normal(2, 3),
        normal(2, 3, seed=1),
        ours=lambda a, b, dim: F.cat([a, b, a], dim),
        twin=lambda t, a, b, dim: t.cat([a, b, a], dim),
        dim=dim,
    )
    case(
        "stack",
        normal(2, 3),
        normal(2, 3, seed=1),
        ours=lambda a, b, dim: F.stack([a, b], dim),
        twin=lambda t, a, b, dim: t.stack([a, b], dim),
        dim=dim,
    )


def weigh(parts):
    """Different weights for the parts of a result that is a list, so that none is forgotten."""
    return sum((part * part).sum() * (i + 1) for i, part in enumerate(parts))


for name, settings in (
    ("split", {"split_size": 2, "dim": 1}),
    ("split", {"split_size": [1, 4], "dim": -1}),
    ("chunk", {"chunks": 3, "dim": 1}),
    ("unbind", {"dim": 0}),
    ("unbind", {"dim": 1}),
):
    case(
        name,
        normal(3, 5),
        ours=lambda x, f=name, **o: weigh(getattr(F, f)(x, **o)),
        twin=lambda t, x, f=name, split_size=None, **o: weigh(
            t.split(x, split_size, **o) if f == "split" else getattr(t, f)(x, **o)
        ),
        **settings,
    )
for label, index in {
    "number": 1,
    "slice": np.s_[1:, ::2],
    "new axis": np.s_[:, None, 2],
    "ellipsis": np.s_[..., -1],
    "list with repeats": [0, 2, 0, 0],
    "mask": normal(4, 5) > 0,
    "pairs": (np.array([0, 1, 1]), np.array([2, 2, 2])),
    "slice and list": np.s_[1:, [0, 0, 3]],
}.items():
    case(
        "getitem",
        normal(4, 5, seed=3),
        ours=lambda x, i=index: F.getitem(x, i),
        twin=lambda t, x, i=index: x[i],
        note=label,
    )
PICK = integers(4, 3, 5)
case(
    "gather",
    normal(4, 5),
    ours=lambda x: F.gather(x, 0, PICK),
    twin=lambda t, x: t.gather(x, 0, t.tensor(PICK)),
)
case(
    "gather",
    normal(3, 4, seed=2),
    ours=lambda x: F.gather(x, -1, PICK),
    twin=lambda t, x: t.gather(x, -1, t.tensor(PICK)),
    note="last axis",
)
case(
    "scatter_add",
    normal(4, 5),
    normal(3, 5, seed=1),
    ours=lambda x, src: F.scatter_add(x, 0, PICK, src),
    twin=lambda t, x, src: t.scatter_add(x, 0, t.tensor(PICK), src),
)
case(
    "masked_fill",
    normal(2, 3, 4),
    ours=lambda x: F.masked_fill(x, MASK, -2.0),
    twin=lambda t, x: x.masked_fill(t.tensor(MASK), -2.0),
)
case("pad", normal(2, 3), pad=(1, 2))
case("pad", normal(2, 3, 4), pad=(1, 0, 2, 3), value=1.5)
case("flip", normal(2, 3, 4), dims=(0, 2))

# -- activations --------------------------------------------------------------------------------
case("relu", away_from_zero(3, 4))
case("leaky_relu", away_from_zero(3, 4), negative_slope=0.2)
for name in ("sigmoid", "tanh", "silu", "softplus", "logsigmoid"):
    case(name, normal(3, 4) * 3)
case("gelu", normal(3, 4) * 3)
case("gelu", normal(3, 4) * 3, approximate="tanh")
for name in ("softmax", "log_softmax"):
    for dim in (0, -1):
        case(name, normal(3, 4, 2), dim=dim)

# -- losses -------------------------------------------------------------------------------------
for reduction in ("mean", "sum", "none"):
    for name in ("mse_loss", "l1_loss", "smooth_l1_loss"):
        case(name, 2 * normal(3, 4), normal(3, 4, seed=1), reduction=reduction)
    case(
        "binary_cross_entropy_with_logits",
        normal(3, 4) * 3,
        probabilities(3, 4),
        reduction=reduction,
    )
    case("kl_div", np.log(probabilities(3, 4)), probabilities(3, 4, seed=1), reduction=reduction)
    for shape in ((5, 4), (2, 4, 3), (2, 4, 3, 2)):
        target = integers(4, shape[0], *shape[2:])
        case(
            "cross_entropy",
            normal(*shape),
            ours=lambda x, target=target, **o: F.cross_entropy(x, target, **o),
            twin=lambda t, x, target=target, **o: t.nn.functional.cross_entropy(
                x, labels(t, target), **o
            ),
            reduction=reduction,
        )
        case(
            "cross_entropy",
            normal(*shape),
            ours=lambda x, target=target, **o: F.cross_entropy(x, target, **o),
            twin=lambda t, x, target=target, **o: t.nn.functional.cross_entropy(
                x, labels(t, target), **o
            ),
            reduction=reduction,
            label_smoothing=0.1,
            ignore_index=1,
        )
    case(
        "nll_loss",
        np.log(probabilities(5, 4)),
        ours=lambda x, **o: F.nll_loss(x, integers(4, 5), **o),
        twin=lambda t, x, **o: t.nn.functional.nll_loss(x, labels(t, integers(4, 5)), **o),
        reduction=reduction,
    )
for ignored in (-1, 3):
    case(
        "cross_entropy",
        normal(6, 4),
        ours=lambda x, i=ignored: F.cross_entropy(x, np.array([0, i, 2, i, 1, 0]), i),
        twin=lambda t, x, i=ignored: t.nn.functional.cross_entropy(
            x, t.tensor([0, i, 2, i, 1, 0]), ignore_index=i
        ),
        note=f"without label {ignored}",
    )
WITH_ZEROS = np.array([[0, 0.5, 0.5], [1, 0, 0]])
case("kl_div", np.log(probabilities(2, 3)), note="zeros", reduction="sum",
     ours=lambda x, reduction: F.kl_div(
        x, WITH_ZEROS.astype(getattr(x, "dtype", float)), reduction),
     twin=lambda t, x, reduction: t.nn.functional.kl_div(x, t.tensor(WITH_ZEROS),
                                                         reduction=reduction))  # fmt: skip


def normal_kl(torch, mu, logvar):
    normals = torch.distributions.Normal
    spread = torch.exp(0.5 * logvar)
    standard = normals(torch.zeros_like(mu), torch.ones_like(mu))
    return torch.distributions.kl_divergence(normals(mu, spread), standard).sum(-1)


case("gaussian_kl", normal(3, 4), normal(3, 4, seed=1), twin=normal_kl)


def clip_loss(torch, a, b, temperature):
    f = torch.nn.functional
    scores = f.normalize(a) @ f.normalize(b).T / temperature
    right = torch.arange(len(a))
    return (f.cross_entropy(scores, right) + f.cross_entropy(scores.T, right)) / 2


case("contrastive_loss", normal(5, 3), normal(5, 3, seed=1), twin=clip_loss, temperature=0.2)

# -- convolution and pooling --------------------------------------------------------------------
for settings in (
    {},
    {"padding": 1},
    {"stride": 2},
    {"stride": (2, 1), "padding": (0, 2)},
    {"dilation": 2, "padding": 2},
    {"stride": 3, "padding": 1, "dilation": (1, 2)},
):
    case("conv2d", normal(2, 3, 7, 6), normal(4, 3, 3, 2, seed=1), normal(4, seed=2), **settings)
    case("conv1d", normal(2, 3, 9), normal(4, 3, 3, seed=1), normal(4, seed=2),
         **{k: v[0] if isinstance(v, tuple) else v for k, v in settings.items()})  # fmt: skip
    case(
        "conv_transpose2d",
        normal(2, 3, 5, 4),
        normal(3, 4, 3, 2, seed=1),
        normal(4, seed=2),
        **({k: 1 if k == "padding" else v for k, v in settings.items()}),
    )
case("conv2d", normal(2, 4, 5, 5), normal(6, 2, 3, 3, seed=1), normal(6, seed=2), groups=2)
case("conv2d", normal(2, 4, 5, 5), normal(4, 1, 3, 3, seed=1), groups=4, padding=1, stride=2)
case("conv2d", normal(2, 3, 4, 4), normal(5, 3, 1, 1, seed=1), normal(5, seed=2), note="1x1")
case("conv2d", normal(1, 2, 3, 3), normal(2, 2, 3, 3, seed=1), note="window = image")
case("conv1d", normal(2, 4, 8), normal(6, 2, 3, seed=1), groups=2, padding=1)
case("conv_transpose2d", normal(2, 4, 3, 3), normal(4, 3, 3, 3, seed=1), normal(6, seed=2),
     stride=2, padding=1, output_padding=1, groups=2)  # fmt: skip
case("conv_transpose2d", normal(2, 2, 3, 3), normal(2, 3, 3, 3, seed=1), dilation=2,
     output_padding=1)  # fmt: skip
case("conv_transpose1d", normal(2, 3, 5), normal(3, 4, 4, seed=1), normal(4, seed=2), stride=2,
     padding=1)  # fmt: skip
case("conv_transpose1d", normal(2, 3, 5), normal(3, 4, 3, seed=1), stride=3, output_padding=2)
for name in ("max_pool2d", "avg_pool2d"):
    case(name, normal(2, 3, 6, 6), kernel_size=2)
    case(name, normal(2, 3, 7, 6), kernel_size=(3, 2), stride=2)
    case(name, normal(2, 3, 7, 7), kernel_size=3, stride=2, padding=1)
    case(name, normal(2, 3, 6, 5), kernel_size=3, stride=1)
case("max_pool2d", integers(3, 2, 2, 6, 6).astype(float), kernel_size=3, stride=2, note="ties")
for name in ("max_pool1d", "avg_pool1d"):
    case(name, normal(2, 3, 9), kernel_size=2)
    case(name, normal(2, 3, 9), kernel_size=3, stride=2, padding=1)
for name in ("adaptive_avg_pool2d", "adaptive_max_pool2d"):
    for size in (1, 3, (2, 5)):
        case(name, normal(2, 3, 7, 8), output_size=size)
case("interpolate", normal(2, 3, 4, 5), scale_factor=2)
case("interpolate", normal(2, 3, 4, 5), scale_factor=(1, 3))
case("pixel_shuffle", normal(2, 8, 3, 4), upscale_factor=2)
case("pixel_unshuffle", normal(2, 2, 6, 4), downscale_factor=2)

# -- normalisation and dropout ------------------------------------------------------------------
for shape, last in (((5, 4), (4,)), ((2, 3, 4), (4,)), ((2, 3, 4), (3, 4))):
    case("layer_norm", normal(*shape), normal(*last, seed=1), normal(*last, seed=2),
         ours=lambda x, w, b, last=last: F.layer_norm(x, last, w, b),
         twin=lambda t, x, w, b, last=last: t.nn.functional.layer_norm(x, last, w, b))  # fmt: skip
    case("rms_norm", normal(*shape), normal(*last, seed=1),
         ours=lambda x, w, last=last: F.rms_norm(x, last, w),
         twin=lambda t, x, w, last=last: t.nn.functional.rms_norm(x, last, w))  # fmt: skip
case("layer_norm", normal(5, 4), normalized_shape=(4,), eps=0.1)


def running(x, seed, torch=None):
    """Running statistics for batch norm: the same numbers in both worlds, in x's dtype."""
    start = positive(4, seed=seed)
    return torch.tensor(start) if torch else Tensor(start.astype(getattr(x, "dtype", float)))


for shape in ((6, 4), (3, 4, 5), (3, 4, 2, 5)):
    for training in (True, False):
        case("batch_norm", normal(*shape), normal(4, seed=1), normal(4, seed=2),
             ours=lambda x, w, b, training: F.batch_norm(
                 x, running(x, 3), running(x, 4), w, b, training),
             twin=lambda t, x, w, b, training: t.nn.functional.batch_norm(
                 x, running(x, 3, t), running(x, 4, t), w, b, training),
             training=training)  # fmt: skip
    case("group_norm", normal(*shape), num_groups=2)
    case("group_norm", normal(*shape), normal(4, seed=1), normal(4, seed=2),
         ours=lambda x, w, b, num_groups: F.group_norm(x, num_groups, w, b),
         twin=lambda t, x, w, b, num_groups: t.nn.functional.group_norm(x, num_groups, w, b),
         num_groups=4 if len(shape) > 2 else 1)  # fmt: skip


def dropped(torch, x, p):
    keep = np.random.default_rng(0).random(tuple(x.shape), dtype=np.float32) >= p
    return x * torch.tensor(keep) / (1 - p)


case("dropout", normal(20, 30), p=0.3, twin=dropped,
     ours=lambda x, p: F.dropout(x, p, rng=np.random.default_rng(0)))  # fmt: skip
case("dropout", normal(2, 3), twin=lambda t, x: x, note="evaluation",
     ours=lambda x: F.dropout(x, 0.5, training=False, rng=None))  # fmt: skip

# -- embedding, similarity, attention -----------------------------------------------------------
TOKENS = integers(5, 3, 4)
case("embedding", normal(7, 6), ours=lambda w: F.embedding(TOKENS, w),
     twin=lambda t, w: t.nn.functional.embedding(t.tensor(TOKENS), w))  # fmt: skip
case("one_hot", normal(1), differentiable=False, ours=lambda _: F.one_hot(TOKENS, 6),
     twin=lambda t, _: t.nn.functional.one_hot(t.tensor(TOKENS), 6))  # fmt: skip
case("normalize", normal(3, 4))
case("normalize", normal(3, 4), dim=0)
case("normalize", np.zeros((2, 3)), note="zero vector")
case("cosine_similarity", normal(3, 4), normal(3, 4, seed=1))
case("cosine_similarity", normal(3, 4), normal(3, 4, seed=1), dim=0)
case("normalize", normal(2, 3, 4), note="default axis")
case("cosine_similarity", normal(2, 3, 4), normal(2, 3, 4, seed=1), note="default axis")
case("cosine_similarity", normal(2, 3, 1), normal(3, 5, seed=1), note="both repeated")
case("cosine_similarity", np.array([[0.0, 0], [3e-9, 1e-9]]), normal(2, 2), note="zero vector")
LOOK = integers(3, 3, 5, seed=9) > 0
LOOK[:, 0] = True


def attend(name, options):
    return lambda *qkv, f=F: f.scaled_dot_product_attention(*qkv, **options)


for q, k, v in (
    ((3, 4), (5, 4), (5, 2)),
    ((2, 3, 4), (2, 5, 4), (2, 5, 4)),
    ((2, 2, 3, 4), (2, 2, 5, 4), (2, 2, 5, 6)),
    ((2, 3, 4), (1, 5, 4), (5, 2)),
):
    qkv = normal(*q), normal(*k, seed=1), normal(*v, seed=2)
    case("scaled_dot_product_attention", *qkv)
    case("scaled_dot_product_attention", *qkv, scale=0.7)
    case("scaled_dot_product_attention", *qkv, is_causal=True)
    case("scaled_dot_product_attention", *qkv, note="boolean mask",
         ours=lambda q, k, v: F.scaled_dot_product_attention(q, k, v, LOOK),
         twin=lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(
             q, k, v, t.tensor(LOOK)))  # fmt: skip
    case("scaled_dot_product_attention", *qkv, note="added mask",
         ours=lambda q, k, v: F.scaled_dot_product_attention(q, k, v, normal(3, 5, seed=4)),
         twin=lambda t, q, k, v: t.nn.functional.scaled_dot_product_attention(
             q, k, v, t.tensor(normal(3, 5, seed=4))))  # fmt: skip
case("attention_weights", normal(2, 3, 4), normal(2, 5, 4, seed=1), differentiable=False,
     twin=lambda t, q, k: t.softmax(q @ k.mT / 2, -1))  # fmt: skip


# -- recurrence ---------------------------------------------------------------------------------
def recurrent_twin(layer, outputs):
    """torch.nn.<layer> run on the weights of the case."""

    def twin(torch, x, *rest, **options):
        states, weights = rest[: 1 if layer != "LSTM" else 2], rest[len(rest) - 4 :]
        if len(rest) - len(states) == 2:
            weights = rest[-2:]
        module = getattr(torch.nn, layer)(
            x.shape[2], states[0].shape[1], batch_first=True, bias=len(weights) == 4, **options
        ).double()
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        start = tuple(s[None] for s in states)
        out, last = torch.func.functional_call(
            module,
            dict(zip(names, weights, strict=False)),
            (x, start if layer == "LSTM" else start[0]),
        )
        return outputs(out, last)

    return twin


def cell_inputs(gates, states, bias=True, n=2, t=5, d=3, h=4):
    inputs = [normal(n, t, d)] + [normal(n, h, seed=5 + i) for i in range(states)]
    inputs += [normal(gates * h, d, seed=1), normal(gates * h, h, seed=2)]
    return inputs + [normal(gates * h, seed=3), normal(gates * h, seed=4)] * bias


for bias in (True, False):
    case("rnn", *cell_inputs(1, 1, bias), twin=recurrent_twin("RNN", lambda o, h: o))
    case("rnn", *cell_inputs(1, 1, bias), nonlinearity="relu",
         twin=recurrent_twin("RNN", lambda o, h: o))  # fmt: skip
    case("gru", *cell_inputs(3, 1, bias), twin=recurrent_twin("GRU", lambda o, h: o))
    case("lstm", *cell_inputs(4, 2, bias), note="outputs",
         ours=lambda *i: F.lstm(*i)[0],
         twin=recurrent_twin("LSTM", lambda o, state: o))  # fmt: skip
    case("lstm", *cell_inputs(4, 2, bias), note="outputs and last cell",
         ours=lambda *i: F.cat([F.unsqueeze(F.lstm(*i)[1], 1), F.lstm(*i)[0]], 1),
         twin=recurrent_twin("LSTM", lambda o, state: _cat(state[1].transpose(0, 1), o))
         )  # fmt: skip
case("lstm", *cell_inputs(4, 2, t=1), note="one step", ours=lambda *i: F.lstm(*i)[0],
     twin=recurrent_twin("LSTM", lambda o, state: o))  # fmt: skip


def _cat(a, b):
    import torch

    return torch.cat([a, b], 1)
