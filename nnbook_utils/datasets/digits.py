"""The 8×8 digits that scikit-learn carries: the smallest real pictures."""

import numpy as np

from . import _splits
from ._images import LabelledImages


def digits(split="train"):
    """Handwritten digits 0–9, 8×8 pixels with 17 levels of grey, from scikit-learn.

    split: "train" (1,199), "validation" (299), "test" (299) or "all". Fixed and stratified; no
    image is in two parts, though the same people wrote in all three.
    -> LabelledImages: images (N, 8, 8) float32 in [0, 1], labels (N,) int64.
    Raises ValueError for another split.
    Source: Alpaydin and Kaynak, 1998, doi:10.24432/C50P49.
    """
    from sklearn.datasets import load_digits

    _splits.check_split(split)
    found = load_digits()
    part = np.full(len(found.target), "train", dtype="<U10")
    part[_splits.every_nth(found.target, 6, 4)] = "validation"
    part[_splits.every_nth(found.target, 6, 5)] = "test"
    rows = np.ones_like(part, dtype=bool) if split == "all" else part == split
    return LabelledImages(
        name="Digits 8×8",
        split=split,
        images=(found.images[rows] / 16).astype(np.float32),
        labels=found.target[rows].astype(np.int64),
        classes=tuple("0123456789"),
        full=False,
        source="Optical Recognition of Handwritten Digits, Alpaydin and Kaynak, 1998, "
        "doi:10.24432/C50P49; its test set, by way of scikit-learn",
        licence="CC BY 4.0",
    )
