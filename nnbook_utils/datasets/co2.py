"""Carbon dioxide in the air: a trend with a season on it."""

from . import _pack, _splits
from ._series import Series, filled


def co2(split="all"):
    """Weekly means of carbon dioxide in the air at Mauna Loa, March 1958 to December 2001.

    split: "train" (the first 70 %), "validation" (the next 15 %), "test" (the last 15 %) or "all".
    The parts follow each other in time, because the future is what has to be predicted.
    59 of 2,284 weeks were not measured; they are filled in within each part, and `missing` says
    which.
    -> Series: dates (N,) datetime64[D], values (N,) float64 in parts per million, missing
    (N,) bool.
    Raises ValueError for another split, DataError when the file is missing or changed.
    Source: Keeling and Whorf, 2004.
    """
    found = _pack.arrays("co2.npz")
    rows = _splits.in_time(len(found["values"]), split)
    values, missing = filled(found["values"][rows])
    return Series(
        name="CO2",
        split=split,
        dates=found["dates"][rows].astype("datetime64[D]"),
        values=values,
        missing=missing,
        unit="parts per million",
        **_pack.origin("co2.npz"),
    )
