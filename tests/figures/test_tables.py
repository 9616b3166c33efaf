from html.parser import HTMLParser

import pytest

from nnbook_utils import figures


class Cells(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found, self.tag, self.open = [], None, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)
        if tag in ("th", "td", "caption"):
            self.found.append([tag, dict(attrs), ""])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.found:
            self.found[-1][2] += data


ROWS = [["input", 784, 0.0], ["hidden", 16, 12560.0]]


def test_a_table_shows_all_its_entries_under_their_header():
    parsed = Cells(figures.table(ROWS, ["layer", "neurons", "size"], "A net")._repr_html_())
    assert not parsed.open
    texts = [text for _, _, text in parsed.found]
    assert texts == ["A net", "layer", "neurons", "size", "input", "784", "0", *texts[7:]]
    assert texts[7:] == ["hidden", "16", "12,560"]


def test_numbers_stand_to_the_right_and_words_to_the_left():
    cells = Cells(figures.table(ROWS, ["layer", "neurons", "size"])._repr_html_()).found
    sides = ["right" if "text-align:right" in attrs["style"] else "left" for _, attrs, _ in cells]
    assert sides == ["left", "right", "right"] * 3


def test_the_plain_text_is_aligned():
    text = repr(figures.table(ROWS, ["layer", "neurons", "size"], "A net"))
    assert text.splitlines() == [
        "A net",
        "layer   neurons    size",
        "------  -------  ------",
        "input       784       0",
        "hidden       16  12,560",
    ]


def test_a_wide_table_scrolls_in_a_box_that_the_keyboard_reaches():
    text = figures.table(ROWS, ["layer", "neurons", "size"], "A net")._repr_html_()
    assert 'role="region" tabindex="0" aria-label="A net" style="overflow-x:auto"' in text
    assert text.index("overflow-x") < text.index("<table")


def test_headers_say_what_they_head():
    cells = Cells(figures.table(ROWS, ["layer", "neurons", "size"])._repr_html_()).found
    assert [attrs.get("scope") for tag, attrs, _ in cells if tag == "th"] == ["col"] * 3


def test_entries_cannot_smuggle_in_html():
    text = figures.table([["<script>alert(1)</script>"]], ["<b>"], "a & b")._repr_html_()
    assert "<script>" not in text and "<b>" not in text and "a &amp; b" in text


def test_colors_follow_the_page():
    text = figures.table(ROWS, ["layer", "neurons", "size"])._repr_html_()
    assert "var(--nnb-ink, inherit)" in text
    assert "color:#" not in text


def test_a_table_without_rows_keeps_its_header():
    assert "layer" in repr(figures.table([], ["layer"]))
    assert "layer" in figures.table([], ["layer"])._repr_html_()


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([["a"]], ["x", "y"], r"rows\[0\] must have 2 entries, one for each of x, y; got 1"),
        ([], [], "header must name at least one column"),
    ],
)
def test_rows_and_header_must_agree(rows, header, message):
    with pytest.raises(ValueError, match=message):
        figures.table(rows, header)


def test_numbers_with_a_power_of_ten_stand_to_the_right_as_well():
    numbers = ["1.0", "6.3 × 10⁻⁴", "−10¹²", "∞"]
    assert figures.table([[number] for number in numbers], ["size"]).numeric == [True]
    assert figures.table([["6.3 × 10⁻⁴ of it all"]], ["size"]).numeric == [False]
