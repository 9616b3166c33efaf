"""Every chapter keeps the contract, and every rule of the contract can be broken."""

import contract
import example_chapter
import nbformat
import pytest
from example_chapter import NAME, PICTURE, code, example, find, heading, text

import notebooks


@pytest.mark.parametrize("name", notebooks.chapters())
def test_chapter_keeps_the_contract(name):
    book = notebooks.read_notebook(name)
    assert book is not None, f"notebooks/{name}.ipynb does not exist; run: make notebooks"
    assert contract.problems(book, name) == []


def test_the_example_keeps_the_contract():
    assert contract.problems(example(), NAME) == []


SVG = "image/svg+xml"
BROKEN = []


def breaks(rule, says):
    """Register a change that must make `rule` say something with `says` in it."""

    def register(change):
        BROKEN.append(pytest.param(change, rule, says, id=change.__name__))
        return change

    return register


@breaks("header", "not Markdown tagged")
def no_header(book):
    del book.cells[0]


@breaks("header", "title must read")
def title_without_number(book):
    book.cells[0].source = book.cells[0].source.replace("# 1. Example", "# Example")


@breaks("header", "no promise")
def no_promise(book):
    book.cells[0].source = book.cells[0].source.replace("**A promise in one sentence.**", "Hello.")


@breaks("header", "time on a laptop")
def no_time(book):
    book.cells[0].source = book.cells[0].source.replace("laptop", "computer")


@breaks("setup", "only it")
def second_setup(book):
    find(book, "proof").metadata["tags"].append("setup")


@breaks("setup", "not the project's")
def own_setup(book):
    find(book, "setup").source = "import nnbook_utils"


@breaks("first_screen", "no cell is tagged")
def no_first_look(book):
    find(book, "first-look").metadata["tags"].remove("first-look")


@breaks("first_screen", "shows no picture")
def blind_first_look(book):
    find(book, "first-look").outputs = []


@breaks("first_screen", "formula before")
def formula_first(book):
    heading(book, "Look").source += "\n\nHere $y = x$."


@breaks("concepts", "does not list")
def unknown_concept(book):
    heading(book, "Look").metadata["concepts"] = ["phlogiston"]


@breaks("concepts", "is not Markdown")
def concept_in_code(book):
    find(book, "proof").metadata["concepts"] = ["perceptron"]


@breaks("proof", "no cell tagged")
def no_proof(book):
    find(book, "proof").source = "print('believe me')"


@breaks("proof", "shows no table")
def silent_proof(book):
    find(book, "proof").outputs = []


@breaks("training", "no cell is tagged")
def no_training(book):
    find(book, "training").metadata["tags"] = []


@breaks("training", "show nothing")
def silent_training(book):
    find(book, "training").outputs = []


@breaks("gpu", "no heading")
def no_gpu_heading(book):
    heading(book, "The same in PyTorch").source = "## The same again"


@breaks("gpu", "no cell is tagged")
def no_gpu_cell(book):
    find(book, "gpu").metadata["tags"] = []


@breaks("gpu", "before the heading")
def gpu_before_heading(book):
    find(book, "training").metadata["tags"].append("gpu")


@breaks("gpu", "pick a device")
def device_by_hand(book):
    find(book, "gpu").source = find(book, "gpu").source.replace("twins.device()", '"cuda"')


@breaks("gpu", "same_training")
def no_common_training(book):
    find(book, "gpu").source = "device = twins.device()"


@breaks("explorer", "shows no widget")
def dead_explorer(book):
    find(book, "explorer").outputs[0].data = nbformat.from_dict(dict(PICTURE))


@breaks("explorer", "no still picture")
def explorer_without_picture(book):
    del find(book, "explorer").outputs[0].data["image/svg+xml"]


@breaks("explorer", "predict first")
def no_prediction(book):
    heading(book, "Look").source = "## Look"


@breaks("explorer", "no cell is tagged")
def no_explorer(book):
    find(book, "explorer").metadata["tags"] = ["first-look"]


