"""tools/notebooks.py on a small book of its own."""

import json
import shutil

import pytest

import notebooks

FRONT = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---
"""
CHAPTER = """
+++ {"tags": ["header"]}

# 0. Tiny

```{code-cell} ipython3
:tags: [setup]
```

```{code-cell} ipython3
import time
from nnbook_utils.explorers.tiny.explorer import Tiny
Tiny(value=7)
```

```{code-cell} ipython3
print(object(), set("abcdefgh"))
```

```{code-cell} ipython3
start = time.perf_counter()
print(f"{sum(range(10)) + FACTOR} in {(time.perf_counter() - start) * 1e6:.3f} µs")
```
"""
PRINTS = 'print(object(), set("abcdefgh"))'
EXPLORER = """
import anywidget, pathlib, traitlets

class Tiny(anywidget.AnyWidget):
    _esm = pathlib.Path(__file__).with_name("view.js").read_text()
    value = traitlets.Int().tag(sync=True)

    def __repr__(self):
        return "Tiny"
"""


def make_book(root):
    """A repository with one chapter and a package of one explorer."""
    package = root / "nnbook_utils"
    tiny = package / "explorers" / "tiny"
    tiny.mkdir(parents=True)
    for folder in (package, tiny.parent, tiny):
        (folder / "__init__.py").write_text("")
    (package / "__init__.py").write_text("def about():\n    return 'tiny 0'\n")
    (package / "unused.py").write_text("")
    (tiny / "explorer.py").write_text(EXPLORER)
    (tiny / "view.js").write_text("export default { render() {} };\n")
    (root / "book" / "chapters").mkdir(parents=True)
    (root / "notebooks").mkdir()
    write(root, CHAPTER)


@pytest.fixture(scope="module")
def executed_once(tmp_path_factory):
    root = tmp_path_factory.mktemp("executed")
    make_book(root)
    assert run(root) == 0
    return root


@pytest.fixture
def book(executed_once, tmp_path):
    """A book whose notebook is executed and fresh."""
    return shutil.copytree(executed_once, tmp_path / "book")


@pytest.fixture
def unexecuted(tmp_path):
    make_book(tmp_path)
    return tmp_path


def write(root, text):
    source = FRONT + text.replace("FACTOR", "1")
    (root / "book" / "chapters" / "00_tiny.md").write_text(source, "utf8")


def run(root, *arguments):
    """-> exit status"""
    with pytest.raises(SystemExit) as stop:
        notebooks.main(list(arguments), root)
    return int(stop.value.code)


def stored(root):
    return notebooks.notebook_path("00_tiny", root).read_bytes()


def outputs(root):
    return json.loads(stored(root))["cells"]


pytestmark = pytest.mark.notebook


def test_a_second_execution_writes_the_same_bytes(book, capsys):
    first = stored(book)
    assert run(book, "--force") == 0
    assert "nothing changed" in capsys.readouterr().out
    assert stored(book) == first
    assert b"tiny 0" in first and b"iopub" not in first


def test_outputs_are_stored_in_the_order_in_which_they_came(unexecuted):
    cell = """
