"""The pages around the chapters: glossary, bibliography, notation, preface, how to contribute."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
# the chapters of the book are those in its table of contents; a draft may lie beside them
CONTENTS = (ROOT / "_toc.yml").read_text("utf8")
CHAPTERS = [
    path
    for path in sorted((BOOK / "chapters").glob("*.md"))
    if re.search(rf"^\s*- file: notebooks/{path.stem}$", CONTENTS, re.MULTILINE)
]
PAGES = sorted(BOOK.glob("*.md"))
AROUND = [BOOK / name for name in ("preface.md", "notation.md", "glossary.md", "bibliography.md")]
TOP = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<target>[^()\s]+)\)")

# Words without which the glossary would not be complete.
CORE = """
    accuracy, activation function, Adam, affine map, autocast, automatic differentiation,
    backpropagation, baseline, batch, bfloat16, bias, channel, condition number, convex,
    cross-entropy, data leakage, decision boundary, early stopping, epoch, finite difference, GELU,
    GPU, gradient, gradient descent, Hessian, hidden layer, hyperparameter, Jacobian, layer,
    leaky ReLU, learning rate, linearly separable, logit, loss, maximum likelihood,
    mean squared error, mini-batch, momentum, multi-layer perceptron, neuron, Newton's method,
    one-hot, over-fitting, parameter, perceptron, ReLU, saddle point, sigmoid, softmax,
    stochastic gradient descent, tanh, tensor, test set, training set, validation set, weight, XOR
