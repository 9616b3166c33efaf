"""Sunspots: a cycle of about eleven years that is never twice the same."""

import numpy as np

from . import _pack, _splits
from ._series import Series


def sunspots(split="all", *, monthly=False):
    """The sunspot number of every year from 1700 to 2008, or of every month from 1749 to 2008.

    split: "train" (the first 70 %), "validation" (the next 15 %), "test" (the last 15 %) or "all".
    The parts follow each other in time, because the future is what has to be predicted.
    -> Series: dates (N,) datetime64, values (N,) float64 on the scale in use before 2015.
    Raises ValueError for another split, DataError when the file is missing or changed.
    Source: NOAA National Geophysical Data Center.
    """
    found = _pack.arrays("sunspots.npz")
    if monthly:
        dates, values = found["months"].astype("datetime64[M]"), found["monthly"]
    else:
        dates, values = found["years"].astype("datetime64[Y]"), found["yearly"]
    rows = _splits.in_time(len(values), split)
    return Series(
        name="Sunspots",
        split=split,
        dates=dates[rows],
        values=values[rows].copy(),
        missing=np.zeros(len(values[rows]), dtype=bool),
        unit="sunspot number",
        **_pack.origin("sunspots.npz"),
    )
