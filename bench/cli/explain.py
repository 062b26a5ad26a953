"""`bench explain`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cache.output import MARK, check_output
from bench.cli.common import err, out, workspace
from bench.cli.complete import complete_methods, complete_tasks
from bench.cli.options import Force, Plugin, Results, output_option
from bench.cli.prepare import recorded_task
from bench.core.errors import BenchError
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings
from bench.running.gpus import settled
from bench.running.options import RunOptions
from bench.store.store import Store

if TYPE_CHECKING:
    from bench.report.evidence import Evidence
    from bench.report.page import Part


def explain(
    method: Annotated[
        str,
        typer.Argument(
            help="A method with results: mfvan, mfvan:delta; or imported predictions.",
            autocompletion=complete_methods,
        ),
    ],
    task: Annotated[
        str, typer.Option("--task", "-t", help="The task: casme2/5.", autocompletion=complete_tasks)
    ],
    results: Results = None,
    output: Annotated[
        Path | None,
        output_option("Folder to write to; default: in the results folder."),
    ] = None,
    preset: Annotated[
        str,
        typer.Option("--preset", help="paper, quick, ...; default: the one with most folds."),
    ] = "",
    seconds: Annotated[
        float,
        typer.Option(
            "--seconds",
            min=0,
            help="Time limit for refitting one fold to show what the model uses; 0: skip it.",
        ),
    ] = 300,
    plugin: Plugin = None,
    force: Force = False,
) -> None:
    """Report on one method and task in figures: errors, training, what the model uses."""
    from matplotlib import rc_context

    from bench.board.style import SETTINGS
    from bench.report.evidence import gather
    from bench.report.identity import identity
    from bench.report.page import report_folder
    from bench.report.report import PAGE, recorded, write

    registry, settings = workspace(plugin, results)
    store = Store(settings.results)
    evidence = gather(store, registry, method, task, preset)
    folder = output or report_folder(store.folder, method, task)
    if not evidence.truth.synthetic and "boards" in folder.resolve().parts:
        raise BenchError(
            f"{folder}: a report may show faces, and boards are published; name a folder outside "
            "boards with -o"
        )
    # Our own folder holds our own reports, also older ones, which bear no mark.
    force = force or output is None
    check_output(folder / PAGE, MARK, force)
    with rc_context(SETTINGS):
        parts = list(recorded(evidence))
        if seconds and evidence.external is None:
            parts += _looks(evidence, registry, settings, seconds)
        if evidence.meter is not None:
            # After a fold is refitted, which measures what is not known yet.
            parts.append(identity(evidence, evidence.meter))
        page = write(evidence, parts, folder, force)
    out().say(f"Report: {page}")


def _looks(
    evidence: Evidence, registry: Registry, settings: Settings, seconds: float
) -> list[Part]:
    """Pictures of one fitted fold; a part that says why where there can be none."""
    from threadpoolctl import threadpool_limits

    from bench.report.looks import looks
    from bench.report.page import Part
    from bench.report.refit import refit, unit_of
    from bench.running.neighbours import keep_neighbours

    try:
        unit = unit_of(evidence, registry, recorded_task(evidence.truth, registry, settings))
        err().say(f"refitting fold {unit.fold.name}")
        options = settled(RunOptions(engine="serial", timeout=seconds), err().say)
        # One thread as in a worker, so that the fold predicts as its record does.
        with threadpool_limits(1):
            try:
                again = refit(unit, evidence, settings.cache, options)
            finally:
                # Its clips are described even if the time does not suffice for the fit.
                keep_neighbours([unit.cell], Store(settings.results), settings.cache)
            return list(looks(again, seconds))
    except BenchError as error:
        return [Part("What the model looks at", f"No figures: {error}.")]
