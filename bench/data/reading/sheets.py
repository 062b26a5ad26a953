"""The cells of annotation tables (xlsx, xls, csv, parquet), within bounds for damaged files."""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.core.errors import DataError
from bench.data.reading.annotations import clean

Cells = Sequence[Sequence[Any]]

TEXTS = frozenset({".csv", ".tsv", ".txt"})
MOST_BYTES = 64_000_000
"""Of a table, unpacked: the largest in use has less than one million."""
MOST_CELLS = 4_000_000
"""Between A1 and the last cell used. Readers allocate them all, so that a single stray cell in the
last row and column, 17 billion, would abort the process."""
# Cells with content only: whole columns may be formatted down to the last row.
CELL = re.compile(
    rb"<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"'][^<>]*(?<!/)>"
)


def sheets(path: Path, first: str = "") -> Iterable[Cells]:
    """The sheets of a table as rows of cells from A1 on; a csv or parquet file is one sheet.

    Cells that are merged downwards all have the value of the first. Empty rows are kept: messages
    name the row that a spreadsheet program shows.

    Args:
        path: the table.
        first: name of the sheet to begin with; the others follow in the order of the workbook.

    Raises:
        DataError: names the file that is none of these, or too large.
    """
    if path.suffix.lower() in TEXTS:
        yield read_csv(path)
    elif path.suffix.lower() == ".parquet":
        yield _parquet(path)
    else:
        yield from _workbook(path, first)


def read_csv(path: Path) -> list[list[str]]:
    """The cells of a text file whose columns are separated by commas, semicolons or tabs.

    Raises:
        DataError: names the file, and the row where a quotation mark is left open.
    """
    return parse_csv(_bytes(path), str(path))


def parse_csv(data: bytes, origin: str) -> list[list[str]]:
    """The cells of a text file's bytes, as `read_csv`; errors begin with `origin`."""
    text = _decoded(data)
    # Excel separates by semicolons where the comma is the decimal sign.
    delimiter = max(",;\t", key=text.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        cause = "; is a quotation mark left open?" if "limit" in str(error) else ""
        raise DataError(f"{origin}: row {len(rows) + 1}: {error}{cause}") from error
    return rows


def read_bytes(path: Path, most: int, beyond: str) -> bytes:
    """The content of a file.

    Args:
        path: of the file.
        most: bytes that it may have.
        beyond: what the error says of a larger one.

    Raises:
        DataError: the file cannot be read, or is larger.
    """
    try:
        with path.open("rb") as file:
            # One more than allowed: it tells a file that is too large, or a device without an end.
            data = file.read(most + 1)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    if len(data) > most:
        raise DataError(f"{path}: more than {most} bytes{beyond}")
    return data


def _bytes(path: Path) -> bytes:
    return read_bytes(path, MOST_BYTES, ", not an annotation table")


def _workbook(path: Path, first: str) -> Iterable[Cells]:
    from python_calamine import CalamineError, CalamineWorkbook

    _check_parts(path, _bytes(path))
    try:
        book = CalamineWorkbook.from_path(str(path))
        # False sorts first.
        for name in sorted(book.sheet_names, key=lambda name: name != first):
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > MOST_CELLS:
                raise DataError(
                    f"{path}: sheet {name!r} has cells down to row {sheet.total_height} in "
                    f"{sheet.total_width} columns; delete what is beyond the table"
                )
            cells = sheet.to_python(skip_empty_area=False)
            _fill_merged(path, name, cells, sheet.merged_cell_ranges or ())
            yield cells
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(f"{path}: not a readable spreadsheet: {clean(error)}") from error


def _parquet(path: Path) -> Cells:
    """Column names, then the rows."""
    data = _bytes(path)
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise DataError(
            f"{path}: needs pyarrow: pip install 'mer-bench[parquet]', or save it as csv"
        ) from error
    try:
        table = parquet.read_table(io.BytesIO(data))
    except Exception as error:  # its reader raises many kinds on damaged files
        raise DataError(f"{path}: not a readable parquet file: {clean(error)[:200]}") from error
    if table.num_rows * table.num_columns > MOST_CELLS:
        raise DataError(f"{path}: more than {MOST_CELLS} cells, not an annotation table")
    columns = ([_plain(cell) for cell in one.to_pylist()] for one in table.columns)
    return [table.column_names, *zip(*columns, strict=True)]


def _plain(cell: Any) -> Any:
    """A cell, but "" where pandas wrote that there is none."""
    return "" if isinstance(cell, float) and math.isnan(cell) else cell


def _check_parts(path: Path, data: bytes) -> None:
    """Refuse an .xlsx that unpacks to too much, or has a cell far away."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return  # an .xls, or damaged: its reader says so
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            if sum(part.file_size for part in book.infolist()) > MOST_BYTES:
                raise DataError(
                    f"{path}: unpacks to more than {MOST_BYTES} bytes, not an annotation table"
                )
            for part in book.namelist():
                if "worksheets/" in part:
                    _check_cells(path, book.read(part))
    except DataError:
        raise
    except Exception as error:  # zipfile raises many kinds on damaged or encrypted parts
        raise DataError(f"{path}: not a readable spreadsheet: {clean(error)}") from error


def _check_cells(path: Path, sheet: bytes) -> None:
    places = CELL.findall(sheet)
    # Without repetitions first: a column has as many cells as the table has rows.
    columns = {letters: _column(letters) for letters in {letters for letters, _ in places}}
    rows = {digits: int(digits) for digits in {digits for _, digits in places}}
    right, bottom = max(columns.values(), default=0), max(rows.values(), default=0)
    if right * bottom > MOST_CELLS:
        far = max(places, key=lambda at: max(columns[at[0]] / right, rows[at[1]] / bottom))
        raise DataError(
            f"{path}: a cell at {b''.join(far).decode()}, far beyond the table; delete that row "
            "and column in a spreadsheet program"
        )


def _column(letters: bytes) -> int:
    """The number of a column: A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _fill_merged(
    path: Path, name: str, cells: list[list[Any]], ranges: Iterable[Sequence[Sequence[int]]]
) -> None:
    """Give cells that are merged downwards the value of the first.

    Only downwards: a sentence written across the columns of a row is no frame number in each.
    """
    spans = [(top, min(bottom, len(cells) - 1), left) for (top, left), (bottom, _) in ranges]
    if sum(bottom - top for top, bottom, _ in spans) > MOST_CELLS:
        raise DataError(f"{path}: sheet {name!r} has overlapping merged cells; separate them")
    for top, bottom, left in spans:
        for row in cells[top + 1 : bottom + 1]:
            if left < len(row) and row[left] == "":
                row[left] = cells[top][left]


def _decoded(data: bytes) -> str:
    # Excel's "Unicode text".
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        # Excel starts UTF-8 files with a byte order mark, which would become part of the first
        # header.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Any byte is valid latin-1, and headers and numbers are ASCII in either encoding.
        return data.decode("latin-1")
