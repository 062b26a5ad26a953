"""Every file of a results folder, read and validated; what is wrong with one is its own matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from bench.core.errors import BenchError
from bench.core.typed import DamagedError
from bench.planning.splits import held_out
from bench.store.environment import Environment, read_environment_file
from bench.store.external import CURE as REIMPORT
from bench.store.external import External, external_misfit, read_external_file
from bench.store.files import FileKind, Listing, listing
from bench.store.provenance import Evidence, origin, read_evidence, reproduced
from bench.store.record import Record
from bench.store.record_file import CURE, misfit, read_record
from bench.store.task_file import TaskFile, read_task, task_name

T = TypeVar("T", Record, TaskFile, Environment, External, Evidence)
T_co = TypeVar("T_co", bound=Record | TaskFile | Environment | External | Evidence, covariant=True)


@dataclass(frozen=True)
class Found(Generic[T_co]):
    """One file.

    Attributes:
        kind: what it should be.
        path: where it lies.
        content: what it holds; None where it is damaged, newer or cannot be opened.
        error: why it is left out; None where it is sound.
    """

    kind: FileKind
    path: Path
    content: T_co | None
    error: BenchError | None = None


def scan(
    results: Path,
    files: Listing | None = None,
    known: Mapping[str, TaskFile] | None = None,
    read: Mapping[str, Record] | None = None,
) -> Iterator[Found[Record | TaskFile | Environment | External | Evidence]]:
    """All tasks, records, environments, external predictions and evidence; tasks that are missing.

    Args:
        results: the folder.
        files: those to read; all by default.
        known: tasks by fingerprint that count instead of the folder's own.
        read: records that are not to be read again, with their provenance, by path.
    """
    every = (listing(results) if files is None else files).files
    tasks: dict[str, TaskFile] = {}
    for task in scan_tasks(every["task"]):
        if task.content is not None:
            tasks[task.content.fingerprint] = task.content
        yield task
    tasks |= known or {}
    lacking: Counter[str] = Counter()
    again = reproduced(every["evidence"])
    for record in scan_records(every["record"], tasks.get, again, read):
        if record.content is not None:
            lacking[record.content.inputs["data"]] += record.content.inputs["data"] not in tasks
        yield record
    for data, count in lacking.items():
        # A damaged one is named above.
        if count and not (path := results / "tasks" / task_name(data)).exists():
            fault = f"missing, so {count} records are left out"
            cure = "copy tasks/ as well, or the next `bench run` on its data writes it again"
            yield Found("task", path, None, DamagedError(path, fault, cure))
    yield from _each("environment", every["environment"], read_environment_file)
    yield from scan_externals(every["external"], tasks.get)
    yield from _each("evidence", every["evidence"], read_evidence)


def scan_tasks(paths: Iterable[Path]) -> Iterator[Found[TaskFile]]:
    """Task files."""
    yield from _each("task", paths, read_task)


def scan_records(
    paths: Iterable[Path],
    task_of: Callable[[str], TaskFile | None],
    again: Collection[str] = (),
    known: Mapping[str, Record] | None = None,
) -> Iterator[Found[Record]]:
    """Records, held against their tasks where these are known, and each unit once.

    Args:
        paths: of their files.
        task_of: the task of a data fingerprint.
        again: digests of records that were run again with equal predictions.
        known: records that are not to be read again, with their provenance, by path.
    """
    known = known or {}
    by_key = origin(again)
    first: dict[tuple[str, str, str], Path] = {}

    @cache
    def folds(data: str, protocol: str) -> dict[str, list[str]] | None:
        task = task_of(data)
        return None if task is None else fold_clips(task, protocol)

    def read(path: Path) -> Record:
        record = known.get(str(path)) or read_record(path, by_key)
        inputs = record.inputs
        clips, task = folds(inputs["data"], inputs["protocol"]), task_of(inputs["data"])
        if task is not None and clips is not None:
            if record.fold not in clips:
                raise DamagedError(path, f"fold: {record.fold!r}, which its task does not have")
            if wrong := misfit(record, clips[record.fold], len(task.classes)):
                raise DamagedError(path, wrong, CURE)
        # Variants of one configuration have the same keys.
        unit = (record.key, record.label, record.preset)
        if (other := first.setdefault(unit, path)) != path:
            raise DamagedError(path, f"the same fold as {other}", "remove one of the two")
        if task is not None and task.task != inputs["task"]:
            raise DamagedError(path, f"inputs.task: {inputs['task']}, and its data are {task.task}")
        # Who shows what could have been changed: so could every score that rests on it.
        return record if task is None or task.proven else record.with_(provenance="unsealed")

    yield from _each("record", paths, read)


def scan_externals(
    paths: Iterable[Path], task_of: Callable[[str], TaskFile | None]
) -> Iterator[Found[External]]:
    """External predictions, held against their tasks where these are known."""

    def read(path: Path) -> External:
        one = read_external_file(path)
        task = task_of(one.data)
        if task is not None and (wrong := external_misfit(one, task)):
            raise DamagedError(path, wrong, REIMPORT)
        return one

    yield from _each("external", paths, read)


def fold_clips(task: TaskFile, protocol: str) -> dict[str, list[str]]:
    """The held-out clips of each fold of a task; raises BenchError for an impossible split."""
    people, databases, _ = (np.array(column) for column in zip(*task.clips.values(), strict=True))
    held = held_out(protocol, people, databases, np.array(list(task.clips)))
    found: dict[str, list[str]] = {}
    for clip, name in zip(task.clips, held, strict=True):
        if name:
            found.setdefault(str(name), []).append(clip)
    return found


def _each(kind: FileKind, paths: Iterable[Path], read: Callable[[Path], T]) -> Iterator[Found[T]]:
    for path in paths:
        try:
            yield Found(kind, path, read(path))
        except FileNotFoundError:
            # Another process has just replaced or removed it.
            continue
        except BenchError as error:
            yield Found(kind, path, None, error)
