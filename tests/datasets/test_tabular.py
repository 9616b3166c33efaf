"""A reader's own table."""

import numpy as np
import pandas as pd
import pytest

from nnbook_utils import datasets


def table(rows=200, seed=0):
    rng = np.random.default_rng(seed)
    size = rng.normal(50, 10, rows)
    return pd.DataFrame(
        {
            "size": size,
            "rooms": rng.integers(1, 6, rows),
            "town": rng.choice(["Bonn", "Köln", "Trier"], rows),
            "price": 3 * size + rng.normal(0, 5, rows),
            "sold": np.where(size + rng.normal(0, 5, rows) > 50, "yes", "no"),
        }
    )


def parts(found):
    return found.train, found.validation, found.test


def test_a_csv_file_becomes_three_standardised_parts(tmp_path):
    table().to_csv(tmp_path / "houses.csv", index=False)
    found = datasets.tabular(tmp_path / "houses.csv", "sold")
    assert found.task == "classification" and found.classes == ("no", "yes")
    assert [len(part) for part in parts(found)] == [140, 30, 30]
    assert found.features == ("size", "rooms", "town=Bonn", "town=Köln", "town=Trier", "price")
    assert np.allclose(found.train.x.mean(axis=0), 0) and np.allclose(found.train.x.std(axis=0), 1)
    assert found.train.x.dtype == np.float64 and found.train.y.dtype == np.int64


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_are_understood(separator, tmp_path):
    table().to_csv(tmp_path / "t.csv", index=False, sep=separator)
    assert len(datasets.tabular(str(tmp_path / "t.csv"), "price").features) == 7


def test_every_row_keeps_its_target_and_is_in_one_part():
    frame = table().assign(price=lambda f: 7 * f["size"] + 1)
    found = datasets.tabular(frame[["size", "price"]], "price")
    x = np.concatenate([part.x for part in parts(found)]) * found.scale + found.mean
    y = np.concatenate([part.y for part in parts(found)])
    assert np.allclose(7 * x[:, 0] + 1, y)
    assert np.allclose(np.sort(x[:, 0]), np.sort(frame["size"]))


def test_nothing_leaks_from_validation_and_test():
    frame = table().assign(row=np.arange(200.0))
    frame.loc[::7, "size"] = np.nan
    before = datasets.tabular(frame, "price")
    column = before.features.index("row")
    held_out = np.concatenate([before.validation.x, before.test.x])[:, column]
    held_out = np.round(held_out * before.scale[column] + before.mean[column]).astype(int)
    spoiled = frame.copy()
    spoiled.loc[held_out, "size"] = 1e6
    spoiled.loc[held_out, "town"] = "Ulm"
    after = datasets.tabular(spoiled, "price")
    assert np.array_equal(before.train.x, after.train.x)
    assert np.array_equal(before.mean, after.mean) and np.array_equal(before.scale, after.scale)
    assert before.features == after.features
    assert not np.array_equal(before.test.x, after.test.x)
    assert any("a text that no training row has" in note for note in after.notes)


def test_classes_are_in_proportion_in_every_part():
    frame = table(400).assign(sold=np.repeat(["a", "b", "c", "c"], 100))
    for part in parts(datasets.tabular(frame, "sold")):
        shares = np.bincount(part.y) / len(part)
        assert np.abs(shares - (0.25, 0.25, 0.5)).max() < 0.01


def test_equal_rows_stay_in_one_part():
    frame = pd.concat([table(60)] * 3).sample(frac=1, random_state=0)
    found = datasets.tabular(frame, "price")
    train, validation, test = ({row.tobytes() for row in part.x} for part in parts(found))
    assert not train & validation and not train & test and not validation & test
    assert "120 rows equal to another one" in repr(found)


def test_the_split_is_the_same_every_time_and_follows_rng():
    same = [datasets.tabular(table(), "price").train.y for _ in range(2)]
    other = datasets.tabular(table(), "price", rng=np.random.default_rng(1)).train.y
    assert np.array_equal(*same) and not np.array_equal(same[0], other)


def test_missing_numbers_become_the_training_median_and_it_is_said():
    frame = table()
    frame.loc[:19, "size"] = np.nan
    frame.loc[20, "size"] = np.inf
    found = datasets.tabular(frame, "price")
    column = found.train.x[:, 0] * found.scale[0] + found.mean[0]
    (note,) = [note for note in found.notes if note.startswith("'size'")]
    assert "21 missing values replaced by" in note
    values, counts = np.unique(column.round(9), return_counts=True)
    assert f"{values[counts.argmax()]:g}" in note and counts.max() > 5
    known = np.delete(column.round(9), np.flatnonzero(column.round(9) == values[counts.argmax()]))
    assert np.median(known) == pytest.approx(values[counts.argmax()], abs=0.5)


def test_missing_texts_are_a_value_of_their_own():
    frame = table()
    frame.loc[:49, "town"] = None
    assert "town=missing" in datasets.tabular(frame, "price").features


def test_constant_columns_are_left_out_and_it_is_said():
    found = datasets.tabular(table().assign(country="D", planet=3), "price")
    assert not {"country=D", "planet"} & set(found.features)
    assert sum("constant" in note for note in found.notes) == 2
    assert np.isfinite(found.test.x).all()


