"""Explorers on a plain page, moved by mouse, finger and keyboard; numbers compared with Python."""

import importlib.util
import math
import re
import sys
import textwrap

import pytest
from explorer_harness import EXPLORERS, STATE, page, run_javascript, thermometer
from explorer_pages import PHONE, WIDE, axe, close, drag, get, middle, put, settle, slider

from nnbook_utils.explorers import LearningRate, PerceptronGates
from nnbook_utils.explorers.kit.linker import link
from nnbook_utils.explorers.learning_rate import model as descent
from nnbook_utils.explorers.perceptron_gates import model as perceptron

pytestmark = pytest.mark.browser

BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 30)"}


# ---- PerceptronGates


def truth_table(tab, n=0):
    table = tab.locator(".nnb-truth").nth(n).locator("tbody tr")
    return [row.locator("td").all_inner_texts() for row in table.all()]


def check_table(tab, n=0, place=None):
    """The table shows what Python computes from the traits; returns the outputs."""
    place = n if place is None else place
    w1, w2, b, gate = (get(tab, t, place) for t in ("w1", "w2", "b", "gate"))
    answers = perceptron.outputs(w1, w2, b)
    rows = truth_table(tab, n)
    for row, x, answer, target in zip(
        rows, perceptron.INPUTS, answers, perceptron.GATES[gate], strict=True
    ):
        assert row[:2] == [str(x[0]), str(x[1])]
        assert close(row[2], perceptron.weighted_sum(w1, w2, b, x))
        assert row[3:5] == [str(answer), str(target)]
        assert row[5] == ("✓" if answer == target else "✗")
    right = sum(a == t for a, t in zip(answers, perceptron.GATES[gate], strict=True))
    caption = tab.locator(".nnb-truth caption").nth(n).inner_text()
    assert caption == (f"All four right: this is {gate}" if right == 4 else f"{right} of 4 right")
    crosses = tab.locator(".nnb-perceptron").nth(n).locator(".nnb-cross").count()
    assert crosses == 4 - right
    return answers


def test_perceptron_is_drawn_with_its_numbers(show):
    tab = show(PerceptronGates())
    assert check_table(tab) == (0, 1, 1, 1)
    assert tab.locator(".nnb-point").count() == 4
    assert tab.locator(".nnb-line").is_visible()
    formula = tab.locator(".nnb-formula").inner_text()
    assert re.sub(r"\s", "", formula).startswith("z=1.00·x1+1.00·x2−0.50")


def test_sliders_answer_to_keys_and_make_an_and(show):
    tab = show(PerceptronGates())
    slider(tab, "b").focus()
    for _ in range(4):
        tab.keyboard.press("ArrowLeft")
    assert get(tab, "b") == -1.5
    assert check_table(tab) == perceptron.GATES["AND"]
    slider(tab, "w1").focus()
    tab.keyboard.press("Home")
    assert get(tab, "w1") == -2
    check_table(tab)


def test_sliders_answer_to_the_mouse(show):
    tab = show(PerceptronGates())
    box = slider(tab, "w2").bounding_box()
    y = box["y"] + box["height"] / 2
    drag(tab, box["x"] + 0.75 * box["width"], y, box["x"] + 0.1 * box["width"], y)
    assert get(tab, "w2") < -1
    assert get(tab, "w2") % 0.25 == 0
    check_table(tab)


def test_the_line_can_be_dragged_and_keeps_its_direction(show):
    tab = show(PerceptronGates())
    x, y = middle(tab.locator(".nnb-handle .nnb-grip"))
    drag(tab, x, y, x + 60, y - 60)
    assert (get(tab, "w1"), get(tab, "w2")) == (1, 1)
    assert get(tab, "b") < -1
    assert check_table(tab) == perceptron.GATES["AND"]
    # the grip stays under the hand, along w
    now = middle(tab.locator(".nnb-handle .nnb-grip"))
    assert now[0] - now[1] == pytest.approx(x + 60 - (y - 60), abs=3)


