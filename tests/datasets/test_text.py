"""Plays, sentences and names."""

import re
import string
import unicodedata

import numpy as np
import pytest

from nnbook_utils import datasets

PARTS = ("train", "validation", "test")


def test_shakespeare_is_about_a_million_characters_of_ascii():
    text = datasets.shakespeare("all").text
    assert text.isascii() and 1_000_000 < len(text) < 1_200_000
    assert set(text) <= set(string.ascii_letters + " \n!\"&'(),-.12:;?[]")


def test_no_play_is_in_two_parts():
    plays = [title for part in PARTS for title in datasets.shakespeare(part).titles]
    assert len(plays) == len(set(plays)) == 9
    assert tuple(plays) == datasets.shakespeare("all").titles
    assert plays[-2:] == ["Twelfth Night", "The Tempest"]
    assert [len(datasets.shakespeare(part).titles) for part in PARTS] == [7, 1, 1]


def test_no_long_line_of_the_held_out_plays_is_in_the_training_plays():
    def long_lines(part):
        return {line for line in datasets.shakespeare(part).text.splitlines() if len(line) > 40}

    train, validation, test = map(long_lines, PARTS)
    assert not train & validation and not train & test and not validation & test


def test_held_out_plays_use_no_unknown_character():
    train = set(datasets.shakespeare("train").text)
    assert set(datasets.shakespeare("validation").text) <= train
    assert set(datasets.shakespeare("test").text) <= train


def test_plays_begin_with_the_first_act_and_have_plain_layout():
    text = datasets.shakespeare("all").text
    assert len(re.findall(r"^ACT I\b", text, flags=re.MULTILINE)) == 9
    assert len(re.findall(r"^ACT (?:I|II|III|IV|V)\b", text, flags=re.MULTILINE)) == 45
    assert "\n\n\n" not in text and not re.search(r"[ \t]$|^[ \t]", text, flags=re.MULTILINE)
    assert "HAMLET" not in text and "\nMACBETH.\n" in text


@pytest.mark.parametrize("load", [datasets.shakespeare, datasets.translation, datasets.first_names])
def test_other_names_of_parts_are_refused(load):
    with pytest.raises(ValueError, match="split must be one of"):
        load("dev")


def test_translation_parts_have_the_sizes_that_the_docstring_gives():
    sizes = {part: len(datasets.translation(part)) for part in PARTS}
    assert sizes == {"train": 14_758, "validation": 1_018, "test": 1_014}
    for part, size in sizes.items():
        assert f'"{part}" ({size:,})' in datasets.translation.__doc__
    assert len(datasets.translation("all")) == sum(sizes.values())


@pytest.mark.parametrize("language", ["german", "english"])
def test_no_sentence_is_in_two_parts(language):
    train, validation, test = (set(getattr(datasets.translation(p), language)) for p in PARTS)
    assert not train & validation and not train & test and not validation & test


def test_no_sentence_pair_occurs_twice():
    data = datasets.translation("all")
    assert len(set(zip(data.german, data.english, strict=True))) == len(data)


def test_sentences_are_whole_and_free_of_dictionary_marks():
    data = datasets.translation("all")
    for text in data.german + data.english:
        assert text[0].isupper() and text[-1] in ".!?" and len(text) <= 200
        assert text == " ".join(text.split()) == unicodedata.normalize("NFC", text)
        assert not re.search(r"[{}\[\]<>/;()|~’„“”]|\b(etw|jdn|sth|sb)\.", text)


def test_german_is_german_and_english_is_english():
    data = datasets.translation("all")
    german = sum(bool(re.search(r"\b(der|die|das|ist|nicht|und|ich)\b", t)) for t in data.german)
    swapped = sum(bool(re.search(r"\b(der|das|ist|nicht|und|ich)\b", t)) for t in data.english)
    assert german > 0.4 * len(data) and swapped < 0.001 * len(data)


def test_first_names_occur_once_and_are_spelled_in_letters():
    names = [name for part in PARTS for name in datasets.first_names(part).names]
    assert len(names) == len(set(names)) == 5163
    assert all(re.fullmatch(r"[A-Z][a-z]+", name) for name in names)


def test_first_names_are_labelled_by_the_larger_share():
    data = datasets.first_names("all")
    of = dict(zip(data.names, zip(data.female, data.male, data.labels, strict=True), strict=True))
    assert of["Mary"][0] == 2.629 and of["James"][1] == 3.318
    assert [data.classes[of[name][2]] for name in ("Mary", "James", "Leslie")] == [
        "female",
        "male",
        "female",
    ]
    assert data.female.min() >= 0 and data.male.min() >= 0
    assert 85 < data.female.sum() < 100 and 85 < data.male.sum() < 100  # percent of all
    assert data.labels.dtype == np.int64 and data.female.dtype == np.float64


def test_first_names_parts_have_both_sexes_in_proportion():
    shares = [datasets.first_names(part).labels.mean() for part in PARTS]
    assert max(shares) - min(shares) < 0.003
    assert [len(datasets.first_names(part)) for part in PARTS] == [4163, 500, 500]
