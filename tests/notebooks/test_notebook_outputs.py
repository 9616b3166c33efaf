"""What counts as a measured time, and what is removed from an executed notebook."""

import nbformat
import pytest

import notebooks


def printed(text):
    return [nbformat.v4.new_output("stream", name="stdout", text=text)]


SAME = [
    ("loss 0.25, 1.2 ms", "loss 0.25, 14.8 ms"),
    ("it took 3 s", "it took 12 seconds"),
    ("12,345 examples/s", "9,876 examples/s"),
    ("1.2k examples per second", "800 examples per second"),
    ("100%|████| 300/300 [00:02<00:00, 130.25it/s]", "100%|████| 300/300 [00:03<00:00, 99.1it/s]"),
    ("NumPy is 3.2 times as fast", "NumPy is 2.9 times as fast"),
    ("| loops |   1.2 ms |", "| loops |  10.2 ms |"),
    ("<td>0.31 ms</td>", "<td>0.4 ms</td>"),
    ("NumPy       103 GFLOP/s", "NumPy        98 GFLOP/s"),
]
OTHER = [
    ("loss 0.25", "loss 0.26"),
    ("accuracy 90 % in 3 s", "accuracy 91 % in 3 s"),
    ("13,002 parameters", "13,003 parameters"),
    ("3 times 4", "4 times 4"),
    ("2 samples", "3 samples"),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_measured_times_do_not_count_as_a_difference(old, new):
    assert notebooks.without_times(printed(old)) == notebooks.without_times(printed(new))


@pytest.mark.parametrize(("old", "new"), OTHER)
def test_results_count_as_a_difference(old, new):
    assert notebooks.without_times(printed(old)) != notebooks.without_times(printed(new))


def test_in_a_timing_cell_every_number_is_measured_and_words_are_not():
    def timing(text, picture):
        shown = {"text/plain": text, "image/svg+xml": picture}
        outputs = [nbformat.v4.new_output("display_data", data=shown)]
        return notebooks.without_times(outputs, timing=True)

    assert timing("12 wide", "<svg>1</svg>") == timing("14 wide", "<svg>2</svg>")
    assert timing("12 wide", "") != timing("12 long", "")


def ran(*texts):
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(str(n)) for n in range(len(texts))]
    )
    for cell, text in zip(book.cells, texts, strict=True):
        cell.outputs = printed(text)
    notebooks.name_cells(book)
    return book


def shown(book):
    return [cell.outputs[0].text for cell in book.cells]


def test_measured_times_stay_when_nothing_else_changed():
    book = ran("3 in 12 ms", "right")
    notebooks.keep_measured(book, ran("3 in 15 ms", "right"))
    assert shown(book) == ["3 in 15 ms", "right"]


def test_times_of_two_runs_never_stand_side_by_side():
    for stored in (ran("12 ms", "40 ms", "wrong"), ran("12 ms", "40 ms")):
        book = ran("15 ms", "50 ms", "right")
        notebooks.keep_measured(book, stored)
        assert shown(book) == ["15 ms", "50 ms", "right"]


def test_addresses_and_kernel_paths_are_removed():
    cell = nbformat.v4.new_code_cell("x")
    cell.outputs = printed("<A at 0x7f3a10>\n/tmp/ipykernel_12/345.py:3: note")
    book = nbformat.v4.new_notebook(cells=[cell])
    notebooks.make_repeatable(book, "01_x")
    assert book.cells[0].outputs[0].text == "<A at 0x0>\ncell:3: note"


def test_whole_numbers_of_a_widget_are_stored_as_a_browser_writes_them():
    state = {"a": {"state": {"step": 1.0, "rate": 0.5, "start": [2.0, -3.0]}}}
    book = nbformat.v4.new_notebook(metadata={"widgets": {notebooks.STATE: {"state": state}}})
    notebooks.make_repeatable(book, "01_x")
    stored = book.metadata["widgets"][notebooks.STATE]["state"]["a"]["state"]
    assert repr(dict(stored)) == "{'step': 1, 'rate': 0.5, 'start': [2, -3]}"


def test_pieces_of_a_stream_are_joined_only_where_nothing_stands_between():
    figure = nbformat.v4.new_output("display_data", {"text/plain": "a figure"})
    warning = nbformat.v4.new_output("stream", name="stderr", text="careful")
    pieces = [*printed("be"), *printed("fore\n"), figure, *printed("after\n"), warning]
    cell = nbformat.v4.new_code_cell("x", outputs=pieces)
    book = nbformat.v4.new_notebook(cells=[cell])
    notebooks.make_repeatable(book, "01_x")
    said = [output.get("text", "a figure") for output in book.cells[0].outputs]
    assert said == ["before\n", "a figure", "after\n", "careful"]


def test_an_edit_changes_the_id_of_one_cell():
    def ids(*sources):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
        notebooks.name_cells(book)
        return [cell.id for cell in book.cells]

    before, after = ids("a", "b", "b", "c"), ids("a", "B", "b", "c")
    assert len(set(before)) == 4
    assert (before[0], before[3]) == (after[0], after[3])
