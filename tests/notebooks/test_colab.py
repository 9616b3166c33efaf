"""The book in Google Colab: nothing that it lacks but the package, and a GPU is asked for."""

import re
import sys
import tomllib
import types
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import notebooks

ROOT = notebooks.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
NEEDED = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["torch"]


def colab():
    """Package -> version in Colab."""
    lines = (Path(__file__).parent / "colab-versions.txt").read_text("utf8").splitlines()
    pins = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): Version(version) for name, version in pins}


@pytest.mark.parametrize("line", NEEDED)
def test_colab_has_what_the_package_needs(line):
    requirement = Requirement(line)
    name = canonicalize_name(requirement.name)
    assert name in colab(), f"Colab has no {name}; the package must do without it"
    assert requirement.specifier.contains(colab()[name]), f"Colab has {name} {colab()[name]}"


@pytest.mark.parametrize("line", NEEDED)
def test_the_package_sets_lower_bounds_only(line):
    assert {spec.operator for spec in Requirement(line).specifier} <= {">="}


def test_the_package_supports_colabs_python():
    assert re.fullmatch(r">=3\.1[0-3]", PROJECT["requires-python"])


@pytest.mark.parametrize("name", notebooks.chapters())
def test_notebooks_ask_for_a_gpu(name):
    metadata = notebooks.read_notebook(name).metadata
    assert metadata["accelerator"] == "GPU"
    assert metadata["colab"] == {"provenance": [], "gpuType": "T4", "toc_visible": True}


def test_an_explorer_asks_colab_for_its_widget_manager(monkeypatch):
    """Colab shows a widget of ours only when its output names the custom widget manager."""
    pytest.importorskip("anywidget")
    from anywidget import _util

    from nnbook_utils.explorers import PerceptronGates

    output = types.ModuleType("google.colab.output")
    output._widgets = types.SimpleNamespace(_installed_url=None)

    def enable():
        output._widgets._installed_url = "https://colab.invalid/manager.min.js"

    output.enable_custom_widget_manager = enable
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    _util.enable_custom_widget_manager_once.cache_clear()
    try:
        bundle, metadata = PerceptronGates()._repr_mimebundle_()
    finally:
        _util.enable_custom_widget_manager_once.cache_clear()
    view = "application/vnd.jupyter.widget-view+json"
    assert view in bundle
    assert metadata[view]["colab"]["custom_widget_manager"]["url"].endswith("manager.min.js")
