"""What `bench board` makes a board of: a results folder, packed predictions, or a board's json."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from bench.board import Board, build
from bench.board.read import read_board
from bench.cli.common import name_damaged
from bench.core.errors import BenchError
from bench.core.select import choose_tasks
from bench.plugins.registry import Registry
from bench.store import archive
from bench.store.external import External
from bench.store.record import Record
from bench.store.store import Store


@dataclass(frozen=True)
class Source:
    """One place that a board can be made of.

    Attributes:
        path: a results folder, an archive of predictions, or a leaderboard.json or its folder.
        kind: which of them.
    """

    path: Path
    kind: str

    @classmethod
    def of(cls, results: Path, source: Path | None) -> Source:
        """The place that a user means.

        Args:
            results: used where no other is named.
            source: an archive, a leaderboard.json, or a folder with either; the archive comes
                first, because numbers are better computed than believed.
        """
        if source is None:
            return cls(results, "results")
        packed = archive.located(source)
        return cls(source, "board") if packed is None else cls(packed, "archive")

    def board(
        self, registry: Registry, tasks: str, with_predictions: bool = False
    ) -> tuple[Board, bytes | None]:
        """The board of some tasks, and on demand its predictions, packed.

        Raises:
            BenchError: there are none, or no such tasks.
        """
        if self.kind == "results":
            return _made(Store(self.path), str(self.path), registry, tasks, with_predictions)
        if self.kind == "archive":
            with tempfile.TemporaryDirectory() as folder:
                archive.unpack(self.path, Path(folder))
                store = Store(Path(folder))
                return _made(store, str(self.path), registry, tasks, with_predictions)
        if with_predictions:
            raise BenchError(f"--with-predictions: {self.path} is a board without predictions")
        whole = read_board(self.path)
        names = choose_tasks(tasks, sorted({table.task for table in whole.tables}))
        found = tuple(table for table in whole.tables if table.task in names)
        return replace(whole, tables=found), None


def _made(
    store: Store, name: str, registry: Registry, tasks: str, packed: bool
) -> tuple[Board, bytes | None]:
    contents = store.contents()
    # A temporary folder is gone when its name is read.
    damaged = [line.replace(str(store.folder), name) for line in contents.damaged]
    name_damaged(damaged, "left out")
    found = {data: one.task for data, one in store.tasks().items()}
    if not found:
        raise BenchError(f"no results in {name}; run `bench run` first")
    names = choose_tasks(tasks, sorted(set(found.values())))
    records = contents.records
    only = {
        (record.inputs["data"], record.inputs["protocol"])
        for record in records
        if found.get(record.inputs["data"]) in names
    }
    only |= {(o.data, o.protocol) for o in store.externals() if o.task in names}
    if not only:
        raise BenchError(f"no results of {tasks} in {name}; run `bench run` first")
    made = build(store, registry, only, records)
    data = {one for one, _ in only}
    return made, archive.pack(store, lambda one: _data(one) in data) if packed else None


def _data(one: Record | External) -> str:
    """Fingerprint of the task of a result."""
    return one.data if isinstance(one, External) else one.inputs["data"]