@breaks("failure", "no heading")
def no_failure_heading(book):
    heading(book, "What goes wrong").source = "## All is well"


@breaks("failure", "no cell tagged")
def no_failure(book):
    find(book, "failure").metadata["tags"] = []


@breaks("exercises", "no heading")
def no_exercises(book):
    heading(book, "Exercises").source = example_chapter.EXERCISES


@breaks("exercises", "at least five")
def four_exercises(book):
    cell = next(cell for cell in book.cells if "**5. Five.**" in cell.source)
    cell.source = "**4. Four.** Do."


@breaks("exercises", "are numbered")
def misnumbered(book):
    cell = next(cell for cell in book.cells if "**5. Five.**" in cell.source)
    cell.source = cell.source.replace("**5.", "**6.")


@breaks("exercises", "at least three must")
def two_checked(book):
    stub = find(book, "exercise")
    stub.metadata["tags"].remove("exercise")


@breaks("exercises", "does not say `Not yet`")
def solved_exercise(book):
    find(book, "exercise").outputs[0].data["text/plain"] = "Right: it holds."


@breaks("exercises", "not followed by its solution")
def no_solution(book):
    book.cells.remove(find(book, "solution"))


@breaks("exercises", "not folded")
def open_solution(book):
    del find(book, "solution").metadata["cellView"]


@breaks("exercises", "not folded")
def solution_with_its_output_in_sight(book):
    del find(book, "solution").metadata["jupyter"]["outputs_hidden"]


@breaks("exercises", "must begin with the line")
def solution_that_says_it_in_its_first_line(book):
    cell = find(book, "solution")
    cell.source = cell.source.replace("\n", ": three\n", 1)


@breaks("folds", "not folded in JupyterLab")
def fold_of_the_book_alone(book):
    find(book, "explorer").metadata["tags"].append("hide-input")


@breaks("exercises", "own check")
def wrong_solution(book):
    find(book, "solution").outputs[0].data["text/plain"] = "Not yet: almost."


@breaks("exercises", "does not say `Right`")
def silent_solution(book):
    find(book, "solution").outputs = []


@breaks("ending", "five are wanted")
def six_lines(book):
    find(book, "in-short").source += "\n- A sixth."


@breaks("ending", "no work by DOI")
def no_reference(book):
    find(book, "go-further").source = "## Go further\n\n- A good book."


@breaks("ending", "tag `next`")
def no_next(book):
    del book.cells[-1]


@breaks("ending", "comes next")
def next_without_chapter(book):
    find(book, "next").source = "That is all."


@breaks("order", "stands before")
def gpu_last(book):
    cell = find(book, "gpu")
    book.cells.remove(cell)
    book.cells.insert(-3, cell)


@breaks("order", "not the last")
def text_after_the_end(book):
    book.cells.append(text("One more thing."))


@breaks("heading_levels", "more than one title")
def two_titles(book):
    heading(book, "Look").source = heading(book, "Look").source.replace("## ", "# ")


@breaks("heading_levels", "leaves out a level")
def heading_too_deep(book):
    heading(book, "A formula").source = "#### A formula\n\n$$a = b$$"


@breaks("alternative_text", "without a description")
def silent_picture(book):
    find(book, "first-look").outputs[0].data["text/plain"] = "<Figure size 640x480 with 1 Axes>"


@breaks("alternative_text", "without a description")
def silent_markdown_picture(book):
    heading(book, "Look").source += "\n\n![plot](plot.png)"


@breaks("plain_markdown", "directive")
def directive(book):
    heading(book, "Look").source += "\n\n:::{note}\nHello.\n:::"


@breaks("plain_markdown", "role")
def role(book):
    heading(book, "Look").source += " See {cite}`rosenblatt1958`."


@breaks("plain_markdown", "label")
def label(book):
    heading(book, "Look").source = "(look)=\n" + heading(book, "Look").source


@breaks("plain_markdown", "bare equation")
def bare_align(book):
    heading(book, "A formula").source += "\n\n\\begin{align}\na &= b\n\\end{align}"


