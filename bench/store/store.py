"""What units leave behind: one JSON file each, written atomically, holding predictions, not scores.

Layout below the results folder:
    records/<task>/<method>/<preset>-<family>/seed0/<fold>.json    one unit
    tasks/<fingerprint>.json                                       clips, subjects, true classes
    environments/<id>.json                                         machine and package versions
    external/<task>/<name>.json                                    other people's predictions
    damaged/                                                       replaced by a run: not readable
No shared file and no lock: network disks work, and merging two machines is copying files.
Reading never writes. A damaged record counts as absent; the run that replaces it keeps it aside.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from itertools import count
from pathlib import Path

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.typed import DamagedError
from bench.data.task import Task
from bench.planning.plan import Cell, Unit
from bench.store.cell_path import CellPath
from bench.store.environment import Environment, environment_path
from bench.store.record import Record, Wanted, safe
from bench.store.record_file import encode, misfit, read_record
from bench.store.task_file import TaskFile, read_task, task_file


@dataclass(frozen=True)
class Contents:
    """The records of a folder.

    Attributes:
        records: sound ones, in the order of their paths.
        damaged: a line for each other file: its path and what is wrong with it.
    """

    records: list[Record]
    damaged: list[str]


@dataclass(frozen=True)
class Store:
    """A results folder."""

    folder: Path

    def check_writable(self) -> None:
        """Raise a clear error before any work when the folder cannot be written."""
        probe = self.folder / ".writable"
        try:
            # Only whether it can be written matters: waiting for the disk would be wasted.
            write_atomically(probe, b"", durable=False)
            probe.unlink()
        except OSError as error:
            raise BenchError(
                f"cannot write to the results folder {self.folder}: {error.strerror}; "
                "name another with --results"
            ) from error

    def cell_folder(self, cell: Cell) -> Path:
        """Where the records of one cell lie."""
        return self.folder.joinpath("records", *CellPath.of(cell))

    def path(self, unit: Unit) -> Path:
        """Path of the record of one unit."""
        return self.cell_folder(unit.cell) / f"{safe(unit.fold.name)}.json"

    def read(self, path: Path) -> Record | None:
        """A record; None where there is none.

        Raises:
            DamagedError: the file is no sound record.
            NewerError: a later version wrote it.
        """
        try:
            return read_record(path)
        except FileNotFoundError:
            return None

    def contents(self, folder: Path | None = None) -> Contents:
        """Every record, or those of one cell's folder.

        Raises:
            NewerError: a later version wrote one: what it says cannot be left out silently.
            DamagedError: a task file holds something else.
        """
        # Thousands of records share a few tasks; the cache ends with this call, so edits are seen
        # later.
        task_of = cache(self.task)
        found = Contents([], [])
        every = (self.folder / "records").glob("*/*/*/*/*.json")
        # Sorted, so that boards do not depend on the order of the file system.
        for path in sorted(every if folder is None else folder.glob("*.json")):
            try:
                record = read_record(path)
            except DamagedError as error:
                found.damaged.append(str(error))
                continue
            task = task_of(record.inputs["data"])
            if task and (wrong := misfit(record, task.clips, len(task.classes))):
                found.damaged.append(f"{path}: {wrong}")
            else:
                found.records.append(record)
        return found

    def records(self) -> list[Record]:
        """The sound records of `contents`."""
        return self.contents().records

    def set_aside(self) -> list[Path]:
        """Damaged records that runs have replaced."""
        return sorted((self.folder / "damaged").glob("*"))

    def done(self, unit: Unit, wanted: Wanted) -> Record | None:
        """The unit's record when it is finished: ok, of this very key, with what is asked for.

        Raises:
            DamagedError: the file is no sound record of this unit.
            NewerError: a later version wrote it.
        """
        record = self._sound(unit)
        if record is None or record.key != unit.key or not record.serves(wanted):
            return None
        return record

    def _sound(self, unit: Unit) -> Record | None:
        """The file at the unit's path, validated against its clips; raises like `done`."""
        path = self.path(unit)
        record = self.read(path)
        if record is not None and record.key == unit.key:
            task = unit.cell.task
            held_out = [task.clips[i].id for i in unit.fold.test]
            wrong = misfit(record, held_out, len(task.classes))
            if wrong or len(record.clips) != len(held_out):
                raise DamagedError(path, wrong or "not all clips of its fold")
        return record

    def write(self, unit: Unit, record: Record) -> None:
        """Keep a record; it is on disk when this returns. A damaged one before it is set aside."""
        path = self.path(unit)
        try:
            self._sound(unit)
        except DamagedError:
            path.replace(self._aside(path))
        write_atomically(path, encode(record))

    def _aside(self, path: Path) -> Path:
        """A free name below damaged/ for a record."""
        folder = self.folder / "damaged"
        folder.mkdir(parents=True, exist_ok=True)
        name = "-".join(path.relative_to(self.folder / "records").parts)
        names = (f"{name}.{i}" if i else name for i in count())
        return next(path for one in names if not (path := folder / one).exists())

    def write_task(self, task: Task) -> None:
        """Keep who shows what, so that a board can be made without the dataset."""
        path = self._task_path(task.fingerprint)
        # Named by its fingerprint, so a file that exists is never out of date.
        if not path.is_file():
            write_atomically(path, json.dumps(asdict(task_file(task))).encode())

    def write_environment(self, name: str, content: Environment) -> None:
        """Keep the description of this machine."""
        path = environment_path(self.folder, name)
        if not path.is_file():
            text = json.dumps(asdict(content), indent=1, sort_keys=True)
            write_atomically(path, text.encode())

    def task(self, fingerprint: str) -> TaskFile | None:
        """The task of a data fingerprint; None where it is not kept. Raises as `tasks` does."""
        path = self._task_path(fingerprint)
        return read_task(path) if path.is_file() else None

    def _task_path(self, fingerprint: str) -> Path:
        return self.folder / "tasks" / f"{fingerprint[:16]}.json"

    def tasks(self) -> dict[str, TaskFile]:
        """The tasks of all records, by data fingerprint.

        Raises:
            DamagedError: a file holds something else.
            NewerError: a later version wrote one.
        """
        files = sorted((self.folder / "tasks").glob("*.json"))
        return {task.fingerprint: task for task in map(read_task, files)}
