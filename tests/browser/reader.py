"""A reader of the book for the browser tests: a host on this machine, a window, the pages."""

import contextlib
import gzip
import http.server
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKED = (".woff2", ".png", ".ipynb")
WHOLE = "article section { content-visibility: visible !important; }"
MEASURED = "document.fonts.status === 'loaded' && 'measured' in document.documentElement.dataset"
READY = """() => Array.from(document.querySelectorAll(".nnb-live"))
    .every((e) => e.querySelector('[data-explorer="ready"] section'))"""


def names():
    """The pages of the book, from the table of contents, and the search page."""
    import yaml

    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    chapters = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [toc["root"], *chapters, "search"]


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files as a web host does: compressed."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        packed = not path.name.endswith(PACKED)
        if packed:
            data = gzip.compress(data, 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(data)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(data)


class Visit:
    """One reader's window. What went wrong in it is collected in `troubles`."""

    def __init__(self, context, base):
        self.context, self.base = context, base
        self.troubles = []
        context.route("**/*", self.let_in)
        self.tab = context.new_page()
        self.tab.on("console", self.hear)
        self.tab.on("pageerror", lambda error: self.troubles.append(f"page error: {error}"))
        self.tab.on("requestfailed", self.miss)

    def let_in(self, route):
        url = route.request.url
        if url.startswith((self.base, "data:", "blob:")):
            route.continue_()
        else:
            self.troubles.append(f"outside request: {url}")
            route.abort()

    def miss(self, request):
        """A page that is left stops what it was fetching; everything else is a trouble."""
        left = request.resource_type in ("fetch", "document")
        if not (left and request.failure == "net::ERR_ABORTED"):
            self.troubles.append(f"failed: {request.url} ({request.failure})")

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.troubles.append(f"console {message.type}: {message.text}")

    def open(self, name, explorers=True, whole=False):
        """Open a page and wait until its explorers are drawn. -> the tab

        whole: lay out all of it at once, also what is far away, for tests that measure.
        """
        self.tab.goto(f"{self.base}{name}.html", wait_until="load", timeout=120_000)
        if whole:
            self.tab.add_style_tag(content=WHOLE)
        if explorers:
            self.wait()
        return self.tab

    def wait(self):
        self.tab.wait_for_function(READY, timeout=60_000)

    def open_measured(self, name):
        """Open a page, all of it laid out, and wait until its script has seen what scrolls."""
        tab = self.open(name, whole=True)
        for _ in range(2):  # fonts that come late are measured once more
            tab.wait_for_timeout(200)
            tab.wait_for_function(MEASURED)
        return tab
