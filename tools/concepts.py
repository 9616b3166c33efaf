"""Make book/concepts.md, the index from ideas to the sections that teach them.

    python tools/concepts.py            write the page (make notebooks does it too)
    python tools/concepts.py --check    say whether it is out of date, and exit with 1

book/concepts.tsv lists the ideas that the book must teach. The Markdown cell that teaches one
carries its id in its metadata, and the page links to the heading above that cell. Chapters that
are not written yet do not appear.
"""

import argparse
import csv
import re
import sys
from pathlib import Path

import nbformat
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
import repository  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# Concept index

Every idea of the book, in reading order, and the section that teaches it. A word that you only
want to look up stands in the [glossary](glossary.md).
"""


def project_concepts(root=ROOT):
    """Rows (id, concept, chapter) of book/concepts.tsv."""
    path = root / "book" / "concepts.tsv"
    if not path.exists():
        return []
    with path.open(encoding="utf8", newline="") as file:
        return [
            (row["id"], row["concept"], row["chapter"])
            for row in csv.DictReader(file, delimiter="\t")
        ]


def anchor(heading, seen):
    """The anchor of a heading, as the book and GitHub make it; a second one alike gets `-1`."""
    words = re.sub(r"[`*$\\]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading))
    slug = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
    seen[slug] = seen.get(slug, 0) + 1
    return slug if seen[slug] == 1 else f"{slug}-{seen[slug] - 1}"


def sections(path):
    """Where a notebook teaches what: concept id -> (heading, anchor) of its first cell."""
    taught, seen = {}, {}
    heading = anchored = None
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "markdown":
            continue
        first = None
        text = re.sub(r"^(`{3,}).*?^\1", "", cell.source, flags=re.MULTILINE | re.DOTALL)
        for found in re.findall(r"^#{1,6} +(.+?)\s*$", text, re.MULTILINE):
            heading, anchored = found, anchor(found, seen)
            first = first or (heading, anchored)
        for concept in cell.metadata.get("concepts", []):
            taught.setdefault(concept, first or (heading, anchored))
    return taught


def parts(root=ROOT):
    """The parts of the book in order: [(caption, [chapter names])], from _toc.yml."""
    path = root / "_toc.yml"
    toc = yaml.safe_load(path.read_text("utf8")) if path.exists() else {}
    return [
        (part["caption"], [Path(entry["file"]).stem for entry in part.get("chapters", [])])
        for part in toc.get("parts", [])
        if "caption" in part
    ]


def page(root=ROOT):
    """The text of book/concepts.md."""
    rows = project_concepts(root)
    found = {path.stem: sections(path) for path in sorted((root / "notebooks").glob("*.ipynb"))}
    lines = [HEAD]
    for caption, names in parts(root):
        table = [row for row in rows if row[2] in names and row[2] in found]
        if not table:
            continue
        lines += [f"## {caption}\n", "| Concept | Section |", "| --- | --- |"]
        for concept, title, chapter in table:
            homes = [(name, found[name][concept]) for name in found if concept in found[name]]
            homes.sort(key=lambda home: home[0] != chapter)  # its own chapter first
            cell = "; ".join(
                f"[{int(name.split('_')[0])}, {heading}](../notebooks/{name}.ipynb#{anchored})"
                for name, (heading, anchored) in homes
            )
            lines.append(f"| {title} | {cell or 'not yet'} |".replace("$", r"\$"))
        lines.append("")
    return "\n".join(lines)


def write(root=ROOT):
    """Bring the page up to date. -> changed or not"""
    return repository.write(root / "book" / "concepts.md", page(root))


def stale(root=ROOT):
    """A sentence when the page is out of date, in a list; else none."""
    path = root / "book" / "concepts.md"
    if path.exists() and path.read_text("utf8") == page(root):
        return []
    return ["book/concepts.md is not up to date; run: make notebooks"]


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether it is out of date")
    if not parser.parse_args(arguments).check:
        print("book/concepts.md:", "written" if write(root) else "up to date")
    elif sentences := stale(root):
        sys.exit(f"concepts: {sentences[0]}")


if __name__ == "__main__":
    main()
