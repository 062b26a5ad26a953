"""Taking a stranger's results folder along: everything in it is validated before it is copied.

Where a file goes follows from what it says, never from where it lay; so nothing is written outside
our folder. Ours stay where both have a file, unless ours is damaged or did not end ok.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from bench.cache.files import write_atomically
from bench.core.typed import DamagedError, NewerError
from bench.store.aside import set_aside
from bench.store.environment import Environment, environment_path, read_environment_file
from bench.store.external import External, external_path, read_external_file
from bench.store.files import strangers_listing
from bench.store.provenance import Evidence, evidence_path, read_evidence
from bench.store.record import Record
from bench.store.record_file import read_record
from bench.store.scan import scan
from bench.store.store import Store
from bench.store.task_file import TaskFile, read_task

Fate = Literal["imported", "already here", "kept ours", "damaged", "refused"]
Content = Record | TaskFile | Environment | External | Evidence
TaskOf = Callable[[str], TaskFile | None]
"""The task of a data fingerprint."""


class Taken(NamedTuple):
    """What became of one file.

    Attributes:
        fate: in a word or two.
        why: a line that names it; empty where there is nothing to say or it was said before.
    """

    fate: Fate
    why: str = ""


T = TypeVar("T")


def merge(source: Path, ours: Store) -> Iterator[Taken]:
    """Copy what is sound and missing, tasks before the records that need them.

    Args:
        source: another results folder.
        ours: where to.

    Yields:
        What became of each file, as soon as that is known.
    """
    files = strangers_listing(source)
    # Tasks come before records, so none changes while it is asked for; a folder has few tasks and
    # many records.
    task_of = cache(ours.task)
    yield from (Taken("refused", line) for line in files.refused)
    # Ours come first: a record that does not fit our task is not sound, whatever theirs says.
    for one in scan(source, files, ours.tasks()):
        if one.content is None:
            yield Taken(
                "damaged" if isinstance(one.error, DamagedError) else "refused", str(one.error)
            )
            continue
        try:
            yield _take(one.path, one.content, ours, task_of)
        except NewerError as error:
            yield Taken("kept ours", str(error))


def _take(path: Path, content: Content, ours: Store, task_of: TaskOf) -> Taken:
    match content:
        case TaskFile():
            return _take_task(path, content, ours)
        case Record():
            return _take_record(path, content, ours, task_of)
        case Environment():
            # The id is a hash of the content: another of the same id is the same.
            target = environment_path(ours.folder, path.stem)
            here = _here(target, read_environment_file, ours)
            return _copy(path, target) if here is None else Taken("already here")
        case External():
            return _take_external(path, content, ours)
        case Evidence():
            target = evidence_path(ours.folder, content.record)
            # Whether other people's is true cannot be checked, so it would count for nothing.
            wanted = content.signature and _here(target, read_evidence, ours) is None
            return _copy(path, target) if wanted else Taken("already here")


def _take_task(path: Path, task: TaskFile, ours: Store) -> Taken:
    target = ours.task_path(task.fingerprint)
    here = _here(target, read_task, ours)
    if here is None:
        return _copy(path, target)
    if (here.clips, here.classes) != (task.clips, task.classes):
        return Taken("refused", f"{path}: other clips or classes than {target} has for these data")
    return Taken("already here")


def _take_record(path: Path, record: Record, ours: Store, task_of: TaskOf) -> Taken:
    # The scan has named the missing task.
    if task_of(record.inputs["data"]) is None:
        return Taken("refused")
    target = ours.path_of(record)
    here = _here(target, read_record, ours)
    if here is None or record.status == "ok" != here.status:
        return _copy(path, target)
    return Taken("already here")


def _take_external(path: Path, one: External, ours: Store) -> Taken:
    target = external_path(ours.folder, one)
    here = _here(target, read_external_file, ours)
    if here is None:
        return _copy(path, target)
    if here != one:
        return Taken("kept ours", f"{target} has other predictions than {path}")
    return Taken("already here")


def _here(target: Path, read: Callable[[Path], T], ours: Store) -> T | None:
    """What we have in that place; a damaged file is set aside."""
    try:
        return read(target)
    except FileNotFoundError:
        return None
    except DamagedError:
        set_aside(ours.folder, target)
        return None


def _copy(path: Path, target: Path) -> Taken:
    # The bytes as they are: encoding again would raise the format of an older file.
    write_atomically(target, path.read_bytes())
    return Taken("imported")
