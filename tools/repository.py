"""Say where the book lives, everywhere at once: badges, set-up cells, edit links.

    python tools/repository.py https://github.com/owner/name     (make repository URL=...)
    python tools/repository.py ""                                 the book has no home

The address stands in one place, `repository.url` in _config.yml. From it this file makes the
Colab badge under a chapter's title and the set-up cell, in the text sources and in the notebooks.
Nothing is executed again: neither changes what a notebook computes.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
import yaml

ROOT = Path(__file__).resolve().parent.parent
BRANCH = "main"  # as `repository.branch` in _config.yml; a test compares them
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


def read_url(root=ROOT):
    """The address that _config.yml names, "" for none."""
    config = root / "_config.yml"
    if not config.exists():
        return ""
    try:
        settings = yaml.safe_load(config.read_text("utf8")) or {}
        return validate((settings.get("repository") or {}).get("url") or "")
    except (yaml.YAMLError, AttributeError) as error:
        raise RepositoryError(f"_config.yml cannot be read: {error}") from error


def with_url(config, url):
    """The text of _config.yml with another `repository.url`."""
    changed, times = URL_LINE.subn(lambda match: f'{match[1]} "{url}"', config)
    if times != 1:
        raise RepositoryError(
            "_config.yml has no line `url:` below `repository:`; put it back and try again."
        )
    return changed


def badge(url, name):
    """The line under a chapter's title that opens it in Colab; nothing without a repository."""
    if not url:
        return ""
    place = url.removeprefix("https://github.com/")
    return (
        "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
        f"(https://colab.research.google.com/github/{place}/blob/{BRANCH}/notebooks/{name}.ipynb)"
    )


def setup_cell(url):
    """The set-up cell of every chapter."""
    source = (Path(__file__).parent / "setup_cell.py").read_text("utf8").rstrip("\n")
    return source.replace('"ARCHIVE"', f'"{url}/archive/{BRANCH}.zip"' if url else '""')


def header(text, url, name):
    """A header cell's text with its badge made anew, just under the title."""
    text = BADGE.sub("", text)
    line = badge(url, name)
    if not line:
        return text
    return TITLE.sub(lambda match: f"{match[0].rstrip()}\n\n{line}\n\n", text, count=1)


def chapter(text, url, name):
    """A chapter's source with its badge and its set-up cell made anew."""

    def renew(match):
        if not re.search(r"\bsetup\b", match["options"]):
            return match[0]
        opening = match[0][: match.start("body") - match.start()]
        return f"{opening.rstrip()}\n\n{setup_cell(url)}\n{match['fence']}"

    return CODE_CELL.sub(renew, header(text, url, name))


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


def notebook(text, url, name):
    """A stored notebook with badge and set-up cell made anew; its outputs stay."""
    book = nbformat.reads(text, as_version=4)
    for cell in book.cells:
        tags = cell.metadata.get("tags", [])
        if "header" in tags:
            cell.source = header(cell.source + "\n", url, name).rstrip("\n")
        if "setup" in tags:
            cell.source = setup_cell(url)
    return nbformat.writes(book) + "\n"


def disagreements(root=ROOT):
    """One sentence for each file whose badge or set-up cell is not that of _config.yml."""
    url = read_url(root)
    for path, renew in files(root):
        text = path.read_text("utf8")
        if renew(text, url, path.stem) != text:
            yield (
                f"{path.relative_to(root)} has another badge or set-up cell than "
                f'_config.yml asks for; run: make repository URL="{url}"'
            )


def files(root):
    for path in sorted((root / "book/chapters").glob("*.md")):
        yield path, chapter
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        yield path, notebook


def change(url, root=ROOT):
    """Write the address everywhere. -> the files that changed"""
    url = validate(url)
    config = root / "_config.yml"
    if not config.exists():
        raise RepositoryError("_config.yml is missing; run this in a clone of the book.")
    wanted = {config: with_url(config.read_text("utf8"), url)}
    for path, renew in files(root):
        wanted[path] = renew(path.read_text("utf8"), url, path.stem)
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
    print(f"{len(changed)} files changed; the book lives at {read_url(root) or 'no address'}")


if __name__ == "__main__":
    main()
