"""The clips and classes of a task as a file, so that a board can be made without the dataset."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.core.errors import BenchError
from bench.core.names import TaskName
from bench.core.sealed import Kind, seal, unseal
from bench.core.typed import DamagedError, typed
from bench.data.contract import Contract
from bench.data.task import Task, fingerprint

TASK = Kind("task", format=2, unsealed=1, default=1)

CURE = "its records are left out until the next `bench run` on its data writes it again"


@dataclass(frozen=True)
class TaskFile:
    """Who shows what in a task.

    Attributes:
        task: "casme2/5".
        fingerprint: of clips, bytes, apexes, labels, class map, contract and code.
        classes: names in the order of the label numbers.
        synthetic: made by the generator.
        apex: where the apexes come from.
        clips: subject, database and label number of each clip by its id.
        contract: which clips it has, against those that it should have; of files from before it
            was kept one that says nothing.
        identities: identity and apex of each clip by its id; empty in files from before they were
            kept.
        rule: identifies its class map and the code of its dataset.
    """

    task: str
    fingerprint: str
    classes: list[str]
    synthetic: bool
    apex: str
    clips: dict[str, tuple[str, str, int]]
    contract: Contract = field(default_factory=Contract)
    identities: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    rule: str = ""

    @property
    def proven(self) -> bool:
        """Its fingerprint is that of its content: nobody can change a label without it."""
        return bool(self.identities)


def task_file(task: Task) -> TaskFile:
    """What is kept of a task."""
    rows = zip(task.clips, task.labels, strict=True)
    marks = zip(task.clips, task.digests, strict=True)
    return TaskFile(
        task=task.name,
        fingerprint=task.fingerprint,
        classes=list(task.classes),
        synthetic=task.synthetic,
        apex=task.apex,
        clips={clip.id: (clip.person, clip.database, int(label)) for clip, label in rows},
        contract=task.contract,
        identities={clip.id: (mark, clip.apex) for clip, mark in marks},
        rule=task.rule,
    )


def encode_task(task: TaskFile) -> bytes:
    """The file of a task."""
    return seal(TASK, asdict(task))


def task_name(fingerprint: str) -> str:
    """The name of the file of a task."""
    return f"{fingerprint[:16]}.json"


def read_task(path: Path) -> TaskFile:
    """Read a task file.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: it is none; says how it is written again.
        NewerError: a later version wrote it.
    """
    try:
        return _read(path)
    except DamagedError as error:
        raise DamagedError(path, error.fault, CURE) from error


def _read(path: Path) -> TaskFile:
    task = typed(unseal(path, TASK).content, TaskFile, path)
    if task_name(task.fingerprint) != path.name:
        raise DamagedError(path, f"fingerprint: {task.fingerprint!r}, which is not its file's name")
    try:
        TaskName.parse(task.task)
    except BenchError as error:
        raise DamagedError(path, str(error)) from error
    if not task.clips:
        raise DamagedError(path, "clips: {}, expected at least one")
    for clip, (person, database, label) in task.clips.items():
        if not 0 <= label < len(task.classes):
            expected = f"expected the number of one of {len(task.classes)} classes"
            raise DamagedError(path, f"clips.{clip}.2: {label}, {expected}")
        if not clip.startswith(f"{person}/") or not person.startswith(f"{database}/"):
            raise DamagedError(
                path, f"clips.{clip}: {person!r} of {database!r}, not as its id says"
            )
    if task.proven and _fingerprint(task, path) != task.fingerprint:
        raise DamagedError(path, "its fingerprint is not that of its clips and classes")
    return task


def _fingerprint(task: TaskFile, path: Path) -> str:
    if task.identities.keys() != task.clips.keys():
        raise DamagedError(path, "identities: not of its clips")
    rows = [(clip, *task.identities[clip], task.clips[clip][2]) for clip in sorted(task.clips)]
    return fingerprint(task.classes, rows, task.rule, task.contract, task.synthetic)
