"""Tables, proofs, verdicts and sources as a page shows them: readable, narrow, in both themes."""

import pytest

pytestmark = pytest.mark.browser

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

from nnbook_utils import compare, figures, source  # noqa: E402
from nnbook_utils.check import Verdict  # noqa: E402
from nnbook_utils.figures import palette  # noqa: E402
from nnbook_utils.scratch import functional as F  # noqa: E402


def outputs():
    """One of each kind of HTML that the package shows."""
    row = {"output": 1.5e-16} | {f"gradient of {name}": 2.2e-16 for name in ("x", "w", "b")}
    shapes = {"output": (8, 3), "gradient of x": (8, 5), "gradient of w": (3, 5)}
    proof = compare.Proof(
        differences={"loops": {"output": 0.0}, "NumPy": row},
        times={"loops": (4e-5, None), "NumPy": (1e-5, 2e-5), "PyTorch": (2e-5, 8e-5)},
        shapes=shapes | {"gradient of b": (3,)},
        tolerance=1e-9,
        caption="A layer, three ways",
    )
    table = figures.table([["hidden", 16, 12560]], ["layer", "neurons", "parameters"], "A net")
    return "\n".join(
        [
            proof._repr_html_(),
            table._repr_html_(),
            source._html(*source._source(F.cross_entropy)),
            Verdict(True, "your neuron computes NAND.")._repr_html_(),
            Verdict(False, "for (1, 1) it answers 1.", "make the bias smaller.")._repr_html_(),
        ]
    )


def page_text(theme):
    variables = "".join(f"{palette.variable(name)}: {hex};" for name, hex in theme.items())
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Outputs</title>"
        f"<style>:root{{{variables}}} body{{margin:0 15px;font:16px/1.5 sans-serif;"
        f"background:{theme['paper']};color:{theme['ink']}}}</style></head>"
        f"<body><main><h1>Outputs</h1>{outputs()}</main></body></html>"
    )


@pytest.fixture(params=["light", "dark"])
def page(chromium, request):
    page = chromium.new_page(viewport={"width": 360, "height": 640})
    page.set_content(page_text({"light": palette.LIGHT, "dark": palette.DARK}[request.param]))
    yield page
    page.close()


def test_at_360_pixels_the_proof_scrolls_in_its_box_and_the_page_does_not(page):
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    boxes = page.locator("[role=region]")
    widths = boxes.evaluate_all("all => all.map(e => [e.scrollWidth, e.clientWidth])")
    assert widths[0][0] > widths[0][1], "the proof is wider than the page"
    assert all(inside <= 330 for _, inside in widths)


def test_the_proof_can_be_scrolled_by_keyboard(page):
    page.keyboard.press("Tab")
    box = page.locator("[role=region]").first
    assert box.evaluate("e => e === document.activeElement")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('[role=region]').scrollLeft > 0")


def test_the_conclusion_is_visible_without_scrolling_sideways(page):
    line = page.get_by_text("same function, same gradients")
    assert line.bounding_box()["x"] + line.bounding_box()["width"] <= 360


def test_accessibility_scan_finds_nothing(page):
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    results = axe.Axe().run(page, options={"runOnly": tags})
    assert results.violations_count == 0, results.generate_report()


def test_the_proof_fits_the_books_text_width(page):
    page.set_viewport_size({"width": 760, "height": 640})
    inside = page.locator("[role=region]").first
    assert inside.evaluate("e => e.scrollWidth <= e.clientWidth")
