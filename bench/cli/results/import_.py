"""`bench results import`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.cache.files import write_atomically
from bench.cli.common import err, out, workspace
from bench.cli.complete import complete_tasks
from bench.cli.options import Plugin, Protocol, Results
from bench.cli.results.predictions import Format, import_predictions
from bench.core.errors import BenchError
from bench.core.typed import DamagedError
from bench.store.environment import Environment, read_environment_file
from bench.store.record import Record
from bench.store.record_file import read_record
from bench.store.store import Store
from bench.store.task_file import TaskFile, read_task


def import_(
    source: Annotated[
        Path, typer.Argument(help="Another machine's results folder, or a file of predictions.")
    ],
    results: Results = None,
    task: Annotated[
        str,
        typer.Option(
            "--task", help="Task of the predictions: casme2/5.", autocompletion=complete_tasks
        ),
    ] = "",
    label: Annotated[str, typer.Option("--label", help="Name of their row on the board.")] = "",
    format: Annotated[  # noqa: A002 (the option's name)
        Format | None,
        typer.Option("--format", help="Format of the predictions; default: detected."),
    ] = None,
    protocol: Protocol = "loso",
    plugin: Plugin = None,
) -> None:
    """Import another machine's records, or predictions made by other tools.

    Our own record wins where both have one. Predictions of other tools appear on the board but are
    never ranked.
    """
    if source.is_file() or task or label or format:
        import_predictions(
            source,
            task=task,
            label=label,
            form=format,
            protocol=protocol,
            results=results,
            plugin=plugin,
        )
    else:
        _merge(source, results)


def _merge(source: Path, results: Path | None) -> None:
    """Copy another machine's records, tasks and environments; ours win where both have one."""
    _, settings = workspace(None, results)
    if not source.exists():
        raise BenchError(f"{source}: no such file or folder")
    if not (source / "records").is_dir():
        raise BenchError(f"{source} is not a results folder: it has no records/")
    ours = Store(settings.results)
    ours.check_writable()
    taken: Counter[str] = Counter()
    for pattern, read in READERS.items():
        for path in sorted(source.glob(pattern)):
            taken[_take(path, ours.folder / path.relative_to(source), read)] += 1
    out().say(
        f"Imported {taken.pop('imported', 0)} files"
        + "".join(f"; {count} {word}" for word, count in sorted(taken.items()))
    )


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
        err().say(f"skipped, damaged: {error}")
        return "damaged"
    if target.is_file() and not _better(theirs, target):
        return "already here"
    # The bytes as they are: encoding again would raise the format of an older file.
    write_atomically(target, path.read_bytes())
    return "imported"


def _better(theirs: Any, target: Path) -> bool:
    """Theirs is a record, and ours is damaged or did not end ok while theirs did."""
    if not isinstance(theirs, Record):
        return False
    try:
        ours = read_record(target)
    except DamagedError:
        return True
    return theirs.status == "ok" != ours.status