"""
CORE = {term.strip() for term in CORE.replace("\n", " ").split(",")}

# Words that mean something else as often as not: their author decides where to link them.
EVERYDAY = {"model", "norm", "step", "value"}
# Phrases in which a word of the glossary has another sense.
OTHER_SENSES = ["(?:batch|layer|RMS) norms?"]


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


bibliography = tool("bibliography")


# --- reading Markdown ---------------------------------------------------------------------------


def slug(heading):
    """The anchor that GitHub and MyST make of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def without_code(text):
    """Without front matter, cell marks, code blocks and code spans."""
    text = re.sub(r"\A---\n.*?^---\n", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^(`{3,}|~{3,}).*?^\1[ \t]*$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^\+\+\+.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", text)


def without_math(text):
    return re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", " ", text, flags=re.DOTALL)


def anchors(path):
    text = without_code(path.read_text("utf8"))
    return [slug(match) for match in re.findall(r"^#{1,6} +(.+)$", text, re.MULTILINE)]


def links(path):
    """(text, target) of every link of a page that does not lead to another host."""
    for match in LINK.finditer(without_code(path.read_text("utf8"))):
        if "://" not in match["target"] and not match["target"].startswith("mailto:"):
            yield match["text"], match["target"]


def resolves(path, target):
    """Does a link on a page lead to an existing file and, in Markdown, to an existing heading?"""
    # links of a chapter are written as seen from its notebook
    folder = ROOT / "notebooks" if path in CHAPTERS else path.parent
    name, _, anchor = target.partition("#")
    place = (folder / name).resolve() if name else path
    if place.suffix == ".ipynb" and not place.exists():  # before its first run
        place = BOOK / "chapters" / f"{place.stem}.md"
    if not place.exists():
        # the concept index is written from the chapters when the book is built
        return place == BOOK / "concepts.md"
    return not anchor or place.suffix != ".md" or anchor in anchors(place)


def glossary():
    """The entries in the order of the page: [(letter, term, definition)]."""
    entries, letter = [], None
    for part in re.split(r"^(?=##)", (BOOK / "glossary.md").read_text("utf8"), flags=re.MULTILINE):
        head, _, body = part.partition("\n")
        if head.startswith("### "):
            entries.append((letter, head[4:], body.strip()))
        elif head.startswith("## "):
            letter = head[3:]
    return entries


TERMS = {slug(term): term for _, term, _ in glossary()}


def term_pattern(term):
    """A term as it may stand in a sentence: any case of the first letter, singular or plural."""
    words = re.escape(term).replace(r"\ ", r"\s+").replace(r"\-", r"[\s-]?")
    words = words.replace("'", "['’]")
    ending = r"(?:e?s)?" if not term.endswith("s") else ""
    return re.compile(rf"(?<![\w-]){words}{ending}(?![\w-])", re.IGNORECASE)


def chapter_prose(path):
    """What a chapter says, without its header, which announces, and its list of further reading.

    Code, formulas, headings and the descriptions of pictures are no prose.
    """
    cells = re.split(r"^\+\+\+(.*)$", path.read_text("utf8"), flags=re.MULTILINE)
    told = [
        text
        for marks, text in zip(cells[1::2], cells[2::2], strict=True)
        if not {"header", "go-further"} & set(re.findall(r"[\w-]+", marks))
    ]
    text = without_math(without_code("".join(told)))
    return re.sub(r"^#.*$|!\[[^\]]*\]\([^)]*\)", "", text, flags=re.MULTILINE)


def glossary_term(target):
    """The term that a link explains, or None when it leads elsewhere."""
    match = re.fullmatch(r"\.\./book/glossary\.md#(\S+)", target)
    return match and match[1]


def blank(match):
    return "·" * len(match[0])


def first_uses(prose):
    """slug -> place of the first use outside links; a longer term hides the shorter one in it."""
    text = re.sub(r"https?://\S+", blank, LINK.sub(blank, prose))
    for phrase in OTHER_SENSES:
        text = re.sub(rf"(?<!\w){phrase}(?!\w)", blank, text, flags=re.IGNORECASE)
    places = {}
    for term in sorted(TERMS.values(), key=len, reverse=True):
        use = term_pattern(term).search(text)
        if use:
            places[slug(term)] = use.start()
            text = term_pattern(term).sub(blank, text)
    return places


def links_missing(prose, known):
    """Terms used before their first link to the glossary, and those never linked nor known."""
    links_of = {}
    for link in LINK.finditer(prose):
        links_of.setdefault(glossary_term(link["target"]), link.start())
    return sorted(
        term
        for term, place in first_uses(prose).items()
        if term not in EVERYDAY
        and (place < links_of[term] if term in links_of else term not in known)
    )


# --- glossary -----------------------------------------------------------------------------------


def test_glossary_terms_are_in_alphabetical_order_under_their_letter():
    slugs = [slug(term) for _, term, _ in glossary()]
    assert slugs == sorted(slugs)
    assert all(letter == slug(term)[0].upper() for letter, term, _ in glossary())


def test_glossary_opens_with_a_link_to_every_letter():
    row = " · ".join(f"[{c}](#{c.lower()})" for c in dict.fromkeys(c for c, _, _ in glossary()))
    assert f"\n\n{row}\n\n## A\n" in (BOOK / "glossary.md").read_text("utf8")


def test_glossary_defines_each_term_once():
    names = anchors(BOOK / "glossary.md")
    assert len(names) == len(set(names)), "two headings of the glossary share an address"
    assert len(TERMS) >= 120


@pytest.mark.parametrize(
    "term, text", [pytest.param(term, text, id=slug(term)) for _, term, text in glossary()]
)
def test_glossary_entry_is_a_short_definition_that_names_its_chapter(term, text):
    chapter = re.search(r"\*(?:\[Chapter (\d+)\]\(\S+\)|Chapter (\d+) \(planned\))\.\*$", text)
    assert chapter, "the entry must end with its chapter"
    definition = text[: chapter.start()].strip()
    assert "\n" not in definition, "one paragraph"
    assert definition.endswith((".", ".)")) and len(definition.split()) >= 6
    assert len(definition.split()) <= 90, "two to four sentences"
    number = int(chapter[1] or chapter[2])
    exists = any(path.name.startswith(f"{number:02d}_") for path in CHAPTERS)
    assert bool(chapter[1]) == exists, "link a chapter that exists, and only such a one"
    assert term.strip() == term


def test_glossary_core_terms_are_all_defined():
    assert {slug(term) for term in CORE} <= set(TERMS)


def test_glossary_numbers_are_right():
    text = (BOOK / "glossary.md").read_text("utf8")
    sizes = [784, 16, 16, 10]
    parameters = sum((n + 1) * m for n, m in zip(sizes[:-1], sizes[1:], strict=True))
    assert f"784-16-16-10 has {parameters:,} of them" in text
    assert f"8,000 examples and [mini-batches](#mini-batch) of 32 it takes {8000 // 32}" in text


# --- links --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, *CHAPTERS], ids=lambda path: path.stem)
def test_every_link_of_a_page_leads_somewhere(path):
    dead = [target for _, target in links(path) if not resolves(path, target)]
    assert not dead


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_links_each_term_where_it_is_first_used(path):
    earlier = [target for other in CHAPTERS if other < path for _, target in links(other)]
    known = {glossary_term(target) for target in earlier}
    here = {glossary_term(target) for _, target in links(path)} - {None}
    assert len(here) >= 10, f"only {len(here)} terms are linked to the glossary"
    missing = links_missing(chapter_prose(path), known)
    assert not missing, f"link these words to the glossary at their first use: {', '.join(missing)}"


def test_a_word_used_before_its_link_is_noticed():
    link = "[{0}](../book/glossary.md#{1})"
    layer = link.format("layers", "layer")
    assert links_missing(f"Two {layer} of one layer.", set()) == []
    assert links_missing(f"One layer, of two {layer}.", set()) == ["layer"]
    assert links_missing("One layer, never linked.", set()) == ["layer"]
    assert links_missing("One layer, linked in an earlier chapter.", {"layer"}) == []
    assert links_missing("A player; a layer-cake; multilayer.", set()) == []
    hidden = link.format("hidden layer", "hidden-layer")
    assert links_missing(f"A {hidden}, then more hidden layers.", set()) == []
    assert links_missing("Stochastic gradient descent, once.", set()) == [
        "stochastic-gradient-descent"
    ]


def test_prose_is_what_a_chapter_tells(tmp_path):
    chapter = tmp_path / "chapter.md"
    chapter.write_text(
        '---\nkernelspec: weight\n---\n\n+++ {"tags": ["header"]}\n\nA neuron.\n\n+++\n\n'
        "## A layer\n\nOne $gradient$ and `tensor` and ![a sigmoid](x.png).\n\n"
        "```{code-cell} ipython3\nrelu\n```\n"
        '\n+++ {"tags": ["go-further"]}\n\n- *Perceptrons*\n',
        "utf8",
    )
    assert chapter_prose(chapter).split() == ["One", "and", "and", "."]


@pytest.mark.parametrize(
    "path, following", [*zip(CHAPTERS[:-1], CHAPTERS[1:], strict=True)], ids=lambda path: path.stem
)
def test_chapter_closes_with_a_link_to_the_next(path, following):
    close = path.read_text("utf8").rpartition("**Next:** ")[2]
    number = int(following.stem[:2])
    assert close.startswith(f"[chapter {number}]({following.stem}.ipynb) ")


def test_a_dead_link_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n[a](#a-page) [b](#b) [c](gone.md)\n", "utf8")
    assert [t for _, t in links(page) if not resolves(page, t)] == ["#b", "gone.md"]


# --- bibliography -------------------------------------------------------------------------------


ENTRIES = bibliography.read_bib((BOOK / "references.bib").read_text("utf8"))


def citations():
    """Keys that a page or chapter links to, the bibliography itself aside."""
    return {
        target.split("#")[1]
        for path in [*PAGES, *CHAPTERS, *TOP]
        if path.name != "bibliography.md"
        for _, target in links(path)
        if re.search(r"bibliography\.md#", target)
    }


def test_bibliography_is_what_the_references_give():
    assert (BOOK / "bibliography.md").read_text("utf8") == bibliography.render(ENTRIES)


@pytest.mark.parametrize("key", ENTRIES)
def test_reference_can_be_found(key):
    entry = ENTRIES[key]
    first = bibliography.key_for(entry)
    assert key == first or (key == first + "b" and first in ENTRIES)  # a second work of that year
    assert re.fullmatch(r"1[89]\d\d|20\d\d", entry["year"])
    assert any(name in entry for name in ("doi", "eprint", "isbn", "url"))
    if "doi" in entry:
        assert re.fullmatch(r"10\.\d{4,5}/\S+", entry["doi"])
    if "eprint" in entry:
        assert re.fullmatch(r"\d{4}\.\d{4,5}", entry["eprint"])
    if "isbn" in entry:
        digits = [int(digit) for digit in entry["isbn"].replace("-", "")]
        assert len(digits) == 13
        assert sum(d * (1, 3)[i % 2] for i, d in enumerate(digits)) % 10 == 0
    if "url" in entry:
        assert re.fullmatch(r"https?://\S+", entry["url"])


def test_every_citation_is_in_the_bibliography():
    assert citations() <= set(ENTRIES)


def test_every_reference_is_cited_or_general():
    general = {key for key, entry in ENTRIES.items() if entry.get("keywords") == "general"}
    unused = sorted(set(ENTRIES) - citations() - general)
    assert not unused, f"cite them, mark them general, or take them out: {', '.join(unused)}"


@pytest.mark.parametrize(
    "text, message",
    [
        ("nonsense\n", "line 1: expected `@type{key,`"),
        ("@book{a1,\n  author = {A},\n", "a1 is not closed"),
        ("@book{a1,\n  author = A,\n}\n", "line 2: expected"),
        ("@book{a1,\n  writer = {A},\n}\n", "with a known field"),
        ("@book{a1,\n  year = {1},\n  year = {2},\n}\n", "year twice"),
        ("@book{a1,\n  year = {1},\n}\n", "lacks author, title, annote"),
        (
            "@book{a1,\n  author = {A},\n  title = {T},\n  year = {1},\n  annote = {N.},\n}\n",
            "needs a way to be found",
        ),
        (
            "@book{a1,\n  author = {A},\n  title = {T},\n  year = {1},\n  annote = {N.},\n"
            "  isbn = {1},\n}\n@book{a1,\n}\n",
            "a1 is used twice",
        ),
    ],
)
def test_faulty_references_are_refused_in_one_sentence(text, message):
    with pytest.raises(bibliography.BibliographyError, match=re.escape(message)):
        bibliography.read_bib(text)


def test_authors_are_named_in_full_and_joined_with_and():
    assert bibliography.author_names("Ho, Jo") == "Jo Ho"
    assert bibliography.author_names("A, B and C, D") == "B A and D C"
    assert bibliography.author_names("A, B and C, D and E, F") == "B A, D C and F E"
    assert bibliography.author_names("A, B and others") == "B A et al."


def test_brackets_of_a_doi_do_not_break_its_link():
    text = bibliography.locators({"doi": "10.1016/0893-6080(91)90009-T"})
    assert "https://doi.org/10.1016/0893-6080%2891%2990009-T" in text
    assert len(LINK.findall(text)) == 1


# --- prose --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*AROUND, *TOP, *CHAPTERS], ids=lambda path: path.stem)
def test_prose_has_no_exclamation_marks(path):
    text = without_math(without_code(path.read_text("utf8")))
    text = re.sub(r"!(?=\[)|<!--.*?-->", "", text, flags=re.DOTALL)
    assert not [line for line in text.splitlines() if "!" in line]


@pytest.mark.parametrize("path", [*AROUND, *TOP, *CHAPTERS], ids=lambda path: path.stem)
def test_pages_are_plain_markdown_without_directives_and_roles(path):
    text = path.read_text("utf8")
    fences = re.findall(r"^(?:`{3,}|~{3,}|:{3,})\{([\w-]+)\}", text, re.MULTILINE)
    allowed = {"code-cell"} if path in CHAPTERS else set()
    assert set(fences) <= allowed
    prose = without_math(without_code(text))  # of a role, {name} is left
    assert not re.findall(r"\{[a-z][\w:-]*\}", prose), "a role shows as raw text in Colab"
    assert not re.findall(r"^\([\w-]+\)=$", prose, re.MULTILINE), "a target shows as raw text"


@pytest.mark.parametrize("path", [*AROUND, *TOP], ids=lambda path: path.stem)
def test_headings_do_not_skip_a_level(path):
    levels = [len(m) for m in re.findall(r"^(#+) ", without_code(path.read_text("utf8")), re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels[:-1], levels[1:], strict=True))


# --- what the pages say is so -------------------------------------------------------------------


@pytest.mark.parametrize("path", [*TOP, BOOK / "preface.md"], ids=lambda path: path.stem)
def test_every_make_command_that_a_page_names_exists(path):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf8"), re.MULTILINE)
    text = path.read_text("utf8")
    named = re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text, re.MULTILINE)
    assert named
    assert {first or second for first, second in named} <= set(targets)


def test_every_file_that_contributing_names_exists():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf8")
    named = re.findall(r"`((?:book|nnbook_utils|tests|tools)/[\w/.]*)`", text)
    named += [target for _, target in links(ROOT / "CONTRIBUTING.md")]
    assert len(named) > 10
    examples = {"book/chapters/NN_name.md", "nnbook_utils/check/name.py"}
    gone = {name for name in named if not (ROOT / name).exists()} - examples
    assert not gone


def test_notation_names_the_colours_of_the_palette():
    from nnbook_utils.figures import palette

    text = (BOOK / "notation.md").read_text("utf8")
    for name, word in [
        ("data", "blue"),
        ("weights", "vermillion"),
        ("output", "green"),
        ("gradient", "purple"),
    ]:
        row = next(line for line in text.splitlines() if line.startswith(f"| {word}"))
        assert f"`{palette.LIGHT[name]}`" in row and f"`{palette.DARK[name]}`" in row


def test_preface_links_every_chapter_that_exists_and_no_other():
    named = re.findall(r"notebooks/(\w+)\.ipynb", (BOOK / "preface.md").read_text("utf8"))
    assert set(named) == {path.stem for path in CHAPTERS}


def test_citation_file_agrees_with_the_package_and_the_book():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert str(citation["version"]) == project["version"]
    assert citation["title"] == config["title"]
    assert [author["name"] for author in citation["authors"]] == [config["author"]]
    assert citation["license"] == "MIT"


def test_licences_say_which_is_for_code_and_which_for_text():
    assert (ROOT / "LICENSE").read_text("utf8").startswith("MIT License\n")
    text = (ROOT / "LICENSE-TEXT").read_text("utf8")
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in text
    assert "CC-BY-4.0" in text and "DATA_LICENSES.md" in text
