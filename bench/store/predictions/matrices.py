"""Confusion matrices of subjects, as csv or JSON.

A table has a line per subject and true class with a column per predicted class, or a line per
subject, true and predicted class with a `count`, or without one a line per clip:

    subject,truth,negative,positive,surprise
    sub01,positive,0,1,0

JSON has an object of subjects, each a matrix (rows the true class), or the labels of its clips as
HTNet's code keeps them: `{"006": {"pred": [0, 2], "truth": [0, 0]}}`, with either kind of quotes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.core.errors import BenchError
from bench.core.escape import csv as cell
from bench.store.predictions.content import Matrices, label, shortened
from bench.store.predictions.table import columns_of, rows_of

MOST = 100_000
"""Clips of one subject; a larger count is a mistake, and could overflow."""


def is_matrix_table(names: Sequence[str], classes: Sequence[str]) -> bool:
    """Whether a header has a subject, a true class, and a predicted one, but no clip."""
    column = columns_of(names)
    wide = {name.lower() for name in classes} <= {name.lower() for name in names}
    counted = wide or "predicted" in column
    return counted and {"subject", "truth"} <= column.keys() and "clip" not in column


def parse_matrices(text: str, classes: Sequence[str], origin: str = "table") -> Matrices:
    """Read a table of matrices; raises `BenchError` for a cell that is no class or count."""
    names, lines = rows_of(text, origin)
    if not is_matrix_table(names, classes):
        raise BenchError(
            f"{origin}: expected the columns subject, truth and {', '.join(classes)} (or subject, "
            "truth, predicted and perhaps count)"
        )
    column = columns_of(names)
    by_class = {name.lower(): name for name in names}
    found: dict[str, NDArray[np.int64]] = {}
    for where, cells in lines:
        subject = cells[column["subject"]]
        if "database" in column and "/" not in subject:
            subject = f"{cells[column['database']]}/{subject}"
        matrix = found.setdefault(subject, _empty(classes))
        row = matrix[label(cells[column["truth"]], classes, where)]
        if "predicted" in column:
            predicted = label(cells[column["predicted"]], classes, where)
            row[predicted] += _count(cells[by_class["count"]], where) if "count" in by_class else 1
        else:
            row += [_count(cells[by_class[name.lower()]], where) for name in classes]
    return _matrices(found, origin)


def from_json(content: Mapping[str, Any], classes: Sequence[str], origin: str) -> Matrices:
    """Read an object of subjects; raises `BenchError` for one that is neither form."""
    return _matrices(
        {
            subject: _matrix(one, classes, f"{origin}: {shortened(subject)}")
            for subject, one in content.items()
        },
        origin,
    )


def _matrix(one: Any, classes: Sequence[str], where: str) -> NDArray[np.int64]:
    counts = _empty(classes)
    if isinstance(one, Mapping):
        column = columns_of([str(name) for name in one])
        truth, predicted = (one.get(column.get(key, "")) for key in ("truth", "predicted"))
        if (
            not isinstance(truth, list)
            or not isinstance(predicted, list)
            or len(truth) != len(predicted)
        ):
            raise BenchError(f"{where}: expected lists `pred` and `truth` of the same length")
        for pair in zip(truth, predicted, strict=True):
            true, guess = (label(str(word), classes, where) for word in pair)
            counts[true, guess] += 1
        return counts
    size = len(classes)
    rows = one if isinstance(one, list) else []
    if [len(row) if isinstance(row, list) else -1 for row in rows] != [size] * size:
        raise BenchError(
            f"{where}: expected a matrix of {size} x {size} counts, rows the true class"
        )
    counts[:] = [[_count(str(value), where) for value in row] for row in rows]
    return counts


def write_matrices(content: Matrices, classes: Sequence[str]) -> str:
    """The table with a column per predicted class."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["subject", "truth", *map(cell, classes)])
    for subject, matrix in zip(content.subjects, content.counts.tolist(), strict=True):
        for name, row in zip(classes, matrix, strict=True):
            writer.writerow([cell(subject), cell(name), *row])
    return out.getvalue()


def _empty(classes: Sequence[str]) -> NDArray[np.int64]:
    return np.zeros((len(classes), len(classes)), np.int64)


def _count(text: str, where: str) -> int:
    digits = re.fullmatch(r"([0-9]{1,6})(?:\.0+)?", text)
    if digits is None or int(digits[1]) > MOST:
        raise BenchError(f"{where}: count {shortened(text)!r}, expected a whole number of clips")
    return int(digits[1])


def _matrices(found: Mapping[str, NDArray[np.int64]], origin: str) -> Matrices:
    if not any(matrix.any() for matrix in found.values()):
        raise BenchError(f"{origin} contains no predictions")
    return Matrices(tuple(found), np.array(list(found.values())))
