"""Figures as SVG: sharp at any size, the same bytes on every run, with a description."""

import hashlib
import html
import io
import re

import matplotlib
import numpy as np

SHORTEST_ALT = 20  # characters; less cannot say what a figure shows


def show(fig, alt):
    """Display `fig` as SVG with the description `alt`, and close it.

    The description is what readers hear who cannot see the figure: say what it shows, not that it
    is a figure. Raises ValueError when it is missing or shorter than 20 characters.
    """
    alt = _description(alt)
    text = svg(fig, alt)
    import matplotlib.pyplot as plt

    plt.close(fig)
    publish({"image/svg+xml": text, "text/plain": alt})


def svg(fig, alt=None):
    """The figure as SVG text: opaque paper, letters as paths, no date, no random ids.

    Two calls, also in two processes, give the same bytes. Ids are made from the contents, so that
    many figures can stand in one page.
    """
    if not isinstance(fig, matplotlib.figure.Figure):
        raise TypeError(
            f"fig must be a matplotlib Figure, as plt.subplots() returns it first; "
            f"got {type(fig).__name__}"
        )
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    _settle(fig)
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "nnbook"}):
        fig.savefig(buffer, format="svg", metadata=nothing, facecolor=fig.get_facecolor())
    text = buffer.getvalue()
    text = text[text.index("<svg") :]  # no XML prologue: the text goes inside HTML pages
    text = re.sub(r"\s*<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.S)
    text = _without_style_sheet(text)
    text = re.sub(r' ([dxy]|points)="([^"]*)"', _rounded, text)
    text = _own_ids(text)
    if alt is not None:
        text = text.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1)
    return text


def publish(bundle):
    """Display a bundle of MIME types in a notebook; print its text/plain elsewhere."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:  # pragma: no cover - IPython is a dependency
        get_ipython = lambda: None  # noqa: E731
    if get_ipython() is None:
        print(bundle["text/plain"])
    else:
        display(bundle, raw=True)


def _description(alt):
    if not isinstance(alt, str) or len(alt.strip()) < SHORTEST_ALT:
        raise ValueError(
            f"alt must say in at least {SHORTEST_ALT} characters what the figure shows; "
            f"got {alt!r}: write the sentence you would tell a friend on the telephone"
        )
    return " ".join(alt.split())


def _settle(fig):
    """Draw until the layout no longer moves: constrained layout comes closer with each drawing."""
    places = None
    dpi, fig.dpi = fig.dpi, 72  # what SVG is drawn at
    try:
        for _ in range(8):
            fig.draw_without_rendering()
            before, places = places, [ax.get_position().bounds for ax in fig.axes]
            if before is not None and np.allclose(before, places, rtol=0, atol=1e-10):
                break
    finally:
        fig.dpi = dpi


def _without_style_sheet(text):
    """matplotlib's rule for everything, `*{…}`, would leak into a page: let it be inherited."""
    rule = re.search(r"<defs>\s*<style[^>]*>\*\{([^}]*)\}</style>\s*</defs>\s*", text)
    if rule is None:
        return text
    text = text.replace(rule[0], "", 1)
    return text.replace("<g ", f'<g style="{rule[1]}" ', 1)


def _rounded(match):
    """Coordinates to a hundredth of a point: a third of the size, and no visible difference."""
    name, numbers = match.groups()
    numbers = re.sub(
        r"-?\d+\.\d{3,}(e[-+]?\d+)?", lambda number: f"{float(number[0]):.2f}", numbers
    )
    return f' {name}="{" ".join(numbers.split())}"'


def _own_ids(text):
    """Keep only the ids that something refers to, and make them unique to this figure."""
    prefix = "f" + hashlib.sha256(text.encode()).hexdigest()[:8]
    used = sorted(set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', text)))
    names = {name: f"{prefix}-{i}" for i, name in enumerate(used)}
    text = re.sub(r' id="([^"]+)"', lambda m: f' id="{names[m[1]]}"' if m[1] in names else "", text)
    text = re.sub(r'xlink:href="#([^"]+)"', lambda m: f'xlink:href="#{names[m[1]]}"', text)
    return re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{names[m[1]]})", text)