def test_the_line_stays_in_the_picture(show):
    tab = show(PerceptronGates())
    x, y = middle(tab.locator(".nnb-handle .nnb-grip"))
    drag(tab, x, y, x + 2000, y - 2000)
    assert tab.locator(".nnb-line").is_visible()
    check_table(tab)


def test_the_arrow_turns_the_line_about_its_middle(show):
    tab = show(PerceptronGates())
    pivot = middle(tab.locator(".nnb-handle .nnb-grip"))
    x, y = middle(tab.locator(".nnb-tip"))
    drag(tab, x, y, pivot[0], pivot[1] - 80)
    assert abs(get(tab, "w1")) < 0.05
    assert get(tab, "w2") > 0.5
    check_table(tab)


def test_taking_hold_without_moving_changes_nothing(show):
    tab = show(*both())
    for grip in tab.locator(".nnb-handle :is(.nnb-grip, .nnb-tip)").all():
        x, y = middle(grip)
        tab.mouse.click(x + 4, y - 3)
    for n, explorer in enumerate(both()):
        assert {t: get(tab, t, n) for t in explorer.initial} == explorer.initial


def test_line_and_arrow_answer_to_keys(show):
    tab = show(PerceptronGates())
    line, arrow = tab.locator(".nnb-handle").all()
    line.focus()
    tab.keyboard.press("ArrowRight")
    assert get(tab, "b") == -0.25
    tab.keyboard.press("Shift+ArrowDown")
    assert get(tab, "b") == -1.25
    settle(tab)
    assert line.get_attribute("aria-valuetext") == "b −1.25"
    arrow.focus()
    tab.keyboard.press("ArrowUp")
    assert (get(tab, "w1"), get(tab, "w2")) == (1, 1.25)
    check_table(tab)


