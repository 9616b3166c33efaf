"""Definitions come out of a notebook without the rest of it."""

import example_chapter
import nbformat
import pytest
from definitions import definitions


@pytest.fixture
def root(tmp_path):
    book = nbformat.v4.new_notebook(
        cells=[
            example_chapter.code("raise RuntimeError", "setup"),
            example_chapter.code(
                "import math\nSIZES = [2, 3]\nrun = math.sqrt(-1)\nHALF = run / 2"
            ),
            example_chapter.code("def area(r):\n    return math.pi * r * r", "from-scratch"),
            example_chapter.code("def area(r):\n    return 0", "failure"),
            example_chapter.code("SHAPES = {'disc': (area, lambda r: math.sqrt(-r))}"),
            example_chapter.code("class Layer:\n    sizes = SIZES\n\nprint(1 / 0)"),
        ]
    )
    (tmp_path / "notebooks").mkdir()
    nbformat.write(book, tmp_path / "notebooks" / "01_x.ipynb")
    return tmp_path


def test_functions_classes_and_constants_are_there_and_nothing_ran(root):
    found = definitions("01_x", root=root)
    assert found["area"](1) == pytest.approx(3.14159, abs=1e-5)
    assert found["Layer"].sizes == [2, 3]
    assert found["SHAPES"]["disc"][0] is found["area"]
    assert "run" not in found and "HALF" not in found


def test_tags_choose_cells(root):
    assert "Layer" not in definitions("01_x", ("from-scratch",), root=root)
    assert definitions("01_x", ("failure",), root=root)["area"](1) == 0


def test_a_missing_notebook_or_definition_is_an_error(root):
    with pytest.raises(LookupError, match=r"notebooks/02_y\.ipynb does not exist"):
        definitions("02_y", root=root)
    with pytest.raises(LookupError, match="defines nothing in cells tagged"):
        definitions("01_x", ("gpu",), root=root)


def test_an_error_names_the_cell(root):
    area = definitions("01_x", root=root)["area"]
    assert area.__code__.co_filename == "notebooks/01_x.ipynb, cell 3"
