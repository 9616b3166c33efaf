"""VanishingGradient on a page: moved by mouse and keys, it shows what Python computes."""

import math
import re

import pytest
from explorer_pages import axe, close, drag, get, middle, put, settle, slider

from nnbook_utils.explorers import VanishingGradient

pytestmark = pytest.mark.browser

OTHERS = [
    {},
    {"activation": "sigmoid", "layer": 20},
    {"activation": "relu", "gain": 0.1, "depth": 50},
    {"gain": 3, "depth": 50, "normalisation": "layer", "residual": True},
    {"activation": "linear", "gain": 1e9, "depth": 50},
]


def fits(text, value):
    """Does the text show the value, or a dash where there is no number?"""
    if value is None or math.isnan(value):
        return text.strip() == "–"
    return close(text.strip().rstrip(",;"), value, 3)


def check(tab, n=0):
    """Table and reading show what Python computes from the traits."""
    names = VanishingGradient.settings
    explorer = VanishingGradient(**{name: get(tab, name, n) for name in names})
    root = tab.locator(".nnb-explorer").nth(n)
    rows = root.locator(".nnb-sizes tbody tr").all()
    shown = rows[1].locator("td").all_inner_texts()
    for text, value in zip(shown, explorer.gradient_factor, strict=True):
        assert fits(text, value)
    layer = min(explorer.layer, explorer.depth)
    gradient, deviation = explorer.measured["gradient"], explorer.measured["deviation"]
    values = [text.strip() for text in root.locator(".nnb-reading b").all_inner_texts()]
    assert fits(values[0], deviation[layer])
    assert fits(values[1], gradient[layer])
    if gradient[layer] and math.isfinite(gradient[layer - 1] / gradient[layer]):
        assert fits(values[2], gradient[layer - 1] / gradient[layer])
    bars = root.locator(".nnb-bar").first.get_attribute("d")
    assert bars.count("M") == explorer.depth
    return explorer


@pytest.mark.parametrize("settings", OTHERS)
def test_numbers_equal_python_wherever_it_goes(show, settings):
    tab = show(VanishingGradient(**settings))
    check(tab)
    put(tab, layer=1)
    check(tab)


def test_curves_have_a_mark_for_each_layer(show):
    tab = show(VanishingGradient(depth=12))
    for name in ("deviation", "gradient"):
        marks = tab.locator(f".nnb-marks.nnb-of-{name}").get_attribute("d")
        assert marks.count("M") == 13
    theory = tab.locator("path.nnb-theory").first.get_attribute("d")
    assert len(re.findall("[ML]", theory)) == 13


def test_the_formula_holds_the_numbers(show):
    tab = show(VanishingGradient(activation="relu", gain=1.5))
    text = re.sub(r"\s", "", tab.locator(".nnb-told .nnb-formula").first.inner_text())
    assert "gain²·E[(f′)²]=1.50²·0.500=1.125" in text
    put(tab, residual=True, normalisation="layer")
    explorer = check(tab)
    text = re.sub(r"\s", "", tab.locator(".nnb-told .nnb-formula").first.inner_text())
    assert text.endswith(f"={explorer.theory['factors'][0]:.3f}")
    assert "1+gain²·E[(f′)²]⁄Varz" in text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"activation": "sigmoid"}, "The gradient vanishes"),
        ({"activation": "relu", "gain": 3}, "The gradient explodes"),
        ({"activation": "linear"}, "The gradient arrives"),
        ({"activation": "sigmoid", "gain": 0.1, "depth": 50}, "In float32"),
        ({"activation": "linear", "gain": 1e9, "depth": 50}, "leave the range of floating point"),
        ({"activation": "linear", "gain": 1e-9, "depth": 50}, "too small for floating point"),
    ],
)
def test_what_happens_is_said(show, settings, words):
    assert words in show(VanishingGradient(**settings)).locator(".nnb-verdict").inner_text()


@pytest.mark.parametrize("settings", OTHERS[2:])
def test_words_on_the_limits_of_float32_stand_clear_of_the_curves(show, settings):
    tab = show(VanishingGradient(**settings, layer=25))
    for words in tab.locator(".nnb-limit").all():
        box = words.bounding_box()
        inside = tab.evaluate(
            """({ x, y, width, height }) => [...document.querySelectorAll(".nnb-curve, .nnb-ruler")]
              .filter((curve) => {
                const svg = curve.ownerSVGElement.getBoundingClientRect();
                const steps = curve.getTotalLength();
                for (let at = 0; at <= steps; at += 1) {
                  const p = curve.getPointAtLength(at);
                  const [px, py] = [p.x + svg.x, p.y + svg.y];
                  if (px > x && px < x + width && py > y && py < y + height) return true;
                }
                return false;
              }).length""",
            box,
        )
        assert inside == 0, words.text_content()


def test_controls_answer_to_keys(show):
    tab = show(VanishingGradient())
    slider(tab, "gain").focus()
    tab.keyboard.press("ArrowRight")
    assert get(tab, "gain") == 1.1
    slider(tab, "depth").focus()
    tab.keyboard.press("Home")
    assert get(tab, "depth") == 1
    settle(tab)
    check(tab)
    tab.keyboard.press("End")
    slider(tab, "width").focus()
    tab.keyboard.press("ArrowLeft")
    assert (get(tab, "depth"), get(tab, "width")) == (50, 31)
    tab.get_by_role("radio", name="tanh").focus()
    tab.keyboard.press("ArrowRight")
    assert get(tab, "activation") == "sigmoid"
    tab.get_by_role("checkbox").focus()
    tab.keyboard.press("Space")
    assert get(tab, "residual") is True
    settle(tab)
    check(tab)


