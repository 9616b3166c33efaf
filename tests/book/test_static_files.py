"""The book's own styles and pictures: one palette, readable contrast, nothing from elsewhere."""

import re
import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nnbook_utils.figures.palette import DARK, LIGHT

STATIC = Path(__file__).resolve().parents[2] / "book/_static"
CSS = (STATIC / "book.css").read_text("utf8")
TEXT = ["ink", "muted", "data_text", "weights_text", "output_text", "gradient_text"]


def variables(rule):
    """The custom properties of the rule with this selector, the first of its name."""
    block = CSS[CSS.index(rule) :].partition("{")[2].partition("}")[0]
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))


THEMES = {
    ":root {": LIGHT,
    ':root[data-theme="dark"] {': DARK,
    ":root:not([data-theme]) {": DARK,
}


@pytest.mark.parametrize("rule", THEMES)
def test_the_page_s_colours_are_those_of_the_figures(rule):
    stated = variables(rule)
    assert {k: v.lower() for k, v in stated.items() if k.startswith("--nnb-")} == {
        "--nnb-" + name.replace("_", "-"): value.lower() for name, value in THEMES[rule].items()
    }


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("rule", THEMES)
@pytest.mark.parametrize("ground", ["--nnb-paper", "--shade", "--lift"])
def test_text_stands_out_from_every_ground(rule, ground):
    paper = variables(rule)[ground]
    for name in TEXT:
        assert contrast(THEMES[rule][name], paper) >= 4.5, (name, ground)


def test_no_style_or_script_asks_another_host():
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js"), STATIC / "katex/katex.min.css"]:
        found = re.findall(r"https?://[^\s\"')]+", path.read_text("utf8"))
        assert set(found) <= {"http://www.w3.org/2000/svg"}, path.name


def test_formula_styles_name_only_fonts_that_are_here():
    folder = STATIC / "katex"
    named = re.findall(r"url\(([^)]+)\)", (folder / "katex.min.css").read_text("utf8"))
    assert named and all((folder / name).is_file() for name in named)


def test_formula_styles_are_of_the_version_that_renders():
    katex = pytest.importorskip("sphinxcontrib.katex", reason="the extra `book` is not installed")
    assert f'content:"{katex.katex_version}"' in (STATIC / "katex/katex.min.css").read_text("utf8")


def test_social_card_has_the_size_that_previews_want():
    data = (STATIC / "social-card.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (1200, 630)
    assert len(data) < 300_000


def test_favicon_is_a_square_drawing_in_the_book_s_colours():
    root = ElementTree.parse(STATIC / "favicon.svg").getroot()
    assert root.attrib["viewBox"] == "0 0 32 32"
    assert {LIGHT["data"], LIGHT["weights"]} <= {node.get("fill") for node in root}


def test_cover_draws_the_real_descent():
    import importlib.util

    spec = importlib.util.spec_from_file_location(
        "draw_cover", STATIC.parent.parent / "tools/draw_cover.py"
    )
    cover = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(cover)
    points = cover.path(0.2, 0.0, 30)
    assert points.shape == (31, 2)
    assert abs(points[-1]).max() < 0.01 < abs(points[0]).max()
    assert (points[1:, 1] * points[:-1, 1] < 0).all(), "the plain path zigzags"
