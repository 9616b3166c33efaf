"""The set-up cell, run as a reader would: inside a clone, and in an empty place as in Colab."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import repository

ROOT = repository.ROOT
CELL = repository.setup_cell(repository.Home())
WHERE = "\nprint(sys.modules['nnbook_utils'].__file__)"
VERSIONS = """
import json
from importlib.metadata import distributions
found = distributions()
print(json.dumps([f"{d.metadata['Name']} {d.version} {d.locate_file('')}" for d in found]))
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A Python that has everything this one has, but not the book's package."""
    folder = tmp_path_factory.mktemp("colab") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    scheme = "nt" if os.name == "nt" else "posix_prefix"
    variables = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", scheme, variables))
    # a path file: what lies there is importable, but an editable installation in it is not
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The package as an archive, as a repository would give it (without its data)."""
    folder = tmp_path_factory.mktemp("archive")
    clone = folder / "clone"
    ignored = shutil.ignore_patterns("__pycache__", "pack", "*.npz", "*.xz")
    shutil.copytree(ROOT / "nnbook_utils", clone / "nnbook_utils", ignore=ignored)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, clone)
    return shutil.make_archive(folder / "main", "zip", folder, "clone")


def run(python, folder, code=CELL, **variables):
    # offline: pip may look nowhere but at the named source
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PYTHONPATH": ""}
    environment = {k: v for k, v in os.environ.items() if k != "NNBOOK_SOURCE"}
    return subprocess.run(
        [str(python), "-c", code],
        cwd=folder,
        env=environment | offline | variables,
        capture_output=True,
        text=True,
    )


def test_it_is_short():
    assert len(CELL.splitlines()) <= 20
    assert max(map(len, CELL.splitlines())) <= 100


def test_it_asks_for_nothing_but_the_package():
    assert '"--no-deps", source]' in CELL
    for name in ("numpy", "torch", "ipywidgets"):
        assert name not in CELL.lower()


def test_where_the_package_is_importable_it_prints_one_line(tmp_path):
    done = run(sys.executable, tmp_path, NNBOOK_SOURCE="/nowhere.zip")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith("nnbook_utils ") and done.stdout.count("\n") == 1
    assert "NumPy " in done.stdout


@pytest.mark.slow
def test_inside_a_clone_it_uses_the_clone(empty):
    done = run(empty, ROOT / "notebooks", CELL + WHERE)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.splitlines()[1]).parent == ROOT / "nnbook_utils"


def test_with_neither_it_is_one_clear_error(empty, tmp_path):
    done = run(empty, tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "ImportError: nnbook_utils has no address to come from; "
        "open this notebook in a clone of the book"
    )


def test_a_source_that_is_not_there_is_one_clear_error(empty, tmp_path):
    missing = str(tmp_path / "missing.zip")
    done = run(empty, tmp_path, NNBOOK_SOURCE=missing)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"ImportError: nnbook_utils could not be installed from {missing}; "
        "open this notebook in a clone of the book"
    )


@pytest.mark.slow
def test_where_it_is_missing_it_is_installed_and_nothing_else_changes(empty, archive, tmp_path):
    before = set(json.loads(run(empty, tmp_path, VERSIONS).stdout))
    done = run(empty, tmp_path, CELL + WHERE, NNBOOK_SOURCE=archive)
    assert done.returncode == 0, done.stderr
    line, place = done.stdout.splitlines()
    assert line.startswith("nnbook_utils ")
    assert Path(place).is_relative_to(empty.parent.parent)
    after = set(json.loads(run(empty, tmp_path, VERSIONS).stdout))
    assert before <= after
    assert [entry.split()[0] for entry in after - before] == ["nnbook-utils"]
