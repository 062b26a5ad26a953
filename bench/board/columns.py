"""The columns of a board: each is described once, and every format is made from that.

A column has a text for readers and numbers for programs. `MAIN` is the narrow table that a reader
sees first; what it leaves out stands in a second table of the `DETAILS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from bench.board.board import Board, Table
from bench.board.contract import counts
from bench.board.identity import (
    lovo_text,
    lovo_values,
    neighbours_text,
    neighbours_values,
)
from bench.board.notes import brief_text, full_text, notes_text
from bench.board.text import (
    fit_time,
    interval_text,
    number,
    part_names,
    place,
    row_clips,
    selected_text,
)
from bench.core.errors import BenchError
from bench.core.select import unknown
from bench.evaluation.row import Row
from bench.statistics.metrics import METRICS

Values = Mapping[str, Any]


def _always(_: Table) -> bool:
    return True


@dataclass(frozen=True)
class Column:
    """One column, for every format.

    Attributes:
        name: for `--columns` and `--sort`.
        title: heading, of a table whose columns depend on it.
        text: a cell in words.
        values: the same as plain numbers by name, for csv and parquet.
        priority: a terminal shows columns in this order up to the first that has no room; those of
            0 always.
        main: part of the narrow table; others are details.
        right: numbers, aligned to the right; not where an interval may follow.
        here: whether a table has it.
        order: sorts rows, best first; None where there is nothing to sort by.
    """

    name: str
    title: Callable[[Table], str]
    text: Callable[[Table, Row], str]
    values: Callable[[Table, Row], Values] = lambda *_: {}
    priority: int = 0
    main: bool = False
    right: bool = False
    here: Callable[[Table], bool] = _always
    order: Callable[[Row], Any] | None = None


def _score(name: str, ends: bool = False) -> Callable[[Table, Row], str]:
    def text(_: Table, row: Row) -> str:
        score = row.scores.get(name)
        if score is None:
            return "–"
        return interval_text(score) if ends else number(score.value)

    return text


def _numbers(name: str) -> Callable[[Table, Row], Values]:
    ends = {"": "value", "_low": "low", "_high": "high", "_seed_sd": "spread"}

    def values(_: Table, row: Row) -> Values:
        score = row.scores.get(name)
        return {f"{name}{end}": getattr(score, field) for end, field in ends.items() if score}

    return values


def _by_score(name: str) -> Callable[[Row], float]:
    return lambda row: -row.scores[name].value if name in row.scores else math.inf


def _parts(metric: str) -> Callable[[Table, Row], str]:
    def text(table: Table, row: Row) -> str:
        return "/".join(
            number(row.parts[name][metric]) if name in row.parts else "–"
            for name in part_names(table)
        )

    return text


def _part_values(_: Table, row: Row) -> Values:
    return {
        f"{part}_{name}": value
        for part, values in sorted(row.parts.items())
        for name, value in values.items()
    }


def _recalls(table: Table, row: Row) -> Values:
    # Not strict, because a row without finished folds has no recall.
    pairs = zip(table.classes, row.recall, strict=False)
    return {f"recall_{name}": None if math.isnan(value) else value for name, value in pairs}


def _spread(_: Table, row: Row) -> str:
    score = row.scores.get("uf1")
    return "–" if score is None or score.spread is None else number(score.spread)


def _f1_differs(table: Table) -> bool:
    """On pooled predictions F1 is UF1, unless a class has no clip."""
    return any(_score("f1")(table, row) != _score("uf1")(table, row) for row in every(table))


def every(table: Table) -> tuple[Row, ...]:
    """All rows, also those whose epoch was chosen on the test subjects."""
    return (*table.rows, *table.test_best)


COLUMNS = (
    Column(
        "rank", lambda _: "#", lambda _, row: place(row), lambda _, row: {"rank": row.rank},
        main=True, order=lambda row: 0,
    ),
    Column(
        "method", lambda _: "method", lambda _, row: row.name,
        lambda _, row: {"method": row.label, "preset": row.preset, "reference": row.reference},
        main=True, order=lambda row: row.name,
    ),
    Column(
        "uf1", lambda _: "UF1 [95 %]", _score("uf1", ends=True), _numbers("uf1"),
        main=True, order=_by_score("uf1"),
    ),
    Column(
        "uar", lambda _: "UAR", _score("uar"), _numbers("uar"),
        1, main=True, right=True, order=_by_score("uar"),
    ),
    Column(
        "accuracy", lambda _: "acc.", _score("accuracy"), _numbers("accuracy"),
        2, main=True, right=True, order=_by_score("accuracy"),
    ),
    Column(
        "f1", lambda _: "F1", _score("f1"), _numbers("f1"),
        3, main=True, right=True, here=_f1_differs, order=_by_score("f1"),
    ),
    Column(
        "parts", lambda table: f"{'/'.join(part_names(table))} UF1", _parts("uf1"),
        _part_values, 4, main=True, right=True, here=lambda table: bool(part_names(table)),
    ),
    Column(
        "uar_interval", lambda _: "UAR [95 %]", _score("uar", ends=True), priority=14,
    ),
    Column(
        "accuracy_interval", lambda _: "accuracy [95 %]", _score("accuracy", ends=True),
        priority=15,
    ),
    Column(
        "spread", lambda _: "UF1 ± seeds", _spread, priority=9, right=True,
        here=lambda table: any(len(row.seeds) > 1 for row in every(table)),
    ),
    Column(
        "parts_uar", lambda table: f"{'/'.join(part_names(table))} UAR", _parts("uar"),
        priority=13, right=True, here=lambda table: bool(part_names(table)),
    ),
    Column(
        "inner", lambda _: "inner UF1", lambda _, row: selected_text(row, row.inner),
        lambda _, row: {"inner_uf1": row.inner.value} if row.inner else {},
        8, here=lambda table: any(row.oracle for row in table.rows),
    ),
    Column(
        "oracle", lambda _: "oracle UF1", lambda _, row: selected_text(row, row.oracle),
        lambda _, row: {"oracle_uf1": row.oracle.value} if row.oracle else {},
        7, here=lambda table: any(row.oracle for row in table.rows),
    ),
    Column(
        "same_person", lambda _: "same person (chance)", lambda _, row: neighbours_text(row),
        lambda _, row: neighbours_values(row), 10, right=True,
        here=lambda table: any(neighbours_values(row) for row in every(table)),
        order=lambda row: -neighbours_values(row).get("same_person", -1),
    ),
    Column(
        "lovo", lambda _: "LOVO − LOSO", lambda _, row: lovo_text(row),
        lambda _, row: lovo_values(row), 10, right=True,
        here=lambda table: any(lovo_values(row) for row in every(table)),
        order=lambda row: -lovo_values(row).get("lovo_minus_loso_uf1", -2),
    ),
    Column(
        "recall", lambda table: f"{'/'.join(table.classes)} recall",
        lambda _, row: "/".join(map(number, row.recall)) or "–", _recalls, priority=12, right=True,
    ),
    Column(
        "clips", lambda _: "clips", row_clips,
        lambda table, row: {
            "clips": row.clips, "expected": row.expected, **counts(table.contract),
        },
        1, right=True,
        here=lambda table: bool(table.contract.expected or table.contract.subset),
    ),
    Column(
        "folds", lambda _: "folds", lambda _, row: f"{row.folds}/{row.of}",
        lambda _, row: {"folds": row.folds, "of": row.of}, priority=16, right=True,
    ),
    Column(
        "seeds", lambda _: "seeds", lambda _, row: str(len(row.seeds)),
        lambda _, row: {"seeds": " ".join(map(str, row.seeds))}, priority=11, right=True,
    ),
    Column(
        "fit", lambda _: "fit/fold", lambda _, row: fit_time(row),
        lambda _, row: {
            "fit_seconds": row.fit_seconds,
            "device": "; ".join(one.device or "unknown" for one in row.fit_times),
        },
        6, right=True, order=lambda row: math.inf if row.fit_seconds is None else row.fit_seconds,
    ),
    Column(
        "parameters", lambda _: "parameters",
        lambda _, row: "–" if row.parameters is None else f"{row.parameters:,}",
        lambda _, row: {"parameters": row.parameters}, priority=16, right=True,
        order=lambda row: math.inf if row.parameters is None else row.parameters,
    ),
    Column(
        "fidelity", lambda _: "fidelity", lambda _, row: row.fidelity,
        lambda _, row: {"fidelity": row.fidelity}, 10, order=lambda row: row.fidelity,
    ),
    Column(
        "selection", lambda _: "selection", lambda _, row: row.selection,
        lambda _, row: {"selection": row.selection}, 17, order=lambda row: row.selection,
    ),
    Column(
        "provenance", lambda _: "provenance", lambda _, row: row.provenance,
        lambda _, row: {"provenance": row.provenance}, 5, order=lambda row: row.provenance,
    ),
    Column(
        "notes", lambda _: "notes", lambda _, row: brief_text(row),
        lambda _, row: {"notes": notes_text(row)}, main=True,
    ),
    Column(
        "remarks", lambda _: "notes", lambda _, row: full_text(row), priority=19,
    ),
)  # fmt: skip
"""All columns, in the order of every format."""

MAIN = tuple(column for column in COLUMNS if column.main)
AFTER = next(column for column in COLUMNS if column.name == "f1")
"""The last of our metrics."""
KEY = COLUMNS[1]
"""Names the rows of the second table."""
DETAILS = (KEY, *(column for column in COLUMNS if not column.main))


@cache
def own_column(name: str) -> Column:
    """The column of a plugin's metric; one for each name, so that columns can be compared."""
    return Column(
        name, lambda _: f"{name} [95 %]", _score(name, ends=True), _numbers(name),
        3, main=True, order=_by_score(name),
    )  # fmt: skip


