import numpy as np
import pytest

from nnbook_utils import figures
from nnbook_utils.figures import palette


def luminance(color):
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    "name", ["ink", "muted", "data_text", "weights_text", "output_text", "gradient_text"]
)
def test_text_is_readable_on_paper(theme, name):
    assert contrast(theme[name], theme["paper"]) >= 4.5


@pytest.mark.parametrize("theme", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["data", "weights", "output"])
def test_lines_stand_out_from_paper(theme, name):
    assert contrast(theme[name], theme["paper"]) >= 3


def test_both_themes_name_the_same_colors():
    assert palette.LIGHT.keys() == palette.DARK.keys()


def test_colors_of_one_theme_differ():
    light = [color.lower() for color in palette.LIGHT.values()]
    assert len(set(light)) == len(light), "swapping a colour for its variable must be unambiguous"


def test_the_constants_are_the_light_theme():
    names = ("ink", "muted", "grid", "paper", "data", "weights", "output", "gradient")
    for name in names:
        assert getattr(figures, name.upper()) == palette.LIGHT[name]


def test_signed_values_are_blue_below_zero_and_orange_above():
    r, g, b, _ = figures.SIGNED(0.15)
    assert b > r
    r, g, b, _ = figures.SIGNED(0.85)
    assert r > b
    assert max(figures.SIGNED(0.5)[:3]) - min(figures.SIGNED(0.5)[:3]) < 0.02, "zero is grey"


def test_css_gives_the_variable_and_what_stands_in_for_it():
    assert palette.css("data_text") == "var(--nnb-data-text, #00619A)"
    assert palette.css("ink", "inherit") == "var(--nnb-ink, inherit)"


def test_an_unknown_color_is_named():
    with pytest.raises(ValueError, match="name must be one of ink"):
        palette.css("blue")
