"""First names: short words whose letters follow rules."""

from dataclasses import dataclass

import numpy as np

from . import _pack, _splits


@dataclass(frozen=True, eq=False, repr=False)
class Names:
    """One part of a list of first names.

    names: N strings; female, male (N,) float64: percentage of women and of men with this name;
    labels (N,) int64: 0 where the share among women is larger, else 1; classes: their names.
    """

    name: str
    split: str
    names: tuple[str, ...]
    female: np.ndarray
    male: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    source: str
    licence: str

    def __len__(self):
        return len(self.names)

    def __repr__(self):
        return (
            f"{self.name}, {self.split}: {len(self):,} names, such as {', '.join(self.names[:3])}"
        )


def first_names(split="train"):
    """First names in the United States in 1990, for models that spell.

    split: "train" (4,163), "validation" (500), "test" (500) or "all". Fixed and stratified; each
    name occurs once.
    -> Names: names (tuple of str, letters A–Z and a–z), female and male (N,) in percent,
    labels (N,) int64.
    Raises ValueError for another split, DataError when the file is missing or changed.
    Source: United States Census Bureau, 1990.
    """
    found = _pack.arrays("first_names.npz")
    rows = _splits.rows(found["sizes"], split)
    female, male = found["female"][rows].copy(), found["male"][rows].copy()
    return Names(
        name="First names",
        split=split,
        names=tuple(found["names"][rows].tolist()),
        female=female,
        male=male,
        labels=(male > female).astype(np.int64),
        classes=("female", "male"),
        **_pack.origin("first_names.npz"),
    )
