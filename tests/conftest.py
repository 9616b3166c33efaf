"""Shared by all tests: one thread a process, so that two workers do not fight over two cores."""

import os
import shutil
import sys
from pathlib import Path

import pytest

# The tools stand beside the tests of what they make.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


def pytest_terminal_summary(terminalreporter):
    """Print what tests recorded by record_property("figure", text), also those in workers."""
    reports = (r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, ()))
    properties = (pair for r in reports if r.when == "call" for pair in r.user_properties)
    figures = [text for name, text in properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
    for text in figures:
        terminalreporter.write_line(text)


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium under Playwright: one for all browser tests of a run.

    One, because Playwright cannot be started twice in a process.
    """
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.fail("the browser tests need Chromium: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()
