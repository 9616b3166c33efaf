"""Build the HTML book from the stored notebooks, whole or not at all.

    python tools/build_book.py [--out _build] [--quiet]

Nothing is executed. Every warning is an error. The book is built in a folder of its own and takes
the old book's place only when every page of the table of contents is there, with its text and its
explorers. When nothing has changed since the last build, nothing is built.
"""

import argparse
import contextlib
import hashlib
import html
import importlib.metadata
import io
import json
import os
import re
import sys
import tempfile
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INPUTS = ("_config.yml", "_toc.yml", "book", "notebooks", "nnbook_utils/explorers",
          "nnbook_utils/figures")  # fmt: skip
TOOLS = ("jupyter-book", "sphinx", "myst-nb", "sphinxcontrib-katex", "anywidget", "matplotlib")
SHORTEST_PAGE = 200  # characters of text
FORWARD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={page}">
<title>Neural Networks, Built Twice</title>
</head>
<body><p><a href="{page}">Neural Networks, Built Twice</a></p></body>
</html>
"""


class BuildError(Exception):
    """One sentence for the user: what is wrong and what to do."""


def pages(root):
    """The table of contents: -> {page name: its source file}, the first being the root."""
    import yaml
    from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

    if not (root / "_toc.yml").is_file():
        raise BuildError(f"_toc.yml is missing in {root}; there is no list of pages to build.")
    try:
        names = list(parse_toc_yaml(root / "_toc.yml"))
    except (MalformedError, yaml.YAMLError) as error:
        raise BuildError(f"_toc.yml cannot be read: {' '.join(str(error).split())}") from error
    found = {}
    for name in names:
        files = [root / f"{name}{suffix}" for suffix in (".md", ".ipynb")]
        source = next((file for file in files if file.is_file()), None)
        if source is None:
            what = (
                "run `make notebooks` to make it" if name.startswith("notebooks/") else "write it"
            )
            raise BuildError(f"_toc.yml names the page {name}, which does not exist; {what}.")
        found[name] = source
    return found


def check_notebook(path):
    """Raise BuildError unless the notebook was executed, all of it, without an error."""
    try:
        notebook = json.loads(path.read_text("utf8"))
        cells = notebook["cells"]
    except (ValueError, KeyError) as error:
        raise BuildError(
            f"{path.name} is no readable notebook ({error}); make it anew with `make notebooks`."
        ) from error
    for number, cell in enumerate(cells, 1):
        if cell["cell_type"] != "code":
            continue
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                raise BuildError(
                    f"{path.name}, cell {number}, stopped with {output['ename']}: "
                    f"{output['evalue']}; mend the cell and run `make notebooks`."
                )
        if cell["execution_count"] is None and "".join(cell["source"]).strip():
            raise BuildError(
                f"{path.name}, cell {number}, was never run; run `make notebooks`, then build."
            )


def check_text(root, path):
    """Raise BuildError if the chapter's text says something that its notebook does not."""
    import notebooks

    if not notebooks.source_path(path.stem, root).is_file():
        return
    try:
        chapter = notebooks.read_chapter(path.stem, root)
        stored = notebooks.read_notebook(path.stem, root)
    except notebooks.NotebookError as error:
        raise BuildError(str(error)) from error
    if notebooks.text_of(chapter) != notebooks.text_of(stored):
        raise BuildError(
            f"notebooks/{path.name} and its text book/chapters/{path.stem}.md differ; "
            "run `make notebooks`, then build."
        )


def digest(root):
    """What the book is made from: its sources, and the versions of the tools."""
    total = hashlib.sha256(Path(__file__).read_bytes())
    for name in TOOLS:
        total.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    for name in INPUTS:
        top = root / name
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            hidden = any(
                part.startswith((".", "__pycache__")) for part in path.relative_to(root).parts
            )
            if path.is_file() and not hidden:
                total.update(path.relative_to(root).as_posix().encode() + b"\0")
                total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_current(book, wanted, names):
    stamp = book / ".digest"
    return (
        stamp.is_file()
        and stamp.read_text("utf8") == wanted
        and all((book / f"{name}.html").is_file() for name in names)
    )


