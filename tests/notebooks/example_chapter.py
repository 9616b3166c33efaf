"""A notebook in order, as small as the contract allows: the tests break it in one place each."""

import copy

import nbformat
import repository

import notebooks

NAME = "01_example"
LONG = "A line that falls from left to right."
PICTURE = {"image/svg+xml": "<svg></svg>", "text/plain": LONG}
WIDGET = PICTURE | {"application/vnd.jupyter.widget-view+json": {"model_id": "a" * 32}}
FOLDED = {
    "jupyter": {"outputs_hidden": True, "source_hidden": True},
    "collapsed": True,
    "cellView": "form",
}


def text(source, *tags, **metadata):
    return nbformat.v4.new_markdown_cell(source, metadata=metadata | marked(tags))


def code(source, *tags, said=None, shown=None, **metadata):
    outputs = []
    if said is not None:
        outputs.append(nbformat.v4.new_output("stream", name="stdout", text=said))
    if shown is not None:
        outputs.append(nbformat.v4.new_output("display_data", data=shown))
    return nbformat.v4.new_code_cell(source, metadata=metadata | marked(tags), outputs=outputs)


def marked(tags):
    return {"tags": list(tags)} if tags else {}


HEADER = """# 1. Example

**A promise in one sentence.**

- **You will build** something.
- **You need** Python.
- **It takes** a minute on a laptop."""
EXERCISES = "**1. One.** Do.\n\n**2. Two.** Do.\n\n**3. Three.** Do."
REFERENCE = "[arXiv:1606.08415](https://arxiv.org/abs/1606.08415)"


def example():
    """A fresh notebook that follows every rule."""
    cells = [
        text(HEADER, "header"),
        code(repository.setup_cell(repository.read_home()), "setup", said="nnbook_utils 0.1.0\n"),
        text("## Look\n\n**Predict first.** Which way will it move?"),
        code("explorers.Example()", "first-look", "explorer", shown=WIDGET),
        text("## A formula\n\n$$a = b$$"),
        *(code(f"# NBVAL_CHECK_OUTPUT\nprint({i})", said=f"{i}\n") for i in range(5)),
        code("compare.same(numpy=f, torch=g, inputs={})", "proof", said="the same\n"),
        text("## Real data"),
        code("train.fit(model)", "training", said="loss 0.1\n"),
        text("## The same in PyTorch, on the GPU"),
        code(
            "device = twins.device()\ncompare.same_training(model, twin)", "gpu", said="the same\n"
        ),
        text("## What goes wrong"),
        code("print('too large')", "failure", said="too large\n"),
        text(f"## Exercises\n\n{EXERCISES}"),
    ]
    for number in (1, 2, 3):
        cells += [
            code(f"check.{number}(...)", "exercise", shown={"text/plain": "Not yet: no answer."}),
            code(
                f"# Solution {number}\ncheck.{number}({number})",
                "solution",
                "hide-cell",
                shown={"text/plain": "Right: it holds."},
                **copy.deepcopy(FOLDED),
            ),
        ]
    cells += [
        text("**4. Four.** Do.\n\n**5. Five.** Do."),
        text("## In short\n" + "\n- A line." * 5, "in-short"),
        text(f"## Go further\n\n- A. Writer, *Title*, 2016, {REFERENCE}.", "go-further"),
        text("**Next:** chapter 2.", "next"),
    ]
    book = nbformat.v4.new_notebook(cells=cells, metadata=copy.deepcopy(notebooks.METADATA))
    number = 0
    for cell in book.cells:
        if cell.cell_type == "code":
            number += 1
            cell.execution_count = number
    notebooks.name_cells(book)
    return book


def find(book, tag):
    return next(cell for cell in book.cells if tag in cell.metadata.get("tags", []))


def heading(book, words):
    return next(cell for cell in book.cells if cell.source.startswith(f"## {words}"))
