"""Explorers on the static page: their stored state, a still picture, and a place reserved."""

import html
import json
import re
import uuid

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
MODEL = re.compile(r"IPY_MODEL_([0-9a-f]{32})")
# what only a Jupyter front end asks for
UNUSED = ("layout", "tabbable", "tooltip")
# tells the host script that an explorer has arrived, also while the rest of the page is on its way
ARRIVED = '<script>dispatchEvent(new Event("nnb-explorer"))</script>'


def is_live(bundle, states):
    """Does this output show an anywidget model, which the page can run without a kernel?"""
    view = bundle.get(VIEW)
    model = states.get(view["model_id"], {}) if view else {}
    return model.get("model_module") == "anywidget"


def needed(model_id, states):
    """The entries of the widget state that this model reaches, itself first."""
    found, waiting = {}, [model_id]
    while waiting:
        name = waiting.pop()
        if name in found or name not in states:
            continue
        entry = dict(states[name])
        entry["state"] = {k: v for k, v in entry["state"].items() if k not in UNUSED}
        found[name] = entry
        waiting += MODEL.findall(json.dumps(entry["state"]))
    return found


def place(bundle, states, still):
    """The HTML of one explorer: what the host script needs, and what stands in for it.

    bundle: an output's MIME bundle; states: the notebook's widget states; still: the picture for
    print and for readers without JavaScript, as HTML.
    """
    model_id = bundle[VIEW]["model_id"]
    entries = needed(model_id, states)
    name = entries[model_id]["state"].get("_anywidget_id", "").rsplit(".", 1)[-1]
    description = str(bundle.get("text/plain", "")).strip()
    state = {"version_major": 2, "version_minor": 0, "state": entries}
    return (
        f'<figure class="nnb-live" data-name="{html.escape(name)}">\n'
        f'<script type="{VIEW}">{_json(bundle[VIEW])}</script>\n'
        f'<script type="{STATE}">{_json(state)}</script>\n'
        f'<div class="nnb-still">{still}<p>{html.escape(description)}</p></div>\n'
        f"</figure>\n{ARRIVED}"
    )


def build(name, settings, page):
    """Make an explorer of the package without a kernel. -> (bundle, states)

    name: a class of nnbook_utils.explorers; settings: its arguments; page: what the model's id is
    made from, so that every build gives the same bytes.
    """
    from ipywidgets import Widget

    from nnbook_utils import explorers

    kind = getattr(explorers, name, None)
    if not (isinstance(kind, type) and issubclass(kind, Widget)):
        raise ValueError(f"nnbook_utils.explorers has no explorer named {name!r}")
    widget = kind(**settings)
    bundle = widget._repr_mimebundle_()
    bundle = dict(bundle[0] if isinstance(bundle, tuple) else bundle)
    stored = Widget.get_manager_state(widgets=[widget])["state"][widget.model_id]
    model_id = uuid.uuid5(uuid.NAMESPACE_URL, page).hex
    states = {model_id: stored}
    bundle[VIEW] = {"version_major": 2, "version_minor": 0, "model_id": model_id}
    widget.close()
    return bundle, states


def _json(value):
    """JSON that can stand inside a script element."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c")
