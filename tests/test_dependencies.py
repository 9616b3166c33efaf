"""The package as a whole: what importing it costs, and which way its parts depend on each other."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nnbook_utils

PACKAGE = Path(nnbook_utils.__file__).parent
# A part may import from the parts of earlier rows and its own.
ORDER = [
    {"figures", "datasets", "scratch"},
    {"twins", "source"},
    {"check", "compare", "train", "explorers"},
]


@pytest.mark.parametrize("part", ["", ".scratch", ".figures", ".datasets", ".check", ".explorers"])
def test_importing_it_does_not_import_torch(part):
    code = f"import sys, nnbook_utils{part}; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_every_name_that_it_offers_exists():
    pytest.importorskip("torch", reason="torch is not installed")
    for name in nnbook_utils.__all__:
        assert getattr(nnbook_utils, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        nnbook_utils.nonsense  # noqa: B018


def imported_parts(path):
    """Names of the package's parts that a file imports."""
    here = ("nnbook_utils", *path.relative_to(PACKAGE).parts)[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else ()
            full = (*base, *(node.module or "").split(".")) if node.module else base
            names = [full] if len(full) > 1 else [(*full, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        else:
            continue
        for name in names:
            if name[0] == "nnbook_utils" and len(name) > 1:
                yield name[1]


def test_dependencies_point_one_way():
    rank = {part: row for row, parts in enumerate(ORDER) for part in parts}
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for used in imported_parts(path):
            if part in rank and used in rank and used != part:
                allowed = rank[used] < rank[part] or {part, used} == {"train", "compare"}
                if not allowed:
                    wrong.append(f"{path.relative_to(PACKAGE)} imports {used}")
    assert not wrong, wrong
    found = set(imported_parts(PACKAGE / "compare.py"))
    assert "figures" in found, "the test must see the imports it judges"


def test_scratch_imports_no_torch():
    for path in (PACKAGE / "scratch").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            assert not any(name.split(".")[0] == "torch" for name in names), path
