"""Notebooks as dictionaries, and a book of two pages, for the tests of the build."""

import itertools
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
SVG = '<svg viewBox="0 0 72 36" xmlns="http://www.w3.org/2000/svg"><path d="M0 0L9 9"/></svg>'
IDS = itertools.count()
LIVE, PLAIN = "a" * 32, "b" * 32
PROSE = "Words enough that the page is a page and no empty shell. " * 6


def code(source="1", outputs=(), tags=(), count=1):
    return {
        "cell_type": "code",
        "id": f"c{next(IDS)}",
        "execution_count": count,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "outputs": list(outputs),
    }


def text(source, tags=()):
    return {
        "cell_type": "markdown",
        "id": f"m{next(IDS)}",
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
    }


def shown(**data):
    """A display output; `svg`, `plain`, `html` and `view` stand for their MIME types."""
    kinds = {"svg": "image/svg+xml", "plain": "text/plain", "html": "text/html", "view": VIEW}
    bundle = {kinds.get(name, name): value for name, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": bundle}


def view(model_id=LIVE):
    return {"version_major": 2, "version_minor": 0, "model_id": model_id}


def model(module="anywidget", **state):
    return {"model_name": "M", "model_module": module, "model_module_version": "1", "state": state}


def notebook(*cells, states=None):
    """A stored notebook, as a dict; states {model id: entry} is its widget state."""
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    if states:
        metadata["widgets"] = {STATE: {"version_major": 2, "version_minor": 0, "state": states}}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


class SmallBook:
    """A book of two pages with the real configuration, theme and extension."""

    def __init__(self, folder, fill=True):
        self.root = folder
        if fill:
            self.fill(folder)

    def fill(self, folder):
        (folder / "notebooks").mkdir(parents=True)
        shutil.copy(ROOT / "_config.yml", folder)
        for part in ("_ext", "_static"):
            shutil.copytree(
                ROOT / "book" / part,
                folder / "book" / part,
                ignore=shutil.ignore_patterns("__pycache__"),
            )
        (folder / "_toc.yml").write_text(
            "format: jb-book\nroot: book/index\nparts:\n"
            "  - caption: Part\n    chapters:\n      - file: notebooks/01_small\n",
            "utf8",
        )
        self.write_page(PROSE)
        self.write_notebook(text("# 1. Small\n\n" + PROSE), code("1 + 1"))

    def write_page(self, prose):
        (self.root / "book/index.md").write_text(f"# Home\n\n{prose}\n", "utf8")

    def write_notebook(self, *cells, states=None):
        path = self.root / "notebooks/01_small.ipynb"
        path.write_text(json.dumps(notebook(*cells, states=states)), "utf8")

    def build(self, *options):
        """Run the command as a user does. -> (exit status, standard output, standard error)"""
        command = [sys.executable, ROOT / "tools/build_book.py", "--source", self.root, *options]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.root)
        return done.returncode, done.stdout, done.stderr

    def page(self, name="notebooks/01_small"):
        return (self.root / "_build/html" / f"{name}.html").read_text("utf8")
