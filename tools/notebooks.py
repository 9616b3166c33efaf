"""Make the notebooks from the chapters' text: execute what is stale, leave the rest alone.

    python tools/notebooks.py [NAME ...]     bring notebooks up to date (make notebooks)
    python tools/notebooks.py --check        say which are not, and exit with 1
    python tools/notebooks.py --force NAME   execute although nothing changed

A chapter is `book/chapters/NN_name.md`; its notebook with outputs is `notebooks/NN_name.ipynb`.
Execution is repeatable: the same text and code give the same bytes. So nothing that differs from
run to run is stored: no timings of cells, no random widget ids, no addresses in memory. Where the
new outputs differ from the stored ones only in measured times, the stored ones stay.

A notebook is stale when its code cells changed, or a file of the package that they imported.
Which files those are, the kernel says itself at the end of a run; they stand in the notebook's
metadata under `nnbook`. Changed prose needs no execution.
"""

import argparse
import asyncio
import copy
import hashlib
import json
import os
import re
import sys
import time
import uuid
from pathlib import Path

import jupytext
import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

sys.path.insert(0, str(Path(__file__).resolve().parent))
import concepts  # noqa: E402
import repository  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_ID = re.compile(r"[0-9a-f]{32}")
AT_ONCE = 2  # notebooks at a time, one thread each: the fastest and steadiest on two cores
LONGEST_CELL = 600  # seconds
# As JupyterLab would write it, so that opening a notebook there changes nothing
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3",
    },
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
    "accelerator": "GPU",
    "colab": {"provenance": [], "gpuType": "T4", "toc_visible": True},
    "jupytext": {"default_lexer": "ipython3"},
}  # fmt: skip
# One thread, and no GPU: the stored outputs are those of a laptop
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "CUDA_VISIBLE_DEVICES": "",
}
# The last cell of a run, not stored: which files did it use, how much memory, how much work?
PROBE = """
import json as _json, sys as _sys, time as _time
try:
    import resource as _resource
    _peak = _resource.getrusage(_resource.RUSAGE_SELF).ru_maxrss
except ImportError:
    _peak = 0
_files = [getattr(m, "__file__", None) for n, m in list(_sys.modules.items())
          if n.split(".")[0] == "nnbook_utils"]
print(_json.dumps({"files": [f for f in _files if f], "work": _time.process_time(),
                   "megabytes": _peak / (1e6 if _sys.platform == "darwin" else 1e3)}))
"""


class NotebookError(Exception):
    """One sentence for the user: which notebook, what is wrong, what to do."""


# --- what stands where --------------------------------------------------------------------------


def source_path(name, root=ROOT):
    return root / "book" / "chapters" / f"{name}.md"


def notebook_path(name, root=ROOT):
    return root / "notebooks" / f"{name}.ipynb"


def chapters(root=ROOT):
    """The names of all chapters that have a text, in order."""
    return sorted(path.stem for path in (root / "book" / "chapters").glob("[0-9]*.md"))


def resolve(words, root=ROOT):
    """Chapters by name, number or path: `01_neurons`, `01`, `book/chapters/01_neurons.md`."""
    known = chapters(root)
    found = []
    for word in words:
        stem = Path(word).name.removesuffix(".md").removesuffix(".ipynb")
        match = [name for name in known if stem in (name, name.split("_")[0])]
        if not match:
            raise NotebookError(
                f"There is no chapter {word!r}; there is: {', '.join(known) or 'none yet'}."
            )
        found += match
    return found or known


# --- from text to cells -------------------------------------------------------------------------


def read_chapter(name, root=ROOT):
    """The chapter's text as a notebook without outputs, its cells named for good."""
    path = source_path(name, root)
    try:
        book = jupytext.reads(path.read_text("utf8"), fmt="md:myst")
    except Exception as error:
        raise NotebookError(
            f"{path.relative_to(root)} is not readable as MyST Markdown: {first_line(error)}"
        ) from error
    book.metadata = nbformat.from_dict(copy.deepcopy(METADATA))
    book.nbformat, book.nbformat_minor = 4, 5
    for cell in book.cells:
        if cell.metadata.get("jupyter", {}).get("outputs_hidden"):
            cell.metadata["collapsed"] = True  # says the same, and JupyterLab adds it
    name_cells(book)
    return book


def name_cells(book):
    """Give each cell an id made from its text, so that an edit changes one id and no other."""
    seen = {}
    for cell in book.cells:
        tags = cell.metadata.get("tags", [])
        special = next((tag for tag in ("header", "setup") if tag in tags), None)
        key = special or hashlib.sha256(f"{cell.cell_type}\0{cell.source}".encode()).hexdigest()[:8]
        seen[key] = seen.get(key, 0) + 1
        cell["id"] = key if seen[key] == 1 else f"{key}-{seen[key]}"


