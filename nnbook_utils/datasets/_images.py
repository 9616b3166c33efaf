"""What MNIST and Fashion-MNIST share: the record that they return, and the full sets."""

import gzip
import warnings
from dataclasses import dataclass

import numpy as np

from . import _pack, _splits
from ._fetch import fetch
from ._pack import DataError

# The files of a full set, in the order in which the digests are given.
FILES = tuple(
    f"{part}-{kind}-ubyte.gz"
    for part in ("train", "t10k")
    for kind in ("images-idx3", "labels-idx1")
)


@dataclass(frozen=True, eq=False, repr=False)
class LabelledImages:
    """One part of a set of grey pictures with one label each.

    images (N, H, W) float32 in [0, 1], 0 is background; labels (N,) int64;
    classes: the name of each label; split: which part this is; full: the full set or the small one.
    """

    name: str
    split: str
    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    full: bool
    source: str
    licence: str

    def __len__(self):
        return len(self.labels)

    def __repr__(self):
        height, width = self.images.shape[1:]
        size = "full set, " if self.full else ""
        return (
            f"{self.name}, {size}{self.split}: {len(self):,} images of {height}×{width} pixels, "
            f"{len(self.classes)} classes"
        )


def packed(file, name, split, classes):
    """One part of a packed set; the file holds train, validation and test one after the other."""
    found = _pack.arrays(file)
    rows = _splits.rows(found["sizes"], split)
    return LabelledImages(
        name=name,
        split=split,
        images=scaled(found["images"][rows]),
        labels=found["labels"][rows].astype(np.int64),
        classes=classes,
        full=False,
        **_pack.origin(file),
    )


def full_or_packed(file, name, split, classes, digests, mirrors, fallback):
    """One part of the full set; with a warning, the small one where it cannot be fetched."""
    _splits.check_split(split)
    try:
        registry = dict(zip(FILES, digests, strict=True))
        paths = fetch(file.removesuffix(".npz"), registry, mirrors)
        images, labels = full_part(paths, split)
    except DataError as error:
        if not fallback:
            raise DataError(f"The full {name} set is not here: {error}") from None
        warnings.warn(
            f"The full {name} set is not here, so this is the small one that ships with the book: "
            f"{error}",
            stacklevel=3,
        )
        return packed(file, name, split, classes)
    return LabelledImages(
        name=name,
        split=split,
        images=scaled(images),
        labels=labels.astype(np.int64),
        classes=classes,
        full=True,
        **_pack.origin(file) | {"source": _pack.origin(file)["source"].split(",")[0] + ", in full"},
    )


def full_part(paths, split):
    """Cut the two published files into three parts: every twelfth training image validates.

    A training image that is also a validation or test image, pixel for pixel, is left out.
    """
    images, labels, test_images, test_labels = (read_idx(paths[name]) for name in FILES)
    if split == "test":
        return test_images, test_labels
    held_out = np.zeros(len(labels), dtype=bool)
    held_out[_splits.every_nth(labels, 12, 11)] = True
    tested = {image.tobytes() for image in test_images}
    validated = {image.tobytes() for image in images[held_out]}
    parts = {
        "train": ~seen(images, tested | validated),
        "validation": held_out & ~seen(images, tested),
    }
    if split == "all":
        keep = parts["train"] | parts["validation"]
        return np.append(images[keep], test_images, 0), np.append(labels[keep], test_labels)
    return images[parts[split]], labels[parts[split]]


def seen(images, known):
    """Which images are among the known ones (a set of their bytes) -> (N,) bool."""
    return np.array([image.tobytes() in known for image in images])


def read_idx(path):
    """An array in the IDX format of MNIST: two zeros, type 8 (uint8), axes, their sizes, data."""
    data = gzip.decompress(path.read_bytes())
    axes = data[3]
    shape = np.frombuffer(data, ">u4", axes, offset=4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def scaled(pixels):
    """uint8 in 0..255 -> float32 in [0, 1]."""
    return pixels.astype(np.float32) / np.float32(255)
