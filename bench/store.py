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
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from bench.cache import write_atomically
from bench.errors import BenchError
from bench.plan import Cell, Unit
from bench.task import Task

FORMAT = 1
Status = Literal["ok", "failed", "timeout", "killed", "oom"]


@dataclass(frozen=True)
class Record:
    """What one unit left behind.

    Attributes:
        key: identifies all that the result depends on (`inputs` and `fold`).
        inputs: method, version, config, view versions, task, data fingerprint, protocol, seed.
        fold: the held-out subject.
        status: "ok", or how it ended.
        label, preset: the words of the board's row.
        family: identifies the row.
        source: hash of the plugin's source when it ran.
        clips: ids of the held-out clips.
        scores: a row of class scores for each.
        seconds: "fit" and "predict" wall time, "cpu" processor time of both, "inner" wall time of
            the fits that choose a step.
        borrowed: hashes of the modules of bench that the plugin imported then.
        parameters: trained parameters, where the model counts them.
        error: the traceback, where the status is not "ok".
        trace: (step, scores) of every checkpoint, where the run asked for it.
        traced: the run asked for a trace; a method without checkpoints leaves it empty.
        inner: fits on parts of the training clips that the run asked for, to choose a step by.
        inner_step: the step of the trace that those chose; None where there was nothing to choose.
        curve: training curve.
        transductive: the configuration saw the held-out clips, without labels, in training.
        environment: id of the machine's description.
        isolated: the held-out labels were never in the process that ran the unit.
        format: of this file.
    """

    key: str
    inputs: dict[str, Any]
    fold: str
    status: Status
    label: str
    preset: str
    family: str
    source: str
    clips: list[str]
    scores: list[list[float]]
    seconds: dict[str, float]
    borrowed: dict[str, str] = field(default_factory=dict)
    parameters: int | None = None
    error: str = ""
    trace: list[tuple[int, list[list[float]]]] = field(default_factory=list)
    traced: bool = False
    inner: int = 0
    inner_step: int | None = None
    curve: list[dict[str, float]] = field(default_factory=list)
    transductive: bool = False
    environment: str = ""
    isolated: bool = True
    format: int = FORMAT

    @property
    def wall(self) -> float:
        """Seconds of wall time that the unit took; 0 where it did not end."""
        return sum(self.seconds.get(part, 0.0) for part in ("fit", "predict", "inner"))

    def serves(self, trace: bool, inner: int) -> bool:
        """It ended ok and holds what a run asks for: a trace, a step chosen by so many fits."""
        traced = self.traced or bool(self.trace)
        return self.status == "ok" and (traced or not trace) and inner in (0, self.inner)


def safe(word: str) -> str:
    """A word as a file name: "casme2/5" is "casme2-5"."""
    return "".join(c if c.isalnum() or c in "._-+" else "-" for c in word)


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

    def done(self, unit: Unit, trace: bool = False, inner: int = 0) -> Record | None:
        """The unit's record when it is finished: ok, of this very key, with what is asked for."""
        record = self.read(self.path(unit))
        if record is None or record.key != unit.key or not record.serves(trace, inner):
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
