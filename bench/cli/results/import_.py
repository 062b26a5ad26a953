"""`bench results import`."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import err, out, workspace
from bench.cli.complete import complete_tasks
from bench.cli.options import Plugin, Protocol, Results
from bench.cli.results.predictions import Import, import_predictions
from bench.core.errors import BenchError
from bench.core.words import ExternalSelection
from bench.store import archive
from bench.store.merge import merge
from bench.store.predictions import Form
from bench.store.store import Store
from bench.submission.zipped import ENDING, opened


def import_(
    source: Annotated[
        Path,
        typer.Argument(
            help="Another machine's results folder, a submission (a folder or its .zip), or a file "
            "of predictions."
        ),
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
        bool,
        typer.Option("--partial", help="Accept missing or unknown clips; import the common ones."),
    ] = False,
    plugin: Plugin = None,
) -> None:
    """Import another machine's results, a submission, or other predictions.

    Our own record wins where both have one. Predictions of other tools appear on the board but are
    never ranked.
    """
    said = Import(task, label, format, protocol, selection, origin, partial)
    if source.suffix.lower() == ENDING:
        if said != Import():
            raise BenchError(
                f"{source}: options such as --task are for predictions in a table; a submission is "
                "imported without them"
            )
        with opened(source) as folder:
            _take(folder, source, results)
    # An option of predictions, given with a folder, is a mistake that must not pass in silence.
    elif said != Import() or (source.is_file() and archive.located(source) is None):
        import_predictions(source, said, results=results, plugin=plugin)
    else:
        _take(source, source, results)


def _take(source: Path, name: Path, results: Path | None) -> None:
    """Merge a results folder, or the archive of one that a path means.

    Args:
        source: the folder or archive.
        name: what messages call it.
        results: our folder; None for the configured one.
    """
    packed = archive.located(source)
    if packed is None:
        _merge(source, name, results)
        return
    called = name / packed.relative_to(source)
    with tempfile.TemporaryDirectory() as folder:
        try:
            archive.unpack(packed, Path(folder))
        except BenchError as error:
            # A temporary folder is gone when its name is read.
            raise BenchError(str(error).replace(str(packed), str(called))) from error
        _merge(Path(folder), called, results)


def _merge(source: Path, name: Path, results: Path | None) -> None:
    """Copy all that another results folder holds; ours wins where both have a file.

    Args:
        source: the other folder.
        name: what messages call it.
        results: ours; None for the configured one.
    """
    _, settings = workspace(None, results)
    if not source.exists():
        raise BenchError(f"{name}: no such file or folder")
    if not any((source / name).is_dir() for name in ("records", "external")):
        raise BenchError(f"{name} is not a results folder: it has no records/ or external/")
    ours = Store(settings.results)
    ours.check_writable()
    fates: Counter[str] = Counter()
    for one in merge(source, ours):
        fates[one.fate] += 1
        if one.why:
            # A temporary folder is gone when its name is read.
            why = one.why.replace(f"{source}/", f"{name}/")
            said = one.fate if one.fate == "kept ours" else f"skipped, {one.fate}"
            err().say(f"{said}: {why}")
    out().say(
        f"Imported {fates.pop('imported', 0)} files"
        + "".join(f"; {count} {word}" for word, count in sorted(fates.items()))
    )
