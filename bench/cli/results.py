"""`bench results`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.table import Table as Grid

from bench.cache.files import write_atomically
from bench.cli.common import err, out, print_json, surroundings
from bench.core.errors import BenchError
from bench.core.typed import DamagedError
from bench.store.environment import Environment, read_environment_file
from bench.store.record import Record
from bench.store.record_file import read_record
from bench.store.store import Store
from bench.store.task_file import TaskFile, read_task


def show(results: Path | None, as_json: bool) -> None:
    """Print what a results folder holds, cell by cell."""
    _, settings = surroundings((), results)
    store = Store(settings.results)
    cells: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    contents = store.contents()
    for record in contents.records:
        where = (record.inputs["task"], record.label, record.preset, record.inputs["protocol"])
        cells[(*where, record.inputs["seed"], record.family)][record.status] += 1
    names = ("task", "method", "preset", "protocol", "seed", "family")
    rows = [dict(zip(names, cell, strict=True)) | dict(n) for cell, n in sorted(cells.items())]
    for line in contents.damaged:
        err().print(f"damaged: {line}", soft_wrap=True, markup=False)
    if as_json:
        print_json(rows)
        return
    grid = Grid(*names, "folds", title=str(store.folder))
    for cell, counts in sorted(cells.items()):
        folds = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        grid.add_row(*map(str, cell), folds)
    out().print(grid)
    for path in store.set_aside():
        err().print(f"set aside by a run that replaced it: {path}", soft_wrap=True)


def merge(source: Path, results: Path | None) -> None:
    """Copy another machine's records, tasks and environments; ours win where both have one."""
    _, settings = surroundings((), results)
    if not source.exists():
        raise BenchError(f"{source}: there is no such file or folder")
    if not (source / "records").is_dir():
        raise BenchError(f"{source} is no results folder: it has no records/ in it")
    ours = Store(settings.results)
    ours.check_writable()
    taken: Counter[str] = Counter()
    for pattern, read in READERS.items():
        for path in sorted(source.glob(pattern)):
            taken[_take(path, ours.folder / path.relative_to(source), read)] += 1
    counts = ", ".join(f"{count} {word}" for word, count in sorted(taken.items()))
    out().print(counts or "nothing to take", soft_wrap=True)


READERS: dict[str, Callable[[Path], Record | TaskFile | Environment]] = {
    "records/*/*/*/*/*.json": read_record,
    "tasks/*.json": read_task,
    "environments/*.json": read_environment_file,
}
"""What is imported, and what says whether it is sound."""


def _take(path: Path, target: Path, read: Callable[[Path], Any]) -> str:
    try:
        theirs = read(path)
    except DamagedError as error:
        err().print(f"damaged, left out: {error}", soft_wrap=True, markup=False)
        return "damaged"
    if target.is_file() and not _better(theirs, target):
        return "already here"
    write_atomically(target, path.read_bytes())
    return "taken"


def _better(theirs: Any, target: Path) -> bool:
    """Theirs is a record that ended ok, and ours did not or is damaged."""
    if not isinstance(theirs, Record):
        return False
    try:
        ours = read_record(target)
    except DamagedError:
        return True
    return theirs.status == "ok" != ours.status
