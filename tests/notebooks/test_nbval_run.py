"""`make test-notebooks` compares what is marked, and reports time and memory."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import notebooks

ROOT = Path(__file__).resolve().parents[2]
SANITIZE = ROOT / "tests" / "notebooks" / "nbval_sanitize.cfg"
pytestmark = pytest.mark.notebook


def nbval(folder, cells, *arguments):
    book = nbformat.v4.new_notebook(metadata=notebooks.METADATA)
    for number, (source, said) in enumerate(cells, 1):
        outputs = [nbformat.v4.new_output("stream", name="stdout", text=said)]
        cell = nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=number)
        book.cells.append(cell)
    nbformat.write(book, folder / "01_x.ipynb")
    command = [sys.executable, "-m", "pytest", "-p", "tests.notebooks.nbval_report", "--nbval-lax"]
    command += ["--nbval-sanitize-with", str(SANITIZE), "-p", "no:cacheprovider", *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*command, "--rootdir", ".", "01_x.ipynb"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_marked_outputs_are_compared_and_others_are_not(tmp_path):
    marked = "# NBVAL_CHECK_OUTPUT\nprint(object.__repr__(len), 2)"
    right = [(marked, "<builtin_function_or_method object at 0x0> 2\n"), ("print(3)", "4\n")]
    done = nbval(tmp_path, right)
    assert done.returncode == 0, done.stdout
    wrong = [(marked, "<builtin_function_or_method object at 0x0> 5\n")]
    assert nbval(tmp_path, wrong).returncode == 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_time_and_memory_are_printed_also_with_workers(tmp_path):
    done = nbval(tmp_path, [("print(len(b'x' * 300_000_000))", "")], "-n", "1")
    assert done.returncode == 0, done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("01_x ")]
    name, seconds, _, megabytes, _ = line.split()
    assert float(seconds) > 0
    assert 300 < int(megabytes) < 2000


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_notebook_that_needs_too_much_memory_fails(tmp_path):
    done = nbval(tmp_path, [("print(len(b'x' * 2_100_000_000))", "")])
    assert done.returncode == 1
    assert "more than the 2000 MB that the book promises" in done.stdout
