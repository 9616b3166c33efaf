"""Pages with explorers for the browser tests."""

from pathlib import Path

import pytest
from explorer_harness import HERE, page, site
from explorer_pages import WIDE, settle


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def address(folder):
    with site(folder) as address:
        yield address


@pytest.fixture
def show(chromium, folder, address):
    """show(*explorers) opens them on a page; at the end no error and no outside request is left."""
    contexts, wrong = [], []

    def open_page(*explorers, size=WIDE, file=False, wait=True, wrap="{}", theme=None, **options):
        width, height = size
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        base = folder.as_uri() if file else address

        def only_ours(route):
            if route.request.url.startswith((base, "blob:", "data:")):
                return route.continue_()
            wrong.append(f"asked for {route.request.url}")
            return route.abort()

        context.route("**/*", only_ours)
        context.add_init_script(path=HERE / "page_probes.js")
        tab = context.new_page()
        tab.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else 0)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        name = f"page-{len(list(Path(folder).glob('*.html')))}.html"
        (folder / name).write_text(page(*explorers, wrap=wrap, theme=theme), "utf-8")
        tab.goto(f"{base}/{name}")
        if wait:
            tab.wait_for_function(
                "n => document.querySelectorAll('[data-explorer=ready]').length === n",
                arg=len(explorers),
            )
            settle(tab)
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
