"""Say where the book lives, everywhere at once: badges, set-up cells, edit links, citation.

    python tools/repository.py https://github.com/owner/name     (make repository URL=...)
    python tools/repository.py ""                                 the book has no home

The address stands in one place, `repository.url` in _config.yml. From it this file makes the
Colab badge under a chapter's title and the set-up cell, in the text sources and in the notebooks,
and the line `repository-code` of CITATION.cff.
Nothing is executed again: neither changes what a notebook computes.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent
BADGE = re.compile(r"^\[!\[Open in Colab\]\([^)]*\)\]\([^)]*\)\n+", re.MULTILINE)
TITLE = re.compile(r"^# .+\n+", re.MULTILINE)
CODE_CELL = re.compile(
    r"^(?P<fence>`{3,})\{code-cell\}[^\n]*\n"
    r"(?P<options>(?:---\n.*?^---\n|(?:[ \t]*:[^\n]*\n)*))"
    r"(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
URL = re.compile(r"https://github\.com/[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+")
URL_LINE = re.compile(r"^(repository:[ \t]*\n(?:[ \t]+[^\n]*\n)*?[ \t]+url:)[^\n]*$", re.MULTILINE)


class Home(NamedTuple):
    """Where the book lives: `repository` in _config.yml. An empty url stands for nowhere yet."""

    url: str = ""
    branch: str = "main"


class RepositoryError(Exception):
    """One sentence for the user: what is wrong and what to do."""


def validate(url):
    """The address without a final slash or `.git`; "" stands for no home."""
    url = url.strip()
    if not url:
        return ""
    short = url.rstrip("/").removesuffix(".git")
    if not URL.fullmatch(short) or short.endswith(("/.", "/..")):
        raise RepositoryError(
            f"The address must look like https://github.com/owner/name, and {url!r} does not; "
            'give such an address, or "" for none.'
        )
    return short


def settings(root):
    """The section `repository` of _config.yml."""
    config = root / "_config.yml"
    try:
        section = yaml.safe_load(config.read_text("utf8"))["repository"]
        return {key: str(section.get(key) or "") for key in ("url", "branch")}
    except FileNotFoundError:
        return {"url": "", "branch": ""}
    except (yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
        raise RepositoryError(
            "_config.yml has no readable section `repository:` with a line `url:`; put it back."
        ) from error


def read_home(root=ROOT):
    """The home that _config.yml names."""
    section = settings(root)
    return Home(validate(section["url"]), section["branch"] or "main")


def with_url(config, url):
    """The text of _config.yml with another `repository.url`."""
    changed, times = URL_LINE.subn(lambda match: f'{match[1]} "{url}"', config)
    if times != 1:
        raise RepositoryError(
            "_config.yml has no line `url:` below `repository:`; put it back and try again."
        )
    return changed


def badge(home, name):
    """The line under a chapter's title that opens it in Colab; nothing without a repository."""
    if not home.url:
        return ""
    place = home.url.removeprefix("https://github.com/")
    return (
        "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
        f"(https://colab.research.google.com/github/{place}/blob/{home.branch}/notebooks/{name}.ipynb)"
    )


def setup_cell(home):
    """The set-up cell of every chapter."""
    source = (Path(__file__).parent / "setup_cell.py").read_text("utf8").rstrip("\n")
    archive = f"{home.url}/archive/{home.branch}.zip" if home.url else ""
    return source.replace('"ARCHIVE"', f'"{archive}"')


def header(text, home, name):
    """A header cell's text with its badge made anew, just under the title."""
    text = BADGE.sub("", text)
    line = badge(home, name)
    if not line:
        return text
    return TITLE.sub(lambda match: f"{match[0].rstrip()}\n\n{line}\n\n", text, count=1)


def chapter(text, home, name):
    """A chapter's source with its badge and its set-up cell made anew."""

    def renew(match):
        if not re.search(r"\bsetup\b", match["options"]):
            return match[0]
        opening = match[0][: match.start("body") - match.start()]
        return f"{opening.rstrip()}\n\n{setup_cell(home)}\n{match['fence']}"

    return CODE_CELL.sub(renew, header(text, home, name))


def write(path, text):
    """Replace a file in one step, and only when its text changed. -> changed or not"""
    if path.exists() and path.read_text("utf8") == text:
        return False
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True


def as_text(book):
    """What stands in the file of a notebook."""
    return nbformat.writes(book).rstrip("\n") + "\n"


def notebook(text, home, name):
    """A stored notebook with badge and set-up cell made anew; its outputs stay."""
    try:
        book = nbformat.reads(text, as_version=4)
    except Exception as error:
        raise RepositoryError(
            f"notebooks/{name}.ipynb is damaged; delete it and run: make notebooks"
        ) from error
    for cell in book.cells:
        tags = cell.metadata.get("tags", [])
        if "header" in tags:
            cell.source = header(cell.source + "\n", home, name).rstrip("\n")
        if "setup" in tags:
            cell.source = setup_cell(home)
    return as_text(book)


def citation(text, home, name):
    """CITATION.cff with the address of the code; without such a line where there is none."""
    text = re.sub(r"^repository-code:.*\n", "", text, flags=re.MULTILINE)
    line = f'repository-code: "{home.url}"\n' if home.url else ""
    return re.sub(r"^(version:.*\n)", lambda match: match[0] + line, text, flags=re.MULTILINE)


def disagreements(root=ROOT):
    """One sentence for each file whose address is not that of _config.yml."""
    home = read_home(root)
    for path, renew in files(root):
        text = path.read_text("utf8")
        if renew(text, home, path.stem) != text:
            what = "address" if renew is citation else "badge or set-up cell"
            yield (
                f"{path.relative_to(root)} has another {what} than "
                f'_config.yml asks for; run: make repository URL="{home.url}"'
            )


def files(root):
    if (root / "CITATION.cff").exists():
        yield root / "CITATION.cff", citation
    for path in sorted((root / "book/chapters").glob("*.md")):
        yield path, chapter
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        yield path, notebook


def change(url, root=ROOT):
    """Write the address everywhere. -> the files that changed"""
    home = Home(validate(url), settings(root)["branch"] or "main")
    config = root / "_config.yml"
    if not config.exists():
        raise RepositoryError("_config.yml is missing; run this in a clone of the book.")
    wanted = {config: with_url(config.read_text("utf8"), home.url)}
    for path, renew in files(root):
        wanted[path] = renew(path.read_text("utf8"), home, path.stem)
    return [path for path, text in wanted.items() if write(path, text)]


def main(arguments=None, root=ROOT):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", help='https://github.com/owner/name, or "" for none')
    options = parser.parse_args(arguments)
    try:
        changed = change(options.url, root)
    except RepositoryError as error:
        sys.exit(f"repository: {error}")
    for path in changed:
        print(path.relative_to(root))
    print(f"{len(changed)} files changed; the book lives at {read_home(root).url or 'no address'}")


if __name__ == "__main__":
    main()
