"""What the extension changes in a page's HTML, and what a page knows about itself."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("myst_nb", reason="the book's tools are not installed (extra `book`)")
from nnbook_sphinx import pages  # noqa: E402

CSS = (Path(__file__).resolve().parents[2] / "book/_static/book.css").read_text("utf8")


def highlighted(code):
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(code, PythonLexer(), HtmlFormatter())


def test_code_without_a_colour_has_no_element_of_its_own():
    before = highlighted("total = f(x) + 1  # the sum\n")
    after = pages.PLAIN_CODE.sub(r"\1", before)
    assert re.sub("<[^>]*>", "", after) == re.sub("<[^>]*>", "", before)
    assert re.findall('<span class="([a-z0-9]+)"', after) == ["mi", "c1"]


@pytest.mark.parametrize(("lines", "short"), [(1, True), (16, True), (17, False)])
def test_code_that_fits_on_a_page_is_marked_for_the_printer(lines, short):
    page = highlighted("a = 1\n" * lines) + highlighted("b = 2\n" * 40)
    assert pages.SHORT.findall(page) == ['<div class="highlight">'] * short


def test_every_coloured_class_has_a_colour_in_the_styles():
    rules = "".join(re.findall(r"^\.highlight :is\(.*$", CSS, re.MULTILINE))
    styled = set(re.findall(r"\.([a-z]+[0-9]?)\b", rules)) - {"highlight"}
    assert styled
    for name in styled:
        assert re.fullmatch(pages.COLOURED, name), name


def test_search_knows_which_section_teaches_a_concept(tmp_path):
    assert pages.concepts(tmp_path) == []
    (tmp_path / "book").mkdir()
    row = "| Bias: a threshold | [1, The bias, and [why]](../notebooks/01_x.ipynb#the-bias) |\n"
    (tmp_path / "book/concepts.md").write_text(f"| Concept | Section |\n| --- | --- |\n{row}")
    known = [("Bias: a threshold", "notebooks/01_x", "The bias, and [why]")]
    assert pages.concepts(tmp_path) == known


def application(name, source, repository):
    options = {"repository_url": repository}
    return SimpleNamespace(
        config=SimpleNamespace(
            root_doc="book/index", nnbook_description="", html_theme_options=options
        ),
        env=SimpleNamespace(
            found_docs={name}, doc2path=lambda name, base: source, tocs={name: None}
        ),
    )


@pytest.mark.parametrize(
    ("source", "colab", "edit"),
    [
        (
            "notebooks/01_x.ipynb",
            "https://colab.research.google.com/github/o/n/blob/main/notebooks/01_x.ipynb",
            "https://github.com/o/n/edit/main/book/chapters/01_x.md",
        ),
        ("book/preface.md", "", "https://github.com/o/n/edit/main/book/preface.md"),
    ],
)
def test_addresses_come_from_the_repository_and_only_from_it(monkeypatch, source, colab, edit):
    monkeypatch.setattr(pages, "sections", lambda toc: [])
    name = Path(source).stem
    for repository, wanted in [("https://github.com/o/n/", (colab, edit)), ("", ("", ""))]:
        made = pages.Page(application(name, source, repository), name, "")
        assert (made.colab, made.edit) == wanted
