"""Tables of predictions: a header and a line per clip, separated by commas, semicolons or tabs.

    clip,subject,truth,predicted
    EP02_01f,casme2/sub01,positive,1

A clip is a whole id, or a name beside its subject. Other words for the columns are known as well
(`y_true,y_pred,filename`), and `score_CLASS` for every class may hold the scores.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from bench.core.errors import BenchError
from bench.store.predictions.content import Predictions, Row, label, predictions, shortened

Lines = Sequence[tuple[str, Mapping[str, str]]]
"""Where a row stands, and its cells by the names of their columns."""

COLUMNS = {
    "clip": ("clip", "clipid", "filename", "file", "video", "videoname", "sample", "name"),
    "truth": ("truth", "ytrue", "true", "truelabel", "groundtruth", "gt", "target", "label"),
    "predicted": ("predicted", "ypred", "pred", "predictedlabel", "prediction", "ypredicted"),
    "subject": ("subject", "sub", "subjectid", "person", "participant"),
    "database": ("database", "dataset", "db"),
}
"""The words for each column, without case, spaces and underscores; the likelier ones first."""

ABOUT = ("task", "protocol", "selection", "source")
"""Columns of `bench results export` that say the same of every row."""
SCORE = re.compile(r"(?:score|prob|probability)[_ ](.+)", re.IGNORECASE)
SEPARATORS = ("\t", ";", ",")


def parse_table(text: str, classes: Sequence[str], origin: str = "table") -> Predictions:
    """Read a table with columns clip, truth, predicted and perhaps subject, database and scores."""
    names, lines = rows_of(text, origin)
    return from_rows(names, lines, classes, origin)


def rows_of(text: str, origin: str) -> tuple[list[str], list[tuple[str, dict[str, str]]]]:
    """The header and the rows of a table; the separator is the one that its header has most.

    Raises:
        BenchError: a column is named twice, or a line is no line of a table.
    """
    first = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip()), delimiter=separator, skipinitialspace=True)
    lines = []
    try:
        names = [name.strip() for name in next(reader, [])]
        for cells in reader:
            where = f"{origin}, line {reader.line_num}"
            if len(cells) > len(names):
                raise BenchError(f"{where}: {len(cells)} cells below {len(names)} columns")
            if any(cell.strip() for cell in cells):
                # A short line lacks the last cells.
                padded = [*cells, *[""] * (len(names) - len(cells))]
                lines.append((where, dict(zip(names, map(str.strip, padded), strict=True))))
    except csv.Error as error:
        raise BenchError(f"{origin}, line {reader.line_num}: no table ({error})") from error
    if twice := sorted({shortened(name) for name in names if name and names.count(name) > 1}):
        raise BenchError(f"{origin}: the first line names a column twice: {', '.join(twice)}")
    return names, lines


def from_rows(
    names: Sequence[str], lines: Lines, classes: Sequence[str], origin: str
) -> Predictions:
    """Predictions from rows of cells by the names of their columns.

    Raises:
        BenchError: a column is missing, or a cell is no class, clip or score.
    """
    column = columns_of(names)
    if missing := [name for name in ("clip", "truth", "predicted") if name not in column]:
        have = ", ".join(map(shortened, names[:12])) or "nothing"
        raise BenchError(
            f"{origin}: the first line lacks the columns {', '.join(missing)}; it has {have}"
        )
    scored = _score_columns(names, classes, origin)
    rows, scores = list[Row](), list[list[float]]()
    for where, cells in lines:
        clip = _clip(cells, column)
        if not clip:
            raise BenchError(f"{where}: no clip is named")
        truth, predicted = (
            label(cells[column[name]], classes, where) for name in ("truth", "predicted")
        )
        rows.append((clip, truth, predicted))
        scores.append([_score(cells[name], where) for name in scored])
    found = replace(predictions(rows, origin), about=_about(names, lines, origin))
    return replace(found, scores=np.array(scores)) if scored else found


def _about(names: Sequence[str], lines: Lines, origin: str) -> dict[str, str]:
    """What the columns of `bench results export` say of all rows alike."""
    found: dict[str, str] = {}
    # Other tools may have one of these words for something else; ours writes all of them.
    if not set(ABOUT) <= set(names):
        return found
    for name in ABOUT:
        values = sorted({cells[name] for _, cells in lines} - {""})
        if len(values) > 1:
            said = ", ".join(map(shortened, values[:3]))
            raise BenchError(f"{origin}: rows of several {name}s ({said}); import one at a time")
        if values:
            found[name] = values[0]
    return found


def columns_of(names: Sequence[str]) -> dict[str, str]:
    """The name that a table gives to each column it has, by the key of `COLUMNS`."""
    plain = {re.sub(r"[\W_]", "", name).lower(): name for name in names}
    return {
        key: plain[words[0]]
        for key, known in COLUMNS.items()
        if (words := [word for word in known if word in plain])
    }


def _clip(cells: Mapping[str, str], column: Mapping[str, str]) -> str:
    """The id of a clip as far as its row says; a cell may repeat what stands beside it."""
    database, subject, clip = (
        cells[column[key]].strip("/") if key in column else ""
        for key in ("database", "subject", "clip")
    )
    if not clip or clip.count("/") > 1:
        return clip
    if "/" in clip:
        return f"{database}/{clip}" if database else clip
    if database and subject and "/" not in subject:
        subject = f"{database}/{subject}"
    return f"{subject}/{clip}" if subject else clip


def _score_columns(names: Sequence[str], classes: Sequence[str], origin: str) -> list[str]:
    """The columns of the classes' scores in the order of the classes; none where there are none."""
    of_class = {m[1].strip().lower(): name for name in names if (m := SCORE.fullmatch(name))}
    if not of_class:
        return []
    if lacking := [name for name in classes if name.lower() not in of_class]:
        raise BenchError(f"{origin}: scores of some classes, but not of {', '.join(lacking)}")
    return [of_class[name.lower()] for name in classes]


def _score(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BenchError(f"{where}: score {shortened(text)!r}, expected a finite number")
    return value
