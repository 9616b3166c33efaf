"""Sunspots and carbon dioxide: cut along time."""

import numpy as np
import pytest

from nnbook_utils import datasets

PARTS = ("train", "validation", "test")
LOADS = {
    "years": datasets.sunspots,
    "months": lambda split="all": datasets.sunspots(split, monthly=True),
    "weeks": datasets.co2,
}
each_series = pytest.mark.parametrize("load", LOADS.values(), ids=LOADS.keys())


@each_series
def test_parts_follow_each_other_and_make_up_the_whole(load):
    train, validation, test = map(load, PARTS)
    assert train.dates[-1] < validation.dates[0] and validation.dates[-1] < test.dates[0]
    joined = np.concatenate([train.dates, validation.dates, test.dates])
    assert np.array_equal(joined, load("all").dates)
    assert abs(len(train) / len(load()) - 0.7) < 0.01


@each_series
def test_times_are_regular_and_values_are_numbers(load):
    data = load()
    assert len(set(np.diff(data.dates))) == 1
    assert data.values.dtype == np.float64 and np.isfinite(data.values).all()
    assert np.issubdtype(data.dates.dtype, np.datetime64)
    assert np.all(np.diff(data.years) > 0)


def test_sunspots_are_the_recorded_ones():
    yearly, monthly = datasets.sunspots(), datasets.sunspots(monthly=True)
    assert (len(yearly), len(monthly)) == (309, 3120)
    assert str(yearly.dates[0]) == "1700" and yearly.values[0] == 5
    assert str(monthly.dates[0]) == "1749-01" and monthly.values[0] == 58
    assert str(monthly.dates[-1]) == "2008-12"
    # The mean of the months is the value of the year, apart from the rounding of old records.
    means = monthly.values.reshape(-1, 12).mean(axis=1)
    assert np.abs(means - yearly.values[49:]).max() < 1


def test_sunspots_come_back_after_about_eleven_years():
    values = datasets.sunspots().values - datasets.sunspots().values.mean()
    again = [values[:-lag] @ values[lag:] for lag in range(6, 17)]
    assert 6 + np.argmax(again) in (10, 11, 12)


def test_co2_rises_and_its_gaps_are_said_and_filled():
    data = datasets.co2()
    assert len(data) == 2284 and data.missing.sum() == 59
    assert 315 < data.values[0] < 318 and 370 < data.values[-1] < 373
    assert str(data.dates[0]) == "1958-03-29" and data.values[0] == 316.1
    row = int(np.flatnonzero(data.missing)[0])
    assert data.values[row] == pytest.approx((data.values[row - 1] + data.values[row + 1]) / 2)


def test_gaps_of_a_part_are_filled_from_that_part_alone():
    from nnbook_utils.datasets._series import filled

    values, missing = filled(np.array([1.0, np.nan, np.nan, 4.0, np.nan]))
    assert values.tolist() == [1, 2, 3, 4, 4] and missing.tolist() == [0, 1, 1, 0, 1]


def test_years_count_days():
    data = datasets.co2()
    row = list(data.dates.astype(str)).index("1984-07-07")
    assert data.years[row] == pytest.approx(1984 + 188 / 366)


@each_series
def test_other_names_of_parts_are_refused(load):
    with pytest.raises(ValueError, match="split must be one of"):
        load("future")
