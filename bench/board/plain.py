"""The board as CSV and JSON, for other programs."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bench.board.board import Board, Table
from bench.board.contract import counts
from bench.board.notes import note_text, notes_text
from bench.core import escape
from bench.evaluation.notes import Note
from bench.evaluation.row import Row


def to_json(board: Board) -> str:
    """The whole board: unrounded numbers, null for missing ones."""
    content = {"tables": [_table(table) for table in board.tables], "machines": board.machines}
    return json.dumps(_without_nan(content), indent=1, sort_keys=True) + "\n"


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


def to_csv(board: Board) -> str:
    """One line per row of every table, one column per number."""
    rows = lines(board)
    # Lines differ in columns: only traced rows have an oracle, only composites have parts.
    names = list(dict.fromkeys(name for line in rows for name in line))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writerow({name: escape.csv(name) for name in names})
    writer.writerows({name: escape.csv(cell) for name, cell in line.items()} for line in rows)
    return out.getvalue()


def lines(board: Board) -> list[dict[str, Any]]:
    """Every row of every table, flat: a value per column."""
    return [_line(table, row) for table in board.tables for row in (*table.rows, *table.test_best)]


def _line(table: Table, row: Row) -> dict[str, Any]:
    line: dict[str, Any] = {
        "task": table.task,
        "protocol": table.protocol,
        "synthetic": table.synthetic,
        "data": table.fingerprint,
        "rank": row.rank,
        "method": row.label,
        "preset": row.preset,
        "reference": row.reference,
        "clips": row.clips,
        "expected": row.expected,
        **counts(table.contract),
        "folds": row.folds,
        "of": row.of,
        "seeds": " ".join(map(str, row.seeds)),
    }
    for name, score in row.scores.items():
        line |= {f"{name}{end}": getattr(score, field) for end, field in _ENDS.items()}
    for name, other in (("inner", row.inner), ("oracle", row.oracle)):
        if other:
            line[f"{name}_uf1"] = other.value
    for part, values in sorted(row.parts.items()):
        line |= {f"{part}_{name}": value for name, value in values.items()}
    # Not strict, because a row without finished folds has no recall.
    for name, value in zip(table.classes, row.recall, strict=False):
        line[f"recall_{name}"] = "" if math.isnan(value) else value
    return line | {
        "fit_seconds": row.fit_seconds,
        "device": "; ".join(one.device or "unknown" for one in row.fit_times),
        "parameters": row.parameters,
        "fidelity": row.fidelity,
        "selection": row.selection,
        "provenance": row.provenance,
        "notes": notes_text(row),
    }


_ENDS = {"": "value", "_low": "low", "_high": "high", "_seed_sd": "spread"}


# JSON has no NaN; Python would write it anyway, and other parsers would refuse it.
def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value
