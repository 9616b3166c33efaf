"""What readers do: move explorers, change the theme, search, use the keyboard only, print."""

import json

import pytest
from reader import names

pytestmark = pytest.mark.browser
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

HOME = "book/index"
CHAPTERS = [name for name in names() if name.startswith("notebooks/")]


# --- the first page ----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1280, 800), (1440, 900)])
def test_first_screen_of_the_landing_page_has_a_live_explorer(visit, size):
    tab = visit(width=size[0], height=size[1]).open(HOME)
    box = tab.locator(".nnb-live svg").first.bounding_box()
    assert box["y"] + 0.6 * box["height"] < size[1], "most of the picture is on the first screen"


def test_root_leads_to_the_landing_page(visit, server):
    window = visit()
    window.tab.goto(server)
    window.tab.wait_for_url(f"{server}{HOME}.html")
    assert window.tab.locator("h1").inner_text().startswith("Neural Networks")


@pytest.mark.parametrize(("width", "columns"), [(360, 1), (768, 1), (1280, 3), (1600, 3)])
def test_cards_stand_side_by_side_or_below_each_other(visit, width, columns):
    tab = visit(width=width).open(HOME, explorers=False)
    lefts = tab.eval_on_selector_all(".card", "(es) => es.map((e) => e.offsetLeft)")
    assert len(lefts) == 3 and len(set(lefts)) == columns


# --- theme -----------------------------------------------------------------------------------


def colour(tab, selector, name):
    return tab.eval_on_selector(selector, f"(e) => getComputedStyle(e).{name}")


def test_theme_button_changes_page_figures_and_explorers_at_once(visit):
    tab = visit(theme="light").open(CHAPTERS[0])
    button = tab.locator(".theme-button")
    paper = "figure.nnb-picture > svg [style*='--nnb-paper']"
    assert tab.locator(paper).count(), "a figure is painted in the page's colours"
    light = [colour(tab, "body", "backgroundColor"), colour(tab, paper, "fill")]
    assert light == ["rgb(255, 255, 255)"] * 2
    button.click()  # automatic -> light
    button.click()  # light -> dark
    assert button.get_attribute("title") == "Theme: dark"
    dark = [colour(tab, "body", "backgroundColor"), colour(tab, paper, "fill")]
    assert dark == ["rgb(20, 24, 30)"] * 2
    tab.wait_for_function("document.querySelector('.nnb-live section').dataset.theme === 'dark'")
    tab.reload()
    assert colour(tab, "body", "backgroundColor") == "rgb(20, 24, 30)", "the choice is kept"


@pytest.mark.parametrize("page_name", CHAPTERS[:2])
def test_drawings_on_white_turn_round_in_the_dark_and_nothing_else_does(visit, page_name):
    filters = "(es) => es.map((e) => getComputedStyle(e).filter)"
    for theme, drawn in [("light", "none"), ("dark", "invert(0.92)")]:
        tab = visit(theme=theme).open(page_name, whole=True)
        assert set(tab.eval_on_selector_all("image.nnb-drawing", filters)) == {drawn}
        others = tab.eval_on_selector_all("article :not(image.nnb-drawing)", filters)
        assert set(others) == {"none"}, "not an explorer's numbers either"


def test_automatic_theme_follows_the_system_while_the_page_is_open(visit):
    tab = visit(theme="light").open(HOME)
    tab.emulate_media(color_scheme="dark")
    tab.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert colour(tab, "body", "backgroundColor") == "rgb(20, 24, 30)"
    tab.wait_for_function("document.querySelector('.nnb-live section').dataset.theme === 'dark'")


# --- search ----------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["http", "file"])
def test_search_finds_a_word_offline(visit, book, server, place):
    window = visit(base=server if place == "http" else book.as_uri() + "/")
    tab = window.open(HOME)
    tab.keyboard.press("/")
    tab.keyboard.type("perceptron")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results li a")
    targets = tab.eval_on_selector_all("#search-results li a", "(es) => es.map((e) => e.href)")
    assert any("01_neurons.html" in target for target in targets)
    tab.locator("#search-results li a").first.click()
    tab.wait_for_selector("article h1")
    assert window.troubles == []


