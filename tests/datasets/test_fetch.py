"""Full sets are fetched whole and unharmed, or not at all."""

import gzip
import hashlib
import sys
import warnings

import numpy as np
import pytest

from nnbook_utils import datasets
from nnbook_utils.datasets import DataError, _fetch, _images


def digest(data):
    return hashlib.sha256(data).hexdigest()


FILE = {"a.bin": bytes(range(256)) * 40}
WANTED = {"a.bin": digest(FILE["a.bin"])}


@pytest.fixture(autouse=True)
def one_try(monkeypatch):
    monkeypatch.setattr(_fetch, "RETRIES", 0)


def stored(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache").rglob("*") if path.is_file())


def test_file_is_fetched_into_the_cache_and_only_once(mirror, tmp_path):
    server = mirror(FILE)
    for _ in range(2):
        paths = _fetch.fetch("set", WANTED, [server.url])
    assert paths["a.bin"].read_bytes() == FILE["a.bin"]
    assert paths["a.bin"].parent == tmp_path / "cache" / "set"
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "manner, reason",
    [
        ("cut off", "cut off"),
        ("wrong", "other bytes than expected"),
        ("broken", "answered 500"),
    ],
)
def test_nothing_half_written_stays_behind(manner, reason, mirror, tmp_path):
    server = mirror(FILE, manner)
    with pytest.raises(
        DataError, match=rf"a\.bin could not be fetched \(127\.0\.0\.1:\d+: {reason}"
    ):
        _fetch.fetch("set", WANTED, [server.url])
    assert len(server.requests) == 1
    assert stored(tmp_path) == []


@pytest.mark.parametrize("manner", ["cut off", "wrong", "broken"])
def test_the_next_mirror_is_used(manner, mirror, tmp_path):
    bad, good = mirror(FILE, manner), mirror(FILE)
    paths = _fetch.fetch("set", WANTED, [bad.url, good.url])
    assert paths["a.bin"].read_bytes() == FILE["a.bin"]
    assert len(bad.requests) == len(good.requests) == 1
    assert stored(tmp_path) == ["a.bin"]


def test_the_next_mirror_is_used_when_a_server_is_down(mirror, nowhere):
    good = mirror(FILE)
    assert _fetch.fetch("set", WANTED, [nowhere, good.url])["a.bin"].exists()


def test_a_mirror_gets_a_second_chance(mirror, monkeypatch):
    monkeypatch.setattr(_fetch, "RETRIES", 1)
    server = mirror(FILE, "cut off once")
    assert _fetch.fetch("set", WANTED, [server.url])["a.bin"].read_bytes() == FILE["a.bin"]
    assert len(server.requests) == 2


def test_spoiled_file_in_the_cache_is_fetched_again(mirror, tmp_path):
    server = mirror(FILE)
    path = _fetch.fetch("set", WANTED, [server.url])["a.bin"]
    path.write_bytes(b"half")
    assert _fetch.fetch("set", WANTED, [server.url])["a.bin"].read_bytes() == FILE["a.bin"]


def test_cache_that_cannot_be_written_is_one_clear_sentence(mirror, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NNBOOK_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="cannot be stored in .*NNBOOK_CACHE"):
        _fetch.fetch("set", WANTED, [mirror(FILE).url])


# A full set in miniature: 240 training and 40 test images, some of them equal on purpose.


def idx(array):
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    return gzip.compress(head + array.tobytes(), mtime=0)


