"""BackpropStepper on a page: steps by mouse and keys show what Python computes, and no more."""

import re

import pytest
from explorer_pages import axe, close, drag, get, middle, put, settle, slider

from nnbook_utils.explorers import BackpropStepper
from nnbook_utils.explorers.backprop_stepper import model

pytestmark = pytest.mark.browser

SETTINGS = ("graph", *model.LEAVES, "step")
READ = """n => Object.fromEntries(
  [...document.querySelectorAll('.nnb-explorer')[n].querySelectorAll('[data-node]')].map((node) => {
    const text = (name) => node.querySelector(name)?.textContent ?? null;
    return [node.dataset.node, [text('.nnb-val'), text('.nnb-slope')]];
  }))"""
OTHERS = [
    {},
    {"step": 5},
    {"step": 14, "guess": "w"},
    {"graph": "relu", "b": -3, "step": 14, "guess": "p"},
    {"graph": "chain", "step": 13, "w": -3, "x": 3, "guess": "h"},
    {"graph": "twice", "step": 7},
]


def spaced(text):
    """Narrow nodes write 1.23×10⁻⁴ without spaces."""
    return re.sub(" ?× ?", " × ", text)


def check_picture(tab, n=0):
    """Each node shows its value and its slope once they are reached, and not before."""
    explorer = BackpropStepper(**{name: get(tab, name, n) for name in SETTINGS})
    forward = model.forward_order(explorer.graph)
    step = min(explorer.step, explorer.steps)
    known = {*explorer.leaves, *forward[:step]}
    sloped = set(model.backward_order(explorer.graph)[: max(0, step - len(forward))])
    shown = tab.evaluate(READ, n)
    assert set(shown) == set(explorer.values)
    for name, (value, slope) in shown.items():
        assert (value is not None, slope is not None) == (name in known, name in sloped)
        if name in known:
            assert close(spaced(value), explorer.values[name], 2)
        if name in sloped:
            slope = re.sub("^(slope|←) ", "", slope)
            assert close(spaced(slope), explorer.slopes[name], 3)
    return explorer


def formula(tab):
    return re.sub(r"\s", "", tab.locator(".nnb-now .nnb-formula").inner_text())


def press(tab, name):
    tab.get_by_role("button", name=name, exact=True).click()
    settle(tab)


@pytest.mark.parametrize("graph", model.GRAPHS)
def test_every_step_shows_what_it_reached_and_no_more(show, graph):
    tab = show(BackpropStepper(graph=graph))
    explorer = check_picture(tab)
    forward = len(model.forward_order(graph))
    for step in range(1, explorer.steps + 1):
        press(tab, "Step forward" if step <= forward else "Step backward")
        assert get(tab, "step") == step
        check_picture(tab)
    for name in ("Step forward", "Step backward", "All"):
        assert tab.get_by_role("button", name=name, exact=True).is_disabled()


def test_the_formula_holds_the_numbers_of_the_step(show):
    tab = show(BackpropStepper(w=0.6, x=-1.5, step=1))
    assert formula(tab) == "p=w·x=0.60·(−1.50)=−0.900"
    put(tab, step=6)
    assert formula(tab) == "slopeofC=1.000"
    put(tab, step=14)
    slopes = BackpropStepper(w=0.6, x=-1.5).slopes
    p, w = (f"{slopes[name]:.3f}".replace("-", "−") for name in "pw")
    assert formula(tab) == f"slopeofw=slopeofp×x={p}×(−1.50)={w}"


def test_slopes_of_a_value_used_twice_are_seen_to_add(show):
    tab = show(BackpropStepper(graph="twice", x=1.5, step=7))
    assert formula(tab) == "slopeofx=slopeofu×1+slopeofv×1=3.500×1+2.500×1=6.000"
    assert "2 paths: their slopes add" in tab.locator(".nnb-now").inner_text()


def test_a_dead_unit_is_named(show):
    tab = show(BackpropStepper(graph="relu", b=-3, step=10))
    assert "the unit is dead" in tab.locator(".nnb-now").inner_text()
    check_picture(tab)


