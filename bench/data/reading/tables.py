"""Annotation tables (.xlsx, .xls, .csv) as rows of text, found by their words, not their places."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.core.errors import DataError
from bench.data.reading.annotations import clean

Row = dict[str, str]
"""Field to cleaned text, "" where the table has none; "row" is its number in the file."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "subject": ("subject", "subjects", "sub", "subjectid", "participant"),
    "name": ("filename", "file", "clip", "video", "videoname"),
    "onset": ("onsetframe", "onset", "onsetf"),
    "apex": ("apexframe", "apex", "apexf", "apexf1", "apexframe1", "apex1"),
    "offset": ("offsetframe", "offset", "offsetf"),
    "action_units": ("actionunits", "actionunit", "aus", "au"),
    "emotion": ("estimatedemotion", "estimatedemotions", "emotion", "emotions"),
    "objective": ("objectiveclasses", "objectiveclass"),
    "gender": ("gender", "sex"),
}
"""Header words in use, without case, blanks and signs."""


def read_table(
    path: Path,
    required: Iterable[str] = ("subject", "name"),
    columns: Mapping[str, tuple[str, ...]] = COLUMNS,
    sheet: str = "",
) -> list[Row]:
    """The rows below the header, wherever the header is.

    The header is the first row that holds all required columns; blank columns, legends above it and
    blank rows do not matter.

    Args:
        path: the table.
        required: fields that must have a column.
        columns: header words of each field, most usual first.
        sheet: the sheet to look into first.

    Raises:
        DataError: not a table, no such header, or a required column without values.
    """
    required = tuple(required)
    for cells in _sheets(path, sheet):
        for start, line in enumerate(cells):
            places = _places(line, columns)
            if all(field in places for field in required):
                rows = list(_rows(cells, start, places, columns))
                for field in required:
                    if not any(row[field] for row in rows):
                        raise DataError(
                            f"{path}: no values below {clean(line[places[field]])!r} in row "
                            f"{start + 1}; if they are formulas, open and save the table in a "
                            "spreadsheet program"
                        )
                return rows
    wanted = ", ".join(columns[field][0] for field in required)
    raise DataError(f"{path}: no row contains the column headers {wanted}")


def _places(line: Sequence[Any], columns: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    words = ["".join(c for c in clean(cell).lower() if c.isalnum()) for cell in line]
    found = {}
    for field, names in columns.items():
        hit = next((name for name in names if name in words), None)
        if hit is not None:
            found[field] = words.index(hit)
    return found


def _rows(
    cells: Sequence[Sequence[Any]], start: int, places: Mapping[str, int], fields: Iterable[str]
) -> Iterable[Row]:
    blank = dict.fromkeys(fields, "")
    for at in range(start + 1, len(cells)):
        line = cells[at]
        # Lines of a csv may be shorter than its header.
        values = {f: clean(line[place]) for f, place in places.items() if place < len(line)}
        if any(values.values()):
            yield {**blank, **values, "row": str(at + 1)}


def _sheets(path: Path, first: str) -> Iterable[Sequence[Sequence[Any]]]:
    if path.suffix.lower() == ".csv":
        yield _csv(path)
        return
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        # False sorts first: the wanted sheet, then the others in the order of the workbook.
        for name in sorted(book.sheet_names, key=lambda name: name != first):
            # Empty rows are kept: messages name the row that a spreadsheet program shows.
            yield book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(f"{path}: not a readable spreadsheet: {clean(error)}") from error


def _csv(path: Path) -> list[list[str]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    try:
        # Excel starts UTF-8 files with a byte order mark, which would become part of the first
        # header.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Any byte is valid latin-1, and headers and numbers are ASCII in either encoding.
        text = data.decode("latin-1")
    # Excel separates by semicolons where the comma is the decimal sign.
    delimiter = max(",;\t", key=text.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise DataError(f"{path}: not a readable table: {error}") from error
