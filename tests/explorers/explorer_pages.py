"""What the browser tests do with a page of explorers: read it, move it, look it over."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

WIDE, PHONE = (1000, 900), (360, 740)


def settle(tab):
    """Wait until everything asked for so far has been drawn."""
    tab.evaluate("() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")


def get(tab, trait, n=0):
    return tab.evaluate(
        "([n, t]) => document.querySelectorAll('.nnb-explorer-place')[n].model.get(t)", [n, trait]
    )


def put(tab, n=0, **traits):
    tab.evaluate(
        """([n, traits]) => {
          const { model } = document.querySelectorAll('.nnb-explorer-place')[n];
          for (const [k, v] of Object.entries(traits)) model.set(k, v);
        }""",
        [n, traits],
    )
    settle(tab)


def slider(tab, trait, n=0):
    return tab.locator(".nnb-explorer").nth(n).locator(f"[data-trait={trait}]")


def drag(tab, x0, y0, x1, y1, steps=6):
    tab.mouse.move(x0, y0)
    tab.mouse.down()
    tab.mouse.move(x1, y1, steps=steps)
    tab.mouse.up()
    settle(tab)


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def number(text):
    """A number as the explorers write it, back as a float."""
    text = text.replace("−", "-").strip()
    if found := re.fullmatch(r"(-?[\d.]+) × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text):
        exponent = found[2].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        return float(found[1]) * 10 ** int(exponent)
    return float(text.replace("∞", "inf"))


def close(text, value, digits=2):
    """Does the text show the value, rounded to so many digits (or to three, with an exponent)?"""
    return number(text) == pytest.approx(value, abs=0.501 * 10**-digits, rel=0.006)


def axe(tab):
    """What axe finds against WCAG 2.2 AA: [(rule, element), ...]."""
    tab.evaluate(Path(AXE_FILE_PATH).read_text("utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    result = tab.evaluate("tags => axe.run('main', { runOnly: tags })", tags)
    assert len(result["passes"]) > 10
    return [(v["id"], v["nodes"][0]["html"][:120]) for v in result["violations"]]