@pytest.mark.parametrize(
    ("settings", "answer", "right"),
    [
        ({"w": 0.6, "x": 1.5}, "w", True),
        ({"w": 0.6, "x": 1.5}, "x", False),
        ({"w": -2, "x": 2}, "both the same", True),
        ({"w": -2, "x": 0.5}, "x", True),
    ],
)
def test_a_guess_before_the_product_is_answered_after_it(show, settings, answer, right):
    tab = show(BackpropStepper(**settings, step=12))
    press(tab, answer)
    verdict = tab.locator(".nnb-verdict")
    press(tab, "Step backward")
    assert verdict.inner_text() == ""
    press(tab, "Step backward")
    assert verdict.inner_text().startswith("✓ Right" if right else "✗ Not so")
    press(tab, "Reset")
    assert get(tab, "guess") == ""


def test_no_guess_is_asked_before_the_result_is_known(show):
    tab = show(BackpropStepper(step=4))
    assert not tab.locator(".nnb-guess").is_visible()
    press(tab, "Step forward")
    assert tab.locator(".nnb-guess").is_visible()


def test_nudging_shows_python_s_difference_beside_the_slope(show):
    tab = show(BackpropStepper(step=4))
    check = tab.locator(".nnb-check .nnb-formula")
    assert "not known yet" in check.inner_text()
    for step in (5, 14):
        put(tab, step=step)
        tab.get_by_role("radio", name="b", exact=True).check()
        settle(tab)
        explorer = check_picture(tab)
        shown = re.search(r"0\.002\s*=\s*([−\d.]+);", check.inner_text())[1]
        assert close(shown, model.nudged("neuron", explorer.leaves, "b"), 5)
        slope = check.inner_text().split("slope of b:")[1]
        if step == 5:
            assert "not reached yet" in slope
        else:
            assert close(slope, explorer.slopes["b"], 5)


def test_keys_step_on_the_picture_and_keep_their_place_on_the_buttons(show):
    tab = show(BackpropStepper())
    stage = tab.get_by_role("slider", name="Step", exact=True)
    stage.focus()
    for key, step in (
        ("ArrowRight", 1),
        ("ArrowDown", 2),
        ("ArrowLeft", 1),
        ("End", 14),
        ("ArrowRight", 14),
        ("Home", 0),
    ):
        tab.keyboard.press(key)
        settle(tab)
        assert get(tab, "step") == step
        assert stage.get_attribute("aria-valuenow") == str(step)
        check_picture(tab)
    tab.get_by_role("button", name="Step forward").focus()
    for _ in range(14):
        tab.keyboard.press("Enter")
        settle(tab)
    assert get(tab, "step") == 14
    assert tab.evaluate("document.activeElement.textContent") == "Undo"


def test_sliders_move_values_and_slopes_at_once(show):
    tab = show(BackpropStepper(step=14))
    slider(tab, "w").focus()
    tab.keyboard.press("ArrowRight")
    settle(tab)
    assert get(tab, "w") == 0.7
    check_picture(tab)
    box = slider(tab, "x").bounding_box()
    y = box["y"] + box["height"] / 2
    drag(tab, box["x"] + 0.75 * box["width"], y, box["x"] + 0.1 * box["width"], y)
    assert get(tab, "x") < -1.5
    check_picture(tab)


def test_only_the_leaves_of_the_graph_have_sliders(show):
    tab = show(BackpropStepper(step=9))
    for graph in ("relu", "twice", "chain", "neuron"):
        tab.get_by_role("radio", name=graph).check()
        settle(tab)
        assert get(tab, "step") == 0
        leaves = check_picture(tab).leaves
        for name in model.LEAVES:
            assert slider(tab, name).is_visible() == (name in leaves)


def test_undo_all_and_reset(show):
    explorer = BackpropStepper(step=3, w=2)
    tab = show(explorer)
    press(tab, "All")
    assert get(tab, "step") == 14
    press(tab, "Undo")
    assert get(tab, "step") == 13
    check_picture(tab)
    slider(tab, "w").focus()
    tab.keyboard.press("Home")
    press(tab, "Reset")
    assert {t: get(tab, t) for t in explorer.initial} == explorer.initial
    check_picture(tab)


