"""Emoji: pictures, names and groups belong together."""

import numpy as np
import pytest

from nnbook_utils import datasets

PARTS = ("train", "validation", "test")


def test_emoji_are_colour_pictures_channel_first():
    data = datasets.emoji("all")
    assert data.images.shape == (1870, 3, 32, 32) and data.images.dtype == np.float32
    assert data.images.min() >= 0 and data.images.max() <= 1
    assert data.labels.dtype == np.int64 and data.images.flags.c_contiguous
    assert len(data.names) == len(data.characters) == len(data.subgroups) == len(data) == 1870
    assert len(set(data.names)) == len(set(data.characters)) == 1870


def test_emoji_parts_have_the_sizes_that_the_docstring_gives():
    sizes = {part: len(datasets.emoji(part)) for part in PARTS}
    assert sizes == {"train": 1566, "validation": 154, "test": 150}
    for part, size in sizes.items():
        assert f'"{part}" ({size:,})' in datasets.emoji.__doc__


def test_no_picture_and_no_name_is_in_two_parts():
    for column in (lambda d: [i.tobytes() for i in d.images], lambda d: d.names):
        train, validation, test = (set(column(datasets.emoji(part))) for part in PARTS)
        assert not train & validation and not train & test and not validation & test


def test_every_part_has_every_group():
    for part in PARTS:
        data = datasets.emoji(part)
        assert set(data.labels) == set(range(len(data.classes)))


def test_names_belong_to_their_pictures():
    data = datasets.emoji("all")
    row = {name: number for number, name in enumerate(data.names)}
    colour = {
        name: data.images[row[name]][:, 12:20, 12:20].mean(axis=(1, 2)).argmax()
        for name in ("red square", "green square", "blue square", "red circle", "blue circle")
    }
    assert list(colour.values()) == [0, 1, 2, 0, 2]
    assert data.characters[row["grinning face"]] == "😀"
    assert data.classes[data.labels[row["peacock"]]] == "Animals & Nature"
    assert data.subgroups[row["peacock"]] == "animal-bird"


def test_pictures_stand_upright():
    data = datasets.emoji("all")
    row = {name: number for number, name in enumerate(data.names)}
    ukraine, france = data.images[row["flag: Ukraine"]], data.images[row["flag: France"]]
    assert ukraine[2, 10, 16] > ukraine[0, 10, 16]  # blue above
    assert ukraine[2, 21, 16] < ukraine[0, 21, 16]  # yellow below
    assert france[2, 16, 5] > france[0, 16, 5]  # blue on the left
    assert france[2, 16, 26] < france[0, 16, 26]  # red on the right


def test_background_shows_where_the_picture_is_clear():
    white, black = datasets.emoji("test"), datasets.emoji("test", background=0)
    coloured = datasets.emoji("test", background=(1, 0, 0.5))
    clear = (white.images == 1).all(axis=1) & (black.images == 0).all(axis=1)
    assert clear.mean() > 0.2
    assert np.allclose(coloured.images.transpose(0, 2, 3, 1)[clear], (1, 0, 0.5))
    assert np.all(white.images >= black.images)


@pytest.mark.parametrize(
    "background", ["white", (1, 1), 2, -0.1, None, float("nan"), [[1, 1, 1]] * 2]
)
def test_bad_background_is_refused(background):
    with pytest.raises(ValueError, match="background must be one number or three"):
        datasets.emoji(background=background)
