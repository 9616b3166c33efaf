"""The functions that a reader of chapter 1 sees, taken out of its notebook."""

import itertools

import numpy as np
import pytest
from definitions import definitions

pytest.importorskip("torch", reason="torch is not installed")
NAME = "01_neurons"
PAIRS = list(itertools.product([0, 1], repeat=2))


@pytest.fixture
def chapter():
    return definitions(NAME)


def test_gates_have_their_truth_tables(chapter):
    tables = {
        "AND": [0, 0, 0, 1],
        "OR": [0, 1, 1, 1],
        "NAND": [1, 1, 1, 0],
        "XOR": [0, 1, 1, 0],
    }
    for gate, table in tables.items():
        assert [chapter[gate](*x) for x in PAIRS] == table, gate


def test_perceptron_fires_on_the_line(chapter):
    assert chapter["perceptron"]([1.0, 1.0], [0.5, 0.5], -1.0) == 1
    assert chapter["perceptron"]([1.0, 1.0], [0.5, 0.5], -1.001) == 0


def test_perceptron_refuses_inputs_that_do_not_match_its_weights(chapter):
    with pytest.raises(ValueError):
        chapter["perceptron"]([1.0, 1.0, 1.0], [0.5, 0.5], 0.0)


def test_the_adder_made_of_perceptrons_adds(chapter):
    numbers = np.random.default_rng(0).integers(0, 256, size=(100, 2)).tolist()
    for p, q in [*numbers, [0, 0], [255, 255]]:
        assert chapter["add"](p, q) == p + q


def test_rosenblatts_rule_stops_for_and_and_cycles_for_xor(chapter):
    assert "no mistake" in chapter["rosenblatt"]([0, 0, 0, 1])
    assert "a cycle" in chapter["rosenblatt"]([0, 1, 1, 0])


def test_sigmoid_does_not_overflow(chapter):
    assert chapter["sigmoid"](0.0) == 0.5
    assert chapter["sigmoid"](-1000.0) == 0.0
    assert chapter["sigmoid"](1000.0) == 1.0


def test_each_slope_is_the_slope_of_its_value(chapter):
    for name, (value, slope) in chapter["ACTIVATIONS"].items():
        for z in (-2.3, -0.4, 0.7, 3.1):
            measured = (value(z + 1e-6) - value(z - 1e-6)) / 2e-6
            assert slope(z) == pytest.approx(measured, abs=1e-7), (name, z)


def test_the_layer_of_loops_is_one_matrix_product(chapter):
    rng = np.random.default_rng(1)
    A, W, b = rng.normal(size=7), rng.normal(size=(3, 7)), rng.normal(size=3)
    by_matrix = 1 / (1 + np.exp(-(W @ A + b)))
    np.testing.assert_allclose(chapter["layer_loops"](A, W, b), by_matrix, rtol=1e-12)