@pytest.mark.parametrize("settings", [{"w": 1e9, "x": 1e9}, {"w": 1e-8}, {"x": 1e200, "w": 1e200}])
def test_odd_inputs_are_shown_as_they_are(show, settings):
    check_picture(show(BackpropStepper(**settings, step=14), size=(360, 740)))


def test_two_on_one_page_are_independent(show):
    tab = show(BackpropStepper(), BackpropStepper(graph="twice"))
    tab.get_by_role("button", name="All").nth(1).click()
    settle(tab)
    assert (get(tab, "step", 0), get(tab, "step", 1)) == (0, 7)
    check_picture(tab, 0)
    check_picture(tab, 1)
    ids = tab.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_a_theme_switch_repaints(show):
    tab = show(BackpropStepper(step=14))
    stroke = "getComputedStyle(document.querySelector('[data-node=b] rect')).stroke"
    for theme, colour in (("dark", "rgb(242, 142, 75)"), ("light", "rgb(213, 94, 0)")):
        tab.evaluate("v => document.documentElement.setAttribute('data-theme', v)", theme)
        settle(tab)
        assert tab.evaluate(stroke) == colour


@pytest.mark.parametrize("width", [320, 360, 640, 1000])
def test_nothing_overflows_and_text_is_readable(show, width):
    tab = show(*(BackpropStepper(**settings) for settings in OTHERS), size=(width, 800))
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.evaluate("probes.overflowing()") == []
    assert [text for text, size in tab.evaluate("probes.textSizes()") if size < 11.9] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_axe_finds_no_violation(show, theme, width):
    tab = show(*(BackpropStepper(**s) for s in OTHERS), size=(width, 800), theme=theme)
    assert axe(tab) == []


def test_every_control_is_reached_by_tab_and_shows_focus(show):
    tab = show(BackpropStepper(step=6))
    wanted = tab.locator(
        ".nnb-explorer :is(input:not([type=radio]), input:checked, button:enabled, [tabindex])"
        ":visible"
    ).count()
    seen = set()
    for _ in range(wanted):
        tab.keyboard.press("Tab")
        seen.add(tab.evaluate("probes.focus()"))
    assert not seen & {"outside", "no ring"}
    assert len(seen) == wanted


def test_a_screen_reader_hears_the_step(show):
    tab = show(BackpropStepper())
    tab.evaluate("probes.listen()")
    press(tab, "Step forward")
    tab.wait_for_function("said.length > 0")
    assert tab.evaluate("said") == ["Forward, step 1 of 5: p = w·x = 0.60·1.50 = 0.900."]


def test_clean_up_leaves_nothing_behind(show):
    count = show(BackpropStepper()).evaluate("probes.leftovers(0)")
    assert min(count["before"]) > 0
    assert count["after"] == [0, 0, 0, 0]


def test_moves_are_drawn_fast(show, capsys):
    """Prints the times; a limit would fail on a busy machine (the goal is 16 ms)."""
    times = show(BackpropStepper(step=14)).evaluate("probes.moves(0, 'w', 1)")
    assert len(times) == 40
    with capsys.disabled():
        print(f"\n  stepper, move of w: median {times[20]:.1f} ms, worst {times[-1]:.1f} ms")


@pytest.mark.parametrize(("width", "flat"), [(1000, True), (640, True), (360, False)])
def test_values_flow_to_the_right_where_there_is_room_else_down(show, width, flat):
    tab = show(BackpropStepper(), size=(width, 800))
    (x0, y0), (x1, y1) = (middle(tab.locator(f"[data-node={name}]")) for name in "wC")
    assert (x1 - x0 > 400) if flat else (y1 - y0 > 300)


def test_text_stays_inside_its_node_at_the_width_of_the_book(show):
    extreme = {"w": -3, "x": 3, "b": -3, "y": -1, "step": 14}
    tab = show(BackpropStepper(**extreme), BackpropStepper(graph="relu", step=14), size=(624, 800))
    outside = """[...document.querySelectorAll('[data-node]')].flatMap((node) => {
      const box = node.querySelector('rect').getBBox();
      return [...node.querySelectorAll('text')]
        .filter((text) => text.getBBox().x < box.x || text.getBBox().width > box.width)
        .map((text) => text.textContent);
    })"""
    assert tab.evaluate(outside) == []
