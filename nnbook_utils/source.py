"""Show the package's real source inside a chapter, so that text and code cannot drift apart."""

import ast
import html
import inspect
import textwrap
from pathlib import Path

from .figures.display import publish
from .figures.palette import css

PACKAGE = Path(__file__).resolve().parent


def show_source(obj, *, doc=True):
    """Show the source of a function, class, method or module, straight from the installed file.

    doc=False leaves out the docstrings. Shows highlighted HTML in notebooks and prints plain text
    elsewhere, headed by the file and line where the source stands.
    Raises TypeError for objects without Python source (numbers, built-in functions).
    """
    code, where = _source(obj)
    if not doc:
        code = _without_docstrings(code)
    publish({"text/plain": f"{where}\n\n{code}", "text/html": _html(code, where)})


def _source(obj):
    obj = inspect.unwrap(obj) if callable(obj) else obj
    if isinstance(obj, property):
        obj = obj.fget
    try:
        lines, line = inspect.getsourcelines(obj)
        file = inspect.getsourcefile(obj) or ""
    except (TypeError, OSError) as error:
        raise TypeError(
            f"obj must be a function, class or module written in Python; got {obj!r}, "
            "whose source cannot be read: pass the object itself, not its name or its value"
        ) from error
    code = textwrap.dedent("".join(lines)).rstrip() + "\n"
    path = Path(file).resolve()
    if path.is_relative_to(PACKAGE):
        place = path.relative_to(PACKAGE.parent).as_posix()
        where = place if inspect.ismodule(obj) else f"{place}, line {max(line, 1)}"
    elif "ipykernel" in file or file.startswith("<"):
        where = "this notebook"
    else:
        where = path.name if inspect.ismodule(obj) else f"{path.name}, line {max(line, 1)}"
    return code, where


def _without_docstrings(code):
    lines = code.splitlines(keepends=True)
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node) is None or len(node.body) < 2:
            continue  # a body that is nothing but its docstring keeps it
        text, following = node.body[0], node.body[1]
        end = min(following.lineno, *_decorator_lines(following)) - 1
        while end > text.end_lineno and lines[end - 1].lstrip().startswith("#"):
            end -= 1  # a comment belongs to what follows it
        for i in range(text.lineno - 1, end):
            lines[i] = None
    return "".join(line for line in lines if line is not None)


def _decorator_lines(node):
    return [d.lineno for d in getattr(node, "decorator_list", [])] or [node.lineno]


# The page's own colours where it has them, JupyterLab's editor colours next, light ones else.
_PAPER = css("paper", "var(--jp-cell-editor-background, #ffffff)")
_INK = css("ink", "var(--jp-content-font-color1, #1b1f24)")
_MUTED = css("muted", "var(--jp-content-font-color2, #5a6270)")
_RULE = css("grid", "var(--jp-border-color2, #d9dde3)")
_COLORS = {
    "Comment": css("muted", "var(--jp-mirror-editor-comment-color, #5a6270)"),
    "Literal.String": css("output_text", "var(--jp-mirror-editor-string-color, #00694D)"),
    "Literal.Number": css("data_text", "var(--jp-mirror-editor-number-color, #00619A)"),
    "Keyword": css("weights_text", "var(--jp-mirror-editor-keyword-color, #B04A00)"),
    "Operator.Word": css("weights_text", "var(--jp-mirror-editor-keyword-color, #B04A00)"),
    "Name.Function": css("data_text", "var(--jp-mirror-editor-def-color, #00619A)"),
    "Name.Class": css("data_text", "var(--jp-mirror-editor-def-color, #00619A)"),
    "Name.Decorator": css("gradient_text", "var(--jp-mirror-editor-meta-color, #9B4A78)"),
}


def _html(code, where):
    return (
        f'<figure class="nnb-source" style="margin:0.6em 0;border:1px solid {_RULE};'
        f'border-radius:6px;overflow:hidden;background:{_PAPER};color:{_INK}">'
        f'<figcaption style="margin:0;padding:0.35em 0.9em;color:{_MUTED};font-size:0.85em;'
        f'border-bottom:1px solid {_RULE};text-align:left">{html.escape(where)}</figcaption>'
        f'<pre tabindex="0" role="region" aria-label="Source of {html.escape(where)}" '
        f'style="margin:0;padding:0.7em 0.9em;overflow-x:auto;white-space:pre;border:0;'
        f'font-size:0.85em;line-height:1.45;background:{_PAPER};color:{_INK}">'
        f'<code style="background:none;color:inherit;padding:0;border:0">{_highlighted(code)}'
        "</code></pre></figure>"
    )


def _highlighted(code):
    from pygments import lex
    from pygments.lexers import PythonLexer

    out = []
    for kind, text in lex(code, PythonLexer()):
        name = str(kind).removeprefix("Token.")
        color = next((c for start, c in _COLORS.items() if name.startswith(start)), None)
        text = html.escape(text)
        out.append(f'<span style="color:{color}">{text}</span>' if color else text)
    return "".join(out)