@pytest.mark.parametrize("asked", ["perceptron", "momentum", "chain rule", "Newton’s method"])
def test_search_shows_first_the_section_that_teaches_the_concept(visit, asked):
    window = visit()
    tab = window.open("book/concepts", explorers=False)
    row = tab.locator("tr", has_text=asked).first.get_by_role("link")
    taught = row.evaluate("(e) => e.href")
    tab.goto(f"{window.base}search.html?q={asked}")
    first = tab.locator("#search-results li a").first
    first.wait_for()
    assert first.evaluate("(e) => e.href").partition("?")[0] == taught.partition("?")[0]
    tab.locator("#search-results .context").first.wait_for()
    said = " ".join(tab.locator("#search-results .context").all_text_contents())
    assert "\\" not in said, "no formula's source"
    tab.wait_for_load_state("networkidle")
    assert window.troubles == []


# --- keyboard ----------------------------------------------------------------------------------

FOCUS = """() => {
    const e = document.activeElement, style = getComputedStyle(e);
    const near = [e, ...e.querySelectorAll("*"), e.nextElementSibling].filter(Boolean);
    return {
        inside: Boolean(e.closest(".nnb-live")),
        what: `${e.tagName} ${e.getAttribute("aria-label") || e.innerText || e.type}`.slice(0, 50),
        visible: near.some((n) => { const s = getComputedStyle(n);
            return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0)
                || (n !== e && s.stroke !== "none" && n.tagName === "circle"); }),
        onScreen: e.getBoundingClientRect().width > 0,
        key: e.outerHTML.slice(0, 300) + e.getBoundingClientRect().top,
    };
}"""


# every control that is there to be seen; the radio buttons of one group are one stop
CONTROLS = """() => {
    const all = document.querySelectorAll(".nnb-live :is(input, button, [tabindex='0'])");
    const drawn = Array.from(all).filter((e) => e.getClientRects().length && !e.disabled);
    const seen = drawn.filter((e) => e.checkVisibility({ visibilityProperty: true }));
    return new Set(seen.map((e) => e.type === "radio" ? e.name : e)).size;
}"""


@pytest.mark.parametrize("page_name", [HOME, *CHAPTERS])
def test_keyboard_alone_reaches_every_control_and_focus_is_seen(visit, page_name):
    tab = visit().open(page_name, whole=True)
    reached = 0
    for _ in range(1000):
        tab.keyboard.press("Tab")
        focus = tab.evaluate(FOCUS)
        if focus["what"].startswith("BODY"):
            break
        assert focus["visible"], focus["what"]
        reached += focus["inside"]
    assert reached >= tab.evaluate(CONTROLS) > 0


def test_skip_link_leads_to_the_text(visit):
    tab = visit().open(CHAPTERS[0])
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.url.endswith("#main")


def test_contents_open_and_close_on_a_narrow_screen(visit):
    tab = visit(width=360).open(CHAPTERS[0])
    contents = tab.locator("#contents")
    button = tab.locator(".menu-button.js")
    assert not contents.is_visible()
    button.click()
    assert contents.is_visible() and button.get_attribute("aria-expanded") == "true"
    tab.keyboard.press("Escape")
    assert not contents.is_visible() and button.get_attribute("aria-expanded") == "false"
    button.click()
    contents.get_by_text("Glossary").click()
    tab.wait_for_url("**/glossary.html")


@pytest.mark.parametrize("page_name", CHAPTERS)
def test_a_link_into_a_long_page_lands_on_its_heading(visit, page_name):
    """Far sections are laid out late, and yet the heading stands just below the bar."""
    window = visit()
    tab = window.open(page_name, explorers=False)
    tab.evaluate("location.hash = '#in-short'")
    tab.wait_for_timeout(1000)
    box = tab.locator("#in-short h2").bounding_box()
    bar = tab.locator(".bar").bounding_box()["height"]
    assert bar + 8 <= box["y"] <= bar + 32
    tab.goto("about:blank")
    tab.goto(f"{window.base}{page_name}.html#exercises")
    tab.wait_for_timeout(1000)
    assert bar + 8 <= tab.locator("#exercises h2").bounding_box()["y"] <= bar + 32


