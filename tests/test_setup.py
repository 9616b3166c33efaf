"""The set-up heals itself, says clearly what is wrong, and all its files agree."""

import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent


def load_setup():
    spec = importlib.util.spec_from_file_location("nnbook_setup", ROOT / "tools" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


setup = load_setup()
EXTRAS = ["torch", "lab", "book", "test"]
CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "pytorch-cpu": "torch",
}


def pyproject_requirements(extras):
    return {
        Requirement(line).name.lower(): Requirement(line).specifier
        for line in setup.requirements(extras)
    }


def test_an_old_python_is_refused_with_a_sentence():
    with pytest.raises(setup.SetupError, match=r"Python 3\.10.*needs Python 3\.11"):
        setup.check_python((3, 10, 4))


def test_the_lock_pins_every_requirement_within_its_range():
    pins = dict(
        line.strip().split("==")
        for line in setup.LOCK.read_text("utf8").splitlines()
        if "==" in line and not line.startswith("#")
    )
    pins = {name.lower().replace("_", "-"): version for name, version in pins.items()}
    for name, allowed in pyproject_requirements(EXTRAS).items():
        assert name in pins, f"requirements.lock does not pin {name}"
        assert pins[name] in allowed, f"requirements.lock pins {name} outside {allowed}"


def test_the_lock_holds_plain_versions_only():
    for line in setup.LOCK.read_text("utf8").splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line), line


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0"])
def test_every_locked_version_runs_on_the_first_release_of_each_python(python):
    for found in importlib.metadata.distributions():
        allowed = SpecifierSet(found.metadata.get("Requires-Python") or "")
        assert python in allowed, f"{found.metadata['Name']} {found.version} needs {allowed}"


def test_a_python_newer_than_tested_is_told_so_and_taken(capsys):
    setup.check_python((3, 14, 0))
    assert "3.14 is newer than what the book is tested with" in capsys.readouterr().out
    setup.check_python((3, 12, 0))
    assert capsys.readouterr().out == ""


def test_the_package_asks_for_lower_bounds_only():
    for line in setup.requirements([]):
        for part in Requirement(line).specifier:
            assert part.operator == ">=", f"{line} would force a version on Colab"


def test_the_conda_environment_agrees_with_pyproject():
    entries = yaml.safe_load((ROOT / "environment.yml").read_text("utf8"))["dependencies"]
    conda = {}
    for entry in entries:
        if isinstance(entry, str):
            requirement = Requirement(entry)
            conda[CONDA_NAMES.get(requirement.name, requirement.name)] = requirement.specifier
    *by_pip, package = entries[-1]["pip"]
    conda |= {Requirement(line).name: Requirement(line).specifier for line in by_pip}
    wanted = pyproject_requirements(["torch", "lab", "book"])
    for tool in ("setuptools", "wheel"):
        wanted.pop(tool)
    missing = {name for name in wanted if conda.get(name) != wanted[name]}
    assert not missing, f"environment.yml and pyproject.toml differ in {sorted(missing)}"
    assert set(conda) - set(wanted) == {"python", "pip", "make"}
    assert package == "-e ."
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    oldest, newest = (".".join(map(str, v)) for v in (setup.OLDEST, setup.NEWEST))
    assert requires["requires-python"] == f">={oldest}"
    assert f">={oldest}" in str(conda["python"]) and newest in conda["python"]


def test_an_unfinished_environment_is_made_anew(tmp_path):
    environment = setup.Environment(tmp_path / "venv")
    environment.path.mkdir()
    (environment.path / "pyvenv.cfg").write_text("home = nowhere\n")
    (environment.path / "half-installed").write_text("")
    environment.create()
    assert environment.python.exists()
    assert not (environment.path / "half-installed").exists()
    assert not environment.is_ready("anything"), "no stamp before everything is installed"


def test_an_environment_of_another_python_is_made_anew(tmp_path, capsys):
    environment = setup.Environment(tmp_path / "venv")
    environment.create()
    environment.stamp.write_text("finished")
    (environment.path / "kept").write_text("")
    environment.create()
    assert (environment.path / "kept").exists(), "the same Python: nothing is thrown away"
    environment.stamp.write_text("finished")
    config = environment.path / "pyvenv.cfg"
    config.write_text(re.sub(r"(?m)^version.*$", "version = 3.9.1", config.read_text()))
    environment.create()
    assert not (environment.path / "kept").exists()
    assert "has another Python" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("build", "installed", "wanted"),
    [
        ("cuda", "cpu", ["--force-reinstall"]),
        ("cuda", "cuda", []),
        ("cpu", "cuda", ["--force-reinstall", "--index-url"]),
        ("cpu", "cpu", ["--no-index"]),
    ],
)
def test_another_build_of_torch_replaces_the_installed_one(
    build, installed, wanted, tmp_path, monkeypatch
):
    environment, asked = setup.Environment(tmp_path), []
    monkeypatch.setattr(setup.platform, "system", lambda: "Linux")
    monkeypatch.setattr(environment, "has_cuda_torch", lambda: installed == "cuda")
    monkeypatch.setattr(environment, "pip", lambda *words, **_: asked.append(words) or True)
    environment.install_torch(build)
    assert [w for w in asked[0] if w.startswith("--") and w != "--no-deps"] == wanted
    assert setup.pinned("torch") in asked[0]


def test_the_build_of_torch_stays_unless_another_is_asked_for(tmp_path):
    environment = setup.Environment(tmp_path)
    assert environment.torch_build() == "cpu"
    environment.build.write_text("cuda")
    environment.stamp.write_text(setup.digest(["lab"], "cuda"))
    assert setup.set_up(tmp_path, ["lab"], None).torch_build() == "cuda"


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(setup.SetupError, match="is not a Python environment"):
        setup.Environment(tmp_path).create()
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


@pytest.mark.slow
def test_no_network_ends_in_one_sentence_and_no_stamp(tmp_path):
    environment = dict(os.environ, PIP_CONFIG_FILE=os.devnull, PIP_RETRIES="0")
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        environment.pop(name, None)
    environment.update(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_NO_INDEX="0")
    venv = tmp_path / "venv"
    command = [sys.executable, str(ROOT / "tools" / "setup.py"), "--venv", str(venv)]
    done = subprocess.run(
        [*command, "--torch", "none"], env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "is there a network" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (venv / "nnbook-complete").exists()


def test_a_ready_environment_is_not_touched(tmp_path):
    environment = setup.Environment(tmp_path / "venv")
    environment.path.mkdir()
    wanted = setup.digest(["lab"], "cpu")
    environment.stamp.write_text(wanted)
    before = sorted(environment.path.iterdir())
    setup.set_up(environment.path, ["lab"], "cpu")
    assert sorted(environment.path.iterdir()) == before
    assert not environment.is_ready(setup.digest(["lab"], "cuda")), "another build is another one"


def test_the_rivals_of_the_benchmark_are_pinned_exactly():
    lines = (ROOT / "benchmarks" / "requirements.txt").read_text("utf8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert {Requirement(line).name for line in pins} >= {"autograd", "jax", "tinygrad"}
    assert all(re.fullmatch(r"[a-z]+==[0-9.]+", line) for line in pins)
    assert "-r benchmarks/requirements.txt" in (ROOT / "Makefile").read_text("utf8")
