"""The book's Sphinx extension: live explorers, figures that follow the theme, a light page.

Jupyter Book reads the stored notebooks and never runs them. This extension

- puts stored SVG figures inline, so that they follow the light or dark theme (`svg`);
- turns stored widget state into explorers that run without a kernel (`explorers`), and offers
  the directive `{explorer}` for pages that are no notebooks;
- renders formulas while building, with KaTeX in Node (`formulas`);
- brings the book's own theme (`theme/`), which loads nothing from elsewhere.

Whatever it cannot show properly is a warning, and the book is built with warnings as errors.
"""

import json
from pathlib import Path

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from . import explorers, formulas, notebook, pages, svg

HERE = Path(__file__).resolve().parent
# written by other extensions and used by no page of this theme
LEFT_OVER = ("mystnb.*.css", "basic.css", "*.png", "pygments.css")
LOGGER = logging.getLogger(__name__)


class ExplorerDirective(SphinxDirective):
    """An explorer on a page that is no notebook, made while building.

    ```{explorer} LearningRate
    learning_rate: 0.1
    ```
    """

    has_content = True
    required_arguments = 1
    option_spec = {"class": directives.class_option}

    def run(self):
        name = self.arguments[0]
        settings = yaml.safe_load("\n".join(self.content)) or {}
        number = self.env.new_serialno("explorer") + 1
        page, prefix = self.env.docname, f"e{number}-"
        letters = svg.Letters(prefix)
        try:
            bundle, states = explorers.build(name, settings, f"{page}#{number}")
            output = notebook.show(bundle, states, prefix, page, palette(), letters)
        except Exception as error:  # a wrong argument raises the explorer's own TraitError
            raise self.error(f"explorer {name}: {error}") from error
        count(self.env, page, number)
        return [nodes.raw("", letters.html() + output, format="html")]


def palette():
    """The colours that follow the theme. Imported late: matplotlib comes with it."""
    from nnbook_utils.figures.palette import LIGHT

    return LIGHT


def count(env, docname, number):
    """Remember how many explorers a page has; the build checks its HTML against it."""
    env.nnbook_explorers = {**getattr(env, "nnbook_explorers", {}), docname: number}


def read_notebook(app, docname, source):
    """`source-read`: hand MyST-NB a notebook whose outputs a static page can show."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    stored = json.loads(source[0])
    try:
        ready, live, letters = notebook.prepare(stored, docname, palette())
    except notebook.PageError as error:
        LOGGER.warning("%s", error)
        return
    count(app.env, docname, live)
    app.env.nnbook_letters = {**getattr(app.env, "nnbook_letters", {}), docname: letters.html()}
    source[0] = json.dumps(ready)


def add_letters(app, docname, template, context, doctree):
    """The letters of the page's pictures stand before its text, where nothing folds them away."""
    context["body"] = getattr(app.env, "nnbook_letters", {}).get(docname, "") + context.get(
        "body", ""
    )


def visit_fold(translator, node):
    heading = node["prompt_show"]
    kind = "nnb-code"
    if heading == notebook.SOLUTION:
        kind = "nnb-solution"
        heading = f'<span class="show">Show</span><span class="hide">Hide</span> {heading}'
    translator.body.append(f'<details class="nnb-fold {kind}"><summary>{heading}</summary>\n')


def depart_fold(translator, node):
    translator.body.append("</details>\n")


def visit_table(translator, node):
    translator.body.append('<div class="table-wrap">')
    HTML5Translator.visit_table(translator, node)


def depart_table(translator, node):
    HTML5Translator.depart_table(translator, node)
    translator.body.append("</div>\n")


def tidy(app, error):
    """`build-finished`: remove what no page uses; tell the build how many explorers to find."""
    if error or app.builder.name != "html":
        return
    out = Path(app.outdir)
    for pattern in LEFT_OVER:
        for path in (out / "_static").glob(pattern):
            if not (HERE.parent.parent / "_static" / path.name).exists():
                path.unlink()
    counted = getattr(app.env, "nnbook_explorers", {})
    found = {name: counted.get(name, 0) for name in sorted(app.env.found_docs)}
    Path(app.doctreedir, "pages.json").write_text(json.dumps(found), "utf8")


def setup(app):
    app.setup_extension("myst_nb")
    formulas.setup(app)
    app.add_config_value("nnbook_description", "", "html")
    app.add_config_value("comments_config", {}, "")  # Jupyter Book passes it to a part not used
    app.add_html_theme("nnbook", str(HERE / "theme"))
    app.add_directive("explorer", ExplorerDirective)
    app.add_node(HideCodeCellNode, override=True, html=(visit_fold, depart_fold))
    app.add_node(nodes.table, override=True, html=(visit_table, depart_table))
    app.connect("source-read", read_notebook)
    app.connect("html-page-context", pages.add_context)
    app.connect("html-page-context", add_letters)
    app.connect("build-finished", tidy)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
