"""Other people's predictions as files: below `external/` in a results folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.file_names import safe
from bench.core.names import Protocol
from bench.core.sealed import Kind, seal, unseal
from bench.core.typed import DamagedError, typed
from bench.store.task_file import TaskFile

EXTERNAL = Kind("external", format=2, unsealed=1, default=1)

CURE = "remove it and import its predictions again"


@dataclass(frozen=True)
class External:
    """Predictions that were made elsewhere, of every clip of a task.

    Attributes:
        name: of its row.
        task: "casme2/5".
        data: fingerprint of the task.
        protocol: as its authors state it.
        origin: the file it was read from.
        predicted: label number by clip id.
    """

    name: str
    task: str
    data: str
    protocol: str
    origin: str
    predicted: dict[str, int]


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
    labels = {*one.predicted.values()}
    if one.predicted.keys() != task.clips.keys() or not labels <= {*range(len(task.classes))}:
        return f"not of the clips and classes of {one.task}"
    return ""
