"""Rough hands: extremes of every control, a page that changes under a drag or a run."""

import pytest
from explorer_pages import drag, get, middle, settle

from nnbook_utils.explorers import (
    BackpropStepper,
    LearningRate,
    PerceptronGates,
    VanishingGradient,
)

pytestmark = pytest.mark.browser
KINDS = (PerceptronGates, LearningRate, BackpropStepper, VanishingGradient)
# numbers in SVG that no browser can draw
BROKEN = """() => [...document.querySelectorAll(".nnb-explorer svg *")].flatMap((element) =>
  [...element.attributes].filter(({ value }) => /NaN|Infinity|undefined|e[+]\\d/.test(value))
    .map(({ name, value }) => `${element.tagName} ${name}=${value.slice(0, 60)}`))"""


@pytest.mark.parametrize("kind", KINDS)
def test_extremes_of_every_control_one_after_the_other(show, kind):
    """The fixture `show` fails on any error that the page logs meanwhile."""
    tab = show(kind())
    controls = tab.locator(".nnb-explorer :is(input, [role=slider])")
    for key in ("End", "Home", "PageUp", "PageDown", "Shift+ArrowUp", "Shift+ArrowLeft"):
        for control in controls.all():
            if control.is_visible() and control.is_enabled():
                control.focus()
                for _ in range(3):
                    tab.keyboard.press(key)
                settle(tab)
                assert tab.evaluate(BROKEN) == []
    for name in tab.locator(".nnb-explorer button").all_inner_texts():
        button = tab.get_by_role("button", name=name, exact=True)
        if button.count() and button.first.is_visible() and button.first.is_enabled():
            button.first.click()
            settle(tab)
            assert tab.evaluate(BROKEN) == []
    tab.get_by_role("button", name="Reset").click()
    assert {name: get(tab, name) for name in kind().initial} == kind().initial


@pytest.mark.parametrize("kind", KINDS)
def test_every_control_has_a_name(show, kind):
    tab = show(kind())
    nameless = tab.evaluate(
        """() => [...document.querySelectorAll(
            ".nnb-explorer :is(input, button, [role=slider], [role=radiogroup])")]
          .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim()
            || e.closest("label")?.textContent.trim() || e.closest(".nnb-guess")))
          .map((e) => e.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("kind", [PerceptronGates, LearningRate, VanishingGradient])
def test_a_window_made_narrow_during_a_drag(show, kind):
    tab = show(kind())
    handle = tab.locator(".nnb-handle").first
    x, y = middle(handle.locator(".nnb-grip").first)
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 10, y - 5)
    tab.set_viewport_size({"width": 380, "height": 900})
    settle(tab)
    tab.mouse.move(x - 60, y + 20, steps=4)
    tab.mouse.up()
    settle(tab)
    assert tab.evaluate(BROKEN) == []
    assert tab.evaluate("document.documentElement.scrollWidth") == 380
    pane = tab.locator(".nnb-plot .nnb-pane").first.bounding_box()
    at = middle(handle.locator(".nnb-grip").first)
    assert pane["x"] - 1 <= at[0] <= pane["x"] + pane["width"] + 1
    # and it can be taken again
    before = {name: get(tab, name) for name in kind().initial}
    drag(tab, *at, at[0] + 40, at[1] - 30)
    assert {name: get(tab, name) for name in kind().initial} != before


@pytest.mark.parametrize(
    ("kind", "settings", "name"),
    [(PerceptronGates, {"gate": "XOR"}, "Run"), (LearningRate, {"steps": 200}, "Play")],
)
def test_theme_and_motion_change_during_a_run(show, kind, settings, name):
    tab = show(kind(**settings))
    tab.get_by_role("button", name=name).click()
    tab.wait_for_timeout(400)
    tab.evaluate("document.documentElement.dataset.theme = 'dark'")
    settle(tab)
    paper = "getComputedStyle(document.querySelector('.nnb-explorer')).backgroundColor"
    assert tab.evaluate(paper) == "rgb(20, 24, 30)"
    assert not tab.get_by_role("button", name=name).is_visible(), "it still runs"
    tab.emulate_media(reduced_motion="reduce")
    tab.get_by_role("button", name=name).wait_for(timeout=1500)  # all the rest at once


def test_two_of_a_kind_share_nothing_while_both_run(show):
    tab = show(PerceptronGates(gate="XOR"), PerceptronGates(gate="NAND"))
    for _ in range(2):  # the first to be clicked is then named Pause
        tab.get_by_role("button", name="Run").first.click()
    tab.wait_for_timeout(1000)
    tab.get_by_role("button", name="Reset").first.click()
    first, start = get(tab, "steps", 0), PerceptronGates().initial["steps"]
    assert (first, get(tab, "gate", 0)) == (start, "XOR")
    assert get(tab, "steps", 1) > 0
    assert get(tab, "gate", 1) == "NAND"
