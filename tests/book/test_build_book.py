"""`tools/build_book.py`: the whole book or none of it, and a clear sentence why not."""

import json
import re

import pytest

pytest.importorskip("jupyter_book", reason="the book's tools are not installed (extra `book`)")
from small_book import LIVE, PROSE, ROOT, SVG, code, model, shown, text, view  # noqa: E402

import notebooks  # noqa: E402

ALT = "A line from the corner to the middle"
TITLE = text("# 1. Small\n\n" + PROSE)


def built(book, *options):
    status, out, error = book.build(*options)
    assert status == 0, error
    return out


def refused(book, *options):
    """Build, expect failure. -> the error message"""
    status, out, error = book.build(*options)
    assert status == 1 and "Open " not in out
    assert error.startswith("build_book: ") and "Traceback" not in error
    return error


# --- faults that are seen before anything is built -------------------------------------------


def test_missing_notebook_is_named_with_what_to_do(small_book):
    (small_book.root / "notebooks/01_small.ipynb").unlink()
    assert "notebooks/01_small, which does not exist; run `make notebooks`" in refused(small_book)
    assert not (small_book.root / "_build").exists()


def test_missing_page_is_named(small_book):
    (small_book.root / "book/index.md").unlink()
    assert "the page book/index, which does not exist" in refused(small_book)


def test_notebook_with_a_stored_error_is_named_with_its_cell(small_book):
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []}
    small_book.write_notebook(TITLE, code(outputs=[error]))
    assert "01_small.ipynb, cell 2, stopped with KeyError: 'x'" in refused(small_book)


def test_notebook_that_was_never_run_is_named(small_book):
    small_book.write_notebook(TITLE, code("1 + 1", count=None))
    assert "01_small.ipynb, cell 2, was never run" in refused(small_book)


@pytest.mark.parametrize("damage", ["", "{", '{"nbformat": 4}'])
def test_damaged_notebook_is_named(small_book, damage):
    (small_book.root / "notebooks/01_small.ipynb").write_text(damage)
    assert "01_small.ipynb is no readable notebook" in refused(small_book)


@pytest.mark.parametrize("toc", [None, "format: jb-book\n", "- a\n", "root: [\n"])
def test_missing_or_damaged_table_of_contents_is_said(small_book, toc):
    path = small_book.root / "_toc.yml"
    path.unlink() if toc is None else path.write_text(toc)
    assert "_toc.yml" in refused(small_book)


# --- a book that builds ----------------------------------------------------------------------


@pytest.mark.book
def test_book_is_built_whole_and_the_last_line_says_where(small_book):
    lines = built(small_book).splitlines()
    first = small_book.root / "_build/html/index.html"
    assert lines[-1] == f"Open _build/html/index.html or {first.as_uri()}"
    assert "book/index.html" in first.read_text("utf8")
    assert "<h1>1. Small" in small_book.page()
    assert sorted(path.name for path in (small_book.root / "_build").iterdir()) == ["html"]


@pytest.mark.book
def test_second_build_does_nothing_and_a_change_builds_again(built_book):
    page = built_book.root / "_build/html/notebooks/01_small.html"
    before = page.stat().st_mtime_ns
    assert "up to date" in built(built_book)
    assert page.stat().st_mtime_ns == before
    page.unlink()
    built_book.write_page(PROSE + "A new sentence.")
    built(built_book)
    assert "A new sentence." in built_book.page("book/index") and page.is_file()


@pytest.mark.book
def test_a_page_that_was_removed_is_built_again(built_book):
    page = built_book.root / "_build/html/notebooks/01_small.html"
    page.unlink()
    built(built_book)
    assert page.is_file()


@pytest.mark.book
def test_quiet_prints_the_last_line_only_and_out_chooses_the_place(small_book, tmp_path):
    lines = built(small_book, "--quiet", "--out", str(tmp_path / "elsewhere")).splitlines()
    assert len(lines) == 1 and "elsewhere/html/index.html" in lines[0]
    assert not (small_book.root / "_build").exists()


