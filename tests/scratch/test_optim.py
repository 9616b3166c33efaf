"""Optimisers and schedules: 100 steps, each equal to PyTorch's."""

import numpy as np
import pytest

from nnbook_utils.scratch import Tensor, nn, optim
from nnbook_utils.scratch import functional as F
from nnbook_utils.scratch.models import MLP

OPTIMIZERS = {
    "SGD": ("SGD", {"lr": 0.1}),
    "SGD with decay": ("SGD", {"lr": 0.1, "weight_decay": 0.05}),
    "momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}),
    "momentum with decay": ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.05}),
    "Nesterov": ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    "RMSprop": ("RMSprop", {"lr": 0.01}),
    "RMSprop with momentum": (
        "RMSprop",
        {"lr": 0.01, "alpha": 0.9, "momentum": 0.5, "weight_decay": 0.05},
    ),
    "Adam": ("Adam", {"lr": 0.01}),
    "Adam with other settings": (
        "Adam",
        {"lr": 0.01, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.05},
    ),
    "AdamW": ("AdamW", {"lr": 0.01}),
    "AdamW with decay": ("AdamW", {"lr": 0.01, "weight_decay": 0.3}),
}
each_optimizer = pytest.mark.parametrize(
    ("name", "options"), OPTIMIZERS.values(), ids=OPTIMIZERS.keys()
)
STARTS = [np.random.default_rng(i).standard_normal(shape) for i, shape in enumerate([(3, 4), (5,)])]


def gradients(step):
    return [np.random.default_rng([7, step, i]).standard_normal(x.shape) for i, x in
            enumerate(STARTS)]  # fmt: skip


def ours(name, options):
    parameters = [nn.Parameter(x.copy()) for x in STARTS]
    return parameters, getattr(optim, name)(parameters, **options)


def theirs(torch, name, options):
    parameters = [torch.nn.Parameter(torch.tensor(x)) for x in STARTS]
    return parameters, getattr(torch.optim, name)(parameters, **options)


def test_every_public_optimizer_is_in_the_table():
    assert {name for name, _ in OPTIMIZERS.values()} == set(optim.__all__) - {
        "Optimizer",
        "lr_scheduler",
    }


@each_optimizer
def test_hundred_steps_are_those_of_torch(name, options, torch):
    parameters, optimizer = ours(name, options)
    twins, twin_optimizer = theirs(torch, name, options)
    for step in range(100):
        for p, twin, g in zip(parameters, twins, gradients(step), strict=True):
            p.grad, twin.grad = g.copy(), torch.tensor(g)
        optimizer.step()
        twin_optimizer.step()
        for p, twin in zip(parameters, twins, strict=True):
            np.testing.assert_allclose(p.data, twin.detach().numpy(), rtol=1e-9, atol=1e-12)


@each_optimizer
def test_parameter_without_gradient_is_left_alone_as_in_torch(name, options, torch):
    parameters, optimizer = ours(name, options)
    twins, twin_optimizer = theirs(torch, name, options)
    for step in range(6):
        for i, (p, twin, g) in enumerate(zip(parameters, twins, gradients(step), strict=True)):
            here = i == 0 or step % 3 == 0
            p.grad, twin.grad = (g.copy(), torch.tensor(g)) if here else (None, None)
        optimizer.step()
        twin_optimizer.step()
    for p, twin in zip(parameters, twins, strict=True):
        np.testing.assert_allclose(p.data, twin.detach().numpy(), rtol=1e-9, atol=1e-12)


