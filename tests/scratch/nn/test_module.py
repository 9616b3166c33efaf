"""Module: finding parameters, switching modes, snapshots."""

import numpy as np

from nnbook_utils.scratch import Tensor, nn


def small(seed=0):
    rng = np.random.default_rng(seed)
    return nn.Sequential(nn.Linear(3, 4, rng=rng), nn.BatchNorm1d(4), nn.Linear(4, 2, rng=rng))


def test_parameters_are_found_in_the_order_of_assignment():
    names = [name for name, _ in small().named_parameters()]
    assert names == ["0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias"]


def test_buffers_are_in_the_state_but_are_not_parameters():
    model = small()
    assert "1.running_mean" in model.state_dict()
    assert "1.running_mean" not in dict(model.named_parameters())


def test_plain_tensors_are_neither():
    class Remembers(nn.Module):
        def __init__(self):
            self.last = Tensor([1.0])

    assert not Remembers().state_dict()


def test_shared_parameter_is_learnt_once_and_stored_under_both_names():
    class Tied(nn.Module):
        def __init__(self):
            self.embedding = nn.Embedding(5, 3, rng=np.random.default_rng(0))
            self.head = nn.Linear(3, 5, bias=False, rng=np.random.default_rng(0))
            self.head.weight = self.embedding.weight

    model = Tied()
    assert len(list(model.parameters())) == 1
    assert set(model.state_dict()) == {"embedding.weight", "head.weight"}


def test_state_is_a_snapshot():
    model = small()
    before = model.state_dict()
    next(iter(model.parameters())).data += 1
    assert not np.array_equal(before["0.weight"].data, model.state_dict()["0.weight"].data)


def test_same_generator_gives_the_same_model():
    for (name, a), (_, b) in zip(
        small(3).state_dict().items(), small(3).state_dict().items(), strict=True
    ):
        np.testing.assert_array_equal(a.data, b.data, err_msg=name)


def test_mode_reaches_every_module():
    model = small()
    model.eval()
    assert not any(module.training for module in model.modules())
    model.train()
    assert all(module.training for module in model.modules())


def test_frozen_parameters_receive_no_gradient():
    model = small()
    model[0].requires_grad_(False)
    model(np.ones((5, 3), np.float32)).sum().backward()
    assert model[0].weight.grad is None
    assert model[2].weight.grad is not None


def test_repr_shows_the_tree():
    assert repr(small()).splitlines()[1] == "  (0): Linear(3, 4, bias=True)"


def test_slice_of_a_sequential_shares_the_layers():
    model = small()
    assert model[:2][0] is model[0]
    assert len(model[1:]) == 2
