"""What every page knows beside its text: where it can be opened, and what it has to load."""

import re
from pathlib import Path

from docutils import nodes

# the classes of code that book.css colours; all others need no element of their own
COLOURED = (
    "[cks]|c1|ch|cm|cs|sd|kn|kd|kr|ow|kc|s1|s2|sa|sb|sc|se|si|sr|ss|dl|mi|mf|mh|mb|mo|il|m|"
    "nf|fm|nc|nd|gp"
)
PLAIN_CODE = re.compile(rf'<span class="(?!(?:{COLOURED})")[a-z][a-z0-9]?">([^<]*)</span>')
# code that is printed on one page
SHORT = re.compile(r'<div class="highlight">(?=<pre>(?:[^\n]*\n){1,16}</pre>)')
# a row of book/concepts.md: an idea, and the section that teaches it
CONCEPT = re.compile(r"^\| (.+?) \| \[\d+, (.+?)\]\((?:\.\./)?([^)]+?)\.ipynb#", re.MULTILINE)
COLAB = "https://colab.research.google.com/github"


def add_context(app, docname, template, context, doctree):
    """Names for the theme's templates; connected to `html-page-context`."""
    body = PLAIN_CODE.sub(r"\1", context.get("body", ""))
    context["body"] = SHORT.sub('<div class="highlight short">', body)
    context["page"] = Page(app, docname, context.get("body", ""))
    card = "_static/social-card.png"
    base = app.config.html_baseurl.rstrip("/")
    context["page"].card = f"{base}/{card}" if base else context["pathto"](card, 1)


class Page:
    """One page of the book, as its template sees it."""

    def __init__(self, app, docname, body):
        self.is_home = docname == app.config.root_doc
        self.has_explorers = 'class="nnb-live"' in body
        self.has_math = 'class="katex' in body
        self.description = app.config.nnbook_description
        options = app.config.html_theme_options
        self.repository = options.get("repository_url", "").rstrip("/")
        self.branch = options.get("repository_branch") or "main"
        exists = docname in app.env.found_docs
        self.source = app.env.doc2path(docname, base=False) if exists else ""
        self.is_notebook = self.source.endswith(".ipynb")
        self.name = docname.rsplit("/", 1)[-1]
        self.concepts = concepts(app.srcdir) if docname == "search" else []
        self.sections = list(sections(app.env.tocs[docname])) if exists else []

    @property
    def colab(self):
        """Where Google Colab opens this chapter; "" while the book has no repository."""
        if not (self.repository.startswith("https://github.com/") and self.is_notebook):
            return ""
        place = self.repository.removeprefix("https://github.com/")
        return f"{COLAB}/{place}/blob/{self.branch}/{self.source}"

    @property
    def edit(self):
        """Where this page's text can be changed; "" while the book has no repository."""
        if not (self.repository and self.source):
            return ""
        source = f"book/chapters/{self.name}.md" if self.is_notebook else self.source
        return f"{self.repository}/edit/{self.branch}/{source}"


def concepts(folder):
    """The concept index, for the search: (idea, page, title of the section that teaches it)."""
    index = Path(folder, "book/concepts.md")
    rows = CONCEPT.findall(index.read_text("utf8")) if index.is_file() else []
    return [(idea, page, section) for idea, section, page in rows]


def sections(toc):
    """The main headings below a page's title, as (link, text)."""
    for page in toc.children[:1]:
        headings = [part for part in page.children if isinstance(part, nodes.bullet_list)]
        items = headings[0].children if headings else []
        for item in (item for item in items if isinstance(item, nodes.list_item)):
            for reference in item.children[0].findall(nodes.reference):
                yield reference["anchorname"], reference.astext()
