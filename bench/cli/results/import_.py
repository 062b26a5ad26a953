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
from bench.cli.results.predictions import Import, import_predictions
from bench.core.errors import BenchError
from bench.core.typed import DamagedError
from bench.core.words import ExternalSelection
from bench.store.environment import Environment, read_environment_file
from bench.store.external import External, read_external_file
from bench.store.predictions import Form
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
        Form | None,
        typer.Option("--format", help="Format of the predictions; default: detected."),
    ] = None,
    protocol: Protocol = "loso",
    selection: Annotated[
        ExternalSelection,
        typer.Option(
            "--selection",
            help="How the epoch of the predictions was chosen; test-best: on the test subjects.",
        ),
    ] = "unknown",
    origin: Annotated[
        str, typer.Option("--source", help="Where the predictions are from: a text or an address.")
    ] = "",
    partial: Annotated[
        bool, typer.Option("--partial", help="Import the clips in common with the task.")
    ] = False,
    plugin: Plugin = None,
) -> None:
    """Import another machine's results, or predictions made by other tools.

    Our own record wins where both have one. Predictions of other tools appear on the board but are
    never ranked.
    """
    if source.is_file() or task or label or format:
        said = Import(task, label, format, protocol, selection, origin, partial)
        import_predictions(source, said, results=results, plugin=plugin)
    else:
        _merge(source, results)


def _merge(source: Path, results: Path | None) -> None:
    """Copy all that another results folder holds; ours wins where both have a file."""
    _, settings = workspace(None, results)
    if not source.exists():
        raise BenchError(f"{source}: no such file or folder")
    if not any((source / name).is_dir() for name in ("records", "external")):
        raise BenchError(f"{source} is not a results folder: it has no records/ or external/")
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


READERS: dict[str, Callable[[Path], Record | TaskFile | Environment | External]] = {
    "records/*/*/*/*/*.json": read_record,
    "tasks/*.json": read_task,
    "environments/*.json": read_environment_file,
    "external/*/*.json": read_external_file,
}
"""What is imported, and what says whether it is sound."""


def _take(path: Path, target: Path, read: Callable[[Path], Any]) -> str:
    try:
        theirs = read(path)
    except DamagedError as error:
        err().say(f"skipped, damaged: {error}")
        return "damaged"
    if target.is_file() and not _better(theirs, target, read):
        if isinstance(theirs, External) and target.read_bytes() != path.read_bytes():
            err().say(f"kept ours: {target} has other predictions than {path}")
            return "kept ours"
        return "already here"
    # The bytes as they are: encoding again would raise the format of an older file.
    write_atomically(target, path.read_bytes())
    return "imported"


def _better(theirs: Any, target: Path, read: Callable[[Path], Any]) -> bool:
    """Ours is damaged, or is a record that did not end ok while theirs did."""
    try:
        ours = read(target)
    except DamagedError:
        return True
    return isinstance(theirs, Record) and theirs.status == "ok" != ours.status
