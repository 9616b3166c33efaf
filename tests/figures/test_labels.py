import math

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnbook_utils import figures
from nnbook_utils.figures.labels import _apart


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def notes(ax):
    return {text.get_text(): text for text in ax.texts}


def test_each_labelled_line_is_named_at_its_right_end(ax):
    ax.plot([0, 1, 2], [5, 1, 3], label="training")
    ax.plot([0, 1], [2, 2])
    figures.label_lines(ax)
    assert list(notes(ax)) == ["training"]
    assert notes(ax)["training"].xy == (2, 3)


def test_a_name_has_its_lines_color_in_a_readable_tone(ax):
    ax.plot([0, 1], [0, 1], color=figures.WEIGHTS, label="weights")
    ax.plot([0, 1], [0, 2], color=figures.MUTED, label="other")
    figures.label_lines(ax)
    assert notes(ax)["weights"].get_color() == figures.WEIGHTS_TEXT
    assert notes(ax)["other"].get_color() == figures.MUTED


def test_names_of_lines_that_meet_do_not_overlap(ax):
    for i in range(4):
        ax.plot([0, 1], [i, 1 + i / 1000], label=f"line {i}")
    figures.label_lines(ax)
    ax.figure.canvas.draw()
    boxes = sorted((t.get_window_extent() for t in ax.texts), key=lambda box: box.y0)
    for below, above in zip(boxes, boxes[1:], strict=False):
        assert below.y1 <= above.y0 + 1


def test_names_keep_the_order_of_their_lines():
    places = _apart([10.0, 0.0, 10.1, 50.0], gap=14)
    assert places[1] < places[0] < places[2] < places[3] == 50


def test_of_lines_that_end_at_one_place_the_first_is_on_top():
    for noise in (1e-9, 0, -1e-9):
        first, second = _apart([5.0 + noise, 5.0], gap=10)
        assert first > second


def test_names_far_apart_stay_at_their_lines():
    np.testing.assert_allclose(_apart([0.0, 30.0, 90.0], gap=14), [0, 30, 90])


def test_groups_that_grow_into_each_other_are_spread_together():
    places = _apart([0.0, 1.0, 13.0, 14.0], gap=10)
    assert np.all(np.diff(places) >= 10 - 1e-9)
    assert np.mean(places) == pytest.approx(7)


def test_the_last_finite_and_visible_point_carries_the_name(ax):
    ax.plot([0, 1, 2, 3], [1, 2, np.nan, 50], label="loss")
    ax.set_ylim(0, 3)
    figures.label_lines(ax)
    assert notes(ax)["loss"].xy == (1, 2)


def test_axes_without_labelled_lines_are_refused(ax):
    ax.plot([0, 1], [0, 1])
    with pytest.raises(ValueError, match="no labelled line"):
        figures.label_lines(ax)


def test_a_line_of_nothing_but_nan_is_refused(ax):
    ax.plot([0, 1], [np.nan, np.nan], label="diverged")
    with pytest.raises(ValueError, match="'diverged' has no finite point"):
        figures.label_lines(ax)


def test_the_title_stands_to_the_left_above_its_subtitle(ax):
    figures.title(ax, "The loss halves", "on 8,000 digits")
    assert ax.get_title(loc="left") == "The loss halves"
    ax.figure.canvas.draw()
    (subtitle,) = ax.texts
    assert subtitle.get_window_extent().y1 < ax._left_title.get_window_extent().y0


def test_a_title_must_say_something(ax):
    with pytest.raises(ValueError, match="text must say"):
        figures.title(ax, " ")


@pytest.mark.parametrize(
    "number, text",
    [
        (6.31e-4, "6.3 × 10⁻⁴"),
        (-2e5, "−2.0 × 10⁵"),
        (1e-3, "10⁻³"),
        (-1e12, "−10¹²"),
        (np.float32(9.99e-26), "10⁻²⁵"),
        (0.01, "0.010"),
        (0.4, "0.40"),
        (1, "1.0"),
        (-41.7, "−42"),
        (126, "130"),
        (999, "10³"),
        (0, "0"),
        (-0.0, "0"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "nan"),
    ],
)
def test_a_number_is_written_with_a_power_of_ten_where_it_needs_one(number, text):
    assert figures.power(number) == text


def test_a_power_has_as_many_digits_as_asked_for():
    assert figures.power(8.4e-6, digits=1) == "8 × 10⁻⁶"
    assert figures.power(123456, digits=4) == "1.235 × 10⁵"
    assert figures.power(0.4, digits=1) == "0.4"
    for digits in (0, 1.5, "2"):
        with pytest.raises(ValueError, match="digits must be a whole number, at least 1"):
            figures.power(1.0, digits)


@pytest.mark.parametrize("exponent", range(-30, 31))
def test_a_power_says_the_number_to_two_digits(exponent):
    number = 3.7 * 10.0**exponent
    plain = figures.power(number).translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    assert math.isclose(float(plain.replace(" × 10", "e")), number, rel_tol=1e-12)
