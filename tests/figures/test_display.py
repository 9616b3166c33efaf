import functools
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnbook_utils import figures
from nnbook_utils.figures import display

ALT = "A curve that rises from 1 to 4 and falls to 2"

DRAW = """
import matplotlib; matplotlib.use("Agg")
import matplotlib.pyplot as plt, numpy as np
from nnbook_utils import figures
fig, axes = plt.subplots(1, 2)
axes[0].plot([1, 2, 3], [1, 4, 2], label="training")
figures.label_lines(axes[0])
axes[1].imshow(np.arange(16.0).reshape(4, 4))
figures.title(axes[0], "It rises")
"""


def draw():
    scope = {}
    exec(DRAW, scope)
    return scope["fig"]


@functools.cache
def drawn():
    """The SVG of that figure, made once."""
    return figures.svg(draw())


@pytest.fixture(autouse=True)
def close_all():
    yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(display, "publish", bundles.append)
    return bundles


def test_the_same_figure_gives_the_same_bytes():
    fig = draw()
    assert figures.svg(fig) == figures.svg(fig) == figures.svg(draw())


@pytest.mark.slow
def test_another_process_gives_the_same_bytes():
    code = DRAW + "import sys; sys.stdout.buffer.write(figures.svg(fig).encode())"
    texts = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": "Agg"},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for seed in ("1", "2")
    ]
    assert texts[0] == texts[1] == drawn()


def test_another_figure_gives_other_ids():
    one, other = drawn(), figures.svg(figures.network((3, 2)))
    ids = [set(re.findall(r'id="([^"]+)"', text)) for text in (one, other)]
    assert ids[0] and ids[1] and not ids[0] & ids[1]


def test_every_reference_in_the_svg_has_its_target_and_no_id_is_idle():
    text = drawn()
    used = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    assert used and used == set(re.findall(r' id="([^"]+)"', text))


def test_the_svg_is_well_formed_and_starts_with_its_root():
    text = figures.svg(draw(), alt='a "quoted" & <odd> description')
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg")
    assert root.get("viewBox")
    assert root.get("aria-label") == 'a "quoted" & <odd> description'


def test_the_svg_has_no_date_no_style_sheet_and_no_text_that_needs_a_font():
    text = drawn()
    for forbidden in ("<metadata", "<style", "<text", "<!--", "<?xml", "matplotlib"):
        assert forbidden not in text, forbidden


def test_the_paper_is_opaque():
    first_fill = re.search(r"fill: (#\w+)", drawn())[1]
    assert first_fill == figures.PAPER
    assert "fill: none" not in drawn().split(figures.PAPER)[0]


def test_palette_colors_appear_exactly_so_that_the_page_can_swap_them():
    text = drawn().lower()
    for color in (figures.INK, figures.MUTED, figures.GRID, figures.PAPER, figures.DATA):
        assert color.lower() in text


def test_rounding_moves_nothing_by_a_hundredth_of_a_point():
    fig, ax = plt.subplots()
    ax.plot(np.linspace(0, 1, 7), np.linspace(0, 1, 7) ** 2)
    rounded = re.findall(r'd="([^"]+)" clip-path', figures.svg(fig))
    display._rounded, keep = lambda match: match[0], display._rounded
    try:
        exact = re.findall(r'd="([^"]+)" clip-path', figures.svg(fig))
    finally:
        display._rounded = keep
    for a, b in zip(rounded, exact, strict=True):
        a, b = (np.array(re.findall(r"-?\d+\.?\d*", text), float) for text in (a, b))
        np.testing.assert_allclose(a, b, atol=0.006)


def test_pictures_keep_their_own_pixels():
    fig = figures.images([np.zeros((4, 4))])
    text = figures.svg(fig)
    assert "data:image/png;base64," in text
    assert "pixelated" in text, "enlarged without blur"


def test_show_publishes_the_picture_with_its_description_and_closes_it(shown):
    fig = draw()
    figures.show(fig, alt=ALT)
    (bundle,) = shown
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    assert bundle["text/plain"] == ALT
    assert f'aria-label="{ALT}"' in bundle["image/svg+xml"]
    assert not plt.fignum_exists(fig.number)


@pytest.mark.parametrize("alt", [None, "", "a curve", " " * 40, 7])
def test_a_missing_description_is_refused(alt, shown):
    with pytest.raises(ValueError, match="alt must say in at least 20 characters"):
        figures.show(draw(), alt=alt)
    assert not shown


def test_alt_has_to_be_given(shown):
    with pytest.raises(TypeError, match="alt"):
        figures.show(draw())


def test_something_else_than_a_figure_is_named():
    with pytest.raises(TypeError, match="fig must be a matplotlib Figure.*got Axes"):
        figures.svg(draw().axes[0])


def test_outside_a_notebook_the_description_is_printed(capsys):
    figures.show(draw(), alt=ALT)
    assert capsys.readouterr().out.strip() == ALT


def test_no_text_is_smaller_than_nine_points():
    sizes = [v for k, v in figures.style.STYLE.items() if k.endswith(("labelsize", "font.size"))]
    assert len(sizes) >= 4 and min(sizes) >= 9
    for fig in (draw(), figures.network((784, 16, 10)), figures.images([np.eye(3)], ["one"])):
        for text in fig.findobj(plt.Text):
            assert text.get_fontsize() >= 9


def test_lines_differ_by_more_than_color():
    cycle = plt.rcParams["axes.prop_cycle"].by_key()
    assert len(set(cycle["linestyle"])) == len(cycle["color"]) == 4
