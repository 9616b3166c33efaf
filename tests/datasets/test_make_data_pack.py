"""The script that builds the pack: same input, same bytes."""

import importlib.util
import io
import json
from pathlib import Path

import numpy as np
import pytest

from nnbook_utils.datasets import _pack

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "make_data_pack.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_data_pack", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_files_hold_no_date_and_are_the_same_twice(script, monkeypatch):
    import time

    array = np.arange(1000).reshape(10, 100)
    first = script.npz(a=array, b=array[:2]), script.gz("text")
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert (script.npz(a=array, b=array[:2]), script.gz("text")) == first
    assert script.npz(a=array.T, b=array[:2]) != first[0]
    with np.load(io.BytesIO(first[0]), allow_pickle=False) as file:
        assert np.array_equal(file["a"], array) and file.files == ["a", "b"]


def test_the_packed_files_have_the_content_that_the_manifest_says(script):
    for file, entry in _pack.manifest().items():
        data = (_pack.FOLDER / file).read_bytes()
        assert script.content_digest(file, data) == entry["content_sha256"]


def test_manifest_knows_every_set_of_the_script(script):
    assert {entry["set"] for entry in _pack.manifest().values()} == set(script.SETS)


@pytest.mark.parametrize("sizes", [(80, 10, 10), (34, 33, 33), (98, 1, 1)])
def test_stratified_order_has_every_row_once_and_each_class_in_proportion(sizes, script):
    labels = np.repeat([0, 1, 2], [50, 31, 19])
    order = script.stratified_order(labels, sizes, np.random.default_rng(0))
    assert sorted(order) == list(range(100))
    for part, size in zip(np.split(order, np.cumsum(sizes)[:-1]), sizes, strict=True):
        counts = np.bincount(labels[part], minlength=3)
        assert counts.sum() == size
        assert np.abs(counts - size * np.array([0.5, 0.31, 0.19])).max() <= 1.5


def test_sentences_lose_their_marks(script):
    assert script.sentence("Er {m} kam [ugs.] an. ; Er traf ein.") == "Er kam an."
    assert script.sentence("„Nein“, sagte sie’s.") == '"Nein", sagte sie\'s.'


def test_only_clean_whole_sentences_become_pairs(script):
    dictionary = "\n".join(
        [
            "# comment :: comment",
            "Haus {n} | Das Haus ist alt. | Häuser :: house | The house is old. | houses",
            "Geh weg! [vulg.] :: Go away!",
            "Ich habe/hatte Zeit. :: I have time.",
            "eine Menge von etw. :: a lot of sth.",
            "Eins. | Zwei. :: One.",
        ]
    )
    assert list(script.sentence_pairs(dictionary)) == [("Das Haus ist alt.", "The house is old.")]


def test_pairs_with_a_sentence_in_common_are_linked(script):
    pairs = [("a", "1"), ("b", "2"), ("a", "3"), ("c", "3"), ("d", "d"), ("e", "2"), ("f", "a")]
    assert script.linked(pairs).tolist() == [0, 1, 0, 0, 2, 1, 3]


def test_plays_lose_their_list_of_persons(script):
    text = (
        "TITLE\n\nPERSONS\n\n\nAct 1.\n\n\n\nScene 2. A room \n\nANNA.\n  Hush.{Exit.]\n\nTHE END"
    )
    assert script.play(text) == "ACT I.\n\nSCENE II. A room\n\nANNA.\nHush.[Exit.]"


def test_emoji_names_leave_out_skin_tones_and_unqualified_forms(script):
    listing = "\n".join(
        [
            "# group: People & Body",
            "# subgroup: hand",
            "1F44B ; fully-qualified     # 👋 E0.6 waving hand",
            "1F44B 1F3FB ; fully-qualified     # 👋🏻 E1.0 waving hand: light skin tone",
            "263A FE0F ; fully-qualified     # ☺️ E0.6 smiling face",
            "263A ; unqualified         # ☺ E0.6 smiling face",
        ]
    )
    assert [row[1:] for row in script.emoji_names(listing)] == [
        ("waving hand", "People & Body", "hand"),
        ("smiling face", "People & Body", "hand"),
    ]


@pytest.fixture
def two_sets(script, monkeypatch, tmp_path):
    """The script with two sets that need no network, writing into a folder of this test."""

    def small(folder):
        return {"small.npz": script.npz(a=np.arange(9))}, {"shape": "9"}, "free"

    def other(folder):
        return {"other.txt.gz": script.gz("words")}, {"shape": "words"}, "free"

    monkeypatch.setattr(script, "SETS", {"small": small, "other": other})

    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["x", "--into", str(tmp_path / "pack"), *arguments])
        script.main()

    return call, tmp_path / "pack", script


def test_building_twice_gives_the_same_bytes(two_sets):
    call, folder, _ = two_sets
    call()
    first = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    call()
    again = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert first == again
    assert set(first) == {"small.npz", "other.txt.gz", "manifest.json", "small.txt", "other.txt"}


def test_check_passes_on_the_same_and_fails_on_other_content(two_sets):
    call, folder, script = two_sets
    call()
    with pytest.raises(SystemExit) as done:
        call("--check")
    assert done.value.code == 0
    script.SETS["small"] = lambda folder: (
        {"small.npz": script.npz(a=np.zeros(9))},
        {"shape": ""},
        "",
    )
    before = (folder / "small.npz").read_bytes()
    with pytest.raises(SystemExit, match=r"Not what the manifest says: small\.npz"):
        call("--check")
    assert (folder / "small.npz").read_bytes() == before


def test_check_tells_other_compression_from_other_content(two_sets, monkeypatch, capsys):
    import gzip

    call, folder, script = two_sets
    call()
    monkeypatch.setattr(
        script, "gz", lambda text: gzip.compress(text.encode(), compresslevel=0, mtime=0)
    )
    with pytest.raises(SystemExit) as done:
        call("other", "--check")
    assert done.value.code == 0
    assert "same content, other compression" in capsys.readouterr().out


def test_a_set_that_fails_leaves_everything_as_it_was(two_sets):
    call, folder, script = two_sets
    call()
    before = (folder / "manifest.json").read_text()

    def fails(folder):
        raise SystemExit("`npm` failed")

    script.SETS["small"] = lambda folder: (
        {"small.npz": script.npz(a=np.ones(9))},
        {"shape": ""},
        "",
    )
    script.SETS["other"] = fails
    with pytest.raises(SystemExit, match="failed"):
        call()
    assert (folder / "manifest.json").read_text() == before
    assert np.load(folder / "small.npz")["a"].sum() == 36


def test_one_set_can_be_built_alone(two_sets):
    call, folder, _ = two_sets
    call("small")
    assert list(json.loads((folder / "manifest.json").read_text())["files"]) == ["small.npz"]


def test_unknown_set_and_missing_client_are_one_clear_sentence(two_sets, tmp_path, monkeypatch):
    call, _, script = two_sets
    with pytest.raises(SystemExit, match="Unknown set 'mnits': choose from small, other"):
        call("mnits")
    with pytest.raises(SystemExit, match="no-such-client is needed to fetch the data"):
        script.run(["no-such-client"], tmp_path)
    with pytest.raises(SystemExit, match="`false` failed"):
        script.run(["false"], tmp_path)
