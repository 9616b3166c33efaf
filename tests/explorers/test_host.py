"""The host script on a page that is still on its way: explorers do not wait for its end."""

import functools
import http.server
import importlib.util
import threading

import pytest
from explorer_harness import HOST, ROOT

pytestmark = pytest.mark.browser


def figure(name, **settings):
    """An explorer as the book's pages hold it."""
    path = ROOT / "book/_ext/nnbook_sphinx/explorers.py"
    spec = importlib.util.spec_from_file_location("explorers_of_pages", path)
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    bundle, states = pages.build(name, settings, f"{name} {settings}")
    return pages.place(bundle, states, "<p>A still picture.</p>")


class Slow(http.server.BaseHTTPRequestHandler):
    """Sends the page in pieces; each waits until the test lets it go."""

    def __init__(self, pieces, gates, *arguments):
        self.pieces, self.gates = pieces, gates
        super().__init__(*arguments)

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        script = self.path.endswith(".js")
        self.send_response(200)
        kind = "text/javascript" if script else "text/html"
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        if script:
            self.wfile.write(HOST.read_bytes())
            return
        for piece, gate in zip(self.pieces, self.gates, strict=True):
            gate.wait(60)
            self.wfile.write(piece.encode())
            self.wfile.flush()


@pytest.fixture
def slowly(chromium):
    """slowly(*pieces) -> (the tab, [an event for each piece that lets it go])"""
    closing = []

    def start(*pieces):
        gates = [threading.Event() for _ in pieces]
        gates[0].set()
        handler = functools.partial(Slow, pieces, gates)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = chromium.new_context()
        closing.extend([*(gate.set for gate in gates), context.close, server.shutdown])
        tab = context.new_page()
        tab.goto(f"http://127.0.0.1:{server.server_port}/page.html", wait_until="commit")
        return tab, gates

    yield start
    for close in closing:
        close()


HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Slow</title>'
    '<link rel="icon" href="data:,"><script async src="explorers.js"></script></head><body>'
)


def test_explorers_start_while_the_rest_of_the_page_is_on_its_way(slowly):
    first, second = figure("LearningRate"), figure("PerceptronGates")
    cut = second.index("</script>") - 10  # in the middle of the second one's place
    tab, gates = slowly(HEAD + first, second[:cut], second[cut:] + "</body></html>")
    live = tab.locator("[data-explorer=ready] section")
    live.first.wait_for(timeout=20_000)
    assert tab.locator(".nnb-still").first.is_hidden()
    gates[1].set()
    tab.wait_for_timeout(200)
    assert tab.evaluate("document.readyState") == "loading"
    assert live.count() == 1
    gates[2].set()
    live.nth(1).wait_for(timeout=20_000)
    assert tab.locator(".nnb-still:visible").count() == 0
    tab.wait_for_load_state()
    assert tab.locator(".nnb-explorer").count() == 2


def test_an_explorer_that_arrived_before_the_host_is_found(slowly):
    whole = figure("LearningRate") + figure("PerceptronGates")
    late = HEAD.replace("async", "defer")
    tab, gates = slowly(late, whole + "</body></html>")
    gates[1].set()
    tab.locator("[data-explorer=ready] section").nth(1).wait_for(timeout=20_000)
    assert tab.locator(".nnb-explorer").count() == 2