@breaks("plain_markdown", "HTML tag <div>")
def html(book):
    heading(book, "A formula").source += "\n\n<div>hello</div>"


@breaks("plain_markdown", "exclamation")
def loud(book):
    heading(book, "A formula").source += "\n\nThis is great!"


@breaks("no_paths", "holds the path /home/ada")
def path_in_code(book):
    find(book, "proof").source += "\nopen('/home/ada/digits.csv')"


@breaks("no_paths", "holds the path")
def path_in_output(book):
    find(book, "proof").outputs[0].text = "File /usr/lib/python3/numpy.py, line 3"


@breaks("no_empty_cells", "is empty")
def empty_cell(book):
    book.cells.insert(3, text("\n"))


@breaks("no_errors", "holds an error: ValueError")
def stored_error(book):
    find(book, "failure").outputs.append(
        nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    )


@breaks("no_errors", "holds a warning")
def stored_warning(book):
    find(book, "proof").outputs.append(
        nbformat.v4.new_output("stream", name="stderr", text="RuntimeWarning: overflow")
    )


@breaks("no_errors", "may raise")
def may_raise(book):
    find(book, "failure").metadata["tags"].append("raises-exception")


@breaks("executed", "was not executed")
def cleared(book):
    find(book, "failure").execution_count = None


@breaks("executed", "top to bottom")
def run_out_of_order(book):
    find(book, "failure").execution_count = 99


@breaks("sizes", "an output of")
def large_output(book):
    find(book, "proof").outputs[0].text = "x" * 500_000


@breaks("sizes", "the notebook has")
def large_notebook(book):
    for index in range(11):
        book.cells.insert(5, code(f"show({index})", said="x" * 399_000))


@breaks("live_outputs", "empty without a kernel")
def progress_widget(book):
    bundle = find(book, "explorer").outputs[0].data
    find(book, "training").outputs.append(
        nbformat.v4.new_output("display_data", data={k: v for k, v in bundle.items() if k != SVG})
    )


@breaks("live_outputs", "the explorer Tiny carries 400,")
def heavy_explorer(book):
    model = {"model_name": "AnyModel", "state": {"_anywidget_id": "x.Tiny", "w": "0" * 400_000}}
    book.metadata["widgets"] = {notebooks.STATE: {"state": {"a" * 32: model}}}


@breaks("compared_outputs", "at least five must")
def too_few_compared(book):
    heading(book, "A formula")
    cell = next(cell for cell in book.cells if contract.MARK in cell.source)
    cell.source = "print(0)"


@breaks("compared_outputs", "prints a time")
def compared_time(book):
    cell = next(cell for cell in book.cells if contract.MARK in cell.source)
    cell.outputs[0].text = "0 in 1.25 ms\n"


@breaks("compared_outputs", "prints nothing")
def compared_silence(book):
    next(cell for cell in book.cells if contract.MARK in cell.source).outputs = []


@breaks("compared_outputs", "compare printed numbers")
def compared_picture(book):
    cell = next(cell for cell in book.cells if contract.MARK in cell.source)
    cell.outputs.append(nbformat.v4.new_output("display_data", data=dict(PICTURE)))


@breaks("metadata", "accelerator")
def no_gpu_runtime(book):
    del book.metadata["accelerator"]


@breaks("links", "does not exist")
def dead_link(book):
    heading(book, "Look").source += " See [chapter 99](99_nowhere.ipynb)."


@pytest.mark.parametrize(("change", "rule", "says"), BROKEN)
def test_rule_fires_on_a_broken_chapter(change, rule, says):
    book = example()
    change(book)
    check = next(check for check in contract.RULES if check.__name__ == rule)
    sentences = list(check(book, NAME))
    assert any(says in sentence for sentence in sentences), sentences


def test_a_missing_concept_is_named():
    sentences = list(contract.concepts(example(), "02_gradient_descent"))
    assert any("'momentum'" in sentence for sentence in sentences)


def test_every_rule_has_a_broken_chapter():
    assert {check.__name__ for check in contract.RULES} == {case.values[1] for case in BROKEN}
