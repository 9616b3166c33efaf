"""What the extension makes of a stored notebook before Sphinx sees it."""

import json
import re

import pytest

pytest.importorskip("myst_nb", reason="the book's tools are not installed (extra `book`)")
from nnbook_sphinx import explorers  # noqa: E402
from nnbook_sphinx.notebook import PageError, prepare  # noqa: E402
from small_book import LIVE, PLAIN, STATE, SVG, VIEW, code, model, notebook, shown, text, view  # noqa: E402

PALETTE = {"paper": "#ffffff"}
ALT = "A line from the corner to the middle"


def output_of(stored):
    return stored["cells"][0]["outputs"][0]


def test_figure_becomes_inline_svg_with_its_description():
    stored, live, _ = prepare(notebook(code(outputs=[shown(svg=SVG, plain=ALT)])), "n", PALETTE)
    html = output_of(stored)["data"]["text/html"]
    assert html.startswith('<figure class="nnb-picture"><svg role="img"') and ALT in html
    assert live == 0


def test_text_stored_as_lines_is_read_as_one():
    lines = SVG.splitlines(keepends=True) + ["\n"]
    stored, *_ = prepare(notebook(code(outputs=[shown(svg=lines, plain=[ALT])])), "n", PALETTE)
    assert "nnb-picture" in output_of(stored)["data"]["text/html"]


@pytest.mark.parametrize("plain", ["", "short", "<Figure size 640x480 with 1 Axes>"])
def test_figure_without_a_description_is_refused(plain):
    stored = notebook(text("# T"), code(outputs=[shown(svg=SVG, plain=plain)]))
    with pytest.raises(PageError, match="cell 2 of n: .* no description"):
        prepare(stored, "n", PALETTE)


def test_bare_png_is_refused():
    stored = notebook(code(outputs=[shown(**{"image/png": "iVBO", "plain": ALT})]))
    with pytest.raises(PageError, match="without a description; show it by figures.show"):
        prepare(stored, "n", PALETTE)


def test_stored_error_is_refused_with_its_cell_and_its_words():
    error = {"output_type": "error", "ename": "ValueError", "evalue": "bad x", "traceback": []}
    with pytest.raises(PageError, match="cell 1 of n stopped with ValueError: bad x"):
        prepare(notebook(code(outputs=[error])), "n", PALETTE)


def live_notebook():
    states = {
        LIVE: model(_esm="export default 1 // </script>", child="IPY_MODEL_" + "c" * 32),
        "c" * 32: model(x=1),
        PLAIN: model("@jupyter-widgets/controls", value=3),
        "d" * 32: model(_esm="of another cell"),
    }
    states[LIVE]["state"] |= {"layout": "IPY_MODEL_" + "e" * 32, "_anywidget_id": "pkg.Learning"}
    states["e" * 32] = model("@jupyter-widgets/base")
    return notebook(
        code(outputs=[shown(view=view(), svg=SVG, plain=ALT)]),
        code(outputs=[shown(view=view(PLAIN), plain="IntSlider(value=3)")]),
        states=states,
    )


def state_in(html):
    return json.loads(re.search(rf'<script type="{re.escape(STATE)}">(.*?)</script>', html)[1])


def test_explorer_carries_the_state_it_needs_and_no_other():
    stored, live, _ = prepare(live_notebook(), "n", PALETTE)
    html = output_of(stored)["data"]["text/html"]
    assert live == 1
    assert set(state_in(html)["state"]) == {LIVE, "c" * 32}
    assert "layout" not in state_in(html)["state"][LIVE]["state"]
    assert "widgets" not in stored["metadata"], "MyST-NB would load its own widget scripts"


def test_a_script_in_the_state_cannot_end_the_page_s_script():
    stored, *_ = prepare(live_notebook(), "n", PALETTE)
    html = output_of(stored)["data"]["text/html"]
    assert html.count("</script>") == 3  # its place, its state, the word that both have arrived
    assert state_in(html)["state"][LIVE]["state"]["_esm"].endswith("</script>")


def test_explorer_s_picture_and_description_stay_for_print_and_without_javascript():
    stored, *_ = prepare(live_notebook(), "n", PALETTE)
    html = output_of(stored)["data"]["text/html"]
    still = html[html.index('<div class="nnb-still">') :]
    assert 'role="img"' in still and f"<p>{ALT}</p>" in still


def test_a_plain_widget_is_shown_as_its_text():
    stored, *_ = prepare(live_notebook(), "n", PALETTE)
    assert stored["cells"][1]["outputs"][0]["data"] == {"text/plain": "IntSlider(value=3)"}


def test_badge_leaves_the_header_because_its_picture_is_an_outside_request():
    badge = "[![Open in Colab](https://x.example/badge.svg)](https://x.example/nb)"
    stored, *_ = prepare(notebook(text(f"# 1. T\n\n{badge}\n\nPromise.", ["header"])), "n", PALETTE)
    assert stored["cells"][0]["source"] == "# 1. T\n\nPromise."


def test_what_is_folded_says_what_it_is():
    figure = shown(svg=SVG, plain=ALT)
    stored, *_ = prepare(
        notebook(
            code(tags=["solution", "hide-cell"]),
            code(tags=["setup"]),
            code(tags=["hide-input"], outputs=[figure]),
            code(tags=["hide-input"]),
            code("# Solution 6: one way to begin.\n", tags=["hide-cell"]),
            code("a = 1\n", tags=["hide-cell"]),
            code(),
        ),
        "n",
        PALETTE,
    )
    *folded, other = (cell["metadata"] for cell in stored["cells"])
    headings = [cell["mystnb"]["code_prompt_show"] for cell in folded]
    assert headings == [
        "the solution",
        "Set-up code",
        "Code of this figure",
        "Code",
        "the solution",
        "Code and output",
    ]
    assert "hide-input" in folded[1]["tags"]
    assert other == {}


def test_notes_to_the_tests_are_not_shown_to_readers():
    source = "# NBVAL_CHECK_OUTPUT\nprint(1)  # NBVAL_SKIP"
    stored, *_ = prepare(notebook(code(source)), "n", PALETTE)
    assert stored["cells"][0]["source"] == "print(1)  # NBVAL_SKIP"


def test_an_explorer_of_the_package_can_be_made_without_a_kernel_and_the_same_each_time():
    first = explorers.build("LearningRate", {"step": 0.5}, "page#1")
    bundle, states = explorers.build("LearningRate", {"step": 0.5}, "page#1")
    model_id = bundle[VIEW]["model_id"]
    assert states[model_id]["state"]["step"] == 0.5
    assert "render" in states[model_id]["state"]["_esm"]
    assert bundle["image/svg+xml"].startswith("<svg") and len(bundle["text/plain"]) > 20
    assert explorers.place(*first, "") == explorers.place(bundle, states, "")
    assert explorers.build("LearningRate", {}, "page#2")[0][VIEW]["model_id"] != model_id


@pytest.mark.parametrize("name", ["NoSuchThing", "kit", "__doc__"])
def test_an_unknown_explorer_is_named_in_the_error(name):
    with pytest.raises(ValueError, match=f"no explorer named '{name}'"):
        explorers.build(name, {}, "page")
