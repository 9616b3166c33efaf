"""The perceptron learning rule, in Python and in the browser's JavaScript."""

import json

import numpy as np
import pytest
from explorer_harness import EXPLORERS, run_javascript

from nnbook_utils.explorers import PerceptronGates
from nnbook_utils.explorers.perceptron_gates import model

SOURCE = (EXPLORERS / "perceptron_gates" / "math.js").read_text("utf-8")
SEPARABLE = ["AND", "OR", "NAND", "NOR"]
RNG = np.random.default_rng(1)
STARTS = [(0.0, 0.0, 0.0), *(tuple(row) for row in RNG.uniform(-2, 2, (20, 3)))]


def test_step_is_one_at_zero():
    assert [model.step(z) for z in (-1e-300, 0.0, -0.0, 1e-300)] == [0, 1, 1, 1]


def test_hand_set_weights_make_nand():
    assert model.outputs(-2, -2, 3) == model.GATES["NAND"]


@pytest.mark.parametrize("gate", SEPARABLE)
@pytest.mark.parametrize("start", STARTS)
def test_training_learns_every_gate_that_a_line_can_build(gate, start):
    states = model.train(gate, start, 0.5, 1000)
    assert model.learned(states)
    assert model.outputs(*states[-1].weights) == model.GATES[gate]


@pytest.mark.parametrize("start", STARTS)
def test_training_on_xor_cycles_for_ever(start):
    states = model.train("XOR", start, 0.5, 400)
    assert len(states) == 401
    first, again = model.cycle(states)
    assert (again - first) % 4 == 0
    for k in range(first, 401 - (again - first)):
        assert states[k].weights == states[k + again - first].weights


def test_no_line_builds_xor():
    w1, w2, b = np.meshgrid(*[np.linspace(-3, 3, 25)] * 3)
    answers = np.stack([model.weighted_sum(w1, w2, b, x) >= 0 for x in model.INPUTS], axis=-1)
    assert not (answers == model.GATES["XOR"]).all(axis=-1).any()
    assert (answers == model.GATES["NAND"]).all(axis=-1).any()


def test_a_step_without_error_changes_nothing():
    states = model.train("XOR", (0.3, -0.2, 0.1), 0.25, 60)
    for before, after in zip(states, states[1:], strict=False):
        assert (before.weights == after.weights) == (after.error == 0)


def test_one_step_is_the_rule_written_out():
    state = model.train("NOR", (0.0, 0.0, 0.0), 0.5, 2)[2]
    # row (0, 1): z = 0, so the output is 1, the target 0: w2 and b go down
    assert (state.row, state.output, state.error) == (1, 1, -1)
    assert state.weights == (0.0, -0.5, -0.5)


def test_explorer_starts_at_its_weights():
    explorer = PerceptronGates(w1=2, b=-1)
    assert explorer.start == [2.0, 1.0, -1.0]
    assert explorer.initial["start"] == [2.0, 1.0, -1.0]


def test_explorer_can_be_made_after_training():
    explorer = PerceptronGates(gate="NAND", steps=100)
    assert explorer.outputs == explorer.targets == model.GATES["NAND"]
    assert explorer.initial["w1"] == explorer.w1 == explorer.states[-1].weights[0]


def test_javascript_sums_and_outputs_equal_python():
    weights = RNG.uniform(-3, 3, (200, 3)).tolist()
    theirs = run_javascript(SOURCE, "outputs", [[w] for w in weights])
    assert [tuple(row) for row in theirs] == [model.outputs(*w) for w in weights]
    points = RNG.uniform(-2, 2, (200, 2)).tolist()
    arguments = list(zip(weights, points, strict=True))
    theirs = run_javascript(SOURCE, "weightedSum", arguments)
    ours = [model.weighted_sum(*w, x) for w, x in arguments]
    np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-6)


def test_javascript_tables_equal_python():
    tables = run_javascript(SOURCE, "(() => [INPUTS, GATES])", [[]])[0]
    assert tables == json.loads(json.dumps([model.INPUTS, model.GATES]))


def test_javascript_training_equals_python():
    runs = [
        (gate, list(start), rate, steps)
        for gate in model.GATES
        for start in STARTS
        for rate, steps in ((0.5, 120), (0.3, 37))
    ]
    program = "((...a) => { const t = train(...a); return [t, learned(t), cycle(t)]; })"
    for run, (theirs, learned, cycle) in zip(
        runs, run_javascript(SOURCE, program, runs), strict=True
    ):
        ours = model.train(*run)
        assert len(theirs) == len(ours)
        for one, other in zip(theirs, ours, strict=True):
            np.testing.assert_allclose(one["weights"], other.weights, rtol=0, atol=1e-6)
            assert [one[k] for k in ("row", "output", "error")] == [
                other.row,
                other.output,
                other.error,
            ]
            assert tuple(one["counts"]) == other.counts
        assert learned == model.learned(ours)
        assert (cycle and tuple(cycle)) == model.cycle(ours)


def test_javascript_half_plane_covers_what_python_calls_one():
    weights = RNG.uniform(-2, 2, (100, 3)).tolist()
    box = [-0.75, -0.75, 1.75, 1.75]
    grid = [(x + 0.5) * 2.5 / 100 - 0.75 for x in range(100)]
    x1, x2 = np.meshgrid(grid, grid)
    theirs = run_javascript(SOURCE, "halfPlane", [[w, box] for w in weights])
    for w, half in zip(weights, theirs, strict=True):
        ones = (model.weighted_sum(*w, (x1, x2)) >= 0).mean() * 6.25
        p = np.array(half["polygon"]) if half["polygon"] else np.zeros((1, 2))
        x, y = p.T
        area = 0.5 * abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())
        assert area == pytest.approx(ones, abs=0.05)
        for end in half["line"] or []:
            assert model.weighted_sum(*w, end) == pytest.approx(0, abs=1e-9)


def shaded_area(figure):
    """The share of the still picture that is shaded as output 1."""
    ax = figure.axes[0]
    box = ax.transData.inverted()
    shades = [c for c in (*ax.collections, *ax.patches) if c.get_alpha() == 0.17]
    return sum(np.ptp(s.get_tightbbox().transformed(box).get_points()[:, 1]) for s in shades)


def test_without_a_line_all_or_nothing_is_shaded_and_the_words_say_so():
    always, never = (PerceptronGates(gate="XOR", w1=0, w2=0, b=b) for b in (0, -1))
    assert shaded_area(always.still()) == pytest.approx(2.5)
    assert shaded_area(never.still()) == 0
    assert "answers 1 everywhere" in always.description()
    assert "answers 0 everywhere" in never.description()
    assert "line divides" in PerceptronGates(w1=0, w2=1).description()
