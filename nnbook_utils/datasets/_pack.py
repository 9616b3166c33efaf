"""The data files that ship with the package: found, checked by SHA-256, decompressed.

`pack/manifest.json` lists every file with its size, digest, origin and licence. It is written by
`tools/make_data_pack.py`; nothing here ever writes into the package.
"""

import gzip
import hashlib
import io
import json
from functools import lru_cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "pack"
CURE = "Restore it with `git checkout nnbook_utils/datasets/pack`, or install nnbook_utils again."


class DataError(RuntimeError):
    """A data file is missing, changed, or could not be fetched. The message says what to do."""


@lru_cache
def manifest():
    """What is in the pack: a dict, file name -> {bytes, sha256, source, licence, ...}."""
    path = FOLDER / "manifest.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))["files"]
    except FileNotFoundError:
        raise DataError(f"The list of data files {path} is missing. {CURE}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"The list of data files {path} cannot be read ({error}). {CURE}"
        ) from error


def entry(name):
    """What the manifest says about one file."""
    if name not in manifest():
        raise DataError(f"{FOLDER / 'manifest.json'} does not list {name}. {CURE}")
    return manifest()[name]


@lru_cache
def read(name):
    """The bytes of a packed file, verified against the manifest once a process.

    Raises DataError when the file is missing, unreadable or not the one that was packed.
    """
    expected = entry(name)
    path = FOLDER / name
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"The data file {path} is missing. {CURE}") from None
    except OSError as error:
        raise DataError(f"The data file {path} cannot be read ({error.strerror}). {CURE}") from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != expected["sha256"]:
        raise DataError(
            f"The data file {path} has changed: expected {expected['bytes']:,} bytes with SHA-256 "
            f"{expected['sha256'][:12]}…, found {len(data):,} bytes with {digest[:12]}…. {CURE}"
        )
    return data


@lru_cache
def arrays(name):
    """The arrays of a packed .npz file, as a dict. They are shared, so they are read-only."""
    with np.load(io.BytesIO(read(name)), allow_pickle=False) as file:
        found = {key: file[key] for key in file.files}
    for array in found.values():
        array.setflags(write=False)
    return found


@lru_cache
def text(name):
    """The text of a packed .gz file."""
    return gzip.decompress(read(name)).decode("utf-8")


def origin(name):
    """{source, licence} of a packed file, as its record shows them."""
    return {key: entry(name)[key] for key in ("source", "licence")}


def forget():
    """Drop what this process has read and verified, so that the files are read again."""
    for cached in (manifest, read, arrays, text):
        cached.cache_clear()
