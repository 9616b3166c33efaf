"""Explorers on the book's own pages, moved by mouse and keyboard: their numbers are Python's."""

import json
import re

import pytest
from reader import names

from nnbook_utils import explorers

pytestmark = pytest.mark.browser
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

SMALL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
NUMBER = re.compile(r"([−-]?\d+(?:\.\d+)?)(?:\s*[×·]\s*10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))?")


def numbers(text):
    """The numbers in a text as readers see them: 1.20 × 10⁻⁸, 0.37, −3."""
    return [
        float(value.replace("−", "-")) * 10.0 ** int((power or "⁰").translate(SMALL))
        for value, power in NUMBER.findall(text)
    ]


def settings(section):
    """{trait: value} as the sliders of an explorer show it."""
    found = {}
    for row in section.locator(".nnb-slider").all():
        trait = row.locator("input").get_attribute("data-trait")
        if row.is_visible():
            found[trait] = numbers(row.locator(".nnb-value").text_content())[0]
    return found


def stored(section):
    """{trait: value} that the explorer was made with, of those that no control shows."""
    script = section.locator("xpath=ancestor::figure").locator('script[type*="widget-state"]')
    state = next(iter(json.loads(script.text_content())["state"].values()))["state"]
    hidden = {"seed", "layer", "rate"} & set(state)
    return {name: state[name] for name in hidden}


def move(tab, section, trait, presses):
    """Move a slider by keyboard, then by mouse to a third of its way, then by keyboard again."""
    slider = section.locator(f'input[data-trait="{trait}"]')
    before = settings(section)[trait]
    slider.focus()
    tab.keyboard.press("ArrowRight")
    assert settings(section)[trait] > before
    box = slider.bounding_box()
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2, steps=5)
    tab.mouse.up()
    by_mouse = settings(section)[trait]
    for _ in range(presses):
        tab.keyboard.press("ArrowLeft")
    assert settings(section)[trait] < by_mouse


def read_learning_rate(tab, section):
    move(tab, section, "step", 3)
    move(tab, section, "b", 2)
    shown = settings(section)
    start = section.get_by_role("slider", name="Start of the path").get_attribute("aria-valuetext")
    python = explorers.LearningRate(
        step=shown["step"],
        momentum=shown["momentum"],
        b=shown["b"],
        steps=int(shown["steps"]),
        start=numbers(start),
    )
    table = section.locator("tbody tr td:last-child").all_text_contents()
    theory, measured = (numbers(text)[0] for text in table[-2:])
    assert theory == pytest.approx(python.theory, abs=5e-4)
    assert measured == pytest.approx(python.measured, abs=5e-4)
    steps, *losses = numbers(section.locator(".nnb-verdict").text_content())
    assert steps == len(python.path) - 1
    assert losses == pytest.approx([python.losses[-1], python.losses[0]], rel=2e-2)


def read_perceptron_gates(tab, section):
    move(tab, section, "w1", 3)
    move(tab, section, "b", 2)
    shown = settings(section)
    gate = section.locator("input[type=radio]:checked").input_value()
    python = explorers.PerceptronGates(gate=gate, **shown)
    rows = [
        numbers(" ".join(row.locator("td").all_text_contents()))
        for row in section.locator("table.nnb-truth tbody tr").all()
    ]
    assert [(row[0], row[1]) for row in rows] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for x1, x2, z, *_ in rows:
        assert z == pytest.approx(python.w1 * x1 + python.w2 * x2 + python.b, abs=5e-3)
    assert [row[3] for row in rows] == list(python.outputs)
    assert [row[4] for row in rows] == list(python.targets)


def read_backprop_stepper(tab, section):
    graph = section.locator("input[type=radio]:checked").first.input_value()
    traits = [row.get_attribute("data-trait") for row in section.locator("[data-trait]").all()]
    trait = next(t for t in traits if section.locator(f'[data-trait="{t}"]').is_visible())
    move(tab, section, trait, 2)
    section.get_by_role("button", name="All").click()
    python = explorers.BackpropStepper(graph=graph, **settings(section))
    for name, slope in python.slopes.items():
        node = section.locator(f'[data-node="{name}"]')
        shown = numbers(node.locator(".nnb-val").text_content())
        assert shown == pytest.approx([python.values[name]], abs=5e-3)
        shown = numbers(node.locator(".nnb-slope").text_content())
        assert shown == pytest.approx([slope], abs=6e-4)


def read_vanishing_gradient(tab, section):
    move(tab, section, "gain", 2)
    move(tab, section, "depth", 1)
    chosen = {
        trait: section.get_by_role("radiogroup", name=trait).locator("input:checked").input_value()
        for trait in ("activation", "normalisation")
    }
    residual = section.locator('[data-trait="residual"]').is_checked()
    shown = settings(section)
    shown |= {"depth": int(shown["depth"]), "width": int(shown["width"])}
    python = explorers.VanishingGradient(**stored(section), **chosen, **shown, residual=residual)
    row = section.locator("table.nnb-sizes tbody tr").last.locator("td").all_text_contents()
    factors = [numbers(text)[0] for text in row]
    assert factors == pytest.approx(list(python.gradient_factor), rel=6e-3)


READERS = {
    "BackpropStepper": read_backprop_stepper,
    "LearningRate": read_learning_rate,
    "PerceptronGates": read_perceptron_gates,
    "VanishingGradient": read_vanishing_gradient,
}


@pytest.mark.parametrize("page_name", names()[:-1])
def test_numbers_on_the_page_are_those_of_python(visit, page_name):
    """Every explorer of every page is moved, read back, and computed again in Python."""
    window = visit()
    tab = window.open(page_name)
    for live in tab.locator(".nnb-live").all():
        name = live.get_attribute("data-name")
        assert name in READERS, f"write a reader for the explorer {name} in this file"
        live.scroll_into_view_if_needed()
        READERS[name](tab, live.locator("section").first)
    assert window.troubles == []


def test_every_explorer_stands_in_its_chapter(visit):
    chapters = [name.rsplit("/", 1)[-1] for name in names()]
    on_pages = set()
    for page in names()[:-1]:
        tab = visit().open(page, explorers=False)
        on_pages |= {e.get_attribute("data-name") for e in tab.locator(".nnb-live").all()}
    wanted = {
        name
        for name in explorers.__all__
        if re.search(r"Chapter:\s+(\w+)", getattr(explorers, name).__doc__)[1] in chapters
    }
    assert on_pages == wanted


def test_two_explorers_on_a_page_do_not_move_each_other(visit):
    tab = visit().open("notebooks/01_neurons")
    first, second = (tab.locator(".nnb-live section").nth(i) for i in range(2))
    before = second.text_content()
    move(tab, first, "w1", 1)
    assert second.text_content() == before


def test_reset_brings_the_first_values_back(visit):
    tab = visit().open("book/index")
    section = tab.locator(".nnb-live section").first
    before = settings(section)
    move(tab, section, "step", 1)
    assert settings(section) != before
    section.get_by_role("button", name="Reset").click()
    assert settings(section) == before
