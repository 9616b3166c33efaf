"""Nothing leaps: controls and pictures keep their place, whatever is written beside them."""

import pytest
from explorer_pages import put, settle

from nnbook_utils.explorers import (
    BackpropStepper,
    LearningRate,
    PerceptronGates,
    VanishingGradient,
)

pytestmark = pytest.mark.browser
WIDTHS = (360, 640, 900)
STATES = {
    PerceptronGates: [{}, {"w1": -2, "w2": -2, "b": -4}, {"gate": "XOR"}],
    LearningRate: [
        {},
        {"step": 4, "momentum": 0.98, "steps": 200},
        {"step": 4, "momentum": 0.5, "steps": 200, "b": 1},
        {"step": 2, "momentum": 0.0},
    ],
    BackpropStepper: [
        *({"step": step} for step in (0, 3, 5)),
        {"step": 14, "guess": "x"},
        {"graph": "relu", "step": 14, "b": -3, "guess": "p"},
        *({"graph": "chain", "step": 16, "w": w, "x": 3, "guess": "h"} for w in (-3, 3)),
        {"graph": "twice", "step": 7, "guess": "u"},
    ],
    VanishingGradient: [
        {},
        {"activation": "sigmoid", "gain": 0.1, "depth": 50},
        {"activation": "relu", "gain": 4, "depth": 50, "layer": 50},
        {"normalisation": "layer", "residual": True, "gain": 0.1},
    ],
}
CASES = [(kind, state) for kind, states in STATES.items() for state in states]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("kind", "state"), CASES)
def test_controls_and_pictures_stay_while_a_slider_moves(show, kind, state, width):
    tab = show(kind(**state), size=(width, 900))
    assert tab.evaluate("probes.sweep(0)") == []


def same_place(tab, before):
    """Is every control that was there before where it was, and the explorer as high?"""
    after = tab.evaluate("probes.layout(0)")
    return {name for name, at in before.items() if abs(after[name] - at) > 0.6}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("graph", ["neuron", "relu", "chain", "twice"])
def test_no_step_of_backpropagation_moves_a_control(show, graph, width):
    tab = show(BackpropStepper(graph=graph, w=-3, x=3, b=-3), size=(width, 900))
    before = tab.evaluate("probes.layout(0)")
    steps = BackpropStepper(graph=graph).steps
    for step in range(1, steps + 1):
        put(tab, step=step)
        assert same_place(tab, before) == set(), step
        answers = tab.locator(".nnb-guess button")
        if answers.first.is_visible() and answers.first.is_enabled():
            answers.first.click()
            settle(tab)
            assert same_place(tab, before) == set(), f"guess at {step}"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("gate", ["NAND", "XOR"])
def test_no_step_of_learning_moves_a_control(show, gate, width):
    tab = show(PerceptronGates(gate=gate), size=(width, 900))
    before = tab.evaluate("probes.layout(0)")
    for _ in range(30):
        button = tab.get_by_role("button", name="One step")
        if button.is_disabled():
            break
        button.click()
        settle(tab)
        assert same_place(tab, before) == set()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_choice_of_network_moves_a_control(show, width):
    tab = show(VanishingGradient(), size=(width, 900))
    before = tab.evaluate("probes.layout(0)")
    for activation in ("tanh", "sigmoid", "relu", "leaky_relu", "linear"):
        for normalisation in ("none", "layer"):
            for residual in (False, True):
                put(tab, activation=activation, normalisation=normalisation, residual=residual)
                assert same_place(tab, before) == set(), (activation, normalisation, residual)