```{code-cell} ipython3
from IPython.display import display
print("first")
display({"text/plain": "second"}, raw=True)
print("third")
```
"""
    write(unexecuted, CHAPTER + cell)
    assert run(unexecuted) == 0
    came = [
        "".join(output.get("text") or output["data"]["text/plain"]).strip()
        for output in outputs(unexecuted)[-1]["outputs"]
    ]
    assert came == ["first", "second", "third"]


def test_what_is_fresh_is_not_executed(book, capsys):
    assert run(book, "00_tiny") == 0
    assert capsys.readouterr().out.splitlines()[0] == "00_tiny: up to date"


@pytest.mark.parametrize(
    ("file", "addition"),
    [
        ("nnbook_utils/explorers/tiny/view.js", "// other\n"),
        ("nnbook_utils/explorers/tiny/explorer.py", "# other\n"),
    ],
)
def test_a_changed_file_of_the_package_makes_the_notebook_stale(book, capsys, file, addition):
    assert run(book, "--check") == 0
    with (book / file).open("a") as code:
        code.write(addition)
    capsys.readouterr()
    assert run(book, "--check") == 1
    message = capsys.readouterr().err.strip()
    assert message.startswith("notebooks: notebooks/00_tiny.ipynb is stale")
    assert file in message and len(message.splitlines()) == 1
    assert run(book) == 0
    assert run(book, "--check") == 0


def test_a_file_that_changes_during_the_run_makes_the_notebook_stale(book):
    edit = "open('../nnbook_utils/explorers/tiny/view.js', 'a').write('// other\\n')"
    write(book, CHAPTER.replace(PRINTS, edit))
    assert run(book) == 0
    assert run(book, "--check") == 1


def test_a_file_that_no_cell_imported_does_not_make_it_stale(book):
    (book / "nnbook_utils/unused.py").write_text("x = 1\n")
    assert run(book, "--check") == 0


def test_new_prose_needs_no_execution(book, capsys):
    before = outputs(book)
    write(book, CHAPTER.replace("# 0. Tiny", "# 0. Small"))
    assert run(book, "--check") == 1
    capsys.readouterr()
    assert run(book) == 0
    assert "new text, same outputs" in capsys.readouterr().out
    after = outputs(book)
    assert after[0]["source"] == ["# 0. Small"]
    assert after[1:] == before[1:]


def test_a_new_result_replaces_the_stored_one(book):
    write(book, CHAPTER.replace("range(10)", "range(11)"))
    assert run(book) == 0
    assert outputs(book)[-1]["outputs"][0]["text"][0].startswith("56 in ")


def test_a_failing_cell_leaves_the_stored_notebook_and_says_where(book, capsys):
    before = stored(book)
    write(book, CHAPTER.replace(PRINTS, "raise ValueError('x must be positive')"))
    capsys.readouterr()
    assert run(book) == 1
    message = capsys.readouterr().err.strip()
    assert len(message.splitlines()) == 1
    assert "00_tiny: code cell 3 " in message
    assert "`raise ValueError('x must be positive')`" in message
    assert "failed: ValueError: x must be positive." in message
    assert stored(book) == before
    assert [path.name for path in (book / "notebooks").iterdir()] == ["00_tiny.ipynb"]


def test_a_dead_kernel_is_named_and_nothing_is_left_behind(unexecuted, capsys):
    write(unexecuted, CHAPTER.replace(PRINTS, "__import__('os')._exit(1)"))
    assert run(unexecuted) == 1
    assert "code cell 3 " in (message := capsys.readouterr().err)
    assert "the kernel died" in message
    assert list((unexecuted / "notebooks").iterdir()) == []


def test_a_kernel_that_does_not_start_is_named(unexecuted, capsys, monkeypatch):
    def fail(*arguments, **options):
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(notebooks.NotebookClient, "async_start_new_kernel", fail)
    assert run(unexecuted) == 1
    assert "00_tiny: its kernel did not start: Kernel died" in capsys.readouterr().err
    assert list((unexecuted / "notebooks").iterdir()) == []


def test_an_unknown_name_is_an_error(book, capsys):
    assert run(book, "07_nothing") == 1
    assert "There is no chapter '07_nothing'; there is: 00_tiny." in capsys.readouterr().err


def test_a_damaged_notebook_is_an_error(book, capsys):
    notebooks.notebook_path("00_tiny", book).write_text("{")
    assert run(book, "--check") == 1
    assert "notebooks/00_tiny.ipynb is damaged" in capsys.readouterr().err


def test_a_notebook_without_text_is_reported(book, capsys):
    (book / "notebooks" / "99_old.ipynb").write_bytes(stored(book))
    capsys.readouterr()
    assert run(book, "--check") == 1
    assert "notebooks/99_old.ipynb has no text" in capsys.readouterr().err
