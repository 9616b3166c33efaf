"""Write book/bibliography.md from book/references.bib: plain Markdown, one heading a work.

    python tools/bibliography.py            write the page
    python tools/bibliography.py --check    exit 1 if the page is not what the references give

The headings are the keys (`rosenblatt1958`), because a heading is the one anchor that the built
book, JupyterLab and GitHub all make for themselves.
"""

import argparse
import os
import re
import sys
import tempfile
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOKS = {"book", "online"}  # entry types of the section "Books and courses"
REQUIRED = ("author", "title", "year", "annote")
LOCATORS = ("doi", "eprint", "isbn", "url")
KNOWN = {*REQUIRED, *LOCATORS, "journal", "booktitle", "publisher", "edition", "volume", "number"}
KNOWN |= {"pages", "keywords"}
HEAD = """# Bibliography

The works that the book cites, and some to go on with. Each has a line about what is in it. \
This page is written by `tools/bibliography.py` from `book/references.bib`: change it there.
"""


class BibliographyError(Exception):
    """One sentence for the user: where the references are wrong and what to do."""


def read_bib(text):
    """The entries of a .bib text, {key: {"type": …, field: value}}; one field a line."""
    entries, key = {}, None
    for number, line in enumerate(text.splitlines(), 1):
        where = f"references.bib, line {number}"
        if key is None:
            start = re.fullmatch(r"@(\w+)\{(\S+),", line)
            if start:
                kind, key = start.groups()
                if key in entries:
                    raise BibliographyError(f"{where}: the key {key} is used twice; rename one.")
                entries[key] = {"type": kind.lower()}
            elif line.strip() and not line.startswith("%"):
                raise BibliographyError(f"{where}: expected `@type{{key,`, got {line!r}.")
        elif line == "}":
            key = None
        else:
            field = re.fullmatch(r"  (\w+) = \{(.+)\},", line)
            if not field or field[1] not in KNOWN:
                raise BibliographyError(
                    f"{where}: expected `  field = {{value}},` with a known field, got {line!r}."
                )
            if field[1] in entries[key]:
                raise BibliographyError(f"{where}: {key} has the field {field[1]} twice.")
            entries[key][field[1]] = field[2]
    if key is not None:
        raise BibliographyError(f"references.bib: the entry {key} is not closed; add a line `}}`.")
    for key, entry in entries.items():
        missing = [name for name in REQUIRED if name not in entry]
        if missing:
            raise BibliographyError(f"references.bib: {key} lacks {', '.join(missing)}; add it.")
        if not any(name in entry for name in LOCATORS):
            raise BibliographyError(
                f"references.bib: {key} needs a way to be found: {', '.join(LOCATORS)}."
            )
    return entries


def key_for(entry):
    """The key that an entry should have: the first author's surname and the year."""
    surname = entry["author"].split(" and ")[0].split(",")[0]
    plain = unicodedata.normalize("NFKD", surname).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", plain.lower()) + entry["year"]


def author_names(field):
    """`Minsky, Marvin and Papert, Seymour` -> `Marvin Minsky and Seymour Papert`."""
    names = [" ".join(reversed(name.split(", "))) for name in field.split(" and ")]
    if names[-1] == "others":
        return ", ".join(names[:-1]) + " et al."
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def place(entry):
    """Where it appeared: journal with volume and pages, or book and publisher; may be empty."""
    where = entry.get("journal") or entry.get("booktitle") or ""
    parts = [where]
    if "volume" in entry:
        number = f"({entry['number']})" if "number" in entry else ""
        parts[0] += f" {entry['volume']}{number}"
    if "edition" in entry:
        parts.append(f"{entry['edition']} edition")
    parts.append(entry.get("publisher", ""))
    if "pages" in entry:
        parts.append(entry["pages"].replace("--", "–"))
    return ", ".join(filter(None, parts))


def locators(entry):
    """Markdown links by which the work is found."""
    found = []
    if "doi" in entry:
        address = entry["doi"].replace("(", "%28").replace(")", "%29")
        found.append(f"[doi:{entry['doi']}](https://doi.org/{address})")
    if "eprint" in entry:
        found.append(f"[arXiv:{entry['eprint']}](https://arxiv.org/abs/{entry['eprint']})")
    if "isbn" in entry:
        found.append(f"ISBN {entry['isbn']}")
    if "url" in entry:
        short = re.sub(r"^https?://(www\.)?", "", entry["url"]).split("/")[0]
        found.append(f"[{short}]({entry['url']})")
    return ", ".join(found)


def render(entries):
    """The whole page as Markdown; the same entries always give the same text."""
    page = [HEAD]
    for title, wanted in (("Books and courses", True), ("Papers", False)):
        page.append(f"## {title}\n")
        for key in sorted(entries):
            entry = entries[key]
            if (entry["type"] in BOOKS) is wanted:
                # a title may itself end a sentence; then no second mark follows
                title_mark = "" if entry["title"][-1] in ".?" else "."
                where = place(entry)
                cited = f"{author_names(entry['author'])} ({entry['year']}). "
                cited += f"*{entry['title']}*{title_mark} {where + '. ' if where else ''}"
                page.append(f"### {key}\n\n{cited}{locators(entry)}.\\\n{entry['annote']}\n")
    return "\n".join(page)


def write(path, text):
    """Write the whole file or leave the old one."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".bibliography")
    try:
        with os.fdopen(handle, "w", encoding="utf8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def main(argv=None):
    parser = argparse.ArgumentParser(description="Write book/bibliography.md.")
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    arguments = parser.parse_args(argv)
    source, page = ROOT / "book" / "references.bib", ROOT / "book" / "bibliography.md"
    try:
        text = render(read_bib(source.read_text("utf8")))
    except (BibliographyError, OSError) as error:
        sys.exit(f"bibliography: {error}")
    old = page.read_text("utf8") if page.exists() else None
    if text == old:
        print("bibliography: up to date")
    elif arguments.check:
        sys.exit("bibliography: book/bibliography.md is stale; run python tools/bibliography.py")
    else:
        write(page, text)
        print(f"bibliography: wrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
