"""Each text has its notebook, cell by cell, and each notebook is fresh."""

import os
import re
import shutil

import example_chapter
import jupytext.cli
import nbformat
import pytest

import notebooks

CHAPTERS = notebooks.chapters()


def test_every_notebook_has_a_text():
    assert list(notebooks.strays()) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_text_and_notebook_agree_cell_by_cell(name):
    stored = notebooks.read_notebook(name)
    assert stored is not None, f"notebooks/{name}.ipynb does not exist; run: make notebooks"
    texts, cells = notebooks.text_of(notebooks.read_chapter(name)), notebooks.text_of(stored)
    for number, (text, cell) in enumerate(zip(texts, cells, strict=False), 1):
        assert text == cell, f"cell {number} of {name} differs; run: make notebooks"
    assert len(texts) == len(cells), f"{name} lacks cells at the end; run: make notebooks"


@pytest.mark.parametrize("name", CHAPTERS)
def test_notebook_is_fresh(name):
    assert notebooks.stale(name) is None


def test_an_edit_in_jupyterlab_reaches_the_text(tmp_path, monkeypatch):
    """jupytext.toml pairs the two: what is saved as a notebook is carried back to the text."""
    book = example_chapter.example()
    book.cells[2].source = "## Edited"
    shutil.copy(notebooks.ROOT / "jupytext.toml", tmp_path)
    (tmp_path / "notebooks").mkdir()
    nbformat.write(book, tmp_path / "notebooks" / "01_example.ipynb")
    monkeypatch.chdir(tmp_path)
    jupytext.cli.jupytext(["--quiet", "--sync", "notebooks/01_example.ipynb"])
    text = (tmp_path / "book" / "chapters" / "01_example.md").read_text("utf8")
    assert "## Edited" in text
    assert "accelerator" not in text and "jupytext_version" not in text
    again = notebooks.read_chapter("01_example", tmp_path)
    notebooks.name_cells(book)
    assert notebooks.text_of(again) == notebooks.text_of(book)


@pytest.mark.parametrize("name", CHAPTERS)
def test_opening_and_saving_in_jupyterlab_changes_nothing(name, tmp_path):
    """Also when the notebook is much newer than its text, as after `make notebooks` or a pull."""
    from ipykernel.ipkernel import IPythonKernel
    from jupyter_server.services.contents.largefilemanager import LargeFileManager
    from jupytext import sync_contentsmanager

    pair = [notebooks.source_path(name), notebooks.notebook_path(name)]
    copies = [tmp_path / path.relative_to(notebooks.ROOT) for path in pair]
    for path, copied in zip(pair, copies, strict=True):
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    shutil.copy(notebooks.ROOT / "jupytext.toml", tmp_path)
    os.utime(copies[0], (0, 0))
    lab = sync_contentsmanager.build_sync_jupytext_contents_manager_class(LargeFileManager)()
    lab.root_dir = str(tmp_path)
    place = f"notebooks/{name}.ipynb"
    opened = lab.get(place)
    metadata = opened["content"]["metadata"]
    metadata["kernelspec"]["display_name"] = "Python 3 (ipykernel)"
    metadata["language_info"] = IPythonKernel.language_info  # the front end asks the kernel
    opened["content"] = as_a_browser_writes_it(opened["content"])
    for cell in opened["content"]["cells"]:
        if cell["metadata"].get("jupyter", {}).get("outputs_hidden"):
            cell["metadata"]["collapsed"] = True
    lab.save(opened, place)
    text, notebook = (copied.read_text("utf8") for copied in copies)
    assert text == pair[0].read_text("utf8"), f"{pair[0].name} was rewritten"
    version = f'"version": "{IPythonKernel.language_info["version"]}"'
    assert version in notebook
    notebook = re.sub(rf",\n\s*{version}", "", notebook)
    assert notebook == pair[1].read_text("utf8"), f"{pair[1].name} was rewritten"


def as_a_browser_writes_it(value):
    """What is left of a JSON value after JavaScript has read and written it: 1.0 is 1."""
    if isinstance(value, dict):
        return {key: as_a_browser_writes_it(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_a_browser_writes_it(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
