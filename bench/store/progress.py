"""How far the runs on a results folder are, from the files that they leave."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from bench.core.errors import BenchError
from bench.store.at_work import AtWork, Planned, runs_at_work
from bench.store.files import files_of
from bench.store.record import Record
from bench.store.record_file import read_record
from bench.store.scan import fold_clips
from bench.store.store import Store

WINDOW = 600.0
"""Seconds of which the rate is that of now."""


class CellName(NamedTuple):
    """A cell, and the method on a task that it counts for.

    Attributes:
        task, protocol, method, preset: names.
        seed: root seed.
        path: below `records/`: cells of several data differ in it alone.
    """

    task: str
    protocol: str
    method: str
    preset: str
    seed: int
    path: str


@dataclass(frozen=True)
class Seen:
    """A record as far as progress asks.

    Attributes:
        state: modification time and size of its file.
        cell: that it is of.
        data, fold: of it.
        status: how its unit ended.
    """

    state: tuple[int, int]
    cell: CellName
    data: str
    fold: str
    status: str


class RowProgress(NamedTuple):
    """One method on one task by one protocol, all seeds together.

    Attributes:
        task, protocol, method, preset: names.
        seeds: how many.
        folds: of all seeds.
        done, failed: how many of them have ended well and otherwise.
    """

    task: str
    protocol: str
    method: str
    preset: str
    seeds: int
    folds: int
    done: int
    failed: int

    @property
    def missing(self) -> int:
        """Folds that have not ended."""
        return self.folds - self.done - self.failed


@dataclass(frozen=True)
class Progress:
    """How far the runs are.

    Attributes:
        rows: a line for each method on a task by a protocol.
        running: runs at work.
        per_minute: folds that ended lately, in a minute.
        left: planned folds of runs at work without a record.
    """

    rows: list[RowProgress]
    running: list[AtWork]
    per_minute: float
    left: int

    @property
    def seconds_left(self) -> float | None:
        """At the rate of now; None where nothing runs or has ended lately."""
        if not self.left or not self.per_minute:
            return None
        return 60 * self.left / self.per_minute


@dataclass
class Looker:
    """Reads a folder again and again: of its records those alone that are new.

    Attributes:
        store: the results folder.
        seen: records by path.
    """

    store: Store
    seen: dict[Path, Seen] = field(default_factory=dict)

    def look(self) -> Progress:
        """How far the runs are now; a damaged record counts as missing."""
        running = runs_at_work(self.store.folder)
        self._read()
        now = time.time()
        since = max(now - WINDOW, min((run.started for run in running), default=now))
        ends = (one.state[0] / 1e9 for one in self.seen.values())
        lately = sorted(end for end in ends if end > since)
        # From the first of them on: before it, clips may have been described.
        rate = 60 * (len(lately) - 1) / max(now - lately[0], 1.0) if lately else 0.0
        ended = {(one.cell, one.fold) for one in self.seen.values()}
        planned = {
            (_name(cell), fold) for run in running for cell in run.cells for fold in cell.folds
        }
        return Progress(list(self._rows(planned)), running, rate, len(planned - ended))

    def _read(self) -> None:
        found: dict[Path, Seen] = {}
        for path in files_of(self.store.folder, "record"):
            try:
                status = path.stat()
                state = status.st_mtime_ns, status.st_size
                before = self.seen.get(path)
                same = before is not None and before.state == state
                found[path] = before if same and before else _seen(read_record(path), path, state)
            except (OSError, BenchError):
                continue  # replaced meanwhile, or damaged: `bench results list` names those
        self.seen = found

    def _rows(self, planned: Iterable[tuple[CellName, str]]) -> Iterable[RowProgress]:
        totals = self._totals()
        folds: dict[CellName, set[str]] = defaultdict(set)
        for cell, fold in planned:
            folds[cell].add(fold)
        counts: dict[CellName, Counter[bool]] = defaultdict(Counter)
        whole: dict[CellName, int] = defaultdict(int)
        for one in self.seen.values():
            counts[one.cell][one.status == "ok"] += 1
            whole[one.cell] = totals.get((one.data, one.cell.protocol), 0)
        every = sorted({*folds, *counts})
        for (task, protocol, method, preset), same in groupby(every, key=lambda cell: cell[:4]):
            cells = list(same)
            sizes = (max(whole[one], len(folds[one]), counts[one].total()) for one in cells)
            yield RowProgress(
                task,
                protocol,
                method,
                preset,
                seeds=len({one.seed for one in cells}),
                folds=sum(sizes),
                done=sum(counts[one][True] for one in cells),
                failed=sum(counts[one][False] for one in cells),
            )

    def _totals(self) -> dict[tuple[str, str], int]:
        """Folds of each data fingerprint and protocol of a record."""
        tasks = self.store.tasks()
        pairs = {(one.data, one.cell.protocol) for one in self.seen.values() if one.data in tasks}
        return {(data, name): len(fold_clips(tasks[data], name)) for data, name in pairs}


def _name(cell: Planned) -> CellName:
    return CellName(cell.task, cell.protocol, cell.method, cell.preset, cell.seed, cell.path)


def _seen(record: Record, path: Path, state: tuple[int, int]) -> Seen:
    inputs = record.inputs
    folder = "/".join(path.parts[-5:-1])
    task, protocol, seed = inputs["task"], inputs["protocol"], inputs["seed"]
    cell = CellName(task, protocol, record.label, record.preset, seed, folder)
    return Seen(state, cell, inputs["data"], record.fold, record.status)