# --- text --------------------------------------------------------------------------------------

LINE_LENGTHS = """() => {
    const lengths = [];
    for (const p of document.querySelectorAll("article section > p")) {
        if (p.childElementCount || !p.textContent.trim()) continue;
        const rows = new Map(), text = p.firstChild, range = document.createRange();
        for (let i = 0; i < text.length; i++) {
            range.setStart(text, i);
            range.setEnd(text, i + 1);
            const top = Math.round(range.getBoundingClientRect().top);
            rows.set(top, (rows.get(top) || 0) + 1);
        }
        lengths.push(...[...rows.values()].slice(0, -1));  // the last line is not full
    }
    return lengths;
}"""


def test_lines_have_65_to_75_characters(visit, report):
    lengths = []
    for name in ("book/preface", *CHAPTERS):
        lengths += visit().open(name, whole=True).evaluate(LINE_LENGTHS)
    mean = sum(lengths) / len(lengths)
    report(f"mean of {len(lengths)} full lines: {mean:.1f} characters")
    assert 65 <= mean <= 75


def test_formulas_are_as_large_as_the_text(visit):
    tab = visit().open(CHAPTERS[1], explorers=False)
    size = "(e) => parseFloat(getComputedStyle(e).fontSize)"
    text = tab.eval_on_selector("article section > section > p", size)
    formulas = tab.eval_on_selector_all("article p > .math .katex", f"(es) => es.map({size})")
    assert [min(formulas), max(formulas)] == pytest.approx([1.03 * text] * 2, rel=0.01)


FALLEN = """() => {
    const last = (list) => Array.from(list).filter((r) => r.width).pop();
    const fallen = new Set(), mark = document.createRange(), text = document.createRange();
    const pairs = [];
    for (const math of document.querySelectorAll("article :is(p, li) span.math")) {
        const next = math.nextSibling;
        if (!next || next.nodeType !== Node.TEXT_NODE || !/^[,.;:!?)]/.test(next.data)) continue;
        pairs.push(() => {
            mark.setStart(next, 0);
            mark.setEnd(next, 1);
            const bases = math.querySelectorAll(".base"), box = last(mark.getClientRects());
            const formula = bases[bases.length - 1].getBoundingClientRect();
            if (box && box.left < formula.left) fallen.add(math.closest("p").textContent);
        });
    }
    for (const link of document.querySelectorAll("article .headerlink")) {
        pairs.push(() => {
            text.setStart(link.parentElement, 0);
            text.setEndBefore(link);
            const line = last(text.getClientRects()), box = link.getBoundingClientRect();
            if (line && box.left < line.left) fallen.add(link.parentElement.textContent);
        });
    }
    const article = document.querySelector("article");
    for (let width = 300; width < 600; width += 11) {
        article.style.width = `${width}px`;
        for (const look of pairs) look();
    }
    return [pairs.length, [...fallen]];
}"""


@pytest.mark.parametrize("page_name", CHAPTERS)
def test_no_comma_falls_off_its_formula_and_no_permalink_off_its_heading(visit, page_name):
    tab = visit().open(page_name, explorers=False, whole=True)
    looked_at, fallen = tab.evaluate(FALLEN)
    assert looked_at > 20 and fallen == []


def test_figures_are_as_wide_as_the_text(visit):
    tab = visit().open(CHAPTERS[0], whole=True)
    text = tab.locator("article section > p").first.bounding_box()["width"]
    for i in range(tab.locator("figure.nnb-picture > svg").count()):
        assert tab.locator("figure.nnb-picture > svg").nth(i).bounding_box()[
            "width"
        ] == pytest.approx(text, abs=2)


