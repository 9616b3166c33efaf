import numpy as np
import pytest

from nnbook_utils.check import Verdict, exercise, require


@exercise(hint="Think of the bias.")
def double(answer):
    """The answer doubles its input."""
    for x in (0, 1, 5):
        require(answer(x) == 2 * x, f"for {x} you return {answer(x)}, not {2 * x}.")
    require(answer(-1) == -2, "negative numbers count too.", "Look at the sign.")
    return "your function doubles."


def test_a_right_answer_is_right():
    verdict = double(lambda x: 2 * x)
    assert verdict and verdict.passed
    assert repr(verdict) == "Right: your function doubles."


def test_a_wrong_answer_says_what_is_wrong_and_hints():
    verdict = double(lambda x: x)
    assert not verdict
    assert repr(verdict) == "Not yet: for 1 you return 1, not 2. Hint: Think of the bias."


def test_a_requirement_may_bring_its_own_hint():
    assert double(lambda x: abs(2 * x)).hint == "Look at the sign."


@pytest.mark.parametrize("stub", [None, ..., NotImplemented])
def test_a_stub_is_not_yet(stub):
    assert repr(double(stub)) == "Not yet: there is no answer yet. Hint: Think of the bias."


def returns_nothing(x):
    pass


def returns_dots(x):
    return ...


def is_not_implemented(x):
    raise NotImplementedError


@pytest.mark.parametrize("stub", [returns_nothing, returns_dots, is_not_implemented])
def test_a_function_that_is_a_stub_is_not_yet(stub):
    verdict = double(stub)
    assert not verdict
    assert "raised" not in verdict.message


def test_a_stub_says_what_it_returns():
    assert double(returns_nothing).message == "returns_nothing returns None so far."


@pytest.mark.parametrize(
    "answer",
    [
        lambda x: x / 0,
        lambda x: undefined,  # noqa: F821
        lambda: 1,
        3,
        np.array([1, 2]),
        lambda x: np.ones((2, 3)) @ np.ones((2, 3)),
        lambda x: np.array([1, 2]),
    ],
)
def test_an_answer_that_raises_is_not_yet(answer):
    verdict = double(answer)
    assert not verdict
    assert "your answer raised" in verdict.message


def recursion(x):
    return recursion(x)


def test_endless_recursion_is_not_yet():
    assert "RecursionError" in double(recursion).message


def test_a_long_error_is_cut():
    def wordy(x):
        raise ValueError("word " * 1000)

    assert len(double(wordy).message) < 260


def test_the_stop_button_still_stops():
    def stopped(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        double(stopped)


def test_a_check_keeps_its_name_and_docstring():
    assert double.__name__ == "double"
    assert double.__doc__ == "The answer doubles its input."


def test_an_answer_given_by_name_is_watched_too():
    assert double(answer=lambda x: 2 * x)
    assert double(answer=returns_nothing).message == "returns_nothing returns None so far."


def test_a_check_may_build_its_own_verdict_and_need_no_hint():
    @exercise
    def check(answer):
        return Verdict(answer > 3, "three is the limit.")

    assert check(4)
    assert repr(check(3)) == "Not yet: three is the limit."


def test_the_page_shows_the_same_words_and_no_markup_of_the_reader():
    page = Verdict(False, "you wrote <b> & more.", "try <i>.")._repr_html_()
    assert "Not yet:" in page and "Hint: try &lt;i&gt;." in page
    assert "&lt;b&gt; &amp; more" in page and "<b>" not in page
    right = Verdict(True, "it holds.", "unused")._repr_html_()
    assert "Right:" in right and "unused" not in right
    assert 'role="status"' in page