@pytest.fixture
def miniature(monkeypatch):
    rng = np.random.default_rng(5)
    train = rng.integers(0, 256, (240, 28, 28), dtype=np.uint8)
    test = rng.integers(0, 256, (40, 28, 28), dtype=np.uint8)
    train[17] = test[3]
    train[20] = train[100]
    labels = np.arange(240, dtype=np.uint8) % 10
    # Rows 11, 23, … of each class sorted by label validate: make two equal across that line.
    held_out = np.argsort(labels, kind="stable")[11::12]
    train[held_out[0]] = train[50]
    train[held_out[1]] = test[7]
    arrays = (train, labels, test, np.arange(40, dtype=np.uint8) % 10)
    files = {name: idx(array) for name, array in zip(_images.FILES, arrays, strict=True)}
    # The package shows the function of this name; its module is found here.
    module = sys.modules["nnbook_utils.datasets.mnist"]
    monkeypatch.setattr(module, "DIGESTS", tuple(digest(data) for data in files.values()))

    def at(*urls):
        monkeypatch.setattr(module, "MIRRORS", urls)

    return files, arrays, at


def test_full_set_is_cut_without_overlap(mirror, miniature):
    files, (train, _, test, _), at = miniature
    at(mirror(files).url)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parts = {s: datasets.mnist(s, full=True) for s in ("train", "validation", "test", "all")}
    bytes_of = {s: [i.tobytes() for i in part.images] for s, part in parts.items()}
    for a, b in [("train", "validation"), ("train", "test"), ("validation", "test")]:
        assert not set(bytes_of[a]) & set(bytes_of[b])
    # Two training images and one for validation were also elsewhere; twins within the training
    # part may stay.
    assert [len(parts[s]) for s in parts] == [218, 19, 40, 277]
    assert np.array_equal(parts["test"].images, test.astype(np.float32) / np.float32(255))
    assert sorted(np.bincount(parts["validation"].labels)) == [1] + 9 * [2]
    assert all(part.full and "full set" in repr(part) for part in parts.values())
    assert parts["train"].images.dtype == np.float32 and parts["train"].labels.dtype == np.int64
    assert parts["train"].source.endswith("in full")


def test_offline_the_small_set_comes_with_one_warning(miniature, nowhere):
    miniature[2](nowhere)
    with pytest.warns(UserWarning) as caught:
        data = datasets.mnist("test", full=True)
    assert len(caught) == 1 and caught[0].filename == __file__
    message = str(caught[0].message)
    assert message.startswith("The full MNIST set is not here, so this is the small one")
    assert "no connection" in message and "\n" not in message
    assert not data.full and np.array_equal(data.images, datasets.mnist("test").images)


def test_offline_without_fallback_is_an_error(miniature, nowhere):
    miniature[2](nowhere)
    with pytest.raises(DataError, match="The full MNIST set is not here: .* no connection"):
        datasets.mnist("test", full=True, fallback=False)


def test_a_set_with_one_file_missing_is_not_used(mirror, miniature):
    files, _, at = miniature
    at(mirror({name: data for name, data in files.items() if "t10k-labels" not in name}).url)
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte.gz could not be fetched"):
        datasets.mnist("train", full=True, fallback=False)


def test_a_wrong_name_of_a_part_is_noticed_before_fetching(mirror, miniature):
    server = mirror(miniature[0])
    miniature[2](server.url)
    with pytest.raises(ValueError, match="split"):
        datasets.mnist("tset", full=True)
    assert server.requests == []


def test_full_sets_name_four_digests_and_two_mirrors():
    for name in ("mnist", "fashion_mnist"):
        module = sys.modules[f"nnbook_utils.datasets.{name}"]
        assert len(set(module.DIGESTS)) == 4
        assert all(len(bytes.fromhex(digest)) == 32 for digest in module.DIGESTS)
        assert len(module.MIRRORS) >= 2
        assert all(url.startswith("https://") and url.endswith("/") for url in module.MIRRORS)


def test_unwritable_cache_falls_back_and_does_not_blame_the_network(
    mirror, miniature, tmp_path, monkeypatch
):
    miniature[2](mirror(miniature[0]).url)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NNBOOK_CACHE", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match="small one .* cannot be stored in") as caught:
        assert not datasets.mnist(full=True).full
    assert "network" not in str(caught[0].message)
