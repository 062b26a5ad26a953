"""Precomputed features: tables of vectors with subject and class, and datasets that ship them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.errors import DataError
from bench.core.types import Array
from bench.data.reading.arrays import Arrays, read_arrays

NAMES: Mapping[str, tuple[str, ...]] = {
    "subject": ("subject", "subjects", "sub", "participant", "person", "group", "groups"),
    "label": ("label", "labels", "class", "emotion", "emotions", "y"),
    "name": ("clip", "clips", "name", "names", "filename", "video"),
    "features": ("features", "feature", "x", "data", ""),
}
"""Names of variables and columns in use, in lower case."""


@dataclass(frozen=True)
class FeatureTable:
    """Vectors with what is known of each row's clip.

    Attributes:
        rows: (n, d) float64, finite.
        subjects: whose clip each row is, as text.
        labels: annotated class of each row, as text.
        names: of the clips; "row1", "row2", ... where the file has none.
    """

    rows: Array
    subjects: tuple[str, ...]
    labels: tuple[str, ...]
    names: tuple[str, ...]


def read_features(path: Path, beside: Path | None = None) -> FeatureTable:
    """A table of features from one file, or from a matrix with a table of its rows beside it.

    In mat and npz files the matrix is a variable named `features` (or X), (n, d) or (d, n); in csv,
    tsv and parquet files a column of lists of that name, or all columns of numbers besides subject,
    label and clip. Names count in any case.

    Args:
        path: the file.
        beside: where subject and label are, for a matrix alone, such as a npy file.

    Raises:
        DataError: names the file and what it lacks, a row that is not finite, a clip that is there
            twice.
    """
    arrays = read_arrays(path)
    told = arrays if beside is None else read_arrays(beside)
    origin = str(path if beside is None else beside)
    subjects = _column(told, "subject", origin)
    labels = _column(told, "label", origin)
    if subjects is None or labels is None:
        what = "subject" if subjects is None else "label"
        raise DataError(
            f"{origin}: no {what}; expected a variable or column {what}, one value per row; it has "
            f"{', '.join(sorted(told)) or 'one array without a name'}"
        )
    names = _column(told, "name", origin) or tuple(f"row{i + 1}" for i in range(len(subjects)))
    for what, column in (("label", labels), ("clip", names)):
        if len(column) != len(subjects):
            raise DataError(f"{origin}: {len(column)} values of {what} for {len(subjects)} rows")
    rows = as_matrix(feature_matrix(arrays, str(path)), len(subjects), str(path))
    seen: dict[tuple[str, str], int] = {}
    for at, clip in enumerate(zip(subjects, names, strict=True), start=1):
        if seen.setdefault(clip, at) != at:
            raise DataError(
                f"{origin}: rows {seen[clip]} and {at} are both clip {clip[1]!r} of subject "
                f"{clip[0]!r}; expected one row per clip"
            )
    return FeatureTable(rows, subjects, labels, names)


def as_matrix(matrix: Array, clips: int, origin: str) -> Array:
    """Features as (clips, d) float64, turned where the clips are columns.

    Raises:
        DataError: no matrix of numbers with that many rows or columns, or values not finite.
    """
    if matrix.ndim > 2 and len(matrix) == clips:
        matrix = matrix.reshape(clips, -1)
    if matrix.dtype.kind not in "fiub" or matrix.ndim != 2 or clips not in matrix.shape:
        raise DataError(
            f"{origin}: features of shape {matrix.shape} ({matrix.dtype}); expected numbers with a "
            f"row or column for each of {clips} clips"
        )
    rows = np.asarray(matrix if len(matrix) == clips else matrix.T, np.float64)
    if not (good := np.isfinite(rows).all(axis=1)).all():
        raise DataError(f"{origin}: row {int(np.argmin(good)) + 1} has values that are not finite")
    return rows


def _column(arrays: Arrays, field: str, origin: str) -> tuple[str, ...] | None:
    key = _find(arrays, field)
    if key is None:
        return None
    values = np.ravel(arrays[key])
    # A subject that was stored as 1.0 is 1.
    whole = values.dtype.kind == "f" and np.isfinite(values).all() and (values % 1 == 0).all()
    values = values.astype(np.int64 if whole else np.str_)
    texts = tuple(str(value).strip() for value in values)
    if "" in texts:
        raise DataError(f"{origin}: row {texts.index('') + 1} has no {field}")
    return texts


def _find(arrays: Arrays, field: str) -> str | None:
    known = {name.strip().lower(): name for name in arrays}
    return next((known[word] for word in NAMES[field] if word in known), None)


def feature_matrix(arrays: Arrays, origin: str) -> Array:
    """The features among a file's arrays: the variable of that name, or columns of numbers.

    Raises:
        DataError: there are none.
    """
    key = _find(arrays, "features")
    if key is not None:
        return arrays[key]
    taken = {_find(arrays, field) for field in NAMES}
    columns = {name: array for name, array in arrays.items() if name not in taken}
    if not columns or any(column.ndim != 1 for column in columns.values()):
        raise DataError(
            f"{origin}: no features; expected a variable `features`, or columns of numbers besides "
            "subject, label and clip"
        )
    # A column is never left out in silence for a single cell that is not a number.
    for name, column in columns.items():
        if column.dtype.kind not in "fiub":
            raise DataError(
                f"{origin}: column {name!r} has text such as {str(column[0])[:20]!r}; every column "
                "besides subject, label and clip is a feature and must hold numbers"
            )
    return np.stack(list(columns.values()), axis=1)


class FeatureDataset(Dataset):
    """Clips that are rows of files: a plugin adds its facts, labellings, `index` and `vectors`.

    Many clips share a file; their ids tell them apart in every key.
    """

    ships = frozenset({"features"})

    @classmethod
    def vectors(cls, paths: Sequence[Path]) -> Mapping[str, Array]:
        """Vector of every clip of some files, by clip id; read once per process.

        Args:
            paths: the `files` of a clip, below its `folder`.
        """
        raise NotImplementedError

    def read(self, clip: Clip) -> dict[str, Array]:
        """The features of the clip: (d,) float64."""
        paths = tuple(clip.folder / name for name in clip.files)
        return {"features": self._remembered(paths)[clip.id]}

    def _remembered(self, paths: tuple[Path, ...]) -> Mapping[str, Array]:
        try:
            states = tuple((path.stat().st_size, path.stat().st_mtime_ns) for path in paths)
        except OSError as error:
            raise DataError(f"{error.filename}: {error.strerror}") from error
        return _vectors(type(self).vectors, paths, states)


@lru_cache(maxsize=4)
def _vectors(
    load: Callable[[Sequence[Path]], Mapping[str, Array]],
    paths: tuple[Path, ...],
    states: tuple[tuple[int, int], ...],
) -> Mapping[str, Array]:
    """Vectors of files in one state: a file that was replaced is read again."""
    del states
    return load(paths)
