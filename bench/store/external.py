"""Other people's predictions as files: below `external/` in a results folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.file_names import safe
from bench.core.names import Protocol
from bench.core.sealed import Kind, seal, unseal
from bench.core.typed import DamagedError, typed
from bench.core.words import ExternalSelection
from bench.store.task_file import TaskFile

EXTERNAL = Kind("external", format=2, unsealed=1, default=1)

CURE = "remove it and import its predictions again"


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


def external_path(results: Path, one: External) -> Path:
    """Its path in a results folder."""
    return results / "external" / safe(one.task) / f"{safe(one.name, '-')}.json"


def write_external(results: Path, one: External) -> Path:
    """Keep predictions; refuses to replace others of the same name."""
    path = external_path(results, one)
    if path.is_file() and read_external_file(path) != one:
        raise BenchError(
            f"{path} already has other predictions; choose another --label or remove it"
        )
    write_atomically(path, seal(EXTERNAL, asdict(one)))
    return path


def read_external_file(path: Path) -> External:
    """The external predictions of a file.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: it holds something else, in one line.
        NewerError: a later version wrote it.
    """
    try:
        return typed(unseal(path, EXTERNAL).content, External, path)
    except DamagedError as error:
        raise DamagedError(path, error.fault, CURE) from error


def external_misfit(one: External, task: TaskFile) -> str:
    """How external predictions differ from the task that they are of; empty where they fit."""
    try:
        Protocol.parse(one.protocol)
    except BenchError as error:
        return str(error)
    return "; ".join(_wrong_matrices(one, task) if one.matrices else _wrong_clips(one, task))


def _wrong_clips(one: External, task: TaskFile) -> Iterator[str]:
    classes = len(task.classes)
    strange = one.predicted.keys() - task.clips.keys()
    lacking = task.clips.keys() - one.predicted.keys()
    if strange or bool(lacking) != one.partial or not one.predicted:
        yield f"not of the clips of {one.task}"
    if not {*one.predicted.values()} <= {*range(classes)}:
        yield f"not of the classes of {one.task}"
    widths = {len(row) for row in one.scores.values()}
    if one.scores and (one.scores.keys() != one.predicted.keys() or widths != {classes}):
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
