"""Reading `leaderboard.json`: a board as data again, to render it without its records."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from bench.board.board import Board, Table
from bench.board.plain import FORMAT
from bench.core.errors import BenchError
from bench.core.typed import DamagedError, check_format, read_json, typed
from bench.evaluation.notes import Note, Told


def read_board(path: Path) -> Board:
    """A board from its json file, or from the folder that holds it.

    Raises:
        BenchError: no such file, or one of another version of bench.
        DamagedError: the file does not hold a board.
    """
    file = path / "leaderboard.json" if path.is_dir() else path
    try:
        raw = read_json(file)
    except FileNotFoundError as error:
        raise BenchError(f"{file}: no such file; expected a board's leaderboard.json") from error
    if check_format(raw, file, FORMAT, default=1) < FORMAT:
        raise BenchError(
            f"{file} is of an earlier version of bench, which wrote less than a board shows now; "
            "make it from its results folder (--results)"
        )
    # The numbers of a board are typed, its notes are of many kinds.
    frame = typed(raw, _Frame, file)
    bare = [{**table, **_bare(table)} for table in raw["tables"]]
    board = typed({**raw, "tables": bare}, Board, file)
    for table in board.tables:
        _check_confusions(table, file)
    pairs = zip(board.tables, frame.tables, strict=True)
    return replace(board, tables=tuple(_noted(table, one, file) for table, one in pairs))


@dataclass(frozen=True)
class _Notes:
    """What carries notes: a row or a group of variants, or by another name a published result."""

    notes: list[dict[str, Any]] = field(default_factory=list)
    caveats: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Parts:
    """The parts of a table that carry notes."""

    rows: list[_Notes]
    test_best: list[_Notes]
    variants: list[_Notes]
    published: list[_Notes]


@dataclass(frozen=True)
class _Frame:
    tables: list[_Parts]


@dataclass(frozen=True)
class _Text:
    """What every note has, also one of a kind that this version does not know."""

    kind: str
    text: str


def _bare(table: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a table without notes, and with what json has no number for."""
    bare = {
        part.name: [{**one, "notes": [], "caveats": []} for one in table[part.name]]
        for part in fields(_Parts)
    }
    for row in (*bare["rows"], *bare["test_best"]):
        if isinstance(row.get("recall"), list):
            row["recall"] = [math.nan if value is None else value for value in row["recall"]]
    return bare


def _check_confusions(table: Table, file: Path) -> None:
    """Refuse a row whose confusion matrix is not of the table's classes; older files have none."""
    classes = len(table.classes)
    for row in (*table.rows, *table.test_best):
        if row.confusion and {len(row.confusion), *map(len, row.confusion)} != {classes}:
            where = f"confusion of {row.name} on {table.task}"
            raise DamagedError(file, f"{where}: expected {classes} lines of {classes} counts")


def _noted(table: Table, parts: _Parts, file: Path) -> Table:
    def all_noted(name: str, word: str) -> tuple[Any, ...]:
        pairs = zip(getattr(table, name), getattr(parts, name), strict=True)
        return tuple(
            replace(one, **{word: tuple(_note(raw, file) for raw in getattr(notes, word))})
            for one, notes in pairs
        )

    return replace(
        table,
        rows=all_noted("rows", "notes"),
        test_best=all_noted("test_best", "notes"),
        variants=all_noted("variants", "notes"),
        published=all_noted("published", "caveats"),
    )


def _note(raw: Mapping[str, Any], file: Path) -> Note:
    kinds: dict[str, type[Note]] = {kind.kind: kind for kind in Note.__subclasses__()}
    plain = typed(raw, _Text, file)
    kind = kinds.get(plain.kind)
    return Told(plain.text) if kind is None else typed(raw, kind, file)