SCROLLERS = """() => Array.from(document.querySelectorAll(
        "pre, .table-wrap, .nnb-table > div, div.math, .nnb-picture"))
    .filter((e) => e.checkVisibility() && !e.closest("details:not([open]), .nnb-live"))
    .filter((e) => e.scrollWidth > e.clientWidth + 1)
    .map((e) => ({ name: e.tagName + "." + e.className, tab: e.tabIndex, more: e.dataset.more,
                   printed: Boolean(e.closest(".stream")), right: e.getBoundingClientRect().right,
                   edge: document.querySelector("main").getBoundingClientRect().right }))"""


@pytest.mark.parametrize("page_name", CHAPTERS)
def test_wide_things_scroll_inside_themselves_and_by_keyboard(visit, page_name):
    boxes = visit(width=360).open_measured(page_name).evaluate(SCROLLERS)
    assert boxes, "on a narrow screen something is wider than the column"
    assert [box for box in boxes if box["tab"] != 0] == []
    assert [box for box in boxes if box["more"] != "end"] == [], "a fading edge says so"
    assert not any(box["printed"] for box in boxes), "printed text wraps"


def test_fading_edge_stands_where_a_box_goes_on(visit):
    tab = visit(width=360).open_measured(CHAPTERS[0])
    box = tab.locator("pre[data-more]:visible").first
    mask = "(e) => getComputedStyle(e).maskImage"
    assert "linear-gradient" in box.evaluate(mask)
    box = box.element_handle()
    for left, more in [("5", "start end"), ("1e6", "start"), ("0", "end")]:
        box.evaluate(f"(e) => {{ e.scrollLeft = {left}; }}")
        tab.wait_for_function("([e, more]) => e.dataset.more === more", arg=[box, more])
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.wait_for_function("(e) => !e.dataset.more && e.tabIndex < 0", arg=box)
    assert box.evaluate(mask) == "none"


@pytest.mark.parametrize("width", [1280, 1600])
@pytest.mark.parametrize("page_name", CHAPTERS)
def test_nothing_is_cut_beside_an_empty_margin(visit, page_name, width):
    boxes = visit(width=width).open_measured(page_name).evaluate(SCROLLERS)
    assert [box for box in boxes if box["right"] < box["edge"] - 50] == []


# --- code --------------------------------------------------------------------------------------


def test_copy_button_copies_the_code_and_says_so(visit):
    window = visit(permissions=["clipboard-read", "clipboard-write"])
    tab = window.open(CHAPTERS[0])
    cell = tab.locator(".cell_input .highlight:visible").first
    cell.hover()
    cell.locator(".copy").click()
    assert tab.evaluate("navigator.clipboard.readText()") == cell.locator("pre").inner_text()
    assert cell.locator(".copy").inner_text() == "Copied"


@pytest.mark.parametrize("page_name", CHAPTERS)
def test_download_button_gives_the_stored_notebook(visit, book, page_name):
    tab = visit().open(page_name)
    with tab.expect_download() as waiting:
        tab.get_by_text("Download notebook").click()
    name = page_name.rsplit("/", 1)[-1] + ".ipynb"
    assert waiting.value.suggested_filename == name
    stored = json.loads((book / "_sources/notebooks" / name).read_text("utf8"))
    assert json.loads(waiting.value.path().read_text("utf8")) == stored


@pytest.mark.parametrize("page_name", CHAPTERS)
def test_solutions_are_folded_until_asked_for(visit, page_name):
    tab = visit().open(page_name)
    folds = tab.locator(".nnb-solution")
    assert folds.count() >= 3
    assert tab.get_by_text("Show code cell content").count() == 0
    fold = folds.first
    fold.scroll_into_view_if_needed()
    says = playwright.expect(fold.locator("summary")).to_have_text
    says("Show the solution", use_inner_text=True)
    assert not fold.locator("pre").first.is_visible()
    fold.locator("summary").click()
    assert fold.locator("pre").first.is_visible()
    says("Hide the solution", use_inner_text=True)


# --- without JavaScript, on paper, on a slow line ------------------------------------------------


