"""`bench results import`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import err, out, workspace
from bench.cli.complete import complete_tasks
from bench.cli.options import Plugin, Protocol, Results
from bench.cli.results.predictions import Format, import_predictions
from bench.core.errors import BenchError
from bench.store.merge import merge
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
    ours = Store(settings.results)
    ours.check_writable()
    fates: Counter[str] = Counter()
    for one in merge(source, ours):
        fates[one.fate] += 1
        if one.why:
            err().say(
                f"{one.fate}: {one.why}"
                if one.fate == "kept ours"
                else f"skipped, {one.fate}: {one.why}"
            )
    out().say(
        f"Imported {fates.pop('imported', 0)} files"
        + "".join(f"; {count} {word}" for word, count in sorted(fates.items()))
    )
