"""The packed files: what is listed is there, and nothing spoiled is ever read."""

import hashlib
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nnbook_utils import datasets
from nnbook_utils.datasets import DataError, _pack

ROOT = Path(__file__).resolve().parents[2]
PACKED = {
    datasets.mnist: "mnist.npz",
    datasets.fashion_mnist: "fashion_mnist.npz",
    datasets.shakespeare: "shakespeare.txt.gz",
    datasets.translation: "translation.tsv.gz",
    datasets.emoji: "emoji.npz",
    datasets.first_names: "first_names.npz",
    datasets.sunspots: "sunspots.npz",
    datasets.co2: "co2.npz",
}
each_packed = pytest.mark.parametrize("load, file", PACKED.items(), ids=PACKED.values())


def test_manifest_lists_exactly_the_files_of_the_pack():
    files = {path.name for path in _pack.FOLDER.iterdir() if path.is_file()}
    assert (
        files
        == set(_pack.manifest()) | {"manifest.json"}
        == set(PACKED.values()) | {"manifest.json"}
    )


def test_every_file_has_the_size_and_digest_of_the_manifest():
    for file, entry in _pack.manifest().items():
        data = (_pack.FOLDER / file).read_bytes()
        assert len(data) == entry["bytes"]
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]


def test_pack_takes_at_most_15_megabytes():
    total = sum(path.stat().st_size for path in _pack.FOLDER.rglob("*") if path.is_file())
    print(f"data pack: {total:,} bytes")
    assert total <= 15_000_000


def test_every_set_has_its_licence_text_and_its_section():
    page = (ROOT / "DATA_LICENSES.md").read_text(encoding="utf-8")
    for file, entry in _pack.manifest().items():
        assert len((_pack.FOLDER / "licences" / f"{entry['set']}.txt").read_text("utf-8")) > 50
        assert f"`{file}`" in page and f"`datasets.{entry['set']}()`" in page
        for version in entry["version"].split(", "):
            assert version in page


def test_licence_of_the_sentences_comes_with_the_whole_gpl():
    text = (_pack.FOLDER / "licences" / "translation.txt").read_text(encoding="utf-8")
    assert "Frank Richter" in text
    assert "TERMS AND CONDITIONS FOR COPYING, DISTRIBUTION AND MODIFICATION" in text


@each_packed
def test_record_says_where_it_is_from_and_under_which_licence(load, file):
    record = load()
    assert record.source == _pack.manifest()[file]["source"]
    assert record.licence == _pack.manifest()[file]["licence"]
    assert record.name in repr(record) and record.split in repr(record)


@each_packed
def test_record_is_frozen(load, file):
    with pytest.raises(AttributeError):
        load().source = "mine"


@each_packed
def test_missing_file_is_one_clear_sentence(load, file, spoiled_pack):
    (spoiled_pack / file).unlink()
    with pytest.raises(DataError, match=rf"{file} is missing\. Restore it with") as caught:
        load()
    assert "\n" not in str(caught.value)


@each_packed
def test_changed_file_is_one_clear_sentence(load, file, spoiled_pack):
    data = bytearray((spoiled_pack / file).read_bytes())
    data[len(data) // 2] ^= 1
    (spoiled_pack / file).write_bytes(data)
    with pytest.raises(DataError, match=rf"{file} has changed: expected .* SHA-256 \w{{12}}…"):
        load()


def test_cut_off_file_is_noticed(spoiled_pack):
    data = (spoiled_pack / "mnist.npz").read_bytes()
    (spoiled_pack / "mnist.npz").write_bytes(data[:1000])
    with pytest.raises(DataError, match="found 1,000 bytes"):
        datasets.mnist()


def test_folder_in_place_of_a_file_is_one_clear_sentence(spoiled_pack):
    (spoiled_pack / "co2.npz").unlink()
    (spoiled_pack / "co2.npz").mkdir()
    with pytest.raises(DataError, match=r"co2\.npz cannot be read"):
        datasets.co2()


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"other": 1}'])
def test_missing_or_broken_manifest_is_one_clear_sentence(content, spoiled_pack):
    (spoiled_pack / "manifest.json").unlink()
    if content is not None:
        (spoiled_pack / "manifest.json").write_text(content)
    with pytest.raises(DataError, match=r"list of data files .* (is missing|cannot be read)"):
        datasets.mnist()


def test_file_without_a_line_in_the_manifest_is_one_clear_sentence(spoiled_pack):
    (spoiled_pack / "manifest.json").write_text(json.dumps({"files": {}}))
    with pytest.raises(DataError, match=r"manifest.json does not list mnist\.npz"):
        datasets.mnist()


def test_read_only_folder_is_enough_and_nothing_is_written(spoiled_pack):
    def state():
        return {path: path.stat().st_mtime_ns for path in spoiled_pack.rglob("*")}

    before = state()
    for path in [*spoiled_pack.rglob("*"), spoiled_pack]:
        path.chmod(stat.S_IREAD | (stat.S_IEXEC if path.is_dir() else 0))
    try:
        for load in PACKED:
            load()
        assert state() == before
    finally:
        spoiled_pack.chmod(0o755)
        (spoiled_pack / "licences").chmod(0o755)


def test_file_is_verified_once_a_process(spoiled_pack, monkeypatch):
    calls = []
    original = hashlib.sha256
    monkeypatch.setattr(hashlib, "sha256", lambda data: calls.append(1) or original(data))
    datasets.co2("train")
    datasets.co2("test")
    assert len(calls) == 1


def test_what_a_reader_does_to_a_record_does_not_reach_the_next():
    for load, name in ((datasets.mnist, "images"), (datasets.sunspots, "values")):
        first = getattr(load(), name)
        first[:] = -1
        assert getattr(load(), name).min() >= 0


def test_what_is_shared_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        _pack.arrays("mnist.npz")["images"][0] = 0


def test_importing_datasets_brings_no_heavy_package():
    heavy = ["torch", "pandas", "sklearn", "pooch", "requests", "matplotlib"]
    code = (
        "import sys; from nnbook_utils import datasets; datasets.mnist();"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
