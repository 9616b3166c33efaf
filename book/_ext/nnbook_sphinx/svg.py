"""Stored SVG pictures become part of the page: described, with ids of their own, in its colours."""

import base64
import html
import io
import re

ROOT_TAG = re.compile(r"<svg\b[^>]*>", re.DOTALL)
STYLE_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL)
# matplotlib's one rule for everything; as inherited properties it can stand on the root instead
EVERYTHING = re.compile(r"\*\s*\{([^{}]*)\}")
PAINT = re.compile(r'\b(style|fill|stroke|color|stop-color)="([^"]*)"')
# a letter as matplotlib draws it: an outline without a style of its own
LETTER = re.compile(r'<path id="([^"]+)" d="([^"]*)" transform="(scale\([^")]*\))"\s*/>')
MANY_DIGITS = re.compile(r"-?\d+\.\d{3,}")
BITMAP = re.compile(r'<image\b(?=[^>]*href="data:image/png;base64,([^"]+)")')
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")


class SvgError(ValueError):
    """One sentence: what is wrong with the picture."""


class Letters:
    """The outlines of letters that the pictures of one page share: a third of their weight."""

    def __init__(self, prefix=""):
        self.prefix, self.outlines = prefix, {}

    def share(self, body):
        """Take the letters out of a picture and let it point at the page's."""
        names = {}

        def take(match):
            outline = (match[2], match[3])
            name = f"{self.prefix}letter{len(self.outlines)}"
            names[match[1]] = self.outlines.setdefault(outline, name)
            return ""

        body = LETTER.sub(take, body)
        return re.sub(r'href="#([^"]+)"', lambda m: f'href="#{names.get(m[1], m[1])}"', body)

    def html(self):
        """An invisible picture that holds the outlines; "" without any."""
        paths = "".join(
            f'<path id="{name}" d="{d}" transform="{transform}"/>'
            for (d, transform), name in self.outlines.items()
        )
        size = 'width="0" height="0" aria-hidden="true"'
        return f'<svg class="letters" {size}><defs>{paths}</defs></svg>' if paths else ""


def inline(svg, alt, prefix, palette, letters=None):
    """SVG text -> an `<svg>` element for an HTML page.

    alt: what the picture shows, read aloud instead of it. prefix: what its ids begin with, unique
    in the page. palette {name: "#rrggbb"}: exactly these colours become `var(--nnb-name)`, so that
    the picture follows the page's light or dark theme. letters: the page's `Letters`, if it shares.
    Raises SvgError when the text is no SVG picture or has no viewBox.
    """
    start = ROOT_TAG.search(svg)
    if not start or not svg.rstrip().endswith("</svg>"):
        raise SvgError("the stored picture is not SVG")
    view = re.search(r'\bviewBox="([^"]+)"', start[0])
    if not view:
        raise SvgError("the stored SVG picture has no viewBox, so it cannot be scaled")
    body = svg[start.end() :].rstrip().removesuffix("</svg>")
    body = re.sub(r"<!--.*?-->|<metadata\b.*?</metadata>", "", body, flags=re.DOTALL)
    inherited = _inherited(body)
    body = follow_theme(own_ids(STYLE_SHEET.sub("", body), prefix), palette)
    if letters is not None:
        body = letters.share(body)
    body = compact(BITMAP.sub(_on_paper, body))
    width, height = view[1].split()[2:]
    return (
        f'<svg role="img" aria-label="{html.escape(alt)}" viewBox="{view[1]}" '
        f'width="{float(width):g}" height="{float(height):g}" style="{inherited}">{body.strip()}'
        "</svg>"
    )


def is_strip(picture):
    """Is an inline picture so low that it can be read when it is as narrow as a phone?"""
    width, height = re.search(r'width="([^"]+)" height="([^"]+)"', picture).groups()
    return float(width) > 4.5 * float(height)


def own_ids(body, prefix):
    """Keep the ids that something refers to, beginning with `prefix`; drop all others."""
    used = set(re.findall(r'href="#([^"]+)"', body)) | set(re.findall(r"url\(#([^)]+)\)", body))
    body = re.sub(
        r'\s+id="([^"]*)"', lambda m: f' id="{prefix}{m[1]}"' if m[1] in used else "", body
    )
    body = re.sub(r'(?:xlink:)?href="#([^"]+)"', rf'href="#{prefix}\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", body)
    return body.replace("xlink:href=", "href=")


def compact(body):
    """Without empty groups, indentation, and digits below a hundredth of a point."""
    body = re.sub(r">\s+<", "><", body)
    empty = re.compile(r"<(g|defs)(/>|></\1>)")
    while empty.search(body):
        body = empty.sub("", body)
    return re.sub(
        r'"(translate\([^)]*\))',
        lambda m: '"' + MANY_DIGITS.sub(lambda n: f"{float(n[0]):.2f}", m[1]),
        body,
    )


def follow_theme(body, palette):
    """Exactly the palette's colours become the page's variables; every other colour stays."""
    names = {value.lower(): name.replace("_", "-") for name, value in reversed(palette.items())}

    def variable(match):
        name = names.get(match[0].lower())
        return f"var(--nnb-{name})" if name else match[0]

    return PAINT.sub(lambda m: f'{m[1]}="{COLOUR.sub(variable, m[2])}"', body)


def _on_paper(match):
    """Mark a bitmap in grey on white: in the dark theme its white becomes the page's paper."""
    from PIL import Image

    with Image.open(io.BytesIO(base64.b64decode(match[1]))) as bitmap:
        picture = bitmap.convert("RGB")
    colours = picture.getcolors(picture.width * picture.height)
    grey = all(max(colour) - min(colour) < 20 for _, colour in colours)
    on_white = max(colours)[1] == (255, 255, 255)
    return f'{match[0]} class="nnb-drawing"' if grey and on_white else match[0]


def _inherited(body):
    rules = " ".join(STYLE_SHEET.findall(body))
    if EVERYTHING.sub("", rules).strip():
        raise SvgError("the stored SVG picture has a style sheet, which would leak into the page")
    return "; ".join(" ".join(rule.split()) for rule in EVERYTHING.findall(rules))
