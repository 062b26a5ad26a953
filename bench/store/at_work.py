"""Which runs are at work on a results folder: a file each, which ends with its run.

    running/<host>-<process>-<random>.json    host, process, start, command, cells and folds

A run touches its file every `BEAT` seconds. One that has not been touched for `SILENT` seconds, or
of whose process this machine knows nothing, is of a run that was killed. Nothing is locked and
nobody waits: network disks work, and a file that is left over blocks nothing.
"""

from __future__ import annotations

import os
import secrets
import shlex
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.file_names import safe
from bench.core.machine import process_exists
from bench.core.sealed import Kind, seal, unseal
from bench.core.typed import typed
from bench.core.words import counted
from bench.planning.plan import Cell, Unit
from bench.store.cell_path import CellPath

RUNNING = Kind("running", format=2)
"""2: each cell says its protocol."""
BEAT = 10.0
"""Seconds between two touches."""
SILENT = 180.0
"""Seconds; network disks may show a time that is a minute old."""


@dataclass(frozen=True)
class Planned:
    """The folds that a run has planned of one cell.

    Attributes:
        path: of the cell below `records/`.
        task, protocol, method, preset: names.
        seed: root seed.
        folds: names.
    """

    path: str
    task: str
    protocol: str
    method: str
    preset: str
    seed: int
    folds: list[str]

    @classmethod
    def of(cls, cell: Cell) -> Planned:
        """The whole of a planned cell."""
        row, names = cell.row, [fold.name for fold in cell.folds]
        path, task = str(CellPath.of(cell)), cell.task.name
        return cls(path, task, cell.protocol, row.label, row.preset, cell.seed, names)


@dataclass(frozen=True)
class AtWork:
    """A run.

    Attributes:
        host: name of its machine.
        process: its id there.
        started: `time.time()` there.
        command: as it was typed.
        shard: the part of the plan that it runs, "3/40"; empty for all of it.
        cells: what it has planned.
    """

    host: str
    process: int
    started: float
    command: str
    shard: str
    cells: list[Planned]

    def __str__(self) -> str:
        part = f", shard {self.shard}" if self.shard else ""
        return f"process {self.process} on {self.host}{part}"


_began = attrgetter("started", "host", "process")
"""The order of runs, which every machine finds the same."""


class Mark(NamedTuple):
    """A run of this process, and the file that says so."""

    path: Path
    run: AtWork


@contextmanager
def at_work(results: Path, cells: Sequence[Cell], shard: str) -> Iterator[Mark]:
    """While open, others see that this run is at work."""
    host, process = socket.gethostname(), os.getpid()
    command = shlex.join(["bench", *sys.argv[1:]])
    run = AtWork(host, process, time.time(), command, shard, [Planned.of(cell) for cell in cells])
    path = results / "running" / f"{safe(host)}-{process}-{secrets.token_hex(4)}.json"
    # It is gone when the run is, so nothing waits for the disk.
    # Not by `asdict`, which copies the name of every fold.
    content = {**vars(run), "cells": [vars(cell) for cell in run.cells]}
    write_atomically(path, seal(RUNNING, content), durable=False)
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            # A full or absent disk is said by whoever writes a record.
            with suppress(OSError):
                os.utime(path)

    # A daemon, so that it does not keep a process alive that is done.
    threading.Thread(target=beat, daemon=True).start()
    try:
        yield Mark(path, run)
    finally:
        ended.set()
        with suppress(OSError):
            path.unlink()
            path.parent.rmdir()  # which fails where another run is at work


def runs_at_work(results: Path, own: Path | None = None) -> list[AtWork]:
    """The runs at work, the earliest first.

    Args:
        results: the folder.
        own: the file of this run, if it is one: left out, and its time is what the disk calls now.
    """
    now = time.time()
    if own is not None:
        with suppress(OSError):
            os.utime(own)
            now = own.stat().st_mtime
    found = []
    for path in sorted((results / "running").glob("*.json")):
        if path == own:
            continue
        # Gone by now, or of another version: it only advises.
        with suppress(OSError, BenchError):
            run = typed(unseal(path, RUNNING).content, AtWork, path)
            if now - path.stat().st_mtime < SILENT and _may_live(run):
                found.append(run)
    return sorted(found, key=_began)


def _may_live(run: AtWork) -> bool:
    """Whether the process may be there still; those of other machines cannot be asked."""
    return run.host != socket.gethostname() or process_exists(run.process)


def refuse_busy(results: Path, own: Mark, waiting: Sequence[Unit]) -> None:
    """Raise `BenchError` where an earlier run is at work on folds that this one waits for."""
    # Of two that begin at once the later one gives way: both compare the same numbers.
    earlier = [one for one in runs_at_work(results, own.path) if _began(one) <= _began(own.run)]
    if not earlier:
        return
    mine = {(str(CellPath.of(unit.cell)), unit.fold.name) for unit in waiting}
    for run in earlier:
        common = sum((cell.path, fold) in mine for cell in run.cells for fold in cell.folds)
        if common:
            folds = counted(common, "fold")
            raise BenchError(
                f"{results} is at work: {run} has planned {folds} of these; share "
                "them by starting every run with --shard I/N, or by one run with --engine dask; "
                "`bench status` shows the progress, and --share runs them here as well"
            )
