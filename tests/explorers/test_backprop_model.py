"""Backpropagation on small graphs: slopes are the tensor's gradients, JavaScript is Python."""

import numpy as np
import pytest
from explorer_harness import EXPLORERS, run_javascript
from traitlets import TraitError

from nnbook_utils import figures
from nnbook_utils.explorers import BackpropStepper
from nnbook_utils.explorers.backprop_stepper import model
from nnbook_utils.scratch import Tensor
from nnbook_utils.scratch import functional as F

SOURCE = (EXPLORERS / "backprop_stepper" / "math.js").read_text("utf-8")
RNG = np.random.default_rng(3)
CASES = [
    (graph, dict(zip(model.LEAVES, RNG.uniform(-3, 3, 5).tolist(), strict=True)))
    for graph in model.GRAPHS
    for _ in range(40)
]
RESULTS = {
    "neuron": lambda w, x, b, y, v: (F.sigmoid(w * x + b) - y) ** 2,
    "relu": lambda w, x, b, y, v: (F.relu(w * x + b) - y) ** 2,
    "chain": lambda w, x, b, y, v: (F.sigmoid(v * F.sigmoid(w * x)) - y) ** 2,
    "twice": lambda w, x, b, y, v: (x + 1) * (x + 2),
}


def leaf_names(graph):
    return [name for name, operation, *_ in model.GRAPHS[graph] if operation == "leaf"]


@pytest.mark.parametrize("graph", model.GRAPHS)
def test_slopes_are_the_gradients_of_the_tensor(graph):
    for leaves in (leaves for kind, leaves in CASES if kind == graph):
        tensors = {name: Tensor(np.array([v]), requires_grad=True) for name, v in leaves.items()}
        result = RESULTS[graph](**tensors)
        result.sum().backward()
        values, slopes = model.values(graph, leaves), model.slopes(graph, leaves)
        assert values[model.GRAPHS[graph][-1][0]] == pytest.approx(result.data.item(), abs=1e-12)
        for name in leaf_names(graph):
            assert slopes[name] == pytest.approx(tensors[name].grad.item(), abs=1e-12)


@pytest.mark.parametrize("graph", model.GRAPHS)
def test_nudging_agrees_with_the_slopes(graph):
    for leaves in (leaves for kind, leaves in CASES if kind == graph):
        slopes = model.slopes(graph, leaves)
        for name in leaf_names(graph):
            assert model.nudged(graph, leaves, name) == pytest.approx(slopes[name], abs=1e-4)


def test_of_two_factors_the_smaller_gets_the_larger_slope():
    explorer = BackpropStepper(w=0.6, x=1.5)
    assert abs(explorer.slopes["w"]) > abs(explorer.slopes["x"])
    assert explorer.slopes["w"] / explorer.slopes["x"] == pytest.approx(1.5 / 0.6)


def test_slopes_of_a_value_used_twice_add():
    explorer = BackpropStepper(graph="twice", x=1.5)
    assert explorer.slopes == {"f": 1, "v": 2.5, "u": 3.5, "x": 6}
    assert model.contributions("twice", explorer.values, "x") == [("u", 1), ("v", 1)]


def test_a_dead_unit_stops_every_slope_before_it():
    slopes = BackpropStepper(graph="relu", b=-3).slopes
    assert slopes["a"] != 0
    assert [slopes[name] for name in ("z", "b", "p", "w", "x")] == [0] * 5


def test_orders_compute_arguments_first_and_slopes_of_users_first():
    for graph, nodes in model.GRAPHS.items():
        ready = set(leaf_names(graph))
        arguments = {name: args for name, _, args, _ in nodes}
        for name in model.forward_order(graph):
            assert {a for a in arguments[name] if isinstance(a, str)} <= ready
            ready.add(name)
        done = set()
        for name in model.backward_order(graph):
            assert {user for user, args in arguments.items() if name in args} <= done
            done.add(name)
        assert done == ready


def test_graphs_in_javascript_are_those_in_python():
    theirs = run_javascript(SOURCE + "\nconst give = () => GRAPHS;", "give", [[]])[0]
    ours = {
        graph: [
            [name, operation, list(arguments), list(at)] for name, operation, arguments, at in g
        ]
        for graph, g in model.GRAPHS.items()
    }
    assert theirs == ours


@pytest.mark.parametrize(("name", "ours"), [("values", model.values), ("slopes", model.slopes)])
def test_javascript_values_and_slopes_equal_python(name, ours):
    wild = [("neuron", dict.fromkeys(model.LEAVES, size)) for size in (-700.0, 30.0, 800.0)]
    for case, theirs in zip(CASES + wild, run_javascript(SOURCE, name, CASES + wild), strict=True):
        expected = ours(*case)
        assert set(theirs) == set(expected)
        np.testing.assert_allclose([theirs[k] for k in expected], list(expected.values()), 1e-9)


def test_javascript_nudging_equals_python():
    cases = [[*case, name] for case in CASES for name in leaf_names(case[0])]
    theirs = run_javascript(SOURCE, "nudged", cases)
    np.testing.assert_allclose(theirs, [model.nudged(*case) for case in cases], atol=1e-6)


@pytest.mark.parametrize(
    "settings",
    [
        {"graph": "perceptron"},
        {"w": "1"},
        {"x": float("nan")},
        {"b": None},
        {"y": True},
        {"v": float("inf")},
        {"step": -1},
        {"step": 2.5},
        {"guess": "k"},
        {"nudge": "p"},
    ],
)
def test_bad_settings_are_refused_and_named(settings):
    with pytest.raises(TraitError, match=f"{next(iter(settings))} must be .*but got .*write e.g."):
        BackpropStepper(**settings)


@pytest.mark.parametrize("graph", model.GRAPHS)
def test_still_picture_shows_every_node(graph):
    explorer = BackpropStepper(graph=graph)
    texts = [text.get_text() for text in explorer.still().axes[0].texts]
    assert len(texts) == 3 * len(model.GRAPHS[graph])
    assert f"slope {explorer.slopes['x']:.3g}".replace("-", "−") in texts
    assert len(figures.svg(explorer.still(), alt=explorer.description())) > 1000


def test_description_gives_result_and_slopes():
    text = BackpropStepper(graph="twice", x=1).description()
    assert "f = (x + 1)·(x + 2)" in text
    assert "f = 6" in text
    assert "x 5" in text
