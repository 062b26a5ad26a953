"""Other people's predictions as files: below `external/` in a results folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.names import Protocol
from bench.core.typed import DamagedError, check_format, read_json, typed
from bench.core.words import ExternalSelection
from bench.store.record import safe
from bench.store.task_file import TaskFile

FORMAT = 2
"""1 had no selection, source, scores and matrices; it is read too."""


@dataclass(frozen=True)
class External:
    """Predictions that were made elsewhere: of clips, or counted by subject.

    Attributes:
        name: of its row.
        task: "casme2/5".
        data: fingerprint of the task.
        protocol: as its authors state it.
        origin: the file it was read from.
        predicted: label number by clip id; empty where no clips are named.
        selection: how the epoch was chosen, as whoever imported it says.
        source: a text or an address that says where the predictions are from.
        scores: of each class by clip id, where the file had them.
        matrices: by subject, rows the true class; empty where clips are named.
        partial: it lacks clips of the task.
        format: of the file.
    """

    name: str
    task: str
    data: str
    protocol: str
    origin: str
    predicted: dict[str, int] = field(default_factory=dict)
    selection: ExternalSelection = "unknown"
    source: str = ""
    scores: dict[str, list[float]] = field(default_factory=dict)
    matrices: dict[str, list[list[int]]] = field(default_factory=dict)
    partial: bool = False
    format: int = FORMAT


@dataclass(frozen=True)
class Externals:
    """The external predictions of a results folder.

    Attributes:
        sound: in the order of their paths.
        damaged: a line for each other file: its path and what is wrong with it.
    """

    sound: list[External]
    damaged: list[str]


def external_path(results: Path, one: External) -> Path:
    """Its path in a results folder."""
    return results / "external" / safe(one.task) / f"{safe(one.name)}.json"


def write_external(results: Path, one: External) -> Path:
    """Keep predictions; refuses to replace others of the same name."""
    path = external_path(results, one)
    if path.is_file() and read_external(path) != one:
        raise BenchError(
            f"{path} already has other predictions; choose another --label or remove it"
        )
    write_atomically(path, json.dumps(asdict(one)).encode())
    return path


def read_externals(results: Path, tasks: Mapping[str, TaskFile]) -> Externals:
    """All external predictions of a results folder; those without their task are held against none.

    Args:
        results: the folder.
        tasks: its tasks by fingerprint.

    Raises:
        NewerError: a later version wrote one: what it says cannot be left out silently.
    """
    found = Externals([], [])
    for path in sorted((results / "external").glob("*/*.json")):
        try:
            one = read_external(path)
            if one.data in tasks and (wrong := "; ".join(external_misfit(one, tasks[one.data]))):
                raise DamagedError(path, f"{wrong}; {CURE}")
        except DamagedError as error:
            found.damaged.append(str(error))
        else:
            found.sound.append(one)
    return found


CURE = "remove it and import its predictions again"


def read_external(path: Path) -> External:
    """Read one file.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: it holds something else, in one line.
        NewerError: a later version wrote it.
    """
    try:
        raw = read_json(path)
        check_format(raw, path, FORMAT, default=1)
        return typed({**raw, "format": FORMAT}, External, path)
    except DamagedError as error:
        raise DamagedError(path, f"{error.fault}; {CURE}") from error


def external_misfit(one: External, task: TaskFile) -> Iterator[str]:
    """How predictions differ from the task that they are of."""
    try:
        Protocol.parse(one.protocol)
    except BenchError as error:
        yield str(error)
    classes = len(task.classes)
    if one.matrices:
        yield from _wrong_matrices(one, task)
        return
    strange = one.predicted.keys() - task.clips.keys()
    lacking = task.clips.keys() - one.predicted.keys()
    if strange or bool(lacking) != one.partial or not one.predicted:
        yield f"not of the clips of {one.task}"
    if not {*one.predicted.values()} <= {*range(classes)}:
        yield f"not of the classes of {one.task}"
    rows = one.scores.values()
    if one.scores and (
        one.scores.keys() != one.predicted.keys() or {len(row) for row in rows} != {classes}
    ):
        yield "scores that are not of its clips and classes"


def _wrong_matrices(one: External, task: TaskFile) -> Iterator[str]:
    expected = {person: [0] * len(task.classes) for person, _, _ in task.clips.values()}
    for person, _, label in task.clips.values():
        expected[person][label] += 1
    partial = one.matrices.keys() != expected.keys()
    if partial != one.partial or one.predicted or one.scores:
        yield f"not of the subjects of {one.task}"
    if any(not _is_matrix(m, expected.get(who)) for who, m in one.matrices.items()):
        yield f"matrices that are not of the clips and classes of {one.task}"


def _is_matrix(matrix: Sequence[Sequence[int]], expected: Sequence[int] | None) -> bool:
    """Counts whose rows have as many clips as the subject has of each class."""
    return (
        expected is not None
        and [sum(row) for row in matrix] == list(expected)
        and all(len(row) == len(expected) and min(row) >= 0 for row in matrix)
    )
