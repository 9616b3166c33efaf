"""Letters in the chapters' own figures: large enough to read, in the colours made for text."""

import ast

import jupytext
import pytest
from test_prose_pages import CHAPTERS

SMALLEST = 9  # points, in a figure as wide as the text
PURE = {"DATA", "WEIGHTS", "OUTPUT", "GRADIENT"}  # for lines; as text too pale on paper


def calls(source):
    """(name of the method, call) of every call like ax.text(…) in a cell."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def small_letters(source):
    """Sizes below the smallest that a cell asks for."""
    sizes = []
    for name, call in calls(source):
        sizes += [keyword.value for keyword in call.keywords if keyword.arg == "fontsize"]
        sizes += call.args[:1] if name in ("set_fontsize", "set_size") else []
    numbers = [size.value for size in sizes if isinstance(size, ast.Constant)]
    return [size for size in numbers if isinstance(size, int | float) and size < SMALLEST]


def pure_colours(source):
    """Pure colours that a cell writes text in, by name or through a variable of the cell."""
    variables = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            variables.setdefault(node.targets[0].id, []).append(node.value)
    found = []
    for name, call in calls(source):
        if name not in ("text", "annotate"):
            continue
        for keyword in call.keywords:
            if keyword.arg == "color":
                values = [keyword.value]
                if isinstance(keyword.value, ast.Name):
                    values = variables.get(keyword.value.id, [])
                parts = [part for value in values for part in ast.walk(value)]
                found += [part.attr for part in parts if isinstance(part, ast.Attribute)]
    return [name for name in found if name in PURE]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_letters_in_figures_can_be_read(path):
    cells = [cell.source for cell in jupytext.read(path).cells if cell.cell_type == "code"]
    small = [size for source in cells for size in small_letters(source)]
    assert not small, f"letters have at least {SMALLEST} points"
    pure = [name for source in cells for name in pure_colours(source)]
    assert not pure, "text in a line's colour takes figures.DATA_TEXT and its like"


def test_small_and_pale_letters_are_noticed():
    assert small_letters("ax.text(0, 0, 'a', fontsize=8)\nax.title.set_fontsize(7.5)") == [8, 7.5]
    assert not small_letters("ax.text(0, 0, 'a', fontsize=10)\nax.plot(x, ms=3)")
    assert pure_colours("ax.text(0, 0, 'a', color=figures.OUTPUT)") == ["OUTPUT"]
    assert pure_colours("ink = figures.DATA if x else y\nax.annotate('a', p, color=ink)") == [
        "DATA"
    ]
    assert not pure_colours("ax.plot(x, color=figures.DATA)\nax.text(a, b, c, color=figures.INK)")
