"""What the time series share."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False, repr=False)
class Series:
    """One part of a series of measurements at regular times.

    dates (N,) datetime64; values (N,) float64 in the given unit; missing (N,) bool: where nothing
    was measured and the value lies on the line between its neighbours.
    """

    name: str
    split: str
    dates: np.ndarray
    values: np.ndarray
    missing: np.ndarray
    unit: str
    source: str
    licence: str

    def __len__(self):
        return len(self.values)

    def __repr__(self):
        gaps = f", {self.missing.sum()} filled in" if self.missing.any() else ""
        return (
            f"{self.name}, {self.split}: {len(self):,} values from {self.dates[0]} "
            f"to {self.dates[-1]}, {self.unit}{gaps}"
        )

    @property
    def years(self):
        """The dates as numbers, such as 1987.25 -> (N,) float64."""
        year = self.dates.astype("datetime64[Y]")
        start = year.astype("datetime64[D]")
        end = (year + 1).astype("datetime64[D]")
        passed = (self.dates.astype("datetime64[D]") - start) / (end - start)
        return 1970 + year.astype(np.int64) + passed


def filled(values):
    """Missing values (NaN) put on the line between their neighbours -> values, which were missing.

    Uses only the values given, so a part that is filled alone knows nothing of the others.
    """
    missing = np.isnan(values)
    place = np.arange(len(values))
    return np.interp(place, place[~missing], values[~missing]), missing