def test_controls_answer_to_the_mouse(show):
    tab = show(VanishingGradient())
    box = slider(tab, "gain").bounding_box()
    y = box["y"] + box["height"] / 2
    drag(tab, box["x"] + 0.25 * box["width"], y, box["x"] + 0.6 * box["width"], y)
    assert 2.2 < get(tab, "gain") < 2.8
    check(tab)
    tab.get_by_role("radio", name="layer").click()
    tab.get_by_text("residual connections").click()
    settle(tab)
    assert (get(tab, "normalisation"), get(tab, "residual")) == ("layer", True)
    check(tab)
    before = get(tab, "seed")
    tab.get_by_role("button", name="New weights").click()
    settle(tab)
    assert get(tab, "seed") == before + 1
    check(tab)


def test_the_upright_line_reads_a_layer(show):
    tab = show(VanishingGradient(layer=4))
    x, y = middle(tab.locator(".nnb-handle .nnb-grip"))
    drag(tab, x, y, x + 150, y + 40)
    assert get(tab, "layer") > 8
    check(tab)
    assert abs(middle(tab.locator(".nnb-handle .nnb-grip"))[0] - x - 150) < 12
    tab.locator(".nnb-handle").focus()
    layer = get(tab, "layer")
    tab.keyboard.press("ArrowLeft")
    assert get(tab, "layer") == layer - 1
    drag(tab, *middle(tab.locator(".nnb-handle .nnb-grip")), 2000, y)
    assert get(tab, "layer") == 20
    settle(tab)
    check(tab)
    assert "in layer 20" in tab.locator(".nnb-picture").inner_text()


def test_reset_goes_back_to_where_python_began(show):
    explorer = VanishingGradient(activation="relu", gain=1.2, residual=True)
    tab = show(explorer)
    for trait in ("gain", "depth", "width"):
        slider(tab, trait).focus()
        tab.keyboard.press("ArrowLeft")
    tab.get_by_role("checkbox").uncheck()
    tab.get_by_role("button", name="New weights").click()
    tab.get_by_role("button", name="Reset").click()
    settle(tab)
    assert {t: get(tab, t) for t in explorer.initial} == explorer.initial
    assert tab.get_by_role("checkbox").is_checked()
    check(tab)


def test_two_on_one_page_are_independent(show):
    tab = show(VanishingGradient(), VanishingGradient(activation="relu"))
    slider(tab, "gain", 1).focus()
    tab.keyboard.press("End")
    settle(tab)
    assert (get(tab, "gain", 0), get(tab, "gain", 1)) == (1, 4)
    check(tab, 0)
    check(tab, 1)
    ids = tab.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_a_theme_switch_repaints(show):
    tab = show(VanishingGradient())
    stroke = "getComputedStyle(document.querySelector('.nnb-curve.nnb-is-gradient')).stroke"
    for theme, colour in (("dark", "rgb(226, 156, 195)"), ("light", "rgb(204, 121, 167)")):
        tab.evaluate("v => document.documentElement.setAttribute('data-theme', v)", theme)
        settle(tab)
        assert tab.evaluate(stroke) == colour


@pytest.mark.parametrize("width", [320, 360, 640, 1000])
def test_nothing_overflows_and_text_is_readable(show, width):
    tab = show(*(VanishingGradient(**settings) for settings in OTHERS), size=(width, 800))
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.evaluate("probes.overflowing()") == []
    assert [text for text, size in tab.evaluate("probes.textSizes()") if size < 11.9] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1000])
def test_axe_finds_no_violation(show, theme, width):
    tab = show(*(VanishingGradient(**s) for s in OTHERS), size=(width, 800), theme=theme)
    assert axe(tab) == []


def test_every_control_is_reached_by_tab_and_shows_focus(show):
    tab = show(VanishingGradient())
    wanted = tab.locator(
        ".nnb-explorer :is(input:not([type=radio]), input:checked, button:enabled, [tabindex])"
    ).count()
    # a ticked box counts once: input:checked is the same element
    seen = set()
    for _ in range(wanted):
        tab.keyboard.press("Tab")
        seen.add(tab.evaluate("probes.focus()"))
    assert not seen & {"outside", "no ring"}
    assert len(seen) == wanted


def test_a_screen_reader_hears_one_sentence_per_move(show):
    tab = show(VanishingGradient(activation="sigmoid"))
    tab.evaluate("probes.listen()")
    slider(tab, "gain").focus()
    tab.keyboard.press("ArrowRight")
    tab.wait_for_function("said.length > 0")
    (said,) = tab.evaluate("said")
    assert said.startswith("The gradient vanishes")
    assert "Factor per layer: theory 0.2" in said


def test_clean_up_leaves_nothing_behind(show):
    count = show(VanishingGradient()).evaluate("probes.leftovers(0)")
    assert min(count["before"]) > 0
    assert count["after"] == [0, 0, 0, 0]


def test_moves_are_drawn_fast(show, capsys):
    """Prints the times; a limit would fail on a busy machine (the goal is 16 ms)."""
    settings = {"depth": 50, "normalisation": "layer", "residual": True}
    tab = show(VanishingGradient(**settings))
    times = tab.evaluate("probes.moves(0, 'gain', 1)")
    first = tab.evaluate("probes.firstPictures()")
    assert len(times) == 40
    with capsys.disabled():
        print(f"\n  50 layers, move of gain: median {times[20]:.1f} ms, worst {times[-1]:.1f} ms")
        print(f"  first picture: {first[0]:.0f} ms after the script came")