@each_optimizer
def test_stopped_and_resumed_is_the_same_as_never_stopped(name, options):
    def train(parameters, optimizer, steps):
        for step in steps:
            for p, g in zip(parameters, gradients(step), strict=True):
                p.grad = g.copy()
            optimizer.step()

    parameters, optimizer = ours(name, options)
    train(parameters, optimizer, range(10))
    saved = [p.data.copy() for p in parameters], optimizer.state_dict()
    train(parameters, optimizer, range(10, 20))
    resumed = [nn.Parameter(x) for x in saved[0]]
    again = getattr(optim, name)(resumed, **options)
    again.load_state_dict(saved[1])
    train(resumed, again, range(10, 20))
    for p, q in zip(parameters, resumed, strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_state_of_another_optimizer_is_refused():
    _, sgd = ours("SGD", {"lr": 0.1})
    _, adam = ours("Adam", {})
    with pytest.raises(ValueError, match="must hold"):
        adam.load_state_dict(sgd.state_dict())


def test_new_array_as_data_is_noticed():
    # p.data = … cuts the parameter off from the optimiser's long array; a step mends that.
    parameters, optimizer = ours("SGD", {"lr": 1.0})
    parameters[0].data = np.full((3, 4), 5.0)
    for p in parameters:
        p.grad = np.ones(p.shape)
    optimizer.step()
    np.testing.assert_array_equal(parameters[0].data, np.full((3, 4), 4.0))


def test_arrays_that_change_places_are_noticed():
    # Both still lie in the optimiser's long array, but not where it would look for them.
    parameters = [nn.Parameter(np.full((2, 2), value)) for value in (1.0, 5.0)]
    optimizer = optim.SGD(parameters, lr=1.0)
    parameters[0].data, parameters[1].data = parameters[1].data, parameters[0].data
    parameters[0].grad, parameters[1].grad = np.full((2, 2), 2.0), np.ones((2, 2))
    optimizer.step()
    np.testing.assert_array_equal(parameters[0].data, np.full((2, 2), 3.0))
    np.testing.assert_array_equal(parameters[1].data, np.zeros((2, 2)))


def test_array_that_is_turned_is_noticed():
    p = nn.Parameter(np.array([[1.0, 2.0], [3.0, 4.0]]))
    optimizer = optim.SGD([p], lr=1.0)
    p.data = p.data.T
    p.grad = np.array([[0.0, 1.0], [0.0, 0.0]])
    optimizer.step()
    np.testing.assert_array_equal(p.data, [[1.0, 2.0], [2.0, 4.0]])


@pytest.mark.parametrize("new", [np.ones((2, 3), np.float32), np.ones((3, 2)), np.ones(5)])
def test_array_of_another_dtype_or_shape_is_refused(new):
    p = nn.Parameter(np.ones((2, 3)))
    optimizer = optim.SGD([p], lr=1.0)
    p.data = new
    p.grad = np.ones_like(new)
    with pytest.raises(ValueError, match="then make the optimiser"):
        optimizer.step()


def test_parameter_listed_twice_is_refused():
    p = nn.Parameter(np.ones(2))
    with pytest.raises(ValueError, match="listed once"):
        optim.SGD([p, p], lr=1.0)


def test_two_optimizers_over_the_same_parameters_both_work():
    parameters, first = ours("SGD", {"lr": 1.0})
    second = optim.SGD(parameters, lr=10.0)
    for optimizer in (first, second, first):
        for p in parameters:
            p.grad = np.ones(p.shape)
        optimizer.step()
    np.testing.assert_allclose(parameters[0].data, STARTS[0] - 12)


def test_loading_weights_during_training_reaches_the_optimizer():
    model = MLP((3, 4, 2), rng=np.random.default_rng(0))
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    model.load_state_dict(MLP((3, 4, 2), rng=np.random.default_rng(1)).state_dict())
    before = model[0].weight.data.copy()
    F.cross_entropy(model(np.ones((2, 3), np.float32)), np.array([0, 1])).backward()
    optimizer.step()
    np.testing.assert_allclose(model[0].weight.data, before - 0.1 * model[0].weight.grad, rtol=1e-6)


def test_gradients_left_by_a_step_are_those_of_the_loss():
    # Optimisers compute in their own arrays and leave p.grad for the reader to look at.
    parameters, optimizer = ours("Adam", {"weight_decay": 0.1})
    for p in parameters:
        p.grad = np.ones(p.shape)
    optimizer.step()
    assert all(np.all(p.grad == 1) for p in parameters)


SCHEDULES = {
    "StepLR": {"step_size": 7, "gamma": 0.5},
    "ExponentialLR": {"gamma": 0.97},
    "LinearLR": {"start_factor": 0.1, "total_iters": 13},
    "CosineAnnealingLR": {"T_max": 50, "eta_min": 0.01},
    "LambdaLR": {"lr_lambda": optim.lr_scheduler.warmup_cosine(5, 50, 0.1)},
}


@pytest.mark.parametrize(("name", "options"), SCHEDULES.items())
def test_schedule_is_that_of_torch(name, options, torch):
    _, optimizer = ours("SGD", {"lr": 0.3})
    _, twin_optimizer = theirs(torch, "SGD", {"lr": 0.3})
    schedule = getattr(optim.lr_scheduler, name)(optimizer, **options)
    twin = getattr(torch.optim.lr_scheduler, name)(twin_optimizer, **options)
    for _ in range(50):
        assert optimizer.lr == pytest.approx(twin.get_last_lr()[0], rel=1e-9, abs=1e-12)
        assert schedule.get_last_lr() == [optimizer.lr]
        twin_optimizer.step()
        schedule.step()
        twin.step()


def test_every_schedule_is_in_the_table():
    module = optim.lr_scheduler
    schedules = {n for n, c in vars(module).items() if isinstance(c, type)} - {"LRScheduler"}
    assert schedules == set(SCHEDULES)


def test_warmup_rises_in_a_line_and_ends_at_the_floor():
    factor = optim.lr_scheduler.warmup_cosine(4, 20, floor=0.1)
    assert [factor(t) for t in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert factor(20) == pytest.approx(0.1)
    assert factor(1000) == pytest.approx(0.1)


def test_momentum_descends_a_narrow_valley_faster():
    # f = (x^2 + 100 y^2)/2, each with its best constant rate: condition number 100.
    def distance(**options):
        p = nn.Parameter(np.array([1.0, 1.0]))
        optimizer = optim.SGD([p], **options)
        for _ in range(60):
            optimizer.zero_grad()
            (p * p * Tensor(np.array([0.5, 50.0]))).sum().backward()
            optimizer.step()
        return np.linalg.norm(p.data)

    assert distance(lr=2 / 101) > 0.2
    assert distance(lr=(2 / 11) ** 2, momentum=(9 / 11) ** 2) < 0.01


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_goes_on_past_its_end_as_in_torch(name, torch):
    _, optimizer = ours("SGD", {"lr": 0.3})
    _, twin_optimizer = theirs(torch, "SGD", {"lr": 0.3})
    schedule = getattr(optim.lr_scheduler, name)(optimizer, **SCHEDULES[name])
    twin = getattr(torch.optim.lr_scheduler, name)(twin_optimizer, **SCHEDULES[name])
    for _ in range(130):
        assert optimizer.lr == pytest.approx(twin.get_last_lr()[0], rel=1e-9, abs=1e-12)
        twin_optimizer.step()
        schedule.step()
        twin.step()


@pytest.mark.parametrize("name", SCHEDULES)
def test_stopped_and_resumed_schedule_goes_on_where_it_was(name):
    def made(lr):
        optimizer = ours("SGD", {"lr": lr})[1]
        return optimizer, getattr(optim.lr_scheduler, name)(optimizer, **SCHEDULES[name])

    optimizer, schedule = made(0.3)
    for _ in range(10):
        schedule.step()
    resumed, again = made(0.7)  # another first rate: the saved one must win
    again.load_state_dict(schedule.state_dict())
    for _ in range(10):
        assert resumed.lr == optimizer.lr
        schedule.step()
        again.step()
    assert again.last_epoch == 20


def trained(steps=3):
    parameters, optimizer = ours("Adam", {"lr": 0.01})
    for step in range(steps):
        for p, g in zip(parameters, gradients(step), strict=True):
            p.grad = g
        optimizer.step()
    return optimizer


def test_loaded_state_brings_rate_and_steps_and_stands_alone():
    first, second = trained(), ours("Adam", {"lr": 0.5})[1]
    state = first.state_dict()
    second.load_state_dict(state)
    assert second.lr == 0.01
    assert second.steps == [3, 3]
    for name in first.memory:
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    kept = second.mean.copy()
    state["memory"]["mean"][:] = 9
    state["steps"][0] = 99
    first.mean[:] = 7
    np.testing.assert_array_equal(second.mean, kept)
    assert second.steps == [3, 3]
    assert first.steps == [3, 3]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda state: state.pop("lr"),
        lambda state: state.pop("steps"),
        lambda state: state.pop("memory"),
        lambda state: state["steps"].append(1),
        lambda state: state["memory"].pop("mean"),
        lambda state: state["memory"].update(square=np.zeros(3)),
        lambda state: state["memory"].update(square=np.full(17, "text")),
    ],
)
def test_spoilt_state_is_refused_and_changes_nothing(spoil):
    state = trained().state_dict()
    state["lr"] = 0.7
    spoil(state)
    optimizer = trained(5)
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match="state_dict must hold"):
        optimizer.load_state_dict(state)
    after = optimizer.state_dict()
    assert (after["lr"], after["steps"]) == (before["lr"], before["steps"])
    for name, array in before["memory"].items():
        np.testing.assert_array_equal(after["memory"][name], array)


def test_zero_grad_forgets_every_gradient():
    parameters, optimizer = ours("SGD", {"lr": 1.0})
    for p in parameters:
        p.grad = np.ones(p.shape)
    optimizer.zero_grad()
    assert [p.grad for p in parameters] == [None, None]
    optimizer.step()
    np.testing.assert_array_equal(parameters[0].data, STARTS[0])