def read_notebook(name, root=ROOT):
    """The stored notebook, or None."""
    path = notebook_path(name, root)
    if not path.exists():
        return None
    try:
        return nbformat.reads(path.read_text("utf8"), as_version=4)
    except Exception as error:
        raise NotebookError(
            f"{path.relative_to(root)} is damaged ({first_line(error)}); "
            f"delete it and run: make notebooks"
        ) from error


def code_cells(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def text_of(book):
    """What the text source says: kind, source, metadata and id of every cell."""
    return [(cell.cell_type, cell.source, dict(cell.metadata), cell.id) for cell in book.cells]


# --- what is stale ------------------------------------------------------------------------------


def code_digest(book):
    """A digest of the code; the repository's address in the set-up cell does not count."""
    sources = [
        repository.setup_cell(repository.Home())
        if "setup" in cell.metadata.get("tags", [])
        else cell.source
        for cell in code_cells(book)
    ]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()[:16]


def file_digest(path):
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()[:16]


def package_digests(root=ROOT):
    """Digests of all files of the package that can change what a notebook shows, by path.

    Python, the explorers' scripts and styles, and the manifest with the checksums of all data.
    """
    kinds = {".py", ".js", ".css"}
    package = root / "nnbook_utils"
    paths = [path for path in package.rglob("*") if path.suffix in kinds or is_manifest(path)]
    return {path: file_digest(path) for path in sorted(paths) if path.is_file()}


def is_manifest(path):
    return path.name == "manifest.json"


def used_files(imported, digests, root=ROOT):
    """Of these digests those of the files that a run used, by path below the root.

    A module uses itself and the scripts, styles and manifest in its folder.
    """
    package = root / "nnbook_utils"
    folders = {}
    for path in digests:
        if path.suffix != ".py":
            folder = path.parents[1] if is_manifest(path) else path.parent
            folders.setdefault(folder, set()).add(path)
    found = set()
    for name in imported:
        path = Path(name).resolve()
        if not path.is_relative_to(package):
            raise NotebookError(
                f"The kernel imported nnbook_utils from {path.parent}, not from this clone; "
                "run tools/notebooks.py with the environment that `make setup` made."
            )
        found |= {path} | folders.get(path.parent, set())
    missing = "-"  # made while the notebook ran: stale at once
    return {p.relative_to(root).as_posix(): digests.get(p, missing) for p in sorted(found)}


def stale_code(name, chapter, stored, root=ROOT):
    """Why the notebook must be executed again, as half a sentence; None when it need not."""
    if stored is None:
        return "it was not executed yet"
    record = stored.metadata.get("nnbook", {})
    if record.get("code") != code_digest(chapter):
        return "its code changed"
    for file, digest in record.get("files", {}).items():
        path = root / file
        if not path.exists():
            return f"{file}, which it used, is gone"
        if file_digest(path) != digest:
            return f"{file} changed since it was executed"
    return None


def stale(name, root=ROOT):
    """One sentence saying why a notebook is not up to date, or None."""
    place = notebook_path(name, root).relative_to(root)
    advice = f"run: make notebooks, or tools/notebooks.py {name}"
    chapter, stored = read_chapter(name, root), read_notebook(name, root)
    text = source_path(name, root).read_text("utf8")
    if repository.chapter(text, repository.read_home(root), name) != text:
        return f"{place} is stale: its text has an old badge or set-up cell; {advice}"
    reason = stale_code(name, chapter, stored, root)
    if reason is None and text_of(chapter) != text_of(stored):
        reason = "its text and the notebook differ"
    return f"{place} is stale: {reason}; {advice}" if reason else None


def strays(root=ROOT):
    """One sentence for each notebook that has no text."""
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        if not source_path(path.stem, root).exists():
            yield (
                f"notebooks/{path.name} has no text book/chapters/{path.stem}.md; "
                "delete it or write its text."
            )


# --- what would differ from run to run ----------------------------------------------------------


def make_repeatable(book, name):
    """Remove from an executed notebook what another run would write otherwise."""
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    state = book.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    names = {
        old: uuid.uuid5(uuid.NAMESPACE_URL, f"{name}#{index}").hex
        for index, old in enumerate(widgets_in_order(book, state))
    }

    def clean(value):
        if isinstance(value, dict):
            return {clean(key): clean(part) for key, part in value.items()}
        if isinstance(value, list):
            return [clean(part) for part in value]
        if isinstance(value, str):
            value = WIDGET_ID.sub(lambda match: names.get(match[0], match[0]), value)
            value = re.sub(r"( at) 0x[0-9a-f]+", r"\1 0x0", value)
            return re.sub(r"[^\s\"']*ipykernel_\d+[/\\]+\d+\.py", "cell", value)
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            return int(value)  # a browser writes 1.0 as 1
        return value

    fixed = nbformat.from_dict(clean(book))
    book.metadata, book.cells = fixed.metadata, fixed.cells


def joined(outputs):
    """Outputs with neighbouring pieces of the same stream as one, for where they break is chance.

    What a figure or a progress bar parts stays apart, so that all stands in the order it came in.
    """
    kept = []
    for output in outputs:
        last = kept[-1] if kept else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            last.text += output.text
        else:
            kept.append(output)
    return kept


def widgets_in_order(book, state):
    """Widget ids in the order in which a reader meets them, each followed by its parts."""
    order = []

    def visit(model):
        if model in state and model not in order:
            order.append(model)
            for part in WIDGET_ID.findall(json.dumps(state[model])):
                visit(part)

    for cell in code_cells(book):
        for output in cell.outputs:
            visit(output.get("data", {}).get(VIEW, {}).get("model_id"))
    # Links and the like are shown nowhere: order them by what they say
    rest = [model for model in state if model not in order]
    rest.sort(key=lambda model: WIDGET_ID.sub("", json.dumps(state[model])))
    for model in rest:
        visit(model)
    return order


NUMBER = r"\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?"
UNIT = r"(?:ns|µs|μs|us|ms|s|sec|seconds?|min|minutes?|h|hours?)"
MEASURED = re.compile(
    rf"{NUMBER}[ \u00a0\u202f]*k?[ ]*\w*[ ]?(?:/|per|a)[ ]?(?:s|sec|second)\b"  # 1,234 examples/s
    rf"|{NUMBER}[ \u00a0\u202f]*{UNIT}\b"  # 1.2 ms
    rf"|{NUMBER}[ ]?(?:×|x|times)[ ](?=(?:as )?(?:faster|slower|fast|slow|long))"  # 3 times faster
    r"|\b\d+:\d\d(?::\d\d)?\b"  # 00:12
)


def without_times(outputs, timing=False):
    """Outputs with their measured durations and rates blanked, to compare two runs.

    A cell tagged `timing` shows nothing but measurements: there every number and picture counts
    as measured.
    """

    def blank(value, kind):
        if isinstance(value, list):
            value = "".join(value)
        if not isinstance(value, str):
            return value
        if timing and kind.startswith("image/"):
            return ""
        value = re.sub(NUMBER if timing else MEASURED, "T", value)
        return re.sub(r"\s+|-{3,}|─+", " ", value)

    plain = []
    for output in outputs:
        output = json.loads(json.dumps(output))
        if "text" in output:
            output["text"] = blank(output["text"], "text/plain")
        for kind in output.get("data", {}):
            output["data"][kind] = blank(output["data"][kind], kind)
        plain.append(output)
    return plain


def keep_measured(book, stored):
    """Put the stored outputs back if the new ones differ only in measured times.

    All of them or none: times of two runs side by side would contradict each other.
    """
    before = {cell.id: cell for cell in code_cells(stored)} if stored else {}
    pairs = [(before.get(cell.id), cell) for cell in code_cells(book)]
    for old, cell in pairs:
        timing = "timing" in cell.metadata.get("tags", [])
        if not old or without_times(old.outputs, timing) != without_times(cell.outputs, timing):
            return
    for old, cell in pairs:
        cell.outputs = old.outputs


# --- execution ----------------------------------------------------------------------------------


def first_line(error):
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
    return text.splitlines()[0] if text else type(error).__name__


def describe_failure(name, cell, number, text, error):
    """One sentence: the cell by number, line of the text and first line, and what happened."""
    line = text[: text.find(cell.source)].count("\n") + 1
    if isinstance(error, CellExecutionError):
        what = f"{error.ename}: {first_line(error.evalue)}"
    elif isinstance(error, CellTimeoutError):
        what = f"it ran longer than {LONGEST_CELL} seconds"
    else:
        what = "the kernel died, perhaps for lack of memory"
    begins = next((row for row in cell.source.splitlines() if row.strip()), "")
    return (
        f"{name}: code cell {number} (line {line} of book/chapters/{name}.md, `{begins.strip()}`) "
        f"failed: {what}. The stored notebook was left as it was."
    )


class Stopwatch:
    """How long each code cell runs, by its number; an author wants to know the slowest."""

    def __init__(self):
        self.seconds, self.cell = [], None

    def start(self, cell, cell_index):
        self.cell, self.begun = cell, time.perf_counter()

    def stop(self, cell, cell_index, execute_reply):
        self.seconds.append(time.perf_counter() - self.begun)

    def __str__(self):
        slowest = max(self.seconds)
        number = self.seconds.index(slowest) + 1
        return f"{sum(self.seconds):.0f} s (slowest: code cell {number}, {slowest:.0f} s)"


async def execute(name, root=ROOT, traceback=False):
    """Run a chapter from its text. -> (executed notebook, what it cost, as one line)"""
    book = read_chapter(name, root)
    ran = copy.deepcopy(book)
    ran.cells.append(nbformat.v4.new_code_cell(PROBE, id="probe"))
    folder = root / "notebooks"
    folder.mkdir(exist_ok=True)
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"} | ENVIRONMENT
    environment["PYTHONPATH"] = str(root)
    digests = package_digests(root)  # as it is now: someone may edit while the notebook runs
    watch = Stopwatch()
    client = NotebookClient(
        ran,
        on_cell_execute=watch.start,
        on_cell_executed=watch.stop,
        timeout=LONGEST_CELL,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        await client.async_execute(env=environment)
    except (CellExecutionError, CellTimeoutError, RuntimeError) as error:
        if traceback:
            print(error, file=sys.stderr)
        if watch.cell is None:
            raise NotebookError(f"{name}: its kernel did not start: {first_line(error)}") from error
        text = source_path(name, root).read_text("utf8")
        number = code_cells(ran).index(watch.cell) + 1
        raise NotebookError(describe_failure(name, watch.cell, number, text, error)) from error
    except NoSuchKernel as error:
        raise NotebookError(
            "This environment has no Jupyter kernel named python3; run: make setup"
        ) from error
    probe = json.loads(ran.cells.pop().outputs[0].text)
    book.cells = ran.cells
    if ran.metadata.get("widgets"):
        book.metadata["widgets"] = ran.metadata["widgets"]
    book.metadata["nnbook"] = {
        "code": code_digest(book),
        "files": used_files(probe["files"], digests, root),
    }
    make_repeatable(book, name)
    return book, f"{watch}, {probe['work']:.0f} s of work, {probe['megabytes']:.0f} MB at most"


def renew_text(name, root=ROOT):
    """Bring badge and set-up cell of a chapter's text up to date."""
    path = source_path(name, root)
    home = repository.read_home(root)
    repository.write(path, repository.chapter(path.read_text("utf8"), home, name))


def with_new_text(chapter, stored):
    """The stored outputs under a chapter's changed prose; its code is the same."""
    for new, old in zip(code_cells(chapter), code_cells(stored), strict=True):
        new.outputs, new.execution_count = old.outputs, old.execution_count
    for key in ("nnbook", "widgets"):
        if key in stored.metadata:
            chapter.metadata[key] = stored.metadata[key]
    return chapter


async def update(name, gate, *, force=False, root=ROOT, traceback=False):
    """Bring one notebook up to date. -> one line saying what was done"""
    async with gate:
        renew_text(name, root)
        chapter, stored = read_chapter(name, root), read_notebook(name, root)
        reason = "asked for" if force else stale_code(name, chapter, stored, root)
        path = notebook_path(name, root)
        if reason is None:
            changed = repository.write(path, repository.as_text(with_new_text(chapter, stored)))
            return f"{name}: {'new text, same outputs' if changed else 'up to date'}"
        print(f"{name}: executing, because {reason} ...", flush=True)
        book, cost = await execute(name, root, traceback)
        keep_measured(book, stored)
        changed = repository.write(path, repository.as_text(book))
        return (
            f"{name}: {cost}, {path.stat().st_size / 1000:.0f} kB"
            f"{'' if changed else ', nothing changed'}"
        )


async def update_all(names, **options):
    """Bring notebooks up to date, a few at a time. -> the sentences of those that failed"""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(name):
        try:
            print(await update(name, gate, **options), flush=True)
        except (NotebookError, repository.RepositoryError) as error:
            return str(error)

    answers = await asyncio.gather(*(one(name) for name in names))
    return [answer for answer in answers if answer]


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="chapters: 01_neurons or 01; default all")
    parser.add_argument("--check", action="store_true", help="only say which are stale")
    parser.add_argument("--force", action="store_true", help="execute although nothing changed")
    parser.add_argument("--traceback", action="store_true", help="show where a cell failed")
    options = parser.parse_args(arguments)
    root = Path(root).resolve()
    try:
        names = resolve(options.names, root)
        if options.check:
            sentences = [sentence for name in names if (sentence := stale(name, root))]
            if not options.names:
                sentences += [*strays(root), *concepts.stale(root)]
        else:
            sentences = asyncio.run(
                update_all(names, force=options.force, root=root, traceback=options.traceback)
            )
            if concepts.write(root):
                print("book/concepts.md: written")
    except (NotebookError, repository.RepositoryError) as error:
        sentences = [str(error)]
    except KeyboardInterrupt:
        sentences = ["stopped; notebooks that were not finished are as they were."]
    for sentence in sentences:
        print(f"notebooks: {sentence}", file=sys.stderr)
    sys.exit(bool(sentences))


if __name__ == "__main__":
    main()
