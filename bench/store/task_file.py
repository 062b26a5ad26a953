"""The clips and classes of a task as a file, so that a board can be made without the dataset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.core.typed import DamagedError, check_format, read_json, typed
from bench.data.task import Task

FORMAT = 1


@dataclass(frozen=True)
class TaskFile:
    """Who shows what in a task.

    Attributes:
        task: "casme2/5".
        fingerprint: of clips, bytes, apexes and labels.
        classes: names in the order of the label numbers.
        synthetic: made by the generator.
        apex: where the apexes come from.
        clips: subject, database and label number of each clip by its id.
        format: of the file.
    """

    task: str
    fingerprint: str
    classes: list[str]
    synthetic: bool
    apex: str
    clips: dict[str, tuple[str, str, int]]
    format: int = FORMAT


def task_file(task: Task) -> TaskFile:
    """What is kept of a task."""
    rows = zip(task.clips, task.labels, strict=True)
    return TaskFile(
        task=task.name,
        fingerprint=task.fingerprint,
        classes=list(task.classes),
        synthetic=task.synthetic,
        apex=task.apex,
        clips={clip.id: (clip.person, clip.database, int(label)) for clip, label in rows},
    )


def read_task(path: Path) -> TaskFile:
    """Read a task file.

    Raises:
        DamagedError: it is none; says how it is written again.
        NewerError: a later version wrote it.
    """
    try:
        return _read(path)
    except DamagedError as error:
        cure = "remove it, and the next `bench run` on its data writes it again"
        raise DamagedError(path, f"{error.fault}; {cure}") from error


def _read(path: Path) -> TaskFile:
    raw = read_json(path)
    check_format(raw, path, FORMAT, default=FORMAT)
    task = typed(raw, TaskFile, path)
    if not task.clips:
        raise DamagedError(path, "clips: {}, expected at least one")
    for clip, (_, _, label) in task.clips.items():
        if not 0 <= label < len(task.classes):
            expected = f"expected the number of one of {len(task.classes)} classes"
            raise DamagedError(path, f"clips.{clip}.2: {label}, {expected}")
    return task
