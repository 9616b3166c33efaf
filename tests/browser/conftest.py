"""The built book in Chromium: served from this machine, everything outside is refused."""

import functools
import http.server
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reader import ROOT, Handler, Visit, names  # noqa: E402


def pytest_generate_tests(metafunc):
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "page_name" in metafunc.fixturenames and "page_name" not in chosen:
        metafunc.parametrize("page_name", names())


@pytest.fixture(scope="session")
def book():
    """The folder of the built HTML. NNB_BOOK names one that is built already."""
    if os.environ.get("NNB_BOOK"):
        return Path(os.environ["NNB_BOOK"]).resolve()
    command = [sys.executable, ROOT / "tools/build_book.py", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"the book does not build: {done.stderr}", pytrace=False)
    return ROOT / "_build/html"


@pytest.fixture(scope="session")
def server(book):
    """The book's address on this machine."""
    handler = functools.partial(Handler, directory=book)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


@pytest.fixture
def visit(chromium, server):
    """visit(width=1280, theme="light", ...) -> a window on the served book."""
    contexts = []

    def start(width=1280, height=900, theme="light", base=server, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, **options
        )
        contexts.append(context)
        return Visit(context, base)

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def report(request, capsys):
    """report(text): a figure that the test run prints, also when the test passes."""

    def say(text):
        with capsys.disabled():
            print(f"\n    {text}", end="")

    return say
