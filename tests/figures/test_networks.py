import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection

from nnbook_utils import figures


@pytest.fixture(autouse=True)
def close_all():
    yield
    plt.close("all")


def parts(fig):
    (ax,) = fig.axes
    edges = [c for c in ax.collections if isinstance(c, LineCollection)]
    neurons = [c for c in ax.collections if isinstance(c, PathCollection)]
    return edges, neurons, [text.get_text() for text in ax.texts]


def test_every_neuron_is_joined_with_every_neuron_of_the_next_layer():
    edges, neurons, _ = parts(figures.network((3, 4, 2)))
    assert [len(e.get_segments()) for e in edges] == [12, 8]
    assert [len(n.get_offsets()) for n in neurons] == [3, 4, 2]


def test_a_large_layer_shows_dots_and_its_true_count():
    _, neurons, texts = parts(figures.network((784, 16, 10), shown=16))
    drawn, dots = neurons[0], neurons[1]
    assert len(drawn.get_offsets()) == 15
    assert len(dots.get_offsets()) == 3
    gap_top, gap_bottom = drawn.get_offsets()[7:9, 1]
    assert np.all((dots.get_offsets()[:, 1] < gap_top) & (dots.get_offsets()[:, 1] > gap_bottom))
    assert texts[:3] == ["784", "16", "10"]


def test_edges_take_sign_and_size_from_the_weights():
    weights = [np.array([[1.0, -1.0, 0.1]])]
    edges, _, _ = parts(figures.network((3, 1), weights=weights))
    positive, negative, small = edges[0].get_colors()[:, :3]
    assert positive[0] > positive[2] and negative[2] > negative[0]
    widths = edges[0].get_linewidths()
    assert widths[0] == widths[1] > 4 * widths[2]


def test_weights_of_a_large_layer_belong_to_the_neurons_that_are_drawn():
    matrix = np.zeros((1, 100))
    matrix[0, 99] = 1.0
    edges, _, _ = parts(figures.network((100, 1), weights=[matrix], shown=6))
    assert int(np.argmax(edges[0].get_linewidths())) == 4, "the last of five drawn neurons"


def test_names_and_side_texts_are_written():
    fig = figures.network(
        (2, 1), names=["in", "out"], inputs=["a", "b"], outputs=["yes"], values=[[1, 0], [0.5]]
    )
    assert {"in", "out", "a", "b", "yes"} <= set(parts(fig)[2])


def test_it_draws_into_given_axes():
    fig, ax = plt.subplots()
    assert figures.network((2, 2), ax=ax) is fig


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": (3,)}, "at least two layers"),
        ({"sizes": (3, 0)}, "at least one neuron"),
        ({"sizes": (3, 2), "weights": [np.ones((3, 2))]}, r"weights\[0\] must have shape \(2, 3\)"),
        ({"sizes": (3, 2), "values": [[1, 2, 3], [1]]}, r"values\[1\] must have shape \(2,\)"),
        ({"sizes": (3, 2), "names": ["in"]}, "names must have 2 entries"),
        ({"sizes": (3, 2), "outputs": range(3)}, "outputs must have 2 entries"),
        ({"sizes": (3, 2), "shown": 2}, "shown must be at least 3"),
    ],
)
def test_what_disagrees_with_the_sizes_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        figures.network(**arguments)
    assert not plt.get_fignums(), "nothing half-drawn is left open"
