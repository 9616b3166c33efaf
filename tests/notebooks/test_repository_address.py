"""One address, `repository.url` in _config.yml, from which badges and set-up cells are made."""

import json
import shutil

import example_chapter
import pytest
import repository
import yaml

ROOT = repository.ROOT
URL = "https://github.com/ada/built-twice"
TEXT = """\
+++ {"tags": ["header"]}

# 1. Example

**A promise.**

```{code-cell} ipython3
:tags: [setup]
```

```{code-cell} ipython3
---
tags: [proof]
---
# setup stands only in a comment here
```
"""


@pytest.fixture
def copy(tmp_path):
    """A copy of the book's chapters and notebooks, with one chapter more."""
    shutil.copy(ROOT / "_config.yml", tmp_path)
    shutil.copy(ROOT / "CITATION.cff", tmp_path)
    shutil.copytree(ROOT / "book" / "chapters", tmp_path / "book" / "chapters")
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "book" / "chapters" / "01_example.md").write_text(TEXT, "utf8")
    example = repository.as_text(example_chapter.example())
    (tmp_path / "notebooks" / "01_example.ipynb").write_text(example, "utf8")
    repository.change("", tmp_path)
    return tmp_path


def everything(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_book_agrees_with_its_address():
    assert list(repository.disagreements()) == []


def test_the_command_changes_badges_and_setup_cells_everywhere(copy):
    repository.change(URL, copy)
    assert yaml.safe_load((copy / "_config.yml").read_text("utf8"))["repository"]["url"] == URL
    assert list(repository.disagreements(copy)) == []
    cited = yaml.safe_load((copy / "CITATION.cff").read_text("utf8"))
    assert cited["repository-code"] == URL
    chapters = [path for path, _ in repository.files(copy) if path.suffix != ".cff"]
    assert chapters
    for path in chapters:
        text = path.read_text("utf8")
        assert f"{URL}/archive/main.zip" in text, path.name
        place = f"github/ada/built-twice/blob/main/notebooks/{path.stem}.ipynb"
        assert text.count(place) == 1, path.name


def test_the_badge_stands_under_the_title(copy):
    repository.change(URL, copy)
    lines = (copy / "book" / "chapters" / "01_example.md").read_text("utf8").splitlines()
    assert lines[2:4] == ["# 1. Example", ""]
    assert lines[4].startswith("[![Open in Colab](")
    assert lines[5:7] == ["", "**A promise.**"]
    cells = json.loads((copy / "notebooks" / "01_example.ipynb").read_text("utf8"))["cells"]
    assert "".join(cells[0]["source"]).startswith(f"# 1. Example\n\n{lines[4]}\n\n**A promise")


def test_outputs_and_other_cells_stay(copy):
    def others(root):
        cells = json.loads((root / "notebooks" / "01_example.ipynb").read_text("utf8"))["cells"]
        return cells[2:], cells[1]["outputs"]

    before = others(copy)
    repository.change(URL, copy)
    assert others(copy) == before


def test_an_empty_address_removes_all_of_it(copy):
    before = everything(copy)
    repository.change(URL, copy)
    assert everything(copy) != before
    repository.change("", copy)
    assert everything(copy) == before


def test_a_second_run_changes_nothing(copy):
    assert repository.change(URL, copy)
    assert repository.change(URL + "/", copy) == []
    assert repository.change(URL + ".git", copy) == []


def test_an_edited_setup_cell_is_found(copy):
    path = copy / "book" / "chapters" / "01_example.md"
    path.write_text(path.read_text("utf8").replace('"-q"', '"-v"'), "utf8")
    (sentence,) = repository.disagreements(copy)
    assert sentence.startswith("book/chapters/01_example.md has another badge or set-up cell")


def test_another_address_in_the_citation_is_found(copy):
    repository.change(URL, copy)
    path = copy / "CITATION.cff"
    path.write_text(path.read_text("utf8").replace("/ada/", "/eve/"), "utf8")
    (sentence,) = repository.disagreements(copy)
    assert sentence.startswith("CITATION.cff has another address")


@pytest.mark.parametrize(
    "url",
    [
        "github.com/ada/built-twice",
        "http://github.com/ada/built-twice",
        "https://gitlab.com/ada/built-twice",
        "https://github.com/ada",
        "https://github.com/ada/built-twice/tree/main",
        "https://github.com/-ada/built-twice",
        'https://github.com/ada/"x',
        "https://github.com/ada/..",
        "ada/built-twice",
    ],
)
def test_a_wrong_address_is_refused_and_changes_nothing(copy, url):
    before = everything(copy)
    with pytest.raises(SystemExit, match="must look like https://github.com/owner/name"):
        repository.main([url], copy)
    assert everything(copy) == before


def test_a_damaged_notebook_changes_nothing(copy):
    (copy / "notebooks" / "01_example.ipynb").write_text("{")
    before = everything(copy)
    with pytest.raises(SystemExit, match=r"notebooks/01_example.ipynb is damaged"):
        repository.main([URL], copy)
    assert everything(copy) == before


def test_a_config_without_the_line_is_an_error(copy):
    (copy / "_config.yml").write_text("title: x\n")
    with pytest.raises(SystemExit, match="no readable section `repository:`"):
        repository.main([URL], copy)
