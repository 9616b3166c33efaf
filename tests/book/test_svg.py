"""Stored pictures inside a page: described, unique ids, the page's colours."""

import re

import pytest

pytest.importorskip("myst_nb", reason="the book's tools are not installed (extra `book`)")
from nnbook_sphinx import svg  # noqa: E402

PALETTE = {"paper": "#ffffff", "data": "#0072B2", "data_text": "#00619A"}


def inline(body, alt="A curve that falls to zero", prefix="p1-"):
    return svg.inline(f'<svg viewBox="0 0 72 36">{body}</svg>', alt, prefix, PALETTE)


def test_picture_is_one_image_with_a_description():
    out = inline("<path/>", alt='A "curve" & its <end>')
    assert out.startswith('<svg role="img" aria-label="A &quot;curve&quot; &amp; its &lt;end&gt;"')


def test_palette_colours_become_the_page_s_variables_in_any_spelling():
    out = inline('<path style="fill: #0072b2; stroke: #FFFFFF"/><path fill="#00619A"/>')
    assert "fill: var(--nnb-data); stroke: var(--nnb-paper)" in out
    assert 'fill="var(--nnb-data-text)"' in out


def test_other_colours_and_other_words_stay():
    body = '<path style="fill: #0072b3"/><text x="0">#0072B2</text><image href="data:x,#0072B2"/>'
    out = inline(body)
    assert "#0072b3" in out and ">#0072B2<" in out and "data:x,#0072B2" in out
    assert "var(" not in out


def test_only_ids_that_something_refers_to_stay_and_they_are_unique_to_the_picture():
    body = (
        '<g id="figure_1"><defs><clipPath id="c"><path/></clipPath><path id="g"/></defs>'
        '<use xlink:href="#g"/><g clip-path="url(#c)"/></g>'
    )
    first, second = inline(body, prefix="p1-"), inline(body, prefix="p2-")
    assert re.findall('id="([^"]*)"', first) == ["p1-c", "p1-g"]
    assert 'href="#p1-g"' in first and "url(#p1-c)" in first and "xlink" not in first
    assert not set(re.findall('id="([^"]*)"', first)) & set(re.findall('id="([^"]*)"', second))


def test_a_rule_for_everything_does_not_leak_into_the_page():
    out = inline('<defs><style type="text/css">*{stroke-linejoin: round}</style></defs><path/>')
    assert "<style" not in out and 'style="stroke-linejoin: round"' in out


def test_another_style_sheet_is_refused():
    with pytest.raises(svg.SvgError, match="style sheet"):
        inline("<style>path {fill: red}</style>")


def test_pictures_of_a_page_share_their_letters():
    letters = svg.Letters()
    body = (
        '<g style="fill: #0072b2"><defs><path id="A" d="M 0 1" transform="scale(0.01)"/></defs>'
        '<use xlink:href="#A"/></g><defs><path id="m" d="M 0 1" style="stroke: #000000"/></defs>'
        '<use xlink:href="#m"/>'
    )
    whole = f'<svg viewBox="0 0 72 36">{body}</svg>'
    first = svg.inline(whole, "A curve that falls", "p1-", PALETTE, letters)
    second = svg.inline(whole, "A curve that falls", "p2-", PALETTE, letters)
    assert letters.html().count("<path") == 1 and 'id="letter0"' in letters.html()
    for out, prefix in ((first, "p1-"), (second, "p2-")):
        assert '<use href="#letter0"/>' in out and "scale" not in out
        assert f'<path id="{prefix}m"' in out, "a marker has a style of its own and stays"
    assert svg.Letters().html() == ""


def test_indentation_and_tiny_digits_go():
    out = inline('<g>\n  <g/>\n  <path transform="translate(1.23456 7) scale(0.015625)"/>\n</g>')
    assert '><g><path transform="translate(1.23 7) scale(0.015625)"/></g></svg>' in out


@pytest.mark.parametrize("text", ["", "<p>hello</p>", '<svg viewBox="0 0 1 1"><path/>'])
def test_what_is_no_svg_is_refused(text):
    with pytest.raises(svg.SvgError, match="not SVG"):
        svg.inline(text, "A curve that falls to zero", "p", PALETTE)


def test_a_picture_that_cannot_be_scaled_is_refused():
    with pytest.raises(svg.SvgError, match="viewBox"):
        svg.inline("<svg><path/></svg>", "A curve that falls to zero", "p", PALETTE)


def test_a_real_figure_keeps_none_of_the_palette_s_colours():
    import matplotlib.pyplot as plt

    from nnbook_utils import figures
    from nnbook_utils.figures.palette import LIGHT

    fig, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], color=figures.DATA)
    ax.plot([0, 1], [1, 0], color=figures.WEIGHTS)
    figures.title(ax, "Two lines cross")
    out = svg.inline(figures.svg(fig), "Two lines that cross", "p1-", LIGHT)
    plt.close(fig)
    assert "var(--nnb-data)" in out and "var(--nnb-weights)" in out and "var(--nnb-paper)" in out
    assert not [color for color in LIGHT.values() if color.lower() in out.lower()]


@pytest.mark.parametrize(("height", "strip"), [(86, True), (115, True), (116, False), (331, False)])
def test_a_low_picture_is_a_strip(height, strip):
    stored = f'<svg viewBox="0 0 518.4 {height}"><path d="M 0 0"/></svg>'
    assert svg.is_strip(svg.inline(stored, "A low picture", "p1-", PALETTE)) == strip


@pytest.mark.parametrize(
    ("ground", "ink", "marked"),
    [((255, 255, 255), (40, 40, 40), True), ((30, 30, 30), (200, 200, 200), False),
     ((255, 255, 255), (200, 40, 40), False)],
)  # fmt: skip
def test_only_grey_on_white_turns_round_on_dark_pages(ground, ink, marked):
    import base64
    import io

    from PIL import Image

    picture, file = Image.new("RGB", (28, 28), ground), io.BytesIO()
    picture.paste(ink, (8, 8, 20, 20))
    picture.save(file, "png")
    data = base64.b64encode(file.getvalue()).decode()
    out = inline(f'<image width="28" xlink:href="data:image/png;base64,{data}"/>')
    assert ('class="nnb-drawing"' in out) == marked and data in out
