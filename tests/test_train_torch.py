"""The same loop with PyTorch models."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from nnbook_utils import train, twins  # noqa: E402
from nnbook_utils._checkpoint import load, save  # noqa: E402


def data(n=40):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((n, 6)).astype(np.float32)
    return x, (x[:, 0] > 0).astype(np.int64)


def model_with_dropout():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(6, 8),
        torch.nn.BatchNorm1d(8),
        torch.nn.Dropout(0.3),
        torch.nn.Linear(8, 2),
    )


def fit(model=None, steps=20, **arguments):
    arguments = {
        "loss": torch.nn.functional.cross_entropy,
        "optimizer": lambda parameters: torch.optim.SGD(parameters, lr=0.1),
        "steps": steps,
        "progress": False,
    } | arguments
    batches = arguments.pop("batches", None) or train.batches(
        *data(), size=8, rng=np.random.default_rng(3)
    )
    return train.fit(model or model_with_dropout(), batches, **arguments)


def test_training_lowers_the_loss():
    history = fit(twins.MLP((6, 8, 2)), steps=80)
    assert np.mean(history.losses[-10:]) < 0.7 * np.mean(history.losses[:10])


def test_one_loop_trains_both_worlds_alike():
    from nnbook_utils.scratch import functional as F
    from nnbook_utils.scratch import models, optim

    ours = models.MLP((6, 8, 2), rng=np.random.default_rng(0))
    twin = twins.MLP((6, 8, 2))
    twin.load_state_dict({k: torch.tensor(v.data) for k, v in ours.state_dict().items()})
    theirs = fit(twin)
    mine = fit(ours, loss=F.cross_entropy, optimizer=lambda p: optim.SGD(p, lr=0.1))
    np.testing.assert_allclose(mine.losses, theirs.losses, atol=1e-5)


def test_evaluation_is_without_dropout_and_gradients():
    x = torch.from_numpy(data()[0])
    seen = []

    def evaluate(model):
        out = model(x)
        seen.append((model.training, out.requires_grad, torch.equal(out, model(x))))
        return out.sum()

    model = model_with_dropout()
    history = fit(model, steps=2, evaluate=evaluate)
    assert seen == [(False, False, True)] and model.training
    assert type(history.metrics["evaluate"][0]) is float


def test_tensors_are_taken_as_well_as_arrays_and_read_only_arrays():
    x, y = data()
    x.flags.writeable = y.flags.writeable = False
    arrays = fit(batches=[(x, y)]).losses
    tensors = fit(batches=[(torch.tensor(x), torch.tensor(y))]).losses
    assert arrays == tensors


def test_autocast_computes_in_bfloat16_and_keeps_the_weights():
    seen = []

    def loss(out, target):
        seen.append(out.dtype)
        return torch.nn.functional.cross_entropy(out, target)

    model = twins.MLP((6, 8, 2))
    fit(model, steps=1, loss=loss, autocast=True)
    fit(model, steps=1, loss=loss)
    assert seen == [torch.bfloat16, torch.float32]
    assert {p.dtype for p in model.parameters()} == {torch.float32}


def run(steps, checkpoint=None, optimizer="AdamW"):
    model = model_with_dropout()
    kind = getattr(torch.optim, optimizer)
    chosen = kind(model.parameters(), lr=0.01, **({"momentum": 0.9} if optimizer == "SGD" else {}))
    history = fit(
        model,
        steps=steps,
        optimizer=chosen,
        scheduler=torch.optim.lr_scheduler.StepLR(chosen, step_size=4, gamma=0.7),
        checkpoint=checkpoint,
    )
    return history.losses, model.state_dict()


@pytest.mark.parametrize("optimizer", ["AdamW", "SGD", "RMSprop"])
@pytest.mark.parametrize("stop", [1, 9])
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(tmp_path, optimizer, stop):
    file = tmp_path / "run.npz"
    run(stop, file, optimizer)
    losses, state = run(24, file, optimizer)
    expected_losses, expected = run(24, None, optimizer)
    assert losses == expected_losses
    assert all(torch.equal(state[name], expected[name]) for name in expected)


def test_the_checkpoint_holds_the_momentum_and_the_random_state(tmp_path):
    file = tmp_path / "run.npz"
    run(9, file)
    state = load(file)
    assert state["optimizer"]["state"][0]["exp_avg"].abs().sum() > 0
    assert torch.equal(state["torch"]["cpu"], torch.get_rng_state())


def test_bfloat16_and_scalars_come_back_exactly(tmp_path):
    file = tmp_path / "state.npz"
    state = {"half": torch.tensor([1.5, -2.25], dtype=torch.bfloat16), "step": torch.tensor(3.0)}
    save(file, state)
    found = load(file)
    assert torch.equal(found["half"], state["half"]) and found["half"].dtype == torch.bfloat16
    assert found["step"].shape == () and found["step"] == 3


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    file = tmp_path / "run.npz"
    run(2, file)
    with pytest.raises(ValueError, match=r"run\.npz belongs to another model"):
        fit(twins.MLP((6, 8, 2)), steps=3, checkpoint=file)


@pytest.mark.parametrize("optimizer", ["SGD", "RMSprop"])
def test_a_checkpoint_of_another_optimiser_is_refused_and_changes_nothing(tmp_path, optimizer):
    file = tmp_path / "run.npz"
    run(2, file, "AdamW")
    model = model_with_dropout()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    random = torch.get_rng_state()
    with pytest.raises(
        ValueError, match=rf"holds optimizer AdamW.* here are optimizer {optimizer}"
    ):
        fit(
            model,
            steps=3,
            checkpoint=file,
            optimizer=lambda parameters: getattr(torch.optim, optimizer)(parameters, lr=0.1),
        )
    assert all(torch.equal(model.state_dict()[name], before[name]) for name in before)
    assert torch.equal(torch.get_rng_state(), random)


def test_a_checkpoint_from_numpy_is_refused_and_changes_nothing(tmp_path):
    from nnbook_utils.scratch import functional as F
    from nnbook_utils.scratch import models, optim

    file = tmp_path / "run.npz"
    ours = models.MLP((6, 8, 2), rng=np.random.default_rng(0))
    fit(ours, loss=F.cross_entropy, optimizer=lambda p: optim.SGD(p, lr=0.1), checkpoint=file)
    twin = twins.MLP((6, 8, 2))
    before = {name: value.clone() for name, value in twin.state_dict().items()}
    with pytest.raises(ValueError, match=r"run\.npz belongs to another model"):
        fit(twin, checkpoint=file)
    assert all(torch.equal(twin.state_dict()[name], before[name]) for name in before)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB"),
        RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"),
    ],
)
def test_running_out_of_device_memory_says_what_to_try(error):
    def loss(out, target):
        raise error

    with pytest.raises(MemoryError) as caught:
        fit(loss=loss)
    assert str(caught.value) == (
        "the cpu device ran out of memory at step 1: try batches of 4 instead of 8 or autocast=True"
    )


def test_a_loss_that_is_not_finite_leaves_the_weights():
    x, y = data()
    model = model_with_dropout()
    with pytest.raises(train.LossNotFinite, match="at step 2"):
        fit(model, batches=[(x, y), (x * np.float32(np.nan), y)])
    assert all(torch.isfinite(p).all() for p in model.parameters())
