"""A reader's own table, made ready for a network."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

FEW_CLASSES = 20  # whole numbers with at most so many values are taken for classes
MIXED = 0.9  # a text column of which so much reads as numbers is taken for numbers


@dataclass(frozen=True, eq=False)
class Part:
    """x (N, D) float64, standardised; y (N,): int64 classes or float64 amounts."""

    x: np.ndarray
    y: np.ndarray

    def __len__(self):
        return len(self.y)

    def __repr__(self):
        return f"x {self.x.shape} {self.x.dtype}, y {self.y.shape} {self.y.dtype}"


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """A table in three parts, ready for a network.

    train, validation, test: Part each; features: the name of each of the D columns of x;
    task: "classification" or "regression"; classes: the name of each label, empty for amounts;
    mean, scale (D,): what was subtracted and divided by, from the training part alone;
    notes: in words, all that was done to the table.
    """

    target: str
    task: str
    train: Part
    validation: Part
    test: Part
    features: tuple[str, ...]
    classes: tuple[str, ...]
    mean: np.ndarray
    scale: np.ndarray
    notes: tuple[str, ...]

    def __repr__(self):
        what = f"{len(self.classes)} classes" if self.classes else "an amount"
        lines = [
            f"{self.task} of {self.target!r} ({what}) from {len(self.features)} features: "
            f"{len(self.train):,} train, {len(self.validation):,} validation, "
            f"{len(self.test):,} test rows"
        ]
        return "\n".join(lines + [f"- {note}" for note in self.notes])


def tabular(
    path_or_frame,
    target,
    *,
    validation=0.15,
    test=0.15,
    task=None,
    max_categories=20,
    rng=None,
):
    """Turn a CSV file or a pandas DataFrame into standardised train, validation and test arrays.

    target: the column to predict. validation, test: shares of the rows.
    task: "classification" or "regression"; left out, texts, yes/no and whole numbers with at most
    20 values are classes, other numbers are amounts.
    Numbers are standardised; a missing one becomes the median. Texts become one column a value
    (one-hot); a missing one is a value of its own; a text column with more than max_categories
    values is left out. Constant columns are left out. Medians, means, scales and the values of
    texts come from the training rows alone, so nothing leaks from the others; rows that are equal
    stay in one part. Everything done is written down in `notes`, which print(table) shows.
    rng: a np.random.Generator that shuffles the rows; left out, always the same shuffle.
    -> Table. Raises FileNotFoundError for a path without file, TypeError and ValueError for an
    argument or a table that cannot be used.
    """
    frame = read(path_or_frame)
    for name, share in {"validation": validation, "test": test}.items():
        if not (isinstance(share, (int, float)) and 0 < share < 1):
            raise ValueError(f"{name} must be a share between 0 and 1, got {share!r}.")
    if validation + test >= 1:
        raise ValueError(
            f"validation and test together must leave rows to train on, got {validation + test}."
        )
    if task not in (None, "classification", "regression"):
        raise ValueError(f"task must be 'classification' or 'regression', got {task!r}.")
    if isinstance(target, (list, tuple, set, dict)):
        raise TypeError(f"target must be the name of one column, got {target!r}.")
    if target not in frame.columns:
        columns = ", ".join(repr(column) for column in frame.columns[:20])
        raise ValueError(f"target must be a column of the table, got {target!r}; it has {columns}.")
    notes = []
    frame, y, classes = split_target(frame, target, task, notes)
    rng = np.random.default_rng(0) if rng is None else rng
    parts = split_rows(frame, y if classes else None, (validation, test), rng, notes)
    columns = [feature(frame[name], parts[0], max_categories, notes) for name in frame.columns]
    features = tuple(name for found in columns for name in found)
    if not features:
        why = " ".join(notes) or "It has no other column."
        raise ValueError(f"the table has no column to predict {target!r} from. {why}")
    x = np.column_stack([values for found in columns for values in found.values()])
    mean, scale = x[parts[0]].mean(axis=0), x[parts[0]].std(axis=0)
    x = (x - mean) / scale
    return Table(
        str(target),
        "classification" if classes else "regression",
        *(Part(x[rows], y[rows]) for rows in parts),
        features=features,
        classes=classes,
        mean=mean,
        scale=scale,
        notes=tuple(notes),
    )


def read(path_or_frame):
    """A DataFrame from a DataFrame or from a CSV file with commas, semicolons or tabs."""
    import pandas as pd

    if isinstance(path_or_frame, pd.DataFrame):
        frame = path_or_frame
    elif isinstance(path_or_frame, (str, Path)):
        frame = read_csv(Path(path_or_frame))
    else:
        kind = type(path_or_frame).__name__
        raise TypeError(f"path_or_frame must be a path or a pandas DataFrame, got {kind}.")
    if frame.columns.duplicated().any():
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"every column needs its own name, but {twice!r} occurs twice.")
    return frame


def read_csv(path):
    import pandas as pd

    if not path.is_file():
        raise FileNotFoundError(f"path_or_frame: there is no file {path}.")
    try:
        for separator in ",;\t":
            frame = pd.read_csv(path, sep=separator, skipinitialspace=True)
            if len(frame.columns) > 1:
                return frame
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not text in UTF-8: save it as CSV in UTF-8.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        why = " ".join(str(error).split())
        raise ValueError(f"{path.name} is not a table in CSV format ({why}).") from None
    raise ValueError(
        f"{path.name} must have at least two columns, separated by commas, semicolons or tabs."
    )


def split_target(frame, target, task, notes):
    """Take the target out -> (the other columns, y (N,), the classes or ())."""
    import pandas as pd

    values = frame[target].replace([np.inf, -np.inf], np.nan)
    known = values.notna()
    if not known.all():
        notes.append(f"{plural((~known).sum(), 'row')} without a value of {target!r} left out.")
    frame, values = frame.loc[known].drop(columns=target), values[known]
    if len(values) < 10:
        raise ValueError(f"the table must have at least 10 rows with a target, got {len(values)}.")
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if task is None:
        whole = numeric and bool((values == values.round()).all())
        few = values.nunique() <= FEW_CLASSES
        task = "classification" if not numeric or (whole and few) else "regression"
        if not numeric and values.nunique() > max(FEW_CLASSES, len(values) // 5):
            raise ValueError(
                f"target {target!r} has {values.nunique()} different texts in {len(values)} rows: "
                "these are hardly classes, so choose another target."
            )
    if task == "regression":
        if not numeric:
            raise ValueError(f"target {target!r} must hold numbers for regression, got texts.")
        if values.nunique() < 2:
            raise ValueError(f"target {target!r} is the same in every row: nothing to predict.")
        return frame, values.to_numpy(dtype=np.float64), ()
    if numeric and (values == values.round()).all():
        values = values.astype(np.int64)  # so that class 3 is not called "3.0"
    y, classes = pd.factorize(values, sort=True)
    if len(classes) < 2:
        raise ValueError(f"target {target!r} is the same in every row: nothing to predict.")
    return frame, y.astype(np.int64), tuple(str(name) for name in classes)


def split_rows(frame, labels, shares, rng, notes):
    """Row numbers of train, validation and test, each class in proportion, equal rows together."""
    columns = list(frame.columns)
    try:
        group = (
            frame.groupby(columns, dropna=False, sort=False).ngroup() if columns else frame.index
        )
    except TypeError:
        raise ValueError("every cell of the table must hold one number, date or text.") from None
    # One row stands for all that are equal to it; the others follow it into its part.
    _, first, group = np.unique(group, return_index=True, return_inverse=True)
    if len(first) < len(group):
        equal = plural(len(group) - len(first), "row")
        notes.append(f"{equal} equal to another one, kept in the same part as that one.")
    part = np.zeros(len(first), dtype=int)  # 0 train, 1 validation, 2 test
    classes = np.zeros(len(first)) if labels is None else labels[first]
    for label in np.unique(classes):
        shuffled = rng.permutation(np.flatnonzero(classes == label))
        end = np.round(np.cumsum(shares) * len(shuffled)).astype(int)
        part[shuffled[: end[0]]] = 1
        part[shuffled[end[0] : end[1]]] = 2
    parts = [rng.permutation(np.flatnonzero(part[group] == which)) for which in range(3)]
    if min(len(rows) for rows in parts) == 0:
        raise ValueError(
            f"the table is too small for three parts: {len(first)} different rows give "
            f"{', '.join(str(len(rows)) for rows in parts)} to train, validation and test."
        )
    return parts


def feature(column, train, max_categories, notes):
    """The columns of x that come from one column of the table: {name: values (N,)}."""
    import pandas as pd

    name = str(column.name)
    if pd.api.types.is_datetime64_any_dtype(column):
        notes.append(f"{name!r} turned into days since 1970.")
        column = (column - pd.Timestamp("1970-01-01", tz=column.dt.tz)) / pd.Timedelta(days=1)
    if not pd.api.types.is_numeric_dtype(column):
        numbers = pd.to_numeric(column, errors="coerce")
        filled = column.notna().sum()
        if not filled or numbers.notna().sum() < MIXED * filled:
            return one_hot(name, column, train, max_categories, notes)
        if strange := int(filled - numbers.notna().sum()):
            notes.append(f"{name!r}: {plural(strange, 'text')} among numbers taken as missing.")
        column = numbers
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = np.where(np.isfinite(values), values, np.nan)
    missing = np.isnan(values)
    if missing[train].all():
        notes.append(f"{name!r} left out: no value in the training rows.")
        return {}
    if missing.any():
        median = np.median(values[train][~missing[train]])
        notes.append(
            f"{name!r}: {plural(missing.sum(), 'missing value')} replaced by {median:g}, "
            "the median of the training rows."
        )
        values = np.where(missing, median, values)
    if np.ptp(values[train]) == 0:
        notes.append(f"{name!r} left out: it is constant in the training rows.")
        return {}
    return {name: values}


def one_hot(name, column, train, max_categories, notes):
    """One column of zeros and ones for each text that occurs in the training rows."""
    texts = column.astype(object).where(column.notna(), "missing").astype(str).to_numpy()
    known = np.unique(texts[train])
    if len(known) == 1:
        notes.append(f"{name!r} left out: it is constant in the training rows.")
        return {}
    if len(known) > max_categories:
        notes.append(
            f"{name!r} left out: {len(known)} different texts in the training rows, more than "
            f"{max_categories}."
        )
        return {}
    notes.append(f"{name!r} turned into {len(known)} columns, one a text.")
    if unknown := int((~np.isin(texts, known)).sum()):
        rows = plural(unknown, "row")
        notes.append(
            f"{name!r}: {rows} with a text that no training row has: zero in every column."
        )
    return {f"{name}={text}": (texts == text).astype(np.float64) for text in known}


def plural(count, noun):
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