@pytest.mark.parametrize("page_name", [HOME, *CHAPTERS])
def test_without_javascript_pictures_and_descriptions_stand_for_the_explorers(visit, page_name):
    tab = visit(java_script_enabled=False, theme="dark").open(page_name, explorers=False)
    stills = tab.locator(".nnb-still")
    assert stills.count() == tab.locator(".nnb-live").count() > 0
    for i in range(stills.count()):
        assert stills.nth(i).locator("svg").is_visible()
        assert len(stills.nth(i).locator("p").text_content()) > 20
    assert tab.locator("#contents").is_visible() and not tab.locator(".theme-button").is_visible()


@pytest.mark.parametrize("page_name", [HOME, *CHAPTERS])
def test_printed_page_has_stills_and_no_navigation(visit, page_name):
    tab = visit(theme="dark").open(page_name)
    tab.emulate_media(media="print", color_scheme="dark")
    for part in (".bar", "#contents", ".sections", ".tools", ".steps", ".copy", "main footer"):
        for i in range(tab.locator(part).count()):
            assert not tab.locator(part).nth(i).is_visible(), part
    for i in range(tab.locator(".nnb-live").count()):
        live = tab.locator(".nnb-live").nth(i)
        assert live.locator(".nnb-still svg").is_visible()
        assert not live.locator(".nnb-explorer-place").is_visible()
    for i in range(tab.locator(".nnb-solution").count()):
        assert not tab.locator(".nnb-solution").nth(i).is_visible(), "solutions stay unread"
    assert colour(tab, "body", "backgroundColor") == "rgb(255, 255, 255)"
    assert tab.pdf(format="A4", print_background=True)[:5] == b"%PDF-"


CUT = """() => {
    const paper = document.documentElement.clientWidth;
    return Array.from(document.querySelectorAll("article :is(pre, table, figure, svg, .base)"))
        .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > paper + 1)
        .map((e) => `${e.tagName} ${e.textContent}`.slice(0, 80));
}"""


@pytest.mark.parametrize("page_name", CHAPTERS)
def test_nothing_is_cut_on_paper(visit, page_name):
    tab = visit(width=643).open(page_name)  # A4 with margins of 2 cm
    tab.emulate_media(media="print")
    assert tab.evaluate(CUT) == []
    ways = "(es) => es.map((e) => getComputedStyle(e).whiteSpace + getComputedStyle(e).overflowX)"
    assert set(tab.eval_on_selector_all("article pre", ways)) == {"pre-wrapvisible"}


SHIFT = """() => new Promise((done) => {
    let total = 0;
    new PerformanceObserver((list) => {
        for (const e of list.getEntries()) if (!e.hadRecentInput) total += e.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(total), 500);
})"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("page_name", [HOME, *CHAPTERS])
def test_explorers_are_drawn_on_a_slow_line_and_processor(visit, report, page_name, width):
    """10 Mbit/s, 40 ms, a processor four times slower. The time is printed, not judged."""
    window = visit(width=width)
    tab = window.tab
    window.context.unroute_all()  # interception would add its own time to each request
    throttle = window.context.new_cdp_session(tab)
    throttle.send("Network.enable")
    throttle.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 40, "downloadThroughput": 1.25e6, "uploadThroughput": 1.25e6},
    )
    throttle.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab.add_init_script(
        """window.drawnAt = [];
        new PerformanceObserver((marks) => {  // the host sets a mark when an explorer has rendered
            for (const mark of marks.getEntries())
                if (mark.name.startsWith("explorer "))
                    requestAnimationFrame(() => window.drawnAt.push(performance.now()));
        }).observe({ type: "mark" });"""
    )
    tab.goto(f"{window.base}{page_name}.html", wait_until="load", timeout=120_000)
    explorers = tab.locator(".nnb-live").count()
    tab.wait_for_function(f"window.drawnAt.length === {explorers}", timeout=60_000)
    window.wait()
    drawn = tab.evaluate("window.drawnAt")
    paint = tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    shift = tab.evaluate(SHIFT)
    report(
        f"{page_name} at {width}: first text {paint / 1000:.2f} s, "
        f"{explorers} explorers after {max(drawn) / 1000:.2f} s, layout shift {shift:.3f}"
    )
    assert shift < 0.1, "what is being read stays where it is"
    assert window.troubles == []
