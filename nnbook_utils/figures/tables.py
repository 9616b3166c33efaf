"""Tables for notebooks: HTML that follows the page's theme, and aligned plain text."""

import html
import re

from .palette import css

_RULE = css("grid", "rgba(128, 128, 128, 0.35)")
_MUTED = css("muted", "inherit")
_INK = css("ink", "inherit")


def table(rows, header, caption=None):
    """A table to be shown as the last line of a cell.

    rows: a list of rows, each with one entry a column; header: the columns' names. Numbers stand
    to the right, words to the left. In a narrow page the table scrolls inside its own box.
    Raises ValueError when a row has not as many entries as the header.
    """
    return Table(rows, header, caption)


class Table:
    """Rows of text with a header. Shows itself as HTML in notebooks, as text elsewhere."""

    def __init__(self, rows, header, caption=None):
        self.header = [str(name) for name in header]
        self.rows = [[_text(entry) for entry in row] for row in rows]
        self.caption = caption
        if not self.header:
            raise ValueError("header must name at least one column; got none")
        for i, row in enumerate(self.rows):
            if len(row) != len(self.header):
                raise ValueError(
                    f"rows[{i}] must have {len(self.header)} entries, one for each of "
                    f"{', '.join(self.header)}; got {len(row)}"
                )
        columns = zip(*self.rows, strict=True) if self.rows else [[]] * len(self.header)
        self.numeric = [bool(column) and all(map(_is_number, column)) for column in columns]

    def __repr__(self):
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows, strict=True)]

        def line(row):
            cells = (
                text.rjust(width) if right else text.ljust(width)
                for text, width, right in zip(row, widths, self.numeric, strict=True)
            )
            return "  ".join(cells).rstrip()

        lines = [line(self.header), "  ".join("-" * width for width in widths)]
        lines += [line(row) for row in self.rows]
        return "\n".join(([self.caption] if self.caption else []) + lines)

    def _repr_html_(self):
        align = ["right" if right else "left" for right in self.numeric]
        head = "".join(
            f'<th scope="col" style="{CELL}text-align:{side};color:{_MUTED};font-weight:600;'
            f'border-bottom:1.5px solid {_RULE}">{html.escape(name)}</th>'
            for name, side in zip(self.header, align, strict=True)
        )
        body = "".join(
            ROW
            + "".join(
                f'<td style="{CELL}text-align:{side};border-bottom:1px solid {_RULE}">'
                f"{html.escape(text)}</td>"
                for text, side in zip(row, align, strict=True)
            )
            + "</tr>"
            for row in self.rows
        )
        return box(
            f"{caption_html(self.caption)}<thead>{ROW}{head}</tr></thead><tbody>{body}</tbody>",
            label=self.caption or ", ".join(self.header),
        )


# Where the page has no colours of its own: JupyterLab's, or a tone readable on white and on black.
GOOD = css("output_text", "var(--jp-success-color1, #00875f)")
BAD = css("weights_text", "var(--jp-warn-color1, #c85400)")
CELL = "padding:0.35em 0.6em;white-space:nowrap;background:none;border:0;"
ROW = '<tr style="background:none">'


def caption_html(caption):
    """A table's caption above it, to the left."""
    if not caption:
        return ""
    return (
        f'<caption style="caption-side:top;text-align:left;color:{_INK};font-weight:600;'
        f'padding:0 0.6em 0.5em">{html.escape(caption)}</caption>'
    )


def box(inside, label, after=""):
    """A table in a box of its own that scrolls sideways when the page is narrow."""
    return (
        f'<div class="nnb-table" style="max-width:100%;margin:0.8em 0 1.2em;color:{_INK}">'
        f'<div role="region" tabindex="0" aria-label="{html.escape(label)}" '
        'style="overflow-x:auto">'
        '<table style="border-collapse:collapse;border:0;margin:0;width:auto;'
        f'font-variant-numeric:tabular-nums;color:{_INK}">{inside}</table></div>{after}</div>'
    )


def _text(entry):
    if isinstance(entry, float):
        return f"{entry:,.0f}" if 1e4 <= abs(entry) < 1e15 else f"{entry:,.4g}"
    if isinstance(entry, int) and not isinstance(entry, bool):
        return f"{entry:,}"
    return str(entry)


_POWER = "( × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"  # as figures.power writes it


def _is_number(text):
    number = rf"[-+−]?[\d.,∞]+(e[-+]?\d+|{_POWER})?\s*(\S{{1,3}}|)$"
    return bool(re.match(number, text)) or text in (
        "",
        "–",
        "—",
    )
