"""Other people's predictions as files: below `external/` in a results folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.typed import DamagedError, check_format, read_json, typed
from bench.store.record import safe

FORMAT = 1


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
        format: of the file.
    """

    name: str
    task: str
    data: str
    protocol: str
    origin: str
    predicted: dict[str, int]
    format: int = FORMAT


def external_path(results: Path, one: External) -> Path:
    """Its path in a results folder."""
    return results / "external" / safe(one.task) / f"{safe(one.name)}.json"


def write_external(results: Path, one: External) -> Path:
    """Keep predictions; refuses to replace others of the same name."""
    path = external_path(results, one)
    if path.is_file() and _read(path) != one:
        raise BenchError(
            f"{path} already has other predictions; choose another --label or remove it"
        )
    write_atomically(path, json.dumps(asdict(one)).encode())
    return path


def read_external(results: Path) -> Iterator[External]:
    """All external predictions of a results folder.

    Raises:
        DamagedError: a file holds something else, in one line.
        NewerError: a later version wrote one.
    """
    for path in sorted((results / "external").glob("*/*.json")):
        yield _read(path)


def _read(path: Path) -> External:
    try:
        raw = read_json(path)
        check_format(raw, path, FORMAT, default=FORMAT)
        return typed(raw, External, path)
    except DamagedError as error:
        raise DamagedError(
            path, f"{error.fault}; remove it and import its predictions again"
        ) from error
