"""Cells of the tables of a site: the columns of the board, with what a script sorts them by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.board.columns import DETAILS, MAIN, of_table
from bench.board.text import place
from bench.core.file_names import safe
from bench.evaluation.row import Row
from bench.site.content import Section, method_of
from bench.statistics.metrics import METRICS

PHONE = 0
"""Columns of a higher priority are not shown on a phone; the details have them all."""


@dataclass(frozen=True)
class Head:
    """The heading of a column.

    Attributes:
        title: words.
        right: numbers.
        low: left out where there is no room.
        score: the more, the better: sorted best first.
    """

    title: str
    right: bool
    low: bool
    score: bool


@dataclass(frozen=True)
class Line:
    """A row of a task's table.

    Attributes:
        page: address of the method's page, from the start page.
        row: of the board.
        cells: text and the number to sort by, if any, for each column.
        details: texts of all other columns, after the name.
    """

    page: str
    row: Row
    cells: Sequence[tuple[str, Any]]
    details: Sequence[str]


def heads(section: Section) -> list[Head]:
    """The columns of a task's table."""
    return [
        Head(
            "rank" if one.name == "rank" else one.title(section.table),
            one.right,
            one.priority > PHONE,
            one.name in (*METRICS, "parts"),
        )
        for one in of_table(MAIN, section.table)
    ]


def lines(section: Section, rows: Sequence[Row]) -> list[Line]:
    """Rows of a task's table, in their order."""
    table = section.table
    main, rest = of_table(MAIN, table), of_table(DETAILS, table)
    return [
        Line(
            method_page(method_of(row)),
            row,
            [
                # The rank alone says nothing of those without one: the order of the board does.
                (one.text(table, row), i if one.name == "rank" else _order(one.order, row))
                for one in main
            ],
            [one.text(table, row) for one in rest],
        )
        for i, row in enumerate(rows, start=1)
    ]


def _order(order: Any, row: Row) -> Any:
    if order is None or isinstance(value := order(row), str):
        return None
    # Scores are negated in the board, where the best comes first; none is below all others.
    return -1 if math.isinf(value) else round(abs(value), 6)


@dataclass(frozen=True)
class Result:
    """A row as the page of its method shows it.

    Attributes:
        section: of the row's table.
        row: of the board.
        rank: in words.
        confusion: name and counts of each true class; empty where unknown.
    """

    section: Section
    row: Row
    rank: str
    confusion: Sequence[tuple[str, Sequence[int]]]


def result(section: Section, row: Row) -> Result:
    """One row, with its confusion matrix where it is known."""
    # Boards of before it was kept have none.
    lines = zip(section.table.classes, row.confusion, strict=bool(row.confusion))
    return Result(section, row, place(row), tuple(lines))


def method_page(name: str) -> str:
    """Address of a method's page, from the start page."""
    return f"methods/{safe(name, ':')}.html"


def dataset_page(name: str) -> str:
    """Address of a dataset's page, from the start page."""
    return f"datasets/{safe(name, '-')}.html"


def task_page(section: Section) -> str:
    """Address of a task's page, from the start page."""
    return f"tasks/{section.name}.html"
