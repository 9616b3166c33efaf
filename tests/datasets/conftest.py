"""A small server on loopback that misbehaves as asked, and copies of the pack to spoil."""

import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nnbook_utils.datasets import _pack


@pytest.fixture
def spoiled_pack(tmp_path, monkeypatch):
    """A copy of the data files that a test may change; the package's own stay as they are."""
    folder = tmp_path / "pack"
    shutil.copytree(_pack.FOLDER, folder)
    monkeypatch.setattr(_pack, "FOLDER", folder)
    _pack.forget()
    yield folder
    _pack.forget()


class Mirror:
    """Serves `files` in one of several manners, and counts the requests."""

    def __init__(self, files, manner):
        self.files, self.manner, self.requests = files, manner, []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                mirror.requests.append(self.path)
                data = mirror.files.get(self.path.rsplit("/", 1)[-1])
                manner = mirror.manner
                if manner == "cut off once":
                    mirror.manner, manner = "good", "cut off"
                if manner == "broken" or data is None:
                    self.send_error(500)
                    return
                if manner == "wrong":
                    data = bytes(len(data))
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if manner == "cut off" else data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def mirror(monkeypatch, tmp_path):
    """Starts mirrors: mirror(files, manner). The cache is an empty folder of this test."""
    monkeypatch.setenv("NNBOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    started = []

    def start(files, manner="good"):
        started.append(Mirror(files, manner))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def nowhere(mirror):
    """The address of a server that is down."""
    server = mirror({})
    server.close()
    server.close = lambda: None
    return server.url
