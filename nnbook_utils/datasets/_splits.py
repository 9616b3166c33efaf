"""Train, validation and test: which rows belong to which part."""

import numpy as np

SPLITS = ("train", "validation", "test")


def check_split(split):
    """Raise ValueError unless split names a part, or "all"."""
    if not isinstance(split, str) or split not in (*SPLITS, "all"):
        wanted = ", ".join(repr(name) for name in (*SPLITS, "all"))
        raise ValueError(f"split must be one of {wanted}, got {split!r}.")


def rows(sizes, split):
    """The rows of one part, where the parts stand one after the other with these sizes."""
    check_split(split)
    if split == "all":
        return slice(0, int(np.sum(sizes)))
    which = SPLITS.index(split)
    start = int(np.sum(sizes[:which]))
    return slice(start, start + int(sizes[which]))


def in_time(length, split):
    """The rows of one part of a series: the past to train, the future to test (70, 15, 15 %)."""
    train, validation = round(0.7 * length), round(0.15 * length)
    return rows((train, validation, length - train - validation), split)


def every_nth(labels, n, offset):
    """Every n-th row when the rows are sorted by label: the same share of each class, no chance."""
    return np.sort(np.argsort(labels, kind="stable")[offset::n])
