"""What MNIST and Fashion-MNIST share: the record that they return, and how it is cut into parts."""

from dataclasses import dataclass

import numpy as np

from . import _pack

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False, repr=False)
class LabelledImages:
    """One part of a set of grey images with one label each.

    images (N, 28, 28) float32 in [0, 1] (0 is background), labels (N,) int64.
    """

    name: str
    split: str
    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    source: str
    licence: str

    def __len__(self):
        return len(self.labels)

    def __repr__(self):
        height, width = self.images.shape[1:]
        return (
            f"{self.name}, {self.split}: {len(self):,} images {height}×{width}, "
            f"{len(self.classes)} classes"
        )


def check_split(split):
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r}.")


def packed(file, name, split, classes):
    """One part of a packed set of images; the file holds train, validation and test in turn."""
    check_split(split)
    found, entry = _pack.arrays(file), _pack.manifest()[file]
    stop = np.cumsum(found["sizes"])[SPLITS.index(split)]
    rows = slice(stop - found["sizes"][SPLITS.index(split)], stop)
    return LabelledImages(
        name=name,
        split=split,
        images=scaled(found["images"][rows]),
        labels=found["labels"][rows].astype(np.int64),
        classes=classes,
        source=entry["source"],
        licence=entry["licence"],
    )


def scaled(pixels):
    """uint8 in 0..255 -> float32 in [0, 1]."""
    return pixels.astype(np.float32) / np.float32(255)
