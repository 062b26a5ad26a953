"""Annotation tables (xlsx, xls, csv, parquet) as rows of text, found by words, not by places."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.core.errors import DataError
from bench.data.reading.annotations import clean
from bench.data.reading.sheets import Cells, sheets

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

IDENTITY = frozenset({"subject", "name"})
FRAMES = frozenset({"onset", "apex", "offset"})
LARGEST = 1e9
"""No video has so many frames: at 200 per second it would run for two months."""
LONGEST = 1000
"""Characters of a cell that is used."""
# Single rows may be incomplete, and are reported; merged cells lack in every row but their first.
MOST_LACKING = 0.1
"""Share of rows that may lack a subject or a name."""


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
        DataError: not a table, no such header, a required column without values, many rows
            without a subject or a name, or a cell that no table has (row and column are named).
    """
    required = tuple(required)
    for cells in sheets(path, sheet):
        for start, line in enumerate(cells):
            places = _places(line, columns)
            if all(field in places for field in required):
                rows = list(_rows(path, cells, start, places, columns))
                for field in required:
                    if not any(row[field] for row in rows):
                        raise DataError(
                            f"{path}: no values below {clean(line[places[field]])!r} in row "
                            f"{start + 1}; if they are formulas, open and save the table in a "
                            "spreadsheet program"
                        )
                _check_identity(path, rows, line, places)
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
    path: Path,
    cells: Cells,
    start: int,
    places: Mapping[str, int],
    fields: Iterable[str],
) -> Iterable[Row]:
    blank = dict.fromkeys(fields, "")
    header = {f: clean(cells[start][place]) for f, place in places.items()}
    telling = IDENTITY & places.keys() or places.keys()
    for at in range(start + 1, len(cells)):
        line = cells[at]
        # Lines of a csv may be shorter than its header.
        values = {f: clean(line[place]) for f, place in places.items() if place < len(line)}
        # On every page, or in a second row that the header's cells are merged with.
        again = all(values.get(field) == header[field] for field in telling)
        if any(values.values()) and not again:
            for field, text in values.items():
                if said := _fault(field, text):
                    raise DataError(f"{path}: row {at + 1}, column {header[field]!r}: {said}")
            yield {**blank, **values, "row": str(at + 1)}


def _fault(field: str, text: str) -> str:
    """What no table of this field has in a cell; "" for all else."""
    if len(text) > LONGEST:
        return f"{len(text)} characters; is a quotation mark left open?"
    # Control characters are not printable; asked first, as nearly every cell is.
    if not text.isprintable() and (sign := next(filter(_is_control, text), "")):
        return f"the control character {sign!r}; the file is damaged"
    if field not in FRAMES:
        return ""
    try:
        large = abs(float(text)) >= LARGEST
    except ValueError:  # "/", "?"
        large = False
    return f"{text[:20]!r}, {len(text)} characters, is not a frame number" if large else ""


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) == "Cc"


def _check_identity(
    path: Path, rows: Sequence[Row], line: Sequence[Any], places: Mapping[str, int]
) -> None:
    """Refuse a table in which many rows do not say whose clip or which clip they are."""
    named = [row for row in rows if any(row.get(field) for field in IDENTITY)]
    for field in IDENTITY & places.keys():
        lacking = [row["row"] for row in named if not row[field]]
        if len(lacking) > MOST_LACKING * len(named):
            raise DataError(
                f"{path}: {len(lacking)} of {len(named)} rows, the first row {lacking[0]}, have no "
                f"value below {clean(line[places[field]])!r}; if its cells were merged, fill in "
                "every row"
            )