def test_the_line_answers_to_a_finger(show):
    tab = show(PerceptronGates(), size=PHONE, has_touch=True)
    x, y = middle(tab.locator(".nnb-handle .nnb-grip"))
    tab.evaluate("window.scrollBy(0, 0)")
    touch = tab.context.new_cdp_session(tab)
    for kind, dx in [("touchStart", 0), *[("touchMove", d) for d in (15, 30, 45)]]:
        points = [{"x": x + dx, "y": y - dx}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(tab)
    assert get(tab, "b") < -0.7
    assert tab.evaluate("scrollY") == 0
    check_table(tab)


@pytest.mark.parametrize("gate", ["OR", "NAND", "NOR"])
def test_gates_are_chosen_by_mouse(show, gate):
    tab = show(PerceptronGates())
    tab.get_by_role("radio", name=gate, exact=True).check()
    assert get(tab, "gate") == gate
    settle(tab)
    check_table(tab)


def test_gates_are_chosen_by_keys(show):
    tab = show(PerceptronGates())
    tab.get_by_role("radio", name="AND", exact=True).focus()
    tab.keyboard.press("ArrowRight")
    assert get(tab, "gate") == "OR"
    assert check_table(tab) == perceptron.GATES["OR"]


def test_single_steps_are_pythons_steps(show):
    tab = show(PerceptronGates(gate="NAND"))
    expected = perceptron.train("NAND", (1, 1, -0.5), 0.5, 100)
    for state in expected[1:]:
        tab.get_by_role("button", name="One step").click()
        assert tuple(get(tab, t) for t in ("w1", "w2", "b")) == state.weights
    settle(tab)
    assert check_table(tab) == perceptron.GATES["NAND"]
    assert f"Learned after {len(expected) - 5} steps" in tab.locator(".nnb-story").inner_text()
    assert tab.get_by_role("button", name="One step").is_disabled()
    fixed = sum(bool(state.error) for state in expected)
    assert tab.locator(".nnb-fixed").count() == fixed
    tab.get_by_role("button", name="Rewind").click()
    assert tuple(get(tab, t) for t in ("w1", "w2", "b")) == (1, 1, -0.5)


def test_training_on_xor_says_that_it_cycles(show):
    tab = show(PerceptronGates(gate="XOR"), reduced_motion="reduce")
    tab.get_by_role("button", name="Run").click()
    settle(tab)
    first, again = perceptron.cycle(perceptron.train("XOR", (1, 1, -0.5), 0.5, 100))
    assert get(tab, "steps") == again
    story = tab.locator(".nnb-story").inner_text()
    assert f"was here before: after {first} steps, and again after {again}." in story
    assert f"cycle for ever, every {again - first} steps" in story


def test_training_runs_and_pauses(show):
    tab = show(PerceptronGates(gate="XOR"))
    tab.get_by_role("button", name="Run").click()
    tab.wait_for_function("() => document.querySelectorAll('.nnb-history rect').length >= 3")
    tab.get_by_role("button", name="Pause").click()
    steps = get(tab, "steps")
    assert steps >= 3
    expected = perceptron.train("XOR", (1, 1, -0.5), 0.5, steps)[-1]
    assert tuple(get(tab, t) for t in ("w1", "w2", "b")) == expected.weights
    tab.wait_for_timeout(500)
    assert get(tab, "steps") == steps


def test_moving_by_hand_starts_training_anew(show):
    tab = show(PerceptronGates(gate="XOR"))
    tab.get_by_role("button", name="One step").click()
    slider(tab, "w1").focus()
    tab.keyboard.press("ArrowRight")
    assert get(tab, "steps") == 0
    assert get(tab, "start") == [get(tab, t) for t in ("w1", "w2", "b")]


def test_weights_set_from_python_start_training_anew(show):
    tab = show(PerceptronGates(gate="XOR", steps=8))
    put(tab, w1=1.5)
    assert "looks at one row" in tab.locator(".nnb-story").inner_text()
    tab.get_by_role("button", name="One step").click()
    assert get(tab, "steps") == 1
    assert get(tab, "start")[0] == 1.5


@pytest.mark.parametrize(
    "weights", [{"w1": 0, "w2": 0}, {"b": 4}, {"w1": -2, "w2": 2, "b": 0}, {"w1": 1e-7, "w2": 1e7}]
)
def test_perceptron_survives_odd_weights(show, weights):
    check_table(show(PerceptronGates(**weights)))


@pytest.mark.parametrize("b", [0, -0.5, 1])
def test_weights_of_zero_have_no_arrow_and_say_so(show, b):
    tab = show(PerceptronGates(w1=0, w2=0, b=b))
    check_table(tab)
    for part in (".nnb-arrow", ".nnb-line", ".nnb-tip"):
        assert not tab.locator(part).is_visible()
    assert tab.locator(".nnb-w").text_content() == "w = 0: no direction, no line"
    tip = tab.get_by_role("slider", name="Arrow w")
    assert tip.get_attribute("aria-valuetext").endswith("no direction")
    assert "no line" in tab.locator(".nnb-plot").get_attribute("aria-label")
    # a hand can pull the arrow out again
    x, y = middle(tip.locator(".nnb-touch"))
    drag(tab, x, y, x + 60, y - 30)
    assert get(tab, "w1") > 0.5
    assert tab.locator(".nnb-arrow").is_visible()
    check_table(tab)


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("signs", [(1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (1, 0.125)])
def test_the_arrow_stays_inside_the_plane(show, signs, size):
    tab = show(PerceptronGates(), size=size)
    pane = tab.locator(".nnb-plot .nnb-pane").bounding_box()
    for b in (-4, -3.5, -1, 0, 2.5, 4, *(1e3 * w for w in signs)):
        for long in (2, 1e7):
            put(tab, w1=long * signs[0], w2=long * signs[1], b=b)
            if not tab.locator(".nnb-line").is_visible():
                continue
            for part in (".nnb-tip", ".nnb-arrow", ".nnb-w"):
                box = tab.locator(part).bounding_box()
                for at, length in (("x", "width"), ("y", "height")):
                    assert box[at] > pane[at] - 1, (part, b, long)
                    assert box[at] + box[length] < pane[at] + pane[length] + 1, (part, b, long)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_names_of_the_sides_stand_clear_of_line_and_arrow(show, size):
    tab = show(PerceptronGates(), size=size)
    sides = 0
    for w1, w2, b in [
        (-2, 1, 4),
        (2, 2, -4),
        (2, -2, 3),
        (2, 0.5, 1),
        (0.25, 2, -3.25),
        (1, 1, -0.5),
    ]:
        put(tab, w1=w1, w2=w2, b=b)
        for side in tab.locator(".nnb-side").all():
            sides += 1
            crossing = side.evaluate(
                """(side) => { const box = side.getBBox();
                  return [...document.querySelectorAll(".nnb-line, .nnb-arrow")].some((line) => {
                    const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"]
                      .map((name) => line[name].baseVal.value);
                    return Array.from({ length: 1001 }, (_, k) => k / 1000).some((t) => {
                      const [x, y] = [x1 + t * (x2 - x1), y1 + t * (y2 - y1)];
                      return x > box.x && x < box.x + box.width
                        && y > box.y && y < box.y + box.height;
                    });
                  }); }"""
            )
            assert not crossing, (w1, w2, b)
            same = float(side.text_content().removeprefix("output "))
            x, y = middle(side)
            pane = tab.locator(".nnb-plot .nnb-pane").bounding_box()
            unit = pane["height"] / 2.5
            z = w1 * (0.5 + (x - pane["x"] - pane["width"] / 2) / unit) + b
            z += w2 * (1.75 - (y - pane["y"]) / unit)
            assert (z >= 0) == bool(same)
    assert sides > 8


# ---- LearningRate


def check_rates(tab, n=0, place=None):
    """Table and sentence show what Python computes from the traits."""
    place = n if place is None else place
    settings = {t: get(tab, t, place) for t in ("step", "momentum", "b", "steps", "start")}
    explorer = LearningRate(**settings)
    s, beta, b = explorer.step, explorer.momentum, explorer.b
    rows = tab.locator(".nnb-rates").nth(n).locator("tbody tr").all()
    values = [row.locator("td").last.inner_text() for row in rows]
    assert close(values[0], descent.radius(1, s, beta), 3)
    assert close(values[1], descent.radius(b, s, beta), 3)
    assert close(values[2], explorer.theory, 3)
    if explorer.measured is None:
        assert values[3] == "–"
    else:
        assert close(values[3], explorer.measured, 3)
    verdict = tab.locator(".nnb-verdict").nth(n).inner_text()
    if f"{len(explorer.path) - 1} steps f is" in verdict:
        shown = re.search(r"f is ([−\d.]+(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)", verdict)[1]
        assert close(shown.rstrip("."), explorer.losses[-1])
    return explorer, verdict


def test_learning_rate_is_drawn_with_its_numbers(show):
    tab = show(LearningRate())
    explorer, verdict = check_rates(tab)
    path = tab.locator(".nnb-stops").get_attribute("d")
    assert path.count("M") == len(explorer.path)
    assert verdict.startswith("After 40 steps f is ")
    formula = re.sub(r"\s", "", tab.locator(".nnb-formula").inner_text())
    assert "xk+1=xk−0.60·xk" in formula


@pytest.mark.parametrize(
    "settings",
    [
        {"step": 1.98},
        {"step": 2.02},
        {"step": 4, "steps": 200},
        {"step": 1.4, "momentum": 0.5, "b": 0.05, "steps": 100},
        {"step": 3.9, "momentum": 0.98, "steps": 150},
        {"step": 4, "steps": 1000},
        {"step": 1, "b": 1, "steps": 1},
        {"start": [0, 0]},
        {"start": [0, 1]},
        {"start": [40, -3]},
    ],
)
def test_rates_equal_python_wherever_it_goes(show, settings):
    check_rates(show(LearningRate(**settings)))


def test_divergence_is_seen(show):
    tab = show(LearningRate(step=2.6))
    explorer, verdict = check_rates(tab)
    assert verdict.startswith("It runs away")
    away = max(map(abs, explorer.path[-1])) / 2.5
    assert close(re.search(r"point is (.*) picture heights", verdict)[1], away, 0)
    # the path is cut at the frame: no coordinate that a browser could choke on
    path = tab.locator(".nnb-path").get_attribute("d")
    assert all(abs(float(v)) < 2000 for v in re.findall(r"-?\d+\.?\d*", path))
    put(tab, step=4, steps=1000)
    _, verdict = check_rates(tab)
    assert "leaves the range of floating point" in verdict


@pytest.mark.parametrize("b", [0.1, 1])
@pytest.mark.parametrize("momentum", [0, 0.5, 0.98])
@pytest.mark.parametrize("steps", [200, 1000])
def test_a_path_that_runs_away_ends_at_the_frame(show, momentum, steps, b):
    tab = show(LearningRate(step=4, momentum=momentum, steps=steps, b=b))
    check_rates(tab)
    width, height = (
        float(tab.locator(".nnb-map svg").get_attribute(n)) for n in ("width", "height")
    )
    for name in (".nnb-path", ".nnb-stops"):
        numbers = re.findall(r"-?\d[\d.e+-]*", tab.locator(name).get_attribute("d"))
        assert all(-0.2 * width < float(v) < 1.2 * max(width, height) for v in numbers)


def test_a_crossing_that_rounding_hides_is_not_drawn():
    source = link(EXPLORERS / "learning_rate" / "view.js")
    box = [-1, -1, 1, 1]
    cases = [
        [[-3, 0.5], [3, 0.5], box],  # right through
        [[-2e9, 0], [3e9, 0.5], box],
        [[-1e70, 0.1], [1.3e70, 0.2], box],  # where it crosses, no double can say
        [[2, 2], [3, 3], box],
    ]
    through, far, lost, beside = run_javascript(source, "clip", cases)
    assert through == [[-1, 0.5], [1, 0.5]]
    assert [x for x, _ in far] == pytest.approx([-1, 1])
    assert [y for _, y in far] == pytest.approx([0.2, 0.2])
    assert lost is None
    assert beside is None


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_far_start_is_inside_the_map(show, size):
    tab = show(LearningRate(start=[40, -3]), size=size)
    handle = tab.locator(".nnb-handle .nnb-grip").bounding_box()
    pane = tab.locator(".nnb-map .nnb-pane").bounding_box()
    assert pane["x"] <= handle["x"] + handle["width"] / 2 <= pane["x"] + pane["width"] + 0.5


def test_learning_rate_sliders_answer_to_keys_and_mouse(show):
    tab = show(LearningRate())
    slider(tab, "step").focus()
    tab.keyboard.press("ArrowRight")
    assert get(tab, "step") == 0.62
    slider(tab, "momentum").focus()
    tab.keyboard.press("ArrowRight")
    assert get(tab, "momentum") == 0.02
    slider(tab, "b").focus()
    tab.keyboard.press("ArrowLeft")
    assert get(tab, "b") == 0.07
    slider(tab, "steps").focus()
    tab.keyboard.press("ArrowLeft")
    assert get(tab, "steps") == 39
    settle(tab)
    check_rates(tab)
    box = slider(tab, "step").bounding_box()
    y = box["y"] + box["height"] / 2
    drag(tab, box["x"] + 0.15 * box["width"], y, box["x"] + 0.7 * box["width"], y)
    assert 2.4 < get(tab, "step") < 3.2
    check_rates(tab)


def test_the_start_can_be_dragged_and_moved_by_keys(show):
    tab = show(LearningRate())
    x, y = middle(tab.locator(".nnb-handle"))
    drag(tab, x, y, x - 100, y + 50)
    start = get(tab, "start")
    assert start[0] < 0.3
    assert start[1] < 0.9
    assert middle(tab.locator(".nnb-handle")) == pytest.approx((x - 100, y + 50), abs=2)
    tab.locator(".nnb-handle").focus()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("Shift+ArrowLeft")
    assert get(tab, "start") == pytest.approx([start[0] - 0.25, start[1] + 0.05])
    settle(tab)
    check_rates(tab)


def test_best_buttons_give_strangs_and_polyaks_rates(show):
    tab = show(LearningRate(b=0.05))
    tab.get_by_role("button", name="Best s", exact=True).click()
    assert get(tab, "step") == pytest.approx(2 / 1.05)
    settle(tab)
    explorer, _ = check_rates(tab)
    assert explorer.measured == pytest.approx((0.95 / 1.05) ** 2)
    tab.get_by_role("button", name="Best s, β").click()
    settle(tab)
    explorer, _ = check_rates(tab)
    assert explorer.theory == pytest.approx(((1 - 0.05**0.5) / (1 + 0.05**0.5)) ** 2, rel=1e-6)


def test_play_draws_the_path_step_by_step(show):
    tab = show(LearningRate(steps=30))
    tab.get_by_role("button", name="Play").click()
    count = "() => document.querySelector('.nnb-stops').getAttribute('d').split('M').length - 1"
    tab.wait_for_function(f"() => ({count})() > 3 && ({count})() < 20")
    tab.wait_for_function(f"() => ({count})() === 31")
    assert tab.get_by_role("button", name="Play").is_visible()
    assert get(tab, "steps") == 30


# ---- all explorers


def both():
    return PerceptronGates(), LearningRate()


@pytest.mark.parametrize("kind", [PerceptronGates, LearningRate])
def test_reset_goes_back_to_where_python_began(show, kind):
    explorer = kind(**({"w1": 0.75} if kind is PerceptronGates else {"step": 0.9, "b": 0.3}))
    tab = show(explorer)
    for trait in ("w1", "b", "step", "momentum"):
        if slider(tab, trait).count():
            slider(tab, trait).focus()
            tab.keyboard.press("ArrowLeft")
    tab.locator(".nnb-handle").first.focus()
    tab.keyboard.press("ArrowUp")
    assert any(get(tab, t) != v for t, v in explorer.initial.items())
    tab.get_by_role("button", name="Reset").click()
    assert {t: get(tab, t) for t in explorer.initial} == explorer.initial


def test_two_on_one_page_are_independent(show):
    tab = show(PerceptronGates(), PerceptronGates(gate="XOR"), LearningRate(), LearningRate())
    slider(tab, "w1", 0).focus()
    tab.keyboard.press("End")
    slider(tab, "step", 3).focus()
    tab.keyboard.press("End")
    settle(tab)
    assert (get(tab, "w1", 0), get(tab, "w1", 1)) == (2, 1)
    assert (get(tab, "step", 2), get(tab, "step", 3)) == (0.6, 4)
    assert get(tab, "gate", 0) == "AND"
    assert tab.locator("input[type=radio]:checked").count() == 2
    check_table(tab, 0)
    check_table(tab, 1)
    ids = tab.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_one_widget_shown_twice_moves_in_both_places(show):
    tab = show(LearningRate(), wrap="{0}{0}", wait=False)
    tab.wait_for_function("document.querySelectorAll('[data-explorer=ready]').length === 2")
    slider(tab, "step", 0).focus()
    tab.keyboard.press("End")
    settle(tab)
    for n in (0, 1):
        assert slider(tab, "step", n).input_value() == "4"


@pytest.mark.parametrize(
    ("element", "attribute", "light", "dark"),
    [
        ("documentElement", "data-theme", "light", "dark"),
        ("body", "data-jp-theme-light", "true", "false"),
        ("documentElement", "theme", "light", "dark"),
        ("body", "data-vscode-theme-kind", "vscode-light", "vscode-dark"),
    ],
)
def test_a_theme_switch_repaints(show, element, attribute, light, dark):
    tab = show(*both(), thermometer()(celsius=100))

    def look():
        settle(tab)
        return tab.evaluate("probes.colours()")

    def switch(value):
        tab.evaluate(f"v => document.{element}.setAttribute('{attribute}', v)", value)

    switch(dark)
    night = look()
    switch(light)
    day = look()
    assert (day["paper"], night["paper"]) == (BACKGROUND["light"], BACKGROUND["dark"])
    assert day["line"] == "rgb(213, 94, 0)"
    assert night["line"] == "rgb(242, 142, 75)"
    assert day["pixel"] == [0, 114, 178, 255]
    assert night["pixel"] == [86, 180, 233, 255]


def test_without_a_word_from_the_page_the_system_decides(show):
    tab = show(*both(), color_scheme="dark")
    paper = "getComputedStyle(document.querySelector('.nnb-explorer')).backgroundColor"
    assert tab.evaluate(paper) == BACKGROUND["dark"]
    tab.emulate_media(color_scheme="light")
    settle(tab)
    assert tab.evaluate(paper) == BACKGROUND["light"]


@pytest.mark.parametrize("width", [320, 360, 640, 1000])
def test_nothing_overflows(show, width):
    tab = show(
        *both(),
        PerceptronGates(gate="XOR", steps=60),
        LearningRate(step=2.6, momentum=0.5, steps=200),
        size=(width, 800),
    )
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.evaluate("probes.overflowing()") == []


def test_text_is_readable_on_a_phone(show):
    tab = show(*both(), PerceptronGates(gate="XOR", steps=60), size=PHONE)
    sizes = tab.evaluate("probes.textSizes()")
    assert len(sizes) > 100
    assert [text for text, size in sizes if size < 12] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_axe_finds_no_violation_of_wcag_22_aa(show, theme, size):
    tab = show(
        *both(),
        PerceptronGates(gate="XOR", steps=60),
        LearningRate(momentum=0.5),
        size=size,
        theme=theme,
    )
    assert axe(tab) == []


def test_every_control_is_reached_by_tab_and_shows_focus(show):
    tab = show(*both())
    wanted = tab.locator(
        ".nnb-explorer :is(input:not([type=radio]), input:checked, button:enabled, [tabindex])"
    ).count()
    seen = set()
    for _ in range(wanted):
        tab.keyboard.press("Tab")
        seen.add(tab.evaluate("probes.focus()"))
    assert "outside" not in seen
    assert "no ring" not in seen
    assert len(seen) == wanted
    # JupyterLab leaves its shortcuts (arrows, Enter) alone only on elements that say so themselves
    assert tab.locator("[data-lm-suppress-shortcuts]").count() == wanted


def test_a_screen_reader_hears_one_sentence_per_move(show):
    tab = show(PerceptronGates())
    tab.evaluate("probes.listen()")
    slider(tab, "b").focus()
    for _ in range(4):
        tab.keyboard.press("ArrowLeft")
    tab.wait_for_function("said.length > 0")
    tab.wait_for_timeout(900)
    assert tab.evaluate("said") == ["AND: 4 of 4 right."]
    assert tab.locator("[aria-live]").count() == 1


def test_clean_up_leaves_nothing_behind(show):
    tab = show(PerceptronGates(), LearningRate(), thermometer()())
    for n in range(3):
        count = tab.evaluate("n => probes.leftovers(n)", n)
        assert min(count["before"]) > 0
        assert count["after"] == [0, 0, 0, 0]


def test_it_runs_from_a_file(show):
    tab = show(*both(), file=True)
    assert tab.url.startswith("file://")
    slider(tab, "b", 0).focus()
    tab.keyboard.press("ArrowLeft")
    settle(tab)
    check_table(tab)
    check_rates(tab, place=1)


def test_the_still_picture_gives_way(show):
    tab = show(LearningRate())
    assert not tab.locator(".nnb-still").is_visible()


def test_an_explorer_in_closed_details_is_drawn_when_opened(show):
    tab = show(LearningRate(), wrap="<details><summary>More</summary>{}</details>")
    tab.get_by_text("More").click()
    tab.locator(".nnb-stops").wait_for(state="attached")
    check_rates(tab)


def test_a_broken_explorer_says_so_and_leaves_the_others_alive(chromium, folder, address):
    broken, whole = LearningRate(), PerceptronGates()
    broken._esm = "export default { render() { throw new Error('planted'); } };"
    (folder / "broken.html").write_text(page(broken, whole), "utf-8")
    context = chromium.new_context()
    tab, errors = context.new_page(), []
    tab.on("console", lambda m: errors.append(m.text) if m.type == "error" else 0)
    tab.goto(f"{address}/broken.html")
    tab.locator("[data-explorer=ready]").wait_for()
    tab.locator("[data-explorer=failed]").wait_for()
    assert "could not start here" in tab.locator("[data-explorer=failed]").inner_text()
    assert tab.locator(".nnb-still").first.is_visible()
    assert any("planted" in text for text in errors)
    check_table(tab, place=1)
    context.close()


def test_without_a_kernel_its_buttons_are_not_there(show):
    tab = show(thermometer()())
    assert tab.get_by_role("button").count() == 0
    slider(tab, "celsius").focus()
    tab.keyboard.press("End")
    settle(tab)
    assert get(tab, "celsius") == 100


def test_a_kernel_answers_and_its_errors_are_shown(show):
    explorer = thermometer()(celsius=100)
    tab = show(explorer, wait=False)
    # a kernel of our own behind the page: messages go to Python and back
    sent = []
    explorer.send = sent.append
    tab.locator("[data-explorer=ready]").wait_for()

    def kernel(message):
        explorer._answer(explorer, message, [])
        return sent.pop()

    tab.expose_function("kernel", kernel)
    tab.evaluate("probes.withKernel()")
    tab.get_by_role("button", name="In Fahrenheit").click()
    tab.get_by_role("img", name="212 °F").wait_for(state="attached")
    tab.get_by_role("button", name="Break").click()
    tab.get_by_text("RuntimeError: the sensor is unplugged").wait_for()
    tab.get_by_role("button", name="In Fahrenheit").click()
    tab.get_by_text("RuntimeError").wait_for(state="detached")


def test_moves_are_drawn_fast(show, capsys):
    """Prints the times; a limit would fail on a busy machine (the goal is 100 and 16 ms)."""
    tab = show(*both())
    with capsys.disabled():
        for n, trait, sign in ((0, "b", -1), (1, "step", 1)):
            times = tab.evaluate("a => probes.moves(...a)", [n, trait, sign])
            assert len(times) == 40
            print(
                f"\n  move of {trait}: median {times[20]:.1f} ms, worst {times[-1]:.1f} ms", end=""
            )
        first = tab.evaluate("probes.firstPictures()")
        assert len(first) == 2
        print(f"\n  first pictures: {first[0]:.0f} and {first[1]:.0f} ms after the script came")


def test_the_recipe_in_the_readme_works(show, tmp_path):
    recipe = (EXPLORERS / "README.md").read_text("utf-8")
    python, javascript = (
        textwrap.dedent(re.search(rf"```{language}\n(.*?)```", recipe, re.S)[1])
        for language in ("python", "js")
    )
    (tmp_path / "math.js").write_text(
        "export function temperature(minutes, start) {\n"
        "  return 20 + (start - 20) * Math.exp(-minutes / 20);\n}\n"
    )
    (tmp_path / "view.js").write_text(javascript, "utf-8")
    (tmp_path / "style.css").write_text("")
    imports = "from nnbook_utils.explorers.kit import Explorer, Number\n\n\n"
    (tmp_path / "explorer.py").write_text(imports + python)
    spec = importlib.util.spec_from_file_location("cooling_explorer", tmp_path / "explorer.py")
    sys.modules[spec.name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tab = show(module.Cooling())
    slider(tab, "minutes").focus()
    tab.keyboard.press("ArrowRight")
    settle(tab)
    expected = 20 + 70 * math.exp(-6 / 20)
    shown = tab.locator(".nnb-formula").inner_text()
    assert close(shown.removeprefix("T = ").removesuffix(" °C"), expected, 1)
    tab.get_by_role("button", name="Reset").click()
    assert get(tab, "minutes") == 5


def test_page_state_cannot_end_its_script(show):
    tab = show(LearningRate(question="</script><b id=planted>"))
    assert tab.locator("#planted").count() == 0
    assert tab.locator(f'script[type="{STATE}"]').count() == 1
    assert "</script>" in tab.locator(".nnb-question").inner_text()
