"""The board as CSV, parquet and JSON, for other programs."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from bench.board.board import Board, Table
from bench.board.columns import COLUMNS, Column, every, with_own
from bench.board.notes import note_text
from bench.core import escape
from bench.evaluation.notes import Note
from bench.evaluation.row import Row
from bench.store.predictions.parquet import write_parquet

FORMAT = 2
"""Of the json: 1 had no number, and notes that were text alone."""
NUMBERS = re.compile(r"\[\n\s+([^][{}\"]+?)\n\s+\]")
"""A list of nothing but numbers as `json` indents it; no text holds a line's end unescaped."""


def to_json(board: Board) -> str:
    """The whole board: scores unrounded, null for missing numbers, a list of numbers a line."""
    tables = [_table(table) for table in board.tables]
    content = {"format": FORMAT, "machines": board.machines, "tables": tables}
    # In the order of the board, which whoever reads it back keeps.
    text = json.dumps(_without_nan(content), indent=1)
    return NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text) + "\n"


def _table(table: Table) -> dict[str, Any]:
    """A table with every note as kind, fields and text."""
    return asdict(table) | {
        "rows": [asdict(row) | {"notes": _notes(row.notes)} for row in table.rows],
        "test_best": [asdict(row) | {"notes": _notes(row.notes)} for row in table.test_best],
        "variants": [asdict(one) | {"notes": _notes(one.notes)} for one in table.variants],
        "published": [asdict(one) | {"caveats": _notes(one.caveats)} for one in table.published],
    }


def _notes(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """Notes by kind and fields for programs, and as text for readers."""
    return [{"kind": note.kind, **asdict(note), "text": note_text(note)} for note in notes]


def to_csv(board: Board, columns: Sequence[Column] = ()) -> str:
    """One line per row of every table, one column per number."""
    lines = flat(board, columns)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]) if lines else [], lineterminator="\n")
    writer.writerow({name: escape.csv(name) for name in writer.fieldnames})
    writer.writerows({name: escape.csv(cell) for name, cell in line.items()} for line in lines)
    return out.getvalue()


def to_parquet(board: Board, columns: Sequence[Column] = ()) -> bytes:
    """The same numbers as `to_csv`, with their types.

    Raises:
        BenchError: pyarrow is not installed.
    """
    return write_parquet(flat(board, columns))


def flat(board: Board, columns: Sequence[Column] = ()) -> list[dict[str, Any]]:
    """Every row of every table as numbers by name, the same names for all; None where missing.

    Args:
        board: its rows.
        columns: those wanted, besides what names the table; all by default.
    """
    lines = [
        _line(table, row, columns or COLUMNS) for table in board.tables for row in every(table)
    ]
    # Lines differ in columns: only traced rows have an oracle, only composites have parts.
    names = dict.fromkeys(name for line in lines for name in line)
    return [{name: line.get(name) for name in names} for line in lines]


def _line(table: Table, row: Row, columns: Sequence[Column]) -> dict[str, Any]:
    line: dict[str, Any] = {
        "task": table.task,
        "protocol": table.protocol,
        "synthetic": table.synthetic,
        "data": table.fingerprint,
    }
    for column in with_own(columns, table):
        line |= column.values(table, row)
    return line


# JSON has no NaN; Python would write it anyway, and other parsers would refuse it.
def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value
