"""`bench status`."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table as Grid

from bench.cli import options as opt
from bench.cli.common import out, print_json, workspace
from bench.cli.screen import Screen
from bench.cli.watch import duration
from bench.core.errors import BenchError
from bench.core.names import with_preset
from bench.core.words import counted
from bench.store.progress import Looker, Progress
from bench.store.store import Store

SHOWN = 10
"""Runs at work that are named."""
REST = 10.0
"""Seconds between two looks."""


def status(
    results: Annotated[
        Path | None, typer.Argument(help="Results folder.", show_default="results")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again every 10 s until no run is at work.")
    ] = False,
    board: Annotated[
        bool, typer.Option("--board", help="Print the leaderboard of what has ended, too.")
    ] = False,
    plugin: opt.Plugin = None,
    json: opt.Json = False,
) -> None:
    """Show how far the runs on a results folder are, from any machine that sees it."""
    if watch and json:
        raise BenchError("--watch and --json: choose one")
    registry, settings = workspace(plugin, results)
    store = Store(settings.results)
    if not store.folder.is_dir():
        raise BenchError(f"no results folder {store.folder}; run `bench run` first")
    looker = Looker(store)
    progress = looker.look()
    if json:
        print_json(_facts(progress))
        return
    console = out()
    _show(console, progress)
    while watch and progress.running:
        time.sleep(REST)
        progress = looker.look()
        if console.is_terminal:
            console.clear()
        _show(console, progress)
    if board:
        # Imported late: a look at the progress scores nothing.
        from bench.board import build
        from bench.board.terminal import grids

        for table in build(store, registry).tables:
            for grid in grids(table, console.width):
                console.print(grid)


def _show(console: Screen, progress: Progress) -> None:
    grid = Grid("task", "method", "seeds", "folds", "done", "failed", "missing", title="progress")
    for row in progress.rows:
        numbers = row.seeds, row.folds, row.done, row.failed, row.missing
        # As most rows are by leave-one-subject-out, that alone goes without saying.
        task = row.task if row.protocol == "loso" else f"{row.task} {row.protocol}"
        grid.add_row(task, with_preset(row.method, row.preset), *map(str, numbers))
    console.print(grid if progress.rows else "no records yet")
    if not progress.running:
        console.say("No run is at work.")
        return
    now = time.time()
    for run in progress.running[:SHOWN]:
        console.say(f"At work: {run}, for {duration(max(0.0, now - run.started))}: {run.command}")
    if len(progress.running) > SHOWN:
        console.say(f"... and {len(progress.running) - SHOWN} more runs")
    left = progress.seconds_left
    time_left = f", about {duration(left)} left" if left is not None else ""
    folds = counted(progress.left, "fold")
    console.say(f"{folds} to go; {progress.per_minute:.3g} a minute{time_left}.")


def _facts(progress: Progress) -> dict[str, Any]:
    return {
        "rows": [{**row._asdict(), "missing": row.missing} for row in progress.rows],
        "running": [
            {
                **{name: value for name, value in asdict(run).items() if name != "cells"},
                "folds": sum(len(cell.folds) for cell in run.cells),
            }
            for run in progress.running
        ],
        "per_minute": progress.per_minute,
        "folds_left": progress.left,
        "seconds_left": progress.seconds_left,
    }
