"""Explorers as HTML, for a page that is not made from a notebook."""

import html
import json

from nnbook_utils import figures

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def fragment(*explorers, name="explorer"):
    """Return HTML that shows the explorers, one after the other, and holds their state.

    The page must load book/_static/explorers.js. Each explorer stands behind its still picture,
    which readers without JavaScript keep. Widget ids are made from name, so that the bytes are the
    same on every run; give two fragments on one page two names.
    """
    places, states = [], {}
    for i, explorer in enumerate(explorers):
        model_id = f"{name}-{i}"
        states[model_id] = {
            "model_name": explorer._model_name,
            "model_module": explorer._model_module,
            "model_module_version": explorer._model_module_version,
            "state": {
                key: value
                for key, value in explorer.get_state().items()
                if key in (*explorer.settings, "question", "initial", "_esm", "_css")
                or key == "_anywidget_id"
            },
        }
        picture = figures.svg(explorer.still(), alt=explorer.description())
        view = {"version_major": 2, "version_minor": 0, "model_id": model_id}
        still = f'<div class="nnb-still">{picture}</div>'
        places.append(f'<div class="nnb-output">{still}{_script(VIEW, view)}</div>')
    state = {"version_major": 2, "version_minor": 0, "state": states}
    return "\n".join([*places, _script(STATE, state)])


def page(*explorers, title="Explorers", host="explorers.js", theme=None):
    """Return a whole HTML page that shows the explorers; host is the path of explorers.js."""
    theme = f' data-theme="{theme}"' if theme else ""
    return (
        f'<!doctype html>\n<html lang="en"{theme}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n"
        '<link rel="icon" href="data:,">\n'
        f'<script defer src="{html.escape(host)}"></script>\n</head>\n<body>\n<main>\n'
        f"<h1>{html.escape(title)}</h1>\n{fragment(*explorers)}\n</main>\n</body>\n</html>\n"
    )


def _script(kind, content):
    # "<" is escaped so that nothing in the content can end the script element
    content = json.dumps(content).replace("<", "\\u003c")
    return f'<script type="{kind}">{content}</script>'
