"""Each text has its notebook, cell by cell, and each notebook is fresh."""

import pytest

import notebooks

CHAPTERS = notebooks.chapters()


def test_every_notebook_has_a_text():
    assert list(notebooks.strays()) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_text_and_notebook_agree_cell_by_cell(name):
    stored = notebooks.read_notebook(name)
    assert stored is not None, f"notebooks/{name}.ipynb does not exist; run: make notebooks"
    pairs = zip(
        notebooks.text_of(notebooks.read_chapter(name)), notebooks.text_of(stored), strict=True
    )
    for number, (text, cell) in enumerate(pairs, 1):
        assert text == cell, f"cell {number} of {name} differs; run: make notebooks"


@pytest.mark.parametrize("name", CHAPTERS)
def test_notebook_is_fresh(name):
    assert notebooks.stale(name) is None
