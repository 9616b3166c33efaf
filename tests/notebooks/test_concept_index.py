"""book/concepts.tsv, and the page that is made from it."""

import concepts
import example_chapter
import nbformat
import pytest
import yaml

ROWS = concepts.project_concepts()
# Kept here so that a row that gets lost is noticed
COUNT = 113
NOT_CHAPTERS = {"glossary", "questions"}


def test_the_list_is_complete_and_each_concept_stands_once():
    assert len(ROWS) == COUNT
    assert len({row[0] for row in ROWS}) == COUNT
    assert all(all(field.strip() for field in row) for row in ROWS)


def test_chapters_come_in_reading_order():
    chapters = [row[2] for row in ROWS if row[2] not in NOT_CHAPTERS]
    assert chapters == sorted(chapters)
    assert {int(name[:2]) for name in chapters} == set(range(1, 25))


def test_the_page_is_fresh():
    assert concepts.stale() == []


def test_every_written_chapter_teaches_its_concepts():
    for path in sorted((concepts.ROOT / "notebooks").glob("*.ipynb")):
        taught = concepts.sections(path)
        homeless = [row[0] for row in ROWS if row[2] == path.stem and row[0] not in taught]
        assert not homeless, f"{path.stem} does not teach {', '.join(homeless)}"


def test_no_concept_is_left_open_on_the_page():
    assert "not yet" not in concepts.page()


@pytest.fixture
def book(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "book" / "concepts.tsv").write_text(
        "id\tconcept\tchapter\n"
        "bias\tBias\t01_x\nlayer\tLayer\t01_x\nmomentum\tMomentum\t02_y\nlstm\tLSTM\t09_z\n"
    )
    toc = [
        {"caption": "Before", "chapters": [{"file": "book/preface"}]},
        {"caption": "I First", "chapters": [{"file": "notebooks/01_x"}]},
        {"caption": "II Second", "chapters": [{"file": "notebooks/02_y"}]},
    ]
    (tmp_path / "_toc.yml").write_text(yaml.safe_dump({"parts": toc}))
    cells = {
        "01_x": [
            example_chapter.text("# 1. X"),
            example_chapter.text("## The `bias`, $b$\n\ntext\n\n### More", concepts=["bias"]),
            example_chapter.text("Layers too.", concepts=["layer"]),
        ],
        "02_y": [
            example_chapter.text("# 2. Y\n\n## Again\n\n## Again", concepts=["bias"]),
            example_chapter.text("```\n# no heading\n```", concepts=["momentum"]),
        ],
    }
    for name, content in cells.items():
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=content), path)
    return tmp_path


def test_concepts_link_to_the_heading_that_teaches_them(book):
    page = concepts.page(book)
    assert "](../notebooks/01_x.ipynb#the-bias-b)" in page
    assert "| Layer | [1, More](../notebooks/01_x.ipynb#more) |" in page
    assert "| Momentum | [2, Again](../notebooks/02_y.ipynb#again-1) |" in page


def test_a_concept_taught_twice_names_its_own_chapter_first(book):
    (row,) = [line for line in concepts.page(book).splitlines() if line.startswith("| Bias")]
    assert row.index("01_x.ipynb#the-bias") < row.index("02_y.ipynb#2-y")


def test_parts_are_headings_and_unwritten_chapters_do_not_appear(book):
    page = concepts.page(book)
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## I First",
        "## II Second",
    ]
    assert "LSTM" not in page


def test_the_command_writes_the_page_and_checks_it(book, capsys):
    with pytest.raises(SystemExit, match=r"book/concepts\.md is not up to date"):
        concepts.main(["--check"], book)
    concepts.main([], book)
    assert (book / "book" / "concepts.md").read_text("utf8") == concepts.page(book)
    concepts.main(["--check"], book)