def test_a_column_of_names_is_left_out_and_it_is_said():
    found = datasets.tabular(table().assign(owner=[f"p{i}" for i in range(200)]), "price")
    assert not any(name.startswith("owner") for name in found.features)
    assert "'owner' left out: 140 different texts" in repr(found)


def test_numbers_written_as_text_are_numbers():
    frame = table().assign(area=lambda f: f["size"].map("{:.3f}".format))
    frame.loc[3, "area"] = "?"
    found = datasets.tabular(frame, "price")
    assert "area" in found.features
    assert "'area': 1 text among numbers taken as missing." in found.notes


def test_dates_are_days():
    dates = pd.Series(pd.date_range("2020-01-01", periods=200))
    dates[5] = pd.NaT
    found = datasets.tabular(table().assign(day=dates), "price")
    column = found.features.index("day")
    assert 18_262 < found.mean[column] < 18_462 and np.isfinite(found.train.x).all()


def test_rows_without_target_are_left_out_and_it_is_said():
    frame = table()
    frame.loc[:9, "price"] = np.nan
    found = datasets.tabular(frame, "price")
    assert sum(len(part) for part in parts(found)) == 190
    assert "10 rows without a value of 'price' left out." in found.notes


@pytest.mark.parametrize(
    "target, task, classes",
    [
        ([0, 1], "classification", ("0", "1")),
        ([3.0, 5.0], "classification", ("3", "5")),
        ([True, False], "classification", ("False", "True")),
        (["b", "a"], "classification", ("a", "b")),
        ([0.5, 1.5], "regression", ()),
        (range(200), "regression", ()),
    ],
)
def test_the_task_follows_from_the_target(target, task, classes):
    found = datasets.tabular(table().assign(t=np.resize(np.array(target), 200)), "t")
    assert (found.task, found.classes) == (task, classes)
    assert found.train.y.dtype == (np.int64 if classes else np.float64)


def test_the_task_can_be_said():
    assert datasets.tabular(table(), "rooms", task="regression").train.y.dtype == np.float64
    assert datasets.tabular(table(), "rooms").classes == ("1", "2", "3", "4", "5")


def test_the_readers_table_is_not_changed():
    frame = table()
    frame.loc[:5, "size"] = np.inf
    copy = frame.copy()
    datasets.tabular(frame, "price")
    pd.testing.assert_frame_equal(frame, copy)


def bad_csv(folder, content):
    (folder / "bad.csv").write_bytes(content)
    return folder / "bad.csv"


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda p: (p / "none.csv", "y"), FileNotFoundError, "there is no file .*none.csv"),
        (lambda p: (p, "y"), FileNotFoundError, "there is no file"),
        (
            lambda p: (3, "y"),
            TypeError,
            "path_or_frame must be a path or a pandas DataFrame, got int",
        ),
        (lambda p: (bad_csv(p, b""), "y"), ValueError, "is not a table in CSV format"),
        (lambda p: (bad_csv(p, b"a\n1\n2\n"), "a"), ValueError, "at least two columns"),
        (lambda p: (bad_csv(p, b"a,b\n1,2\n1,2,3,4\n"), "a"), ValueError, "is not a table in CSV"),
        (lambda p: (bad_csv(p, b"a,b\n\xff\xfe,2\n"), "a"), ValueError, "is not text in UTF-8"),
        (lambda p: (table(), "prise"), ValueError, "got 'prise'; it has 'size', 'rooms'"),
        (lambda p: (table(), ["price"]), TypeError, "target must be the name of one column"),
        (lambda p: (table(8), "price"), ValueError, "at least 10 rows with a target, got 8"),
        (lambda p: (table()[["price"]], "price"), ValueError, "no column to predict 'price' from"),
        (
            lambda p: (table().assign(p=[f"n{i}" for i in range(200)])[["p", "price"]], "price"),
            ValueError,
            "'p' left out",
        ),
        (lambda p: (table().assign(t=1), "t"), ValueError, "'t' is the same in every row"),
        (lambda p: (table().assign(t=2.5), "t"), ValueError, "'t' is the same in every row"),
        (lambda p: (table().assign(t=np.nan), "t"), ValueError, "at least 10 rows"),
        (
            lambda p: (table().assign(t=[f"{i}x" for i in range(200)]), "t"),
            ValueError,
            "hardly classes",
        ),
        (
            lambda p: (table().assign(a=[[1]] * 200), "price"),
            ValueError,
            "one number, date or text",
        ),
        (lambda p: (pd.concat([table(1)] * 50), "price"), ValueError, "same in every row"),
        (lambda p: (table().iloc[:, [0, 0, 3]], "price"), ValueError, "'size' occurs twice"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_clear_sentence(make, error, message, tmp_path):
    with pytest.raises(error, match=message) as caught:
        datasets.tabular(*make(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"validation": 0}, "validation must be a share"),
        ({"test": 1.5}, "test must be a share"),
        ({"test": "some"}, "test must be a share"),
        ({"validation": 0.5, "test": 0.5}, "must leave rows to train on"),
        ({"task": "ranking"}, "task must be 'classification' or 'regression'"),
        ({"test": 0.001}, "too small for three parts"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        datasets.tabular(table(), "price", **arguments)


def test_texts_cannot_be_regressed_on():
    with pytest.raises(ValueError, match="must hold numbers for regression"):
        datasets.tabular(table(), "sold", task="regression")
