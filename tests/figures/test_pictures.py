import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnbook_utils import figures


@pytest.fixture(autouse=True)
def close_all():
    yield
    plt.close("all")


def drawn(fig):
    return [ax.images[0] for ax in fig.axes if ax.images]


def test_pictures_stand_in_rows_of_the_asked_length():
    fig = figures.images(np.zeros((7, 4, 4)), columns=3)
    assert len(fig.axes) == 9 and len(drawn(fig)) == 7


def test_all_pictures_share_one_color_scale():
    fig = figures.images([np.zeros((2, 2)), np.full((2, 2), 8.0)])
    assert {image.get_clim() for image in drawn(fig)} == {(0, 8)}


def test_zero_is_the_middle_of_a_signed_scale():
    fig = figures.images([np.array([[-1.0, 4.0]])], cmap=figures.SIGNED)
    assert drawn(fig)[0].get_clim() == (-4, 4)


def test_channels_of_one_and_three_are_understood():
    assert len(drawn(figures.images(np.full((2, 5, 4, 3), 0.5)))) == 2
    (image,) = drawn(figures.images(np.ones((1, 5, 4, 1))))
    assert image.get_array().shape == (5, 4)


def test_a_constant_picture_is_drawn_without_warning(recwarn):
    figures.svg(figures.images([np.ones((3, 3))]))
    figures.svg(figures.images([np.eye(3, dtype=bool)]))
    assert not recwarn.list


def test_titles_are_written_above_their_pictures():
    fig = figures.images(np.zeros((2, 3, 3)), titles=["seven", 8])
    assert [ax.get_title() for ax in fig.axes] == ["seven", "8"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"arrays": []}, "at least one picture"),
        ({"arrays": np.zeros((2, 784))}, r"arrays\[0\].*\(784,\): reshape the pixels into rows"),
        ({"arrays": np.zeros((1, 3, 8, 8))}, "move the channels to the end"),
        ({"arrays": np.zeros((2, 3, 3)), "titles": ["one"]}, "titles must have one text"),
        ({"arrays": np.zeros((2, 3, 3)), "columns": 0}, "columns must be at least 1"),
        ({"arrays": [np.full((2, 2), np.nan)]}, "holds no finite number"),
    ],
)
def test_what_is_not_pictures_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        figures.images(**arguments)
    assert not plt.get_fignums()
