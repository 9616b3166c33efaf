"""The chapters' models: each is the same function as its twin, with the same gradients."""

import numpy as np
import pytest
from proof import relative_difference

from nnbook_utils.scratch import Tensor, models
from nnbook_utils.scratch import functional as F
from nnbook_utils.scratch.models.unet import waves

rng = np.random.default_rng(0)
IMAGES = rng.random((3, 28, 28))
TOKENS = rng.integers(0, 11, (2, 7))
LABELS = rng.integers(0, 10, 3)

# name: (arguments, keyword arguments, inputs, result of a call -> one tensor)
MODELS = {
    "MLP": (((784, 16, 16, 10),), {}, [IMAGES], lambda out: out),
    "MLP with tanh": (((784, 16, 10), "tanh"), {}, [IMAGES], lambda out: out),
    "CNN": ((), {"channels": (4, 6), "hidden": 8}, [IMAGES], lambda out: out),
    "CharRNN": ((11,), {"hidden": 8, "num_layers": 2}, [TOKENS], lambda out: out[0]),
    "CharRNN of gru": ((11,), {"hidden": 8, "cell": "gru"}, [TOKENS], lambda out: out[0]),
    "CharRNN of rnn": ((11,), {"hidden": 8, "cell": "rnn"}, [TOKENS], lambda out: out[0]),
    "GPT": ((11,), {"context": 9, "d": 16}, [TOKENS], lambda out: out),
    "VAE": (
        (),
        {"hidden": 12, "latent": 4},
        [IMAGES.reshape(3, 784), rng.standard_normal((3, 4))],
        lambda out: out,
    ),
    "UNet": (
        ((8, 16, 16),),
        {"time_features": 8},
        [rng.standard_normal((2, 1, 12, 8)), np.array([0.1, 0.7])],
        lambda out: out,
    ),
}
each_model = pytest.mark.parametrize("name", MODELS)


def build(name, torch):
    from nnbook_utils import twins

    arguments, options, *rest = MODELS[name]
    kind = name.split()[0]
    ours = getattr(models, kind)(*arguments, **options, rng=np.random.default_rng(1))
    theirs = getattr(twins, kind)(*arguments, **options).double()
    return (ours.to(np.float64), theirs, *rest)


def test_every_public_model_is_in_the_table():
    assert {name.split()[0] for name in MODELS} == set(models.__all__) - {"vae_loss"}


@each_model
def test_model_is_the_same_function_as_its_twin(name, torch):
    ours, theirs, inputs, pick = build(name, torch)
    theirs.load_state_dict(ours.state_dict())
    out = pick(ours(*inputs))
    expected = pick(theirs(*map(torch.tensor, inputs)))
    if name == "VAE":
        from nnbook_utils import twins

        out = models.vae_loss(*out, inputs[0])
        expected = twins.vae_loss(*expected, torch.tensor(inputs[0]))
    assert relative_difference(out.data, expected.detach().numpy()) <= 1e-9
    upstream = np.random.default_rng(2).standard_normal(out.shape)
    out.backward(upstream)
    expected.backward(torch.tensor(upstream))
    twins_by_name = dict(theirs.named_parameters())
    for name_, parameter in ours.named_parameters():
        difference = relative_difference(parameter.grad, twins_by_name[name_].grad.numpy())
        assert difference <= 1e-9, name_


def test_mlp_of_the_book_has_13_002_parameters():
    model = models.MLP((784, 16, 16, 10), rng=np.random.default_rng(0))
    assert sum(p.numel() for p in model.parameters()) == 13_002


def test_gpt_cannot_see_the_future():
    model = models.GPT(11, context=8, d=16, rng=np.random.default_rng(0))
    changed = TOKENS.copy()
    changed[:, 5:] = (changed[:, 5:] + 1) % 11
    before, after = model(TOKENS).data, model(changed).data
    np.testing.assert_array_equal(before[:, :5], after[:, :5])
    assert not np.allclose(before[:, 5:], after[:, 5:])


def test_text_longer_than_the_context_is_refused():
    model = models.GPT(11, context=4, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="at most 4 long"):
        model(TOKENS)


def test_state_carried_over_equals_one_long_run():
    model = models.CharRNN(11, hidden=8, rng=np.random.default_rng(0))
    whole, _ = model(TOKENS)
    first, state = model(TOKENS[:, :3])
    second, _ = model(TOKENS[:, 3:], state)
    joined = np.concatenate([first.data, second.data], axis=1)
    np.testing.assert_allclose(whole.data, joined, rtol=1e-5)


def test_noise_level_changes_the_answer_of_the_unet():
    model = models.UNet((8, 8, 8), time_features=8, rng=np.random.default_rng(0))
    x = np.zeros((2, 1, 8, 8), np.float32)
    out = model(x, np.array([0.0, 1.0])).data
    assert not np.allclose(out[0], out[1])
    assert waves(np.array([0.5]), 8, np.float32).shape == (1, 8)


def test_cross_entropy_of_an_untrained_model_is_about_log_classes():
    model = models.MLP((784, 16, 16, 10), rng=np.random.default_rng(0))
    loss = F.cross_entropy(model(Tensor(IMAGES.astype(np.float32))), LABELS).item()
    assert loss == pytest.approx(np.log(10), rel=0.1)