@pytest.mark.book
def test_live_page_has_everything_it_needs_and_nothing_from_elsewhere(small_book):
    states = {LIVE: model(_esm="export default {}"), "f" * 32: model(_esm="unused")}
    small_book.write_notebook(
        TITLE,
        text("The sum $x_1 + x_2$.\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        code(outputs=[shown(view=view(), svg=SVG, plain=ALT)], tags=["explorer"]),
        code(outputs=[shown(svg=SVG, plain=ALT)]),
        code("answer = 42", tags=["solution", "hide-cell"]),
        states=states,
    )
    small_book.write_page(PROSE + "\n\n```{explorer} LearningRate\nstep: 0.5\n```")
    assert "2 live explorers" in built(small_book)
    for name in ("notebooks/01_small", "book/index"):
        page = small_book.page(name)
        assert page.count('class="nnb-live"') == 1 and "_static/explorers.js" in page
        assert page.count('role="img"') == (2 if name.startswith("notebooks") else 1)
        loaded = re.findall(r'<(?:script|link|img|source|iframe)[^>]+(?:src|href)="([^"]+)"', page)
        assert loaded and not [url for url in loaded if "//" in url]
        for word in ("thebe", "fontawesome", "require.js", "mathjax.js", "cdn."):
            assert word not in page.lower(), word
    page = small_book.page()
    assert 'class="katex"' in page and "<math" in page, "formulas are there without a script"
    assert '<div class="table-wrap"><table' in page
    fold = page.partition('<details class="nnb-fold nnb-solution"><summary>')[2]
    assert fold.startswith('<span class="show">Show</span><span class="hide">Hide</span> the sol')
    assert "unused" not in page


@pytest.mark.book
def test_page_without_explorers_and_formulas_loads_neither(built_book):
    page = built_book.page("book/index")
    assert "explorers.js" not in page and "katex" not in page


@pytest.mark.book
def test_buttons_that_need_a_repository_appear_only_with_one(built_book):
    assert "colab" not in built_book.page().lower() and "/edit/" not in built_book.page()
    config = built_book.root / "_config.yml"
    named = config.read_text("utf8").replace('url: ""', "url: https://github.com/owner/name", 1)
    config.write_text(named, "utf8")
    built(built_book)
    page = built_book.page()
    assert "colab.research.google.com/github/owner/name/blob/main/notebooks/01_small.ipynb" in page
    assert "https://github.com/owner/name/edit/main/book/chapters/01_small.md" in page
    assert 'download="01_small.ipynb"' in page


@pytest.mark.book
def test_downloaded_notebook_is_the_stored_one(built_book):
    copied = built_book.root / "_build/html/_sources/notebooks/01_small.ipynb"
    stored = built_book.root / "notebooks/01_small.ipynb"
    assert json.loads(copied.read_text("utf8")) == json.loads(stored.read_text("utf8"))


# --- faults that are seen while building -----------------------------------------------------

FAULTS = {
    "a link to nowhere": ("[there](nowhere.md)", "nowhere.md"),
    "an anchor that is not there": ("[there](../notebooks/01_small.ipynb#no-such)", "no-such"),
    "a formula KaTeX cannot read": (r"The value $\nosuchcommand{x}$.", "nosuchcommand"),
    "an unknown explorer": ("```{explorer} Nothing\n```", "no explorer named 'Nothing'"),
    "a wrong setting": ("```{explorer} LearningRate\nstep: fast\n```", "step"),
    "an unknown directive": ("```{nonsense}\n```", "nonsense"),
}


@pytest.mark.book
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_build_and_the_old_book_stays(built_book, fault):
    prose, said = FAULTS[fault]
    before = files(built_book)
    built_book.write_page(PROSE + "\n\n" + prose)
    message = refused(built_book)
    assert said in message and "book/index.md" in message
    assert files(built_book) == before


def files(book):
    return {path: path.read_bytes() for path in book.root.glob("_build/**/*") if path.is_file()}


@pytest.mark.book
def test_empty_page_stops_the_build(small_book):
    (small_book.root / "book/index.md").write_text("# Home\n", "utf8")
    assert "the page book/index is empty" in refused(small_book)


@pytest.mark.book
def test_figure_without_description_stops_the_build(small_book):
    small_book.write_notebook(TITLE, code(outputs=[shown(svg=SVG, plain="")]))
    assert "cell 2 of notebooks/01_small" in refused(small_book)


@pytest.mark.book
def test_a_text_that_its_notebook_does_not_say_is_refused(small_book):
    text = f"# 1. Small\n\n{PROSE}\n\n```{{code-cell}} ipython3\n1\n```\n"
    chapter = small_book.root / "book/chapters/01_small.md"
    chapter.parent.mkdir()
    chapter.write_text(text, "utf8")
    cells = notebooks.read_chapter("01_small", small_book.root)
    cells.cells[1].execution_count = 1
    notebook = small_book.root / "notebooks/01_small.ipynb"
    notebook.write_text(notebooks.repository.as_text(cells), "utf8")
    built(small_book)
    chapter.write_text(text + "\nA new sentence.\n", "utf8")
    message = refused(small_book)
    assert "01_small.ipynb and its text book/chapters/01_small.md differ" in message
    assert "run `make notebooks`" in message


@pytest.mark.book
def test_missing_host_script_stops_the_build(small_book):
    small_book.write_page(PROSE + "\n\n```{explorer} LearningRate\n```")
    (small_book.root / "book/_static/explorers.js").unlink()
    assert "explorers.js is missing" in refused(small_book)


@pytest.mark.book
def test_a_page_that_lost_an_explorer_is_refused(small_book, tmp_path):
    import importlib.util

    spec = importlib.util.spec_from_file_location("build_book", ROOT / "tools/build_book.py")
    build_book = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build_book)
    page = tmp_path / "page.html"
    page.write_text(f"<article><h1>T</h1><p>{PROSE}</p></article>", "utf8")
    build_book.check_page(tmp_path, "page", 0)
    with pytest.raises(build_book.BuildError, match="has 0 explorers where its source has 1"):
        build_book.check_page(tmp_path, "page", 1)
    with pytest.raises(build_book.BuildError, match="was not written"):
        build_book.check_page(tmp_path, "other", 0)
