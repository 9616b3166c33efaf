"""The package: NumPy alone, quick to import, documented."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nnbook_utils.scratch
from nnbook_utils.scratch import functional as F
from nnbook_utils.scratch import init, nn, optim

ROOT = Path(nnbook_utils.scratch.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_numpy_and_the_standard_library_are_imported(path):
    allowed = set(sys.stdlib_module_names) | {"numpy"}
    if path.name == "serialization.py":
        allowed |= {"safetensors"}  # a file format, imported when it is used
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not any(alias.name == "*" for alias in node.names), "star import"
            names = [node.module] if node.level == 0 else []
            assert node.level <= len(path.relative_to(ROOT).parts), "reaches out of scratch"
        assert {name.split(".")[0] for name in names} <= allowed


def test_import_brings_numpy_and_the_standard_library_and_nothing_else(record_property):
    # The time depends on the machine, so it is only printed; what takes it does not.
    program = """
import sys, time
import numpy.polynomial
before = set(sys.modules)
start = time.perf_counter()
import nnbook_utils.scratch
seconds = time.perf_counter() - start
new = set(sys.modules) - before
print(len(new), seconds, *sorted({m.split(".")[0] for m in sys.modules}))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    count, seconds, *packages = run.stdout.split()
    said = f"scratch imports {count} modules beside NumPy in {float(seconds):.3f} s"
    record_property("figure", said)
    assert int(count) < 80
    alone = subprocess.run(
        [sys.executable, "-c", "import sys; print(*{m.split('.')[0] for m in sys.modules})"],
        capture_output=True,
        text=True,
        check=True,
    )  # a start of Python brings some packages along, such as those of an editable install
    extra = set(packages) - set(sys.stdlib_module_names) - set(alone.stdout.split())
    assert extra == {"nnbook_utils", "numpy"}
    heavy = {"torch", "scipy", "matplotlib", "pandas", "IPython", "ipywidgets", "PIL", "sklearn"}
    assert not heavy & set(packages)


PUBLIC = [getattr(F, name) for name in F.__all__]
PUBLIC += [c for c in map(nn.__dict__.get, nn.__all__) if inspect.isclass(c)]
PUBLIC += [c for c in map(optim.__dict__.get, optim.__all__) if inspect.isclass(c)]
PUBLIC += [f for n, f in vars(init).items() if n.endswith("_") and callable(f)]


@pytest.mark.parametrize("thing", PUBLIC, ids=lambda thing: thing.__qualname__)
def test_docstring_names_the_twin_and_a_chapter(thing):
    doc = inspect.getdoc(thing)
    assert doc, "has no docstring"
    assert "Twin" in doc
    if not thing.__module__.endswith(("init", "optimizer", "linear", "module")):
        assert "Chapter: " in doc


CHAPTERS = """
01_neurons 02_gradient_descent 03_backpropagation 04_training_deep_networks 05_convolution
06_cnn_architectures 07_inside_a_cnn 08_recurrent_networks 09_lstm_and_gru
10_sequence_to_sequence 11_tokens_and_embeddings 12_attention 13_transformer 14_gpt
15_vision_transformer_and_clip 16_superposition 17_autoencoders 18_variational_autoencoders
19_adversarial_networks 20_diffusion 21_graphs_and_self_supervision 22_reinforcement_learning
23_speech_recognition 24_beyond_one_machine
"""


def test_chapters_in_docstrings_are_those_of_the_book():
    for path in FILES:
        for chapter in re.findall(r"Chapter: (\w+)", path.read_text()):
            assert f"{chapter}" in CHAPTERS.split(), f"{path.name} names {chapter}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_are_short_enough_to_see_whole(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            length = node.end_lineno - node.lineno + 1
            assert length <= 75, f"{node.name} has {length} lines"
