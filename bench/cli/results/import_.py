"""`bench results import`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bench.cache.files import write_atomically
from bench.cli.common import err, out, workspace
from bench.cli.complete import complete_tasks
from bench.cli.options import Plugin, Protocol, Results
from bench.cli.results.predictions import Format, import_predictions
from bench.core.errors import BenchError
from bench.store.store import Store


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
    theirs, ours = Store(source), Store(settings.results)
    ours.check_writable()
    taken: Counter[str] = Counter()
    for pattern in ("records/*/*/*/*/*.json", "tasks/*.json", "environments/*.json"):
        for path in sorted(source.glob(pattern)):
            target = ours.folder / path.relative_to(source)
            taken[_take(path, target, theirs, ours)] += 1
    out().print(
        f"Imported {taken.pop('imported', 0)} files"
        + "".join(f"; {count} {word}" for word, count in sorted(taken.items())),
        soft_wrap=True,
    )


def _take(path: Path, target: Path, theirs: Store, ours: Store) -> str:
    data = path.read_bytes()
    if path.is_relative_to(theirs.folder / "records"):
        try:
            status = json.loads(data)["status"]
        except (ValueError, KeyError, TypeError):
            err().print(f"skipped, damaged: {path}", soft_wrap=True)
            return "damaged"
        mine = ours.read(target)
        if mine is not None and (mine.status == "ok" or status != "ok"):
            return "already here"
    elif target.is_file():
        return "already here"
    write_atomically(target, data)
    return "imported"