def render(root, out):
    """Run Jupyter Book. -> (its messages, the number of explorers of each page)"""
    try:
        from jupyter_book.sphinx import build_sphinx
    except ImportError as error:
        raise BuildError(f"{error}; install the book's tools with: make setup") from error
    said, warned = io.StringIO(), io.StringIO()
    doctrees = out.parent / "doctrees"
    with (
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(warned),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # Python's own, from libraries; Sphinx's are errors
        result = build_sphinx(
            root, out, path_config=root / "_config.yml", noconfig=True, doctreedir=doctrees,
            confoverrides={
                "external_toc_path": str(root / "_toc.yml"),
                "latex_individualpages": False,
                "nitpicky": True,
            },
            warningiserror=True, keep_going=True,
        )  # fmt: skip
    messages = re.sub(r"\x1b\[[0-9;]*m", "", warned.getvalue()).replace(f"{root}{os.sep}", "")
    lines = [line for line in messages.splitlines() if line.strip()]
    if result:
        listed = "".join(f"\n  {line}" for line in lines[:20])
        more = f"\n  ... and {len(lines) - 20} more" if len(lines) > 20 else ""
        raise BuildError(
            f"the book was not built, because of {len(lines)} line(s) of warnings or errors:"
            f"{listed or ' ' + str(result)}{more}"
        )
    return json.loads((doctrees / "pages.json").read_text("utf8"))


def check_page(folder, name, explorers):
    """Raise BuildError unless the page has a heading, text, and all its explorers."""
    path = folder / f"{name}.html"
    if not path.is_file():
        raise BuildError(f"the page {name} of _toc.yml was not written; the old book stays.")
    page = path.read_text("utf8")
    body = page.partition("<article>")[2].partition("</article>")[0]
    text = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", " ", body, flags=re.DOTALL)
    text = " ".join(html.unescape(text).split())
    if "<h1" not in body or len(text) < SHORTEST_PAGE:
        raise BuildError(f"the page {name} is empty or has no title; the old book stays.")
    for part, what in (
        ('class="nnb-live"', "explorers"),
        ('type="application/vnd.jupyter.widget-state+json"', "stored states of explorers"),
    ):
        if body.count(part) != explorers:
            raise BuildError(
                f"the page {name} has {body.count(part)} {what} where its source has "
                f"{explorers}; the old book stays."
            )
    if explorers and "_static/explorers.js" not in page:
        raise BuildError(f"the page {name} does not load the script that runs its explorers.")


def swap(new, book):
    """Put the new book in the old one's place."""
    old = new.with_name("old")
    if book.exists():
        book.rename(old)
    try:
        new.rename(book)
    except OSError:
        if old.exists():
            old.rename(book)
        raise


def build(root, out, say):
    """Build the book if need be. -> its first page"""
    book = out / "html"
    sources = pages(root)
    for source in sources.values():
        if source.suffix == ".ipynb":
            check_notebook(source)
    wanted = digest(root)
    if is_current(book, wanted, sources):
        say("The book is up to date.")
        return book / "index.html"
    for source in sources.values():
        if source.suffix == ".ipynb":
            check_text(root, source)
    say(f"Building {len(sources)} pages ...")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".book-", dir=out) as temporary:
        new = Path(temporary) / "html"
        explorers = render(root, new)
        for name in sources:
            check_page(new, name, explorers.get(name, 0))
        if explorers and not (new / "_static/explorers.js").is_file():
            raise BuildError("book/_static/explorers.js is missing; the explorers need it.")
        (new / "index.html").write_text(FORWARD.format(page=f"{next(iter(sources))}.html"), "utf8")
        (new / ".digest").write_text(wanted, "utf8")
        swap(new, book)
    say(f"All {len(sources)} pages were written, with {sum(explorers.values())} live explorers.")
    return book / "index.html"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default=None, help="where to build (default: _build)")
    parser.add_argument("--quiet", action="store_true", help="print the last line only")
    parser.add_argument("--source", default=ROOT, help="the book's folder (default: this one)")
    options = parser.parse_args(arguments)
    root = Path(options.source).resolve()
    out = Path(options.out).resolve() if options.out else root / "_build"
    say = (lambda text: None) if options.quiet else (lambda text: print(text, flush=True))
    try:
        first = build(root, out, say)
    except BuildError as error:
        sys.exit(f"build_book: {error}")
    except OSError as error:
        sys.exit(f"build_book: {error.strerror or error}: {error.filename or out}")
    except KeyboardInterrupt:
        sys.exit("build_book: stopped; the old book stays")
    near = os.path.relpath(first)
    print(f"Open {near if not near.startswith('..') else first} or {first.as_uri()}")


if __name__ == "__main__":
    main()
