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

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.file_names import former, safe
from bench.core.garbage import gc_paused
from bench.core.sealed import is_sealed
from bench.core.typed import DamagedError, NewerError
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
from bench.store.external import External
from bench.store.files import files_of, names_in
from bench.store.provenance import Origin, origin, reproduced, sign, unknown
from bench.store.record import Record
from bench.store.record_file import CURE, encode, misfit, read_record
from bench.store.scan import Found, scan, scan_externals, scan_records, scan_tasks
from bench.store.task_file import TaskFile, encode_task, read_task, task_file, task_name

T = TypeVar("T", TaskFile, External)


@dataclass(frozen=True)
class Contents:
    """The records of a folder.

    Attributes:
        records: sound ones, in the order of their paths.
        damaged: a line for each damaged file: its path, what is wrong with it, and its cure.
    """

    records: list[Record]
    damaged: list[str]


class Kept(NamedTuple):
    """The file of a unit, and its record or what is wrong with it."""

    path: Path
    record: Record | DamagedError | None


NOTHING_KEPT = Kept(Path(), None)
"""Of a unit without a file."""


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

    def path_of(self, record: Record) -> Path:
        """Path of a record, by what it says and not by where it was found."""
        folder = self.folder.joinpath("records", *CellPath.of_record(record))
        return folder / f"{safe(record.fold)}.json"

    def settle(self, cell: Cell) -> None:
        """Move records of a cell from where earlier versions kept them."""
        for unit, old in self._former_paths(cell):
            path = self.path(unit)
            try:
                # Other units had the same path.
                mine = read_record(old).key == unit.key
            except FileNotFoundError:
                continue
            except DamagedError:
                # Whose it was is lost. It moves where the run that finds it says so.
                mine = not path.exists()
            if mine and path.exists():
                set_aside(self.folder, old)
            elif mine:
                path.parent.mkdir(parents=True, exist_ok=True)
                # Of two runs at once one moves it.
                with suppress(FileNotFoundError):
                    old.replace(path)

    def _former_paths(self, cell: Cell) -> list[tuple[Unit, Path]]:
        """Files where earlier versions kept records of a cell, or of another one."""
        parts = CellPath.former(cell)
        # These two left their folder.
        if any(part in (".", "..") for part in parts):
            return []
        folder = self.folder.joinpath("records", *parts)
        # One listing instead of a question for each fold.
        names = names_in(folder)
        if not names:
            return []
        here = folder == self.cell_folder(cell)
        paths = ((unit, former(unit.fold.name), safe(unit.fold.name)) for unit in cell.units)
        return [
            (unit, folder / f"{old}.json")
            for unit, old, new in paths
            if f"{old}.json" in names and not (here and old == new)
        ]

    def of_cell(self, cell: Cell, origin: Origin = unknown) -> dict[str, Kept]:
        """What there is of a planned cell by fold, wherever this or an earlier version put it.

        A record of another key, as of changed data in earlier versions, counts as none.

        Args:
            cell: the planned one.
            origin: the provenance of its records.

        Raises:
            NewerError: a later version wrote one.
        """
        folder = self.cell_folder(cell)
        names = names_in(folder)
        files = ((unit, f"{safe(unit.fold.name)}.json") for unit in cell.units)
        here = [(unit, folder / file) for unit, file in files if file in names]
        found: dict[str, Kept] = {}
        # Those of today last: they count.
        for unit, path in (*self._former_paths(cell), *here):
            try:
                record = self._sound(unit, path, origin)
            except FileNotFoundError:
                continue
            except DamagedError as error:
                found.setdefault(unit.fold.name, Kept(path, error))
                continue
            if record is not None and record.key == unit.key:
                found[unit.fold.name] = Kept(path, record)
        return found

    def read(self, path: Path, origin: Origin = unknown) -> Record | None:
        """A record; None where there is none.

        Args:
            path: of its file.
            origin: its provenance.

        Raises:
            DamagedError: the file is no sound record.
            NewerError: a later version wrote it.
        """
        try:
            return read_record(path, origin)
        except FileNotFoundError:
            return None

    def contents(
        self, folder: Path | None = None, known: Mapping[str, Record] | None = None
    ) -> Contents:
        """Every record, or those of one cell's folder.

        Of the whole results folder, `damaged` also names tasks, environments and external
        predictions.

        Args:
            folder: of the cell.
            known: records that have just been read, with their provenance, by path.

        Raises:
            NewerError: a later version wrote a file: what it says cannot be left out silently.
        """
        found = Contents([], [])
        if folder is None:
            everything = scan(self.folder, read=known)
        else:
            # The cache ends with this call, so that edits are seen later.
            everything = scan_records(
                sorted(folder.glob("*.json")),
                cache(self.task),
                self.reproduced(),
            )
        with gc_paused():
            for one in everything:
                if isinstance(one.error, NewerError):
                    raise one.error
                if one.error is not None:
                    found.damaged.append(str(one.error))
                elif isinstance(one.content, Record):
                    found.records.append(one.content)
        return found

    def reproduced(self) -> frozenset[str]:
        """Digests of the records that this user ran again with equal predictions."""
        return reproduced(files_of(self.folder, "evidence"))

    def records(self) -> list[Record]:
        """The sound records of `contents`."""
        return self.contents().records

    def set_aside(self) -> list[Path]:
        """Damaged files that runs have replaced."""
        return files_aside(self.folder)

    def origin(self) -> Origin:
        """The provenance of this folder's records."""
        return origin(self.reproduced())

    def _sound(self, unit: Unit, path: Path, origin: Origin = unknown) -> Record | None:
        """The file at a path of the unit, validated against its clips.

        Raises:
            DamagedError: the file is no sound record of this unit.
            NewerError: a later version wrote it.
        """
        record = self.read(path, origin)
        if record is not None and record.key == unit.key:
            task = unit.cell.task
            held_out = task.ids[unit.fold.test].tolist()
            if wrong := misfit(record, held_out, len(task.classes)):
                raise DamagedError(path, wrong, CURE)
        return record

    def write(self, unit: Unit, record: Record) -> None:
        """Keep a record; it is on disk when this returns. A damaged one before it is set aside."""
        path = self.path(unit)
        try:
            self._sound(unit, path)
        except DamagedError:
            set_aside(self.folder, path)
        write_atomically(path, encode(record, sign))

    def write_task(self, task: Task) -> str:
        """Keep who shows what, so that a board can be made without the dataset.

        Returns:
            What was wrong with the file that this replaced; empty where nothing was.
        """
        path, content = self.task_path(task.fingerprint), task_file(task)
        fault = ""
        try:
            here = read_task(path)
            if here == content and is_sealed(path):
                return ""
            if (here.clips, here.classes) != (content.clips, content.classes):
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
            return read_task(self.task_path(fingerprint))
        except (FileNotFoundError, DamagedError):
            return None

    def task_path(self, fingerprint: str) -> Path:
        """Path of the task of a data fingerprint."""
        return self.folder / "tasks" / task_name(fingerprint)

    def tasks(self) -> dict[str, TaskFile]:
        """The tasks of all records, by data fingerprint; `contents` names damaged ones.

        Raises:
            NewerError: a later version wrote one.
        """
        return {one.fingerprint: one for one in _sound(scan_tasks(files_of(self.folder, "task")))}

    def externals(self) -> list[External]:
        """Predictions of other tools; `contents` names damaged ones.

        Raises:
            NewerError: a later version wrote one.
        """
        return list(_sound(scan_externals(files_of(self.folder, "external"), cache(self.task))))


def _sound(files: Iterable[Found[T]]) -> Iterator[T]:
    """What files hold, without damaged ones; raises NewerError."""
    for one in files:
        if isinstance(one.error, NewerError):
            raise one.error
        if one.content is not None:
            yield one.content
