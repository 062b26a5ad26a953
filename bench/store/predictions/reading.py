"""Reading a file of predictions in any of the known forms, told from its content."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, get_args

from bench.core.errors import BenchError
from bench.store.predictions.content import Content, Predictions
from bench.store.predictions.log import parse_log
from bench.store.predictions.matrices import from_json, is_matrix_table, parse_matrices
from bench.store.predictions.parquet import MAGIC, read_parquet
from bench.store.predictions.subjects import is_block_log, parse_blocks
from bench.store.predictions.table import (
    ABOUT,
    SEPARATORS,
    columns_of,
    from_rows,
    parse_table,
    rows_of,
)

Form = Literal["csv", "json", "parquet", "megc2019", "subjects", "matrices"]

KNOWN = (
    "csv (a table with clip, truth, predicted; also with tabs or semicolons), json, parquet, "
    "megc2019 (lines `database subject` and `clip truth predicted`), subjects (blocks Subject, "
    "Predicted, Ground Truth) and matrices (subject, truth and a column per class)"
)
MOST_BYTES = 64 * 1024**2
"""Of a file; the predictions of a task are some kilobytes."""


def read(
    path: Path, classes: Sequence[str], form: Form | None = None, best: bool = False
) -> Content:
    """Read a file of predictions.

    Args:
        path: the file.
        classes: names in the order of the label numbers; files may hold either.
        form: its format; None to tell it from the content.
        best: of a log with `Best Predicted` read those.

    Raises:
        BenchError: there is no such file, it has none of the forms, or a line is wrong.
    """
    try:
        about = path.stat()
        # Opening a pipe would wait for a writer for ever.
        if not stat.S_ISREG(about.st_mode):
            raise BenchError(f"{path}: cannot be read (a folder, a pipe or a device)")
        if about.st_size > MOST_BYTES:
            raise BenchError(f"{path}: over {MOST_BYTES // 1024**2} MB, which no predictions need")
        content = path.read_bytes()
    except OSError as error:
        raise BenchError(f"{path}: cannot be read ({error.strerror})") from error
    origin = str(path)
    if form == "parquet" or (form is None and content[:4] == MAGIC):
        return from_rows(*read_parquet(content, origin), classes, origin)
    try:
        # Spreadsheets write a byte order mark in front of a CSV file, and "Unicode text" as UTF-16.
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BenchError(f"{path}: cannot be read as text ({error})") from error
    form = form or detected(text, classes, origin)
    match form:
        case "json":
            return _read_json(text, classes, origin)
        case "megc2019":
            return parse_log(text, classes, origin)
        case "subjects":
            return parse_blocks(text, classes, origin, best)
        case "matrices" if _is_json(text):
            return _read_json(text, classes, origin)
        case "matrices":
            return parse_matrices(text, classes, origin)
    return parse_table(text, classes, origin)


def detected(text: str, classes: Sequence[str], origin: str) -> Form:
    """The form of a text.

    Raises:
        BenchError: it has none of them; names them all.
    """
    if not text.strip():
        raise BenchError(f"{origin} is empty")
    if _is_json(text):
        return "json"
    if is_block_log(text):
        return "subjects"
    first = text.lstrip().partition("\n")[0]
    if any(separator in first for separator in SEPARATORS):
        names, _ = rows_of(first, origin)
        if is_matrix_table(names, classes):
            return "matrices"
        # One word is enough: the table then says which columns are missing.
        if columns_of(names):
            return "csv"
    # A log of MEGC 2019 opens with `database subject`.
    elif len(first.split()) in (2, 3):
        return "megc2019"
    raise BenchError(
        f"{origin} has no known form; known: {KNOWN}; --format names one of "
        f"{', '.join(get_args(Form))}"
    )


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def _read_json(text: str, classes: Sequence[str], origin: str) -> Content:
    """A list of rows, the object that `bench results export` writes, or an object of subjects."""
    content = _parsed(text, origin)
    rows = content.get("predictions") if isinstance(content, Mapping) else content
    body = content if isinstance(content, Mapping) else {}
    ours = set(ABOUT) <= set(body)
    about = {name: str(body[name]) for name in ABOUT if body[name]} if ours else {}
    if isinstance(rows, list) and all(isinstance(row, Mapping) for row in rows):
        found = _from_json_rows(rows, classes, origin)
        return replace(found, about={**about, **found.about})
    if isinstance(content, Mapping):
        subjects = content.get("subjects", content)
        if isinstance(subjects, Mapping):
            return replace(from_json(subjects, classes, origin), about=about)
    raise BenchError(
        f"{origin}: expected a list of objects with clip, truth and predicted, or an object with "
        "the confusion matrix of each subject"
    )


def _from_json_rows(
    rows: Sequence[Mapping[str, Any]], classes: Sequence[str], origin: str
) -> Predictions:
    names = list(dict.fromkeys(str(name) for row in rows for name in row))
    cells = [
        # JSON's null and a missing key are an empty cell.
        (f"{origin}, row {i}", {n: "" if row.get(n) is None else str(row[n]) for n in names})
        for i, row in enumerate(rows, start=1)
    ]
    return from_rows(names, cells, classes, origin)


def _parsed(text: str, origin: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        # As Python prints a dictionary. Only where no text could hold a quote of its own.
        if '"' not in text and "\\" not in text:
            try:
                return json.loads(text.replace("'", '"'))
            except (ValueError, RecursionError):
                pass
        raise BenchError(f"{origin}: not JSON ({error})") from error
