"""Every page of the built book: quiet, light, accessible, in both themes and all widths."""

import os
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from reader import names

pytestmark = pytest.mark.browser
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

WIDTHS = (360, 768, 1280)
HEAVIEST = 500_000  # bytes, compressed
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDER = """() => Array.from(document.querySelectorAll("body *")).filter((e) => {
    const box = e.getBoundingClientRect();
    if (box.right <= document.documentElement.clientWidth + 1 || !box.width) return false;
    for (let p = e.parentElement; p; p = p.parentElement) {
        const style = getComputedStyle(p);
        if (style.overflowX !== "visible" || style.clipPath !== "none") return false;
    }
    return true;
}).map((e) => e.tagName + "." + e.className).slice(0, 5)"""


@pytest.mark.parametrize("width", WIDTHS)
def test_page_is_quiet_and_fits(visit, page_name, width):
    """No error, no warning, no outside request, nothing wider than the window."""
    window = visit(width=width)
    tab = window.open(page_name, whole=True)
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.wait_for_timeout(150)
    assert window.troubles == []
    inner, wide = tab.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    assert wide <= inner, tab.evaluate(WIDER)


def test_page_works_as_a_file(visit, book, page_name):
    window = visit(base=book.as_uri() + "/")
    window.open(page_name)
    assert window.troubles == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_page_has_no_violation_of_wcag_2_2_aa(visit, page_name, theme, width):
    from axe_playwright_python.sync_playwright import Axe

    tab = visit(theme=theme, width=width).open(page_name, whole=True)
    tab.wait_for_function("'measured' in document.documentElement.dataset")
    tab.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")
    tab.wait_for_timeout(300)
    only = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = Axe().run(tab, options=only)
    told = [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"][:4]
    ]
    assert not told, "\n".join(told)
    assert found.response["passes"], "axe looked at nothing"


def test_page_weighs_at_most_half_a_megabyte(visit, page_name, report):
    window = visit()
    sizes, urls = {}, {}
    network = window.context.new_cdp_session(window.tab)
    network.send("Network.enable")
    network.on(
        "Network.requestWillBeSent", lambda e: urls.update({e["requestId"]: e["request"]["url"]})
    )
    network.on(
        "Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]})
    )
    tab = window.open(page_name)
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.wait_for_timeout(300)
    loaded = {key: size for key, size in sizes.items() if urls[key].startswith("http")}
    total = sum(loaded.values())
    heaviest = sorted(((size, urls[key]) for key, size in loaded.items()), reverse=True)[:3]
    listed = ", ".join(f"{url.rsplit('/', 1)[-1]} {size / 1000:.0f}" for size, url in heaviest)
    report(f"{page_name}: {total / 1000:.0f} kB in {len(loaded)} requests ({listed})")
    assert 0 < total <= HEAVIEST


PAPER = {"light": (255, 255, 255), "dark": (20, 24, 30)}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_screenshots(visit, page_name, theme, tmp_path):
    """The first screen, on the theme's paper; whole pages into the folder NNB_SHOTS, if named."""
    from PIL import Image

    folder = os.environ.get("NNB_SHOTS")
    for width in WIDTHS:
        tab = visit(theme=theme, width=width).open(page_name, whole=bool(folder))
        name = f"{page_name.replace('/', '-')}-{width}-{theme}.png"
        path = Path(folder or tmp_path) / name
        tab.screenshot(path=path, full_page=bool(folder))
        with Image.open(path).convert("RGB") as picture:
            assert picture.width == width
            colours = picture.crop((0, 0, width, 900)).getcolors(width * 900)
        assert max(colours)[1] == PAPER[theme], "the page stands on the theme's paper"
        assert len(colours) > 20, "and something stands on it"


@pytest.fixture(scope="module")
def parsed(book):
    """{address: (links, ids)} of every page of the book."""
    from bs4 import BeautifulSoup

    pages = {}
    for path in book.rglob("*.html"):
        soup = BeautifulSoup(path.read_text("utf8"), "html.parser")
        links = [
            element.get(name)
            for name in ("href", "src")
            for element in soup.find_all(attrs={name: True})
        ]
        ids = [element["id"] for element in soup.find_all(id=True)]
        pages[path.resolve().as_uri()] = (links, ids)
    return pages


def test_every_link_and_anchor_leads_somewhere(parsed):
    dead = []
    for address, (links, _) in parsed.items():
        for link in links:
            target = urlsplit(urljoin(address, link))
            if target.scheme in ("http", "https", "data"):
                continue
            page = target._replace(fragment="", query="").geturl()
            there = Path(unquote(target.path)).is_file()
            anchor = unquote(target.fragment)
            if target.scheme != "file" or not there or (anchor and anchor not in parsed[page][1]):
                dead.append(f"{Path(address).name}: {link}")
    assert not dead
    assert sum(len(links) for links, _ in parsed.values()) > 50


def test_no_id_stands_twice_on_a_page(parsed):
    for address, (_, ids) in parsed.items():
        twice = {name for name in ids if ids.count(name) > 1}
        assert not twice, address


def test_previous_and_next_lead_through_the_whole_book(visit, server):
    window = visit()
    tab = window.open(names()[0], explorers=False)
    walked = []
    while tab.locator(".steps .next").count():
        tab.locator(".steps .next").click()
        tab.wait_for_load_state()
        walked.append(tab.url.removeprefix(server).removesuffix(".html"))
    assert walked == names()[1:-1]