def with_own(columns: Iterable[Column], table: Table) -> tuple[Column, ...]:
    """Columns of a table: after the last of our metrics those of plugins, where it has them."""
    found: list[Column] = []
    names = dict.fromkeys(n for row in every(table) for n in row.scores if n not in METRICS)
    for column in columns:
        found.append(column)
        if column is AFTER:
            found += map(own_column, names)
    return tuple(found)


def choose(names: str, own: Iterable[str] = ()) -> tuple[Column, ...]:
    """Columns by name, comma-separated, in this order.

    Args:
        names: as typed.
        own: metrics of plugins.

    Raises:
        BenchError: an unknown name, with the nearest ones.
    """
    known = {column.name: column for column in (*map(own_column, own), *COLUMNS)}
    wanted = list(dict.fromkeys(word.strip() for word in names.split(",")))
    for word in wanted:
        if word not in known:
            raise unknown("column", word, known)
    return tuple(known[word] for word in wanted)


def of_table(columns: Iterable[Column], table: Table) -> tuple[Column, ...]:
    """Of some columns those that a table has."""
    return tuple(column for column in with_own(columns, table) if column.here(table))


def ordered(board: Board, name: str) -> Board:
    """The board with the rows of every table sorted by a column: ranked ones first.

    Raises:
        BenchError: a column that does not exist, or has no order.
    """
    own = {word for table in board.tables for row in every(table) for word in row.scores}
    (column,) = choose(name, own - METRICS.keys())
    if (order := column.order) is None:
        can = ", ".join(one.name for one in COLUMNS if one.order)
        raise BenchError(f"--sort {name}: expected one of {can}")

    def resorted(rows: Sequence[Row]) -> tuple[Row, ...]:
        # An incomplete row's score on a few folds must not lead the table.
        return tuple(sorted(rows, key=lambda row: (row.rank is None, order(row))))

    return replace(
        board,
        tables=tuple(
            replace(table, rows=resorted(table.rows), test_best=resorted(table.test_best))
            for table in board.tables
        ),
    )
