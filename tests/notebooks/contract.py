"""The contract of a chapter, as rules over its notebook.

A rule is a function `rule(book, name)` that yields one sentence for each thing that is missing or
wrong, and nothing for a chapter in order. `RULES` lists them all, in the order of the page.
"""

import json
import re
from pathlib import Path

import concepts as index  # tools/concepts.py
import repository  # tools/repository.py

import notebooks  # tools/notebooks.py

ROOT = Path(__file__).resolve().parents[2]
WIDGET = "application/vnd.jupyter.widget-view+json"
LARGEST_OUTPUT = 400_000  # bytes
LARGEST_NOTEBOOK = 4_000_000
LARGEST_DATA = 300_000  # of one explorer
RULES = []


def rule(function):
    RULES.append(function)
    return function


def problems(book, name):
    """All sentences of all rules, each with the chapter's name before it."""
    return [f"{name}: {sentence}" for check in RULES for sentence in check(book, name)]


# --- looking at cells ---------------------------------------------------------------------------


def tags(cell):
    return cell.metadata.get("tags", [])


def tagged(book, tag):
    return [cell for cell in book.cells if tag in tags(cell)]


def code(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def prose(book):
    return [cell for cell in book.cells if cell.cell_type == "markdown"]


def where(book, cell):
    """The cell as a reader finds it: its number and its first line."""
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    return f"cell {book.cells.index(cell) + 1} ({first.strip()[:60]!r})"


def joined(text):
    return "".join(text) if isinstance(text, list) else str(text)


def data(cell):
    """The mime bundles of a cell's outputs."""
    return [output.get("data", {}) for output in cell.get("outputs", [])]


def shown_text(cell):
    """What a cell's outputs say in plain text, in order."""
    return [
        joined(output.get("text", output.get("data", {}).get("text/plain", "")))
        for output in cell.get("outputs", [])
    ]


def has_picture(cell):
    return any(kind.startswith("image/") or kind == WIDGET for d in data(cell) for kind in d)


def without_code(text):
    """Markdown without code blocks and code spans."""
    text = re.sub(r"^(`{3,}|~{3,}).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def without_math(text):
    return re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", "", text, flags=re.DOTALL)


def headings(book):
    """(level, text, cell) of every heading."""
    for cell in prose(book):
        for line in without_code(cell.source).splitlines():
            if match := re.match(r"(#{1,6}) +(.+)", line):
                yield len(match[1]), match[2].strip(), cell


# --- the ten parts ------------------------------------------------------------------------------


@rule
def header(book, name):
    """Title, promise, what you build, what you need to know, how long it takes."""
    first = book.cells[0] if book.cells else None
    if first is None or first.cell_type != "markdown" or "header" not in tags(first):
        yield "the first cell is not Markdown tagged `header`."
        return
    lines = [line for line in first.source.splitlines() if line.strip()]
    if not re.match(rf"# {int(name.split('_')[0])}\. \w", lines[0]):
        yield f"the title must read `# {int(name.split('_')[0])}. …`, not {lines[0]!r}."
    if not any(re.match(r"\*\*[^*]+\*\*$", line.strip()) for line in lines[1:4]):
        yield "the header has no promise: one bold paragraph under the title."
    for words, what in [
        (r"you will build", "what you will build"),
        (r"you need", "what you need to know"),
        (r"\blaptop\b", "the time on a laptop"),
    ]:
        if not re.search(words, first.source, re.IGNORECASE):
            yield f"the header does not say {what} (no {words.strip(chr(92) + 'b')!r} in it)."


@rule
def setup(book, name):
    """One set-up cell, the first code cell, as the project writes it."""
    cells = tagged(book, "setup")
    if len(cells) != 1 or not code(book) or code(book)[0] is not cells[0]:
        yield "the first code cell, and only it, must carry the tag `setup`."
    elif cells[0].source != repository.setup_cell(repository.read_home()):
        yield "the set-up cell is not the project's; run: make notebooks"


def is_formula(text):
    text = without_code(text)
    return "$$" in text or re.search(r"\$[^$\n]*=[^$\n]*\$", text) is not None


@rule
def first_screen(book, name):
    """A picture or an explorer before the first formula."""
    looks = tagged(book, "first-look")
    if not looks:
        yield "no cell is tagged `first-look`: show something before the first formula."
        return
    if not has_picture(looks[0]):
        yield f"{where(book, looks[0])} is tagged `first-look` and shows no picture."
    formula = next((cell for cell in prose(book) if is_formula(cell.source)), None)
    if formula is not None and book.cells.index(formula) < book.cells.index(looks[0]):
        yield f"{where(book, formula)} has a formula before the first look."


@rule
def concepts(book, name):
    """Every concept of this chapter has a home in a Markdown cell, and no id is unknown."""
    known = {concept: (title, chapter) for concept, title, chapter in index.project_concepts()}
    found = set()
    for cell in book.cells:
        here = cell.metadata.get("concepts", [])
        found |= set(here)
        if here and cell.cell_type != "markdown":
            yield f"{where(book, cell)} carries concepts and is not Markdown."
        for unknown in sorted(set(here) - set(known)):
            yield f"{where(book, cell)} teaches {unknown!r}, which book/concepts.tsv does not list."
    for concept, (title, chapter) in known.items():
        if chapter == name and concept not in found:
            yield f"no cell teaches the concept {concept!r} ({title})."


@rule
def proof(book, name):
    """The proof that loops, NumPy and PyTorch are one function."""
    calls = [cell for cell in tagged(book, "proof") if "compare.same(" in cell.source]
    if not calls:
        yield "no cell tagged `proof` calls `compare.same(...)`."
    for cell in calls:
        if not cell.get("outputs"):
            yield f"{where(book, cell)} proves something and shows no table."


@rule
def training(book, name):
    """Real data, trained from scratch."""
    cells = tagged(book, "training")
    if not cells:
        yield "no cell is tagged `training`."
    elif not any(cell.get("outputs") for cell in cells):
        yield "the cells tagged `training` show nothing."


@rule
def gpu(book, name):
    """The same in PyTorch, on the GPU: heading, device, both trained from one start."""
    found = [cell for _, text, cell in headings(book) if "GPU" in text and "PyTorch" in text]
    if not found:
        yield "no heading says `The same in PyTorch, on the GPU`."
    cells = tagged(book, "gpu")
    if not cells:
        yield "no cell is tagged `gpu`."
        return
    if found and book.cells.index(cells[0]) < book.cells.index(found[0]):
        yield f"{where(book, cells[0])} is tagged `gpu` and stands before the heading."
    text = "\n".join(cell.source for cell in cells)
    if "twins.device(" not in text:
        yield "the GPU cells do not pick a device with `twins.device()`."
    if not re.search(r"compare\.same_(training|curves)\(", text):
        yield "the GPU cells do not call `compare.same_training(...)`."


@rule
def explorer(book, name):
    """An explorer that lives without a kernel, after a question to predict."""
    cells = tagged(book, "explorer")
    if not cells:
        yield "no cell is tagged `explorer`."
    for cell in cells:
        shown = {kind for bundle in data(cell) for kind in bundle}
        if WIDGET not in shown:
            yield f"{where(book, cell)} is tagged `explorer` and shows no widget."
        elif "image/svg+xml" not in shown:
            yield f"{where(book, cell)} has no still picture for readers without scripts."
        before = []
        for other in reversed(book.cells[: book.cells.index(cell)]):
            if other.cell_type != "markdown":
                break
            before.append(other.source)
        if "predict" not in "\n".join(before).lower():
            yield f"the text before {where(book, cell)} does not ask to predict first."


@rule
def failure(book, name):
    """What goes wrong, by running it."""
    if not any("goes wrong" in text for _, text, _ in headings(book)):
        yield "no heading says `What goes wrong`."
    cells = tagged(book, "failure")
    if not any(cell.get("outputs") for cell in cells):
        yield "no cell tagged `failure` shows something that goes wrong."


def folded(cell):
    """Whether JupyterLab shows no more than the first line of the code."""
    return bool(cell.metadata.get("jupyter", {}).get("source_hidden"))


@rule
def folds(book, name):
    """What the book folds, JupyterLab folds."""
    for cell in code(book):
        if {"hide-input", "hide-cell"} & set(tags(cell)) and not folded(cell):
            yield f"{where(book, cell)} is not folded in JupyterLab: `source_hidden: true`."


@rule
def exercises(book, name):
    """At least five, at least three checked; unsolved says `Not yet`, the solution `Right`."""
    start = next((cell for _, text, cell in headings(book) if text == "Exercises"), None)
    if start is None:
        yield "no heading says `Exercises`."
        return
    text = "\n".join(cell.source for cell in prose(book)[prose(book).index(start) :])
    numbers = re.findall(r"^\*\*(\d+)\.", text, re.MULTILINE)
    if len(numbers) < 5:
        yield f"there are {len(numbers)} exercises (`**1. …**`), and at least five are wanted."
    if numbers != [str(i) for i in range(1, len(numbers) + 1)]:
        yield f"the exercises are numbered {', '.join(numbers)}."
    stubs = tagged(book, "exercise")
    if len(stubs) < 3:
        yield f"{len(stubs)} exercises are checked, and at least three must be."
    for stub in stubs:
        said = [text for text in shown_text(stub) if text.strip()]
        if not said or not said[-1].startswith("Not yet"):
            yield f"{where(book, stub)} is an unsolved exercise and does not say `Not yet`."
        place = code(book).index(stub) + 1
        solution = code(book)[place] if place < len(code(book)) else None
        if solution is None or "solution" not in tags(solution):
            yield f"{where(book, stub)} is not followed by its solution."
    for solution in tagged(book, "solution"):
        meta = solution.metadata
        if (
            "hide-cell" not in tags(solution)
            or not folded(solution)
            or not meta["jupyter"].get("outputs_hidden")
            or meta.get("cellView") != "form"
        ):
            yield (
                f"{where(book, solution)} is not folded: it needs the tag `hide-cell`, "
                "`jupyter: {outputs_hidden: true, source_hidden: true}` and `cellView: form`."
            )
        if not re.fullmatch(r"# Solution \w+", solution.source.partition("\n")[0]):
            yield (
                f"{where(book, solution)} must begin with the line `# Solution` and its number: "
                "JupyterLab shows the first line of what is folded."
            )
        said = [text for text in shown_text(solution) if text.strip()]
        if any(text.startswith("Not yet") for text in said):
            yield f"{where(book, solution)} is a solution and does not pass its own check."
        before = code(book)[code(book).index(solution) - 1]
        if "exercise" in tags(before) and not (said and said[-1].startswith("Right")):
            yield f"{where(book, solution)} is a solution and its check does not say `Right`."


@rule
def ending(book, name):
    """In short (five lines), go further (real references), next."""
    for tag, what in [
        ("in-short", "In short"),
        ("go-further", "Go further"),
        ("next", "the next chapter"),
    ]:
        if len([cell for cell in tagged(book, tag) if cell.cell_type == "markdown"]) != 1:
            yield f"one Markdown cell must carry the tag `{tag}` ({what})."
    for cell in tagged(book, "in-short")[:1]:
        lines = re.findall(r"^[-*] ", cell.source, re.MULTILINE)
        if len(lines) != 5:
            yield f"In short has {len(lines)} lines (`- …`), and five are wanted."
    for cell in tagged(book, "go-further")[:1]:
        if not re.search(r"doi\.org/10\.\d{4,}/|arxiv\.org/abs/\d{4}\.\d{4,5}", cell.source):
            yield "Go further names no work by DOI or arXiv number."
    for cell in tagged(book, "next")[:1]:
        if "chapter" not in cell.source.lower():
            yield "the last cell does not say which chapter comes next."


@rule
def order(book, name):
    """The parts stand in the same order in every chapter."""
    parts = ["header", "setup", "first-look", "proof", "training", "gpu", "goes wrong", "exercise"]
    parts += ["in-short", "go-further", "next"]
    found = {tag: tagged(book, tag) for tag in parts}
    # a failure may also be shown where it belongs to the story
    found["goes wrong"] = [cell for _, text, cell in headings(book) if "goes wrong" in text]
    places = [(book.cells.index(cells[0]), tag) for tag, cells in found.items() if cells]
    for (place, tag), (after, following) in zip(places, places[1:], strict=False):
        if place > after:
            yield f"the part `{following}` stands before the part `{tag}`."
    for cell in tagged(book, "next"):
        if book.cells[-1] is not cell:
            yield "the cell tagged `next` is not the last one."


# --- every cell ---------------------------------------------------------------------------------


@rule
def heading_levels(book, name):
    """One title, and no level left out: screen readers walk along them."""
    levels = [(level, text) for level, text, _ in headings(book)]
    titles = [text for level, text in levels if level == 1]
    if len(titles) > 1:
        yield f"there is more than one title (`# …`): {', '.join(titles[1:])}."
    for (before, _), (level, text) in zip(levels, levels[1:], strict=False):
        if level > before + 1:
            yield f"the heading {text!r} leaves out a level."


@rule
def alternative_text(book, name):
    """Every picture says in words what it shows."""
    for cell in code(book):
        for bundle in data(cell):
            if any(kind.startswith("image/") for kind in bundle):
                text = joined(bundle.get("text/plain", "")).strip()
                if len(text) < 20 or text.startswith("<"):
                    yield f"{where(book, cell)} shows a picture without a description in words."
    for cell in prose(book):
        for text in re.findall(r"!\[([^\]]*)\]", without_code(cell.source)):
            if len(text) < 20 and text != "Open in Colab":
                yield f"{where(book, cell)} has a picture without a description in words."


@rule
def plain_markdown(book, name):
    """Markdown, math and <details>: all that Colab, GitHub and the book understand alike."""
    for cell in prose(book):
        text = without_code(cell.source)
        if re.search(r"^\s*(:{3,}|`{3,}\{)", cell.source, re.MULTILINE):
            yield f"{where(book, cell)} has a directive, which Colab and GitHub show as raw text."
        if re.search(r"\{[a-z][a-z:_-]*\}`", cell.source):
            yield f"{where(book, cell)} has a role such as {{cite}}, which Colab shows as raw text."
        if re.search(r"^\([\w-]+\)=\s*$", text, re.MULTILINE):
            yield f"{where(book, cell)} has a label `(name)=`, which Colab shows as raw text."
        if re.search(r"\\begin\{(align|equation|gather|eqnarray)\*?\}", text):
            yield f"{where(book, cell)} has a bare equation environment; use `aligned` in `$$`."
        allowed = r"details|summary|sub|sup|kbd|br"
        for tag in re.findall(rf"</?(?!(?:{allowed})\b)([a-z][a-z0-9]*)[\s/>]", without_math(text)):
            yield f"{where(book, cell)} has the HTML tag <{tag}>; of HTML only <details> is plain."
        for line in re.findall(r"[a-z]!(?=\s|$)", without_math(text)):
            yield f"{where(book, cell)} has an exclamation mark ({line!r})."


@rule
def no_paths(book, name):
    """Nothing tells on which machine the notebook was run."""
    folders = "home|root|Users|tmp|work|usr|var|opt|mnt"
    machine = rf"(?:^|[\s\"'(=:])(/(?:{folders})/[\w.-]+|[A-Z]:\\\w+)"
    for cell in book.cells:
        texts = [cell.source, *(joined(v) for bundle in data(cell) for v in bundle.values())]
        texts += shown_text(cell)
        texts += ["\n".join(output.get("traceback", [])) for output in cell.get("outputs", [])]
        for text in texts:
            if match := re.search(machine, text, re.MULTILINE):
                yield f"{where(book, cell)} holds the path {match[1]}."
                break


@rule
def no_empty_cells(book, name):
    for number, cell in enumerate(book.cells, 1):
        if not cell.source.strip():
            yield f"cell {number} is empty."


@rule
def no_errors(book, name):
    """No stored error, and no warning left standing."""
    for cell in code(book):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"{where(book, cell)} holds an error: {output.ename}."
            elif output.get("name") == "stderr" and "Warning" in joined(output.text):
                yield f"{where(book, cell)} holds a warning."
        if "raises-exception" in tags(cell):
            yield f"{where(book, cell)} may raise; catch the error and print it."


@rule
def executed(book, name):
    """Run from top to bottom: a cell without a number is never compared with a new run."""
    counts = [cell.get("execution_count") for cell in code(book)]
    if None in counts:
        cell = code(book)[counts.index(None)]
        yield f"{where(book, cell)} was not executed."
    elif counts != list(range(1, len(counts) + 1)):
        yield "the code cells were not executed once each from top to bottom."


@rule
def sizes(book, name):
    for cell in code(book):
        for output in cell.get("outputs", []):
            if (size := len(str(dict(output)).encode())) > LARGEST_OUTPUT:
                yield f"{where(book, cell)} has an output of {size:,} bytes."
    if (size := len(repository.as_text(book).encode())) > LARGEST_NOTEBOOK:
        yield f"the notebook has {size:,} bytes, at most {LARGEST_NOTEBOOK:,} are wanted."


@rule
def live_outputs(book, name):
    """What is live without a kernel is an explorer; it carries its data, and not too much."""
    for cell in code(book):
        for bundle in data(cell):
            if WIDGET in bundle and "image/svg+xml" not in bundle:
                yield (
                    f"{where(book, cell)} shows a widget that is empty without a kernel; for "
                    "progress use the package's bar, for a live picture an explorer."
                )
    state = book.metadata.get("widgets", {}).get(notebooks.STATE, {}).get("state", {})
    for model in state.values():
        traits = {k: v for k, v in model["state"].items() if k not in ("_esm", "_css")}
        size = len(json.dumps([traits, model.get("buffers", [])]))
        if size > LARGEST_DATA:
            kind = traits.get("_anywidget_id", model["model_name"]).split(".")[-1]
            yield f"the explorer {kind} carries {size:,} bytes of data."


MARK = "# NBVAL_CHECK_OUTPUT"


@rule
def compared_outputs(book, name):
    """Some results are the same on every machine, and the tests compare them."""
    cells = [cell for cell in code(book) if MARK in cell.source]
    if len(cells) < 5:
        yield f"{len(cells)} cells carry `{MARK}`, and at least five must."
    for cell in cells:
        said = "\n".join(shown_text(cell))
        if not said.strip():
            yield f"{where(book, cell)} is to be compared and prints nothing."
        if match := notebooks.MEASURED.search(said):
            yield f"{where(book, cell)} is to be compared and prints a time: {match[0]!r}."
        if any(kind.startswith("image/") for bundle in data(cell) for kind in bundle):
            yield f"{where(book, cell)} is to be compared and draws; compare printed numbers."


@rule
def metadata(book, name):
    """Kernel and runtime: Colab is asked for a GPU."""
    for key, value in notebooks.METADATA.items():
        if book.metadata.get(key) != value:
            yield f"the notebook's metadata lack `{key}: {value}`; run: make notebooks"


@rule
def links(book, name):
    """Links to other files of the book lead to files that exist."""
    for cell in prose(book):
        text = without_math(without_code(cell.source))
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            if not (ROOT / "notebooks" / target).resolve().exists():
                yield f"{where(book, cell)} links to {target}, which does not exist (yet)."
