"""What units leave behind: one JSON file each, written atomically, holding predictions, not scores.

Layout below the results folder:
    records/<task>/<method>/<preset>-<family>/seed0/<fold>.json    one unit
    tasks/<fingerprint>.json                                       clips, subjects, true classes
    environments/<id>.json                                         machine and package versions
    damaged/                                                       records that could not be read
No shared file and no lock: network disks work, and merging two machines is copying files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.data.task import Task
from bench.planning.plan import Cell, Unit
from bench.store.record import FORMAT, Record, Wanted, safe


@dataclass(frozen=True)
class Store:
    """A results folder."""

    folder: Path

    def check_writable(self) -> None:
        """Raise a clear error before any work when the folder cannot be written."""
        probe = self.folder / ".writable"
        try:
            write_atomically(probe, b"", durable=False)
            probe.unlink()
        except OSError as error:
            raise BenchError(
                f"cannot write to the results folder {self.folder}: {error.strerror}; "
                "name another with --results"
            ) from error

    def cell_folder(self, cell: Cell) -> Path:
        """Where the records of one cell lie."""
        row = f"{safe(cell.row.preset)}-{cell.family}"
        return (
            self.folder
            / "records"
            / safe(cell.task.name)
            / safe(cell.row.label)
            / row
            / f"seed{cell.seed}"
        )

    def path(self, unit: Unit) -> Path:
        """Where the record of one unit lies."""
        return self.cell_folder(unit.cell) / f"{safe(unit.fold.name)}.json"

    def read(self, path: Path) -> Record | None:
        """A record; None where there is none or it was damaged, and then it is set aside.

        Raises:
            BenchError: a record of another format.
        """
        try:
            raw = json.loads(path.read_bytes())
            found = raw["format"]
            if found == FORMAT:
                raw["trace"] = [(step, scores) for step, scores in raw["trace"]]
                return Record(**raw)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            self._set_aside(path)
            return None
        raise BenchError(
            f"{path} is of record format {found}, this bench reads and writes format {FORMAT}; "
            "use the version that wrote it, or another folder with --results"
        )

    def _set_aside(self, path: Path) -> None:
        target = self.folder / "damaged" / "-".join(path.relative_to(self.folder).parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)

    def damaged(self) -> list[Path]:
        """Records that were set aside."""
        return sorted((self.folder / "damaged").glob("*"))

    def done(self, unit: Unit, wanted: Wanted) -> Record | None:
        """The unit's record when it is finished: ok, of this very key, with what is asked for."""
        record = self.read(self.path(unit))
        if record is None or record.key != unit.key or not record.serves(wanted):
            return None
        return record

    def write(self, unit: Unit, record: Record) -> None:
        """Keep a record; it is on disk when this returns."""
        write_atomically(self.path(unit), json.dumps(asdict(record)).encode())

    def write_task(self, task: Task) -> None:
        """Keep who shows what, so that a board can be made without the dataset."""
        path = self.folder / "tasks" / f"{task.fingerprint[:16]}.json"
        if path.is_file():
            return
        rows = zip(task.clips, task.labels, strict=True)
        content = {
            "task": task.name,
            "fingerprint": task.fingerprint,
            "classes": task.classes,
            "synthetic": task.synthetic,
            "apex": task.apex,
            "clips": {clip.id: [clip.person, clip.database, int(label)] for clip, label in rows},
        }
        write_atomically(path, json.dumps(content).encode())

    def write_environment(self, name: str, content: dict[str, Any]) -> None:
        """Keep the description of this machine."""
        path = self.folder / "environments" / f"{name}.json"
        if not path.is_file():
            write_atomically(path, json.dumps(content, indent=1, sort_keys=True).encode())

    def records(self) -> Iterator[Record]:
        """Every readable record, in the order of their paths."""
        for path in sorted((self.folder / "records").glob("*/*/*/*/*.json")):
            record = self.read(path)
            if record is not None:
                yield record

    def tasks(self) -> dict[str, dict[str, Any]]:
        """The tasks of all records, by data fingerprint."""
        files = sorted((self.folder / "tasks").glob("*.json"))
        return {(raw := json.loads(f.read_bytes()))["fingerprint"]: raw for f in files}
