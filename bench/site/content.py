"""What a site shows: a board, and of each table the records that its rows were made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bench.board import Board, Table, build
from bench.board.columns import every
from bench.board.text import place_name
from bench.core.names import TaskName
from bench.evaluation.build_row import by_row, finished
from bench.evaluation.external import external_key
from bench.evaluation.row import Row, RowKey
from bench.evaluation.truth import Truth, truth
from bench.plugins.registry import Registry
from bench.store.external import External
from bench.store.record import Record
from bench.store.store import Store


@dataclass(frozen=True)
class Section:
    """A table and what its rows were made from.

    Attributes:
        table: of the board.
        task: clips and true classes; None where the board is known by its numbers alone.
        done: the finished records of each row.
        externals: imported predictions of each row.
    """

    table: Table
    task: Truth | None = None
    done: Mapping[RowKey, list[Record]] = field(default_factory=dict)
    externals: Mapping[RowKey, External] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A part of file names."""
        return place_name(self.table)

    @property
    def dataset(self) -> str:
        """Name of its dataset."""
        return TaskName.parse(self.table.task).dataset

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows, those whose epoch was chosen on the test subjects last."""
        return every(self.table)


@dataclass(frozen=True)
class Content:
    """Everything that a site shows.

    Attributes:
        board: its tables.
        sections: one per table, in the same order.
        registry: for the facts of methods and datasets.
        results: the folder it was read from, with the reports of `bench explain`.
    """

    board: Board
    sections: tuple[Section, ...]
    registry: Registry
    results: Path

    @cached_property
    def methods(self) -> dict[str, list[tuple[Section, Row]]]:
        """Every row by the name of its method, sorted by that."""
        found: dict[str, list[tuple[Section, Row]]] = defaultdict(list)
        for section in self.sections:
            for row in section.rows:
                found[method_of(row)].append((section, row))
        return dict(sorted(found.items()))

    @cached_property
    def datasets(self) -> dict[str, list[Section]]:
        """The tables of each dataset, sorted by its name."""
        found: dict[str, list[Section]] = defaultdict(list)
        for section in self.sections:
            found[section.dataset].append(section)
        return dict(sorted(found.items()))


def method_of(row: Row) -> str:
    """The method of a row, without its variant."""
    return row.label.partition(":")[0]


def gather(store: Store, registry: Registry, records: list[Record]) -> Content:
    """Read what a site of a results folder shows.

    Args:
        store: the results folder.
        registry: for the facts of methods and datasets.
        records: of the folder.
    """
    board = build(store, registry, records=records)
    tasks = {raw.fingerprint[:12]: truth(raw) for raw in store.tasks().values()}
    grouped: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        grouped[record.inputs["data"], record.inputs["protocol"]].append(record)
    others: dict[tuple[str, str], list[External]] = defaultdict(list)
    for one in store.externals():
        others[one.data, one.protocol].append(one)
    sections = []
    for table in board.tables:
        task = tasks[table.fingerprint]
        place = task.fingerprint, table.protocol
        done = {key: finished(of_row) for key, of_row in by_row(grouped[place]).items()}
        externals = {external_key(one): one for one in others[place]}
        sections.append(Section(table, task, done, externals))
    return Content(board, tuple(sections), registry, store.folder)
