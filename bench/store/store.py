"""What units leave behind: one JSON file each, written atomically, holding predictions, not scores.

Layout below the results folder:
    records/<task>/<method>/<preset>-<family>/seed0/<fold>.json    one unit
    tasks/<fingerprint>.json                                       clips, subjects, true classes
    environments/<id>.json                                         machine and package versions
    external/<task>/<name>.json                                    other people's predictions
    damaged/                                                       replaced by a run: not readable
No shared file and no lock: network disks work, and merging two machines is copying files.
Reading never writes. A damaged file counts as absent; the run that replaces it keeps it aside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.typed import DamagedError
from bench.data.task import Task
from bench.planning.plan import Cell, Unit
from bench.store.aside import files_aside, set_aside
from bench.store.cell_path import CellPath
from bench.store.environment import (
    Environment,
    encode_environment,
    environment_path,
    read_environment_file,
)
from bench.store.external import CURE as REIMPORT
from bench.store.external import External, external_files, external_misfit, read_external_file
from bench.store.record import Record, Wanted, safe
from bench.store.record_file import CURE, encode, misfit, read_record
from bench.store.task_file import TaskFile, encode_task, is_sealed, read_task, task_file, task_name

T = TypeVar("T")


@dataclass(frozen=True)
class Contents:
    """The records of a folder.

    Attributes:
        records: sound ones, in the order of their paths.
        damaged: a line for each damaged file: its path, what is wrong with it, and its cure.
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

        Of the whole results folder, `damaged` also names tasks, environments and external
        predictions.

        Raises:
            NewerError: a later version wrote a file: what it says cannot be left out silently.
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
                task = task_of(record.inputs["data"])
                if task and (wrong := misfit(record, task.clips, len(task.classes))):
                    raise DamagedError(path, wrong, CURE)
            except DamagedError as error:
                found.damaged.append(str(error))
            else:
                found.records.append(record)
        if folder is None:
            found.damaged.extend(self._other_faults(found.records))
        return found

    def _other_faults(self, records: Iterable[Record]) -> Iterator[str]:
        """A line for each damaged file that is no record, and for each missing task."""
        faults: list[str] = []
        tasks = {one.fingerprint for one in _readable(self._files("tasks"), read_task, faults)}
        list(_readable(self._files("environments"), read_environment_file, faults))
        list(_readable(external_files(self.folder), self._external, faults))
        yield from faults
        lacking = Counter(r.inputs["data"] for r in records if r.inputs["data"] not in tasks)
        for data, count in lacking.items():
            # A damaged one is named above.
            if not (path := self._task_path(data)).exists():
                yield (
                    f"{path}: missing, so {count} records are left out; copy tasks/ as well, or "
                    "the next `bench run` on its data writes it again"
                )

    def _files(self, folder: str) -> list[Path]:
        return sorted((self.folder / folder).glob("*.json"))

    def records(self) -> list[Record]:
        """The sound records of `contents`."""
        return self.contents().records

    def set_aside(self) -> list[Path]:
        """Damaged files that runs have replaced."""
        return files_aside(self.folder)

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
            set_aside(self.folder, path)
        write_atomically(path, encode(record))

    def write_task(self, task: Task) -> str:
        """Keep who shows what, so that a board can be made without the dataset.

        Returns:
            What was wrong with the file that this replaced; empty where nothing was.
        """
        path, content = self._task_path(task.fingerprint), task_file(task)
        fault = ""
        try:
            if read_task(path) == content and is_sealed(path):
                return ""
            if read_task(path) != content:
                fault = f"{path}: not the clips and classes of the data that it is named for"
        except FileNotFoundError:
            pass
        except DamagedError as error:
            fault = f"{path}: {error.fault}"
        return self._replace(path, encode_task(content), fault)

    def write_environment(self, name: str, content: Environment) -> str:
        """Keep the description of this machine; returns as `write_task` does."""
        path = environment_path(self.folder, name)
        fault = ""
        try:
            read_environment_file(path)
            return ""
        except FileNotFoundError:
            pass
        except DamagedError as error:
            fault = f"{path}: {error.fault}"
        return self._replace(path, encode_environment(content), fault)

    def _replace(self, path: Path, data: bytes, fault: str) -> str:
        """Write a file; what was there is set aside where it has a fault, which is returned."""
        if fault:
            set_aside(self.folder, path)
        write_atomically(path, data)
        return fault

    def task(self, fingerprint: str) -> TaskFile | None:
        """The task of a data fingerprint; None where there is no sound file of it."""
        try:
            return read_task(self._task_path(fingerprint))
        except (FileNotFoundError, DamagedError):
            return None

    def _task_path(self, fingerprint: str) -> Path:
        return self.folder / "tasks" / task_name(fingerprint)

    def tasks(self) -> dict[str, TaskFile]:
        """The tasks of all records, by data fingerprint; `contents` names damaged ones.

        Raises:
            NewerError: a later version wrote one.
        """
        return {one.fingerprint: one for one in _readable(self._files("tasks"), read_task, [])}

    def externals(self) -> list[External]:
        """Predictions of other tools; `contents` names damaged ones.

        Raises:
            NewerError: a later version wrote one.
        """
        return list(_readable(external_files(self.folder), self._external, []))

    def _external(self, path: Path) -> External:
        """External predictions, validated against their task where it is known."""
        one = read_external_file(path)
        task = self.task(one.data)
        if task and (wrong := external_misfit(one, task)):
            raise DamagedError(path, wrong, REIMPORT)
        return one


def _readable(paths: Iterable[Path], read: Callable[[Path], T], faults: list[str]) -> Iterator[T]:
    """What can be read of files; adds a line to `faults` for each of the others."""
    for path in paths:
        try:
            yield read(path)
        except DamagedError as error:
            faults.append(str(error))
