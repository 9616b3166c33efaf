"""A stored notebook, made ready for a page: pictures inline, explorers with their state."""

import re

from . import explorers, svg

BADGE = re.compile(r"^\[!\[[^\]]*\]\([^)]*\)\]\([^)]*\)[ \t]*$\n*", re.MULTILINE)
SOLUTION = "the solution"  # "Show the solution", "Hide the solution"
SOLVED = re.compile(r"\s*# Solution\b")
CHECKED = re.compile(r"\A# NBVAL_[A-Z_]+\n")


class PageError(ValueError):
    """One sentence: which cell of which notebook cannot become a page, and why."""


def prepare(notebook, name, palette):
    """Change a notebook (a dict as stored) so that its page needs nothing but its own files.

    Outputs with a picture or an explorer become HTML, and the widget state that they carry leaves
    the notebook's metadata. -> (notebook, number of explorers, letters that its pictures share)
    Raises PageError for a stored error, and for a picture without a description.
    """
    states = notebook["metadata"].pop("widgets", {}).get(explorers.STATE, {}).get("state", {})
    live = pictures = 0
    letters = svg.Letters()
    for number, cell in enumerate(notebook["cells"], 1):
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] != "code":
            # the badge is an outside picture; the page has a button of its own for it
            if "header" in tags:
                cell["source"] = BADGE.sub("", _text(cell["source"]))
            continue
        fold(cell, tags)
        cell["source"] = CHECKED.sub("", _text(cell["source"]))  # a note to the tests
        for output in cell["outputs"]:
            place = f"cell {number} of {name}"
            if output["output_type"] == "error":
                raise PageError(
                    f"{place} stopped with {output['ename']}: {output['evalue']}; mend the cell "
                    "and run the notebook again (make notebooks)"
                )
            bundle = output.get("data", {})
            bundle.update({kind: _text(value) for kind, value in bundle.items()})
            if explorers.is_live(bundle, states):
                live += 1
            pictures += "image/svg+xml" in bundle
            output_html = show(bundle, states, f"p{pictures}-", place, palette, letters)
            if output_html is not None:
                output["data"] = {"text/html": output_html}
                output["metadata"] = {}
            else:
                bundle.pop(explorers.VIEW, None)  # a plain widget: its text stands for it
    return notebook, live, letters


def show(bundle, states, prefix, place, palette, letters):
    """The HTML of an output that is a picture or an explorer; None for any other."""
    try:
        if explorers.is_live(bundle, states):
            return explorers.place(bundle, states, still(bundle, prefix, palette, letters))
        if "image/svg+xml" in bundle:
            picture = still(bundle, prefix, palette, letters)
            shape = " nnb-strip" if svg.is_strip(picture) else ""
            return f'<figure class="nnb-picture{shape}">{picture}</figure>'
    except svg.SvgError as error:
        raise PageError(f"{place}: {error}") from error
    if any(kind.startswith("image/") for kind in bundle):
        raise PageError(
            f"{place} shows a picture without a description; show it by figures.show(fig, alt=…)"
        )
    return None


def still(bundle, prefix, palette, letters):
    """The picture in a bundle as inline SVG, described by the bundle's text; "" without one."""
    if "image/svg+xml" not in bundle:
        return ""
    alt = bundle.get("text/plain", "").strip()
    if len(alt) < 20 or alt.startswith("<"):
        raise svg.SvgError("the picture has no description of at least 20 characters")
    return svg.inline(bundle["image/svg+xml"], alt, prefix, palette, letters)


def fold(cell, tags):
    """Solutions, set-up and hidden code are folded, each under a heading that says what it is."""
    if "solution" in tags or "hide-cell" in tags:
        solved = "solution" in tags or SOLVED.match(_text(cell["source"]))
        hide, heading = "hide-cell", SOLUTION if solved else "Code and output"
    elif "setup" in tags:
        hide, heading = "hide-input", "Set-up code"
    elif "hide-input" in tags:
        drawn = any("image/svg+xml" in output.get("data", {}) for output in cell["outputs"])
        hide, heading = "hide-input", "Code of this figure" if drawn else "Code"
    else:
        return
    cell["metadata"]["tags"] = [*tags, hide] if hide not in tags else tags
    cell["metadata"]["mystnb"] = {"code_prompt_show": heading, "code_prompt_hide": heading}


def _text(value):
    """Jupyter stores text as one string or as a list of lines."""
    return "".join(value) if isinstance(value, list) else value
