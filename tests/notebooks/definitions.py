"""Functions and classes out of a chapter's notebook, so that tests can test what readers see.

    from definitions import definitions
    perceptron = definitions("01_neurons")["perceptron"]

Nothing of the chapter runs but its imports, its definitions and its constants (names in capitals
whose value calls nothing): no data is loaded, nothing is trained or drawn.
"""

import ast
from functools import cache
from pathlib import Path
from types import MappingProxyType

import nbformat

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {"setup", "exercise", "solution", "failure"}


def is_definition(node):
    """Imports, functions, classes, and constants such as `SIZES = [784, 16, 16, 10]`."""
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
        return True
    if not isinstance(node, ast.Assign):
        return False
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    capitals = len(names) == len(node.targets) and all(name.isupper() for name in names)
    return capitals and not calls(node.value)


def calls(node):
    """Whether evaluating an expression calls something; the body of a lambda waits."""
    if isinstance(node, ast.Lambda):
        return False
    return isinstance(node, ast.Call) or any(calls(part) for part in ast.iter_child_nodes(node))


@cache
def definitions(name, tags=None, *, root=ROOT):
    """The names that a chapter defines, in a read-only mapping.

    name   the chapter, such as "01_neurons"
    tags   a tuple: take only cells with one of these tags, such as ("from-scratch",);
           default: all cells but those of exercises, solutions and failures
    Raises LookupError when the notebook does not exist or no such cell defines anything.
    """
    path = root / "notebooks" / f"{name}.ipynb"
    if not path.exists():
        raise LookupError(f"notebooks/{name}.ipynb does not exist; run: make notebooks")
    namespace = {"__name__": f"notebooks.{name}"}
    found = False
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells, 1):
        carried = set(cell.metadata.get("tags", []))
        wanted = carried & set(tags) if tags else not carried & LEFT_OUT
        if cell.cell_type != "code" or not wanted or "%" in cell.source[:1]:
            continue
        for node in filter(is_definition, ast.parse(cell.source).body):
            module = ast.Module([node], type_ignores=[])
            try:
                exec(compile(module, f"notebooks/{name}.ipynb, cell {number}", "exec"), namespace)
                found = True
            except NameError:  # made from what only a run of the chapter has
                if not isinstance(node, ast.Assign):
                    raise
    if not found:
        raise LookupError(f"notebooks/{name}.ipynb defines nothing in cells tagged {tags}.")
    return MappingProxyType(namespace)
