"""`bench repro`."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from bench.cli.common import err, out, print_json, workspace
from bench.cli.exits import FAILED
from bench.cli.options import CellPath, Jobs, Json, LocalEngine, Plugin
from bench.cli.rerun import Compared, rerun, today_of
from bench.core.errors import BenchError
from bench.core.words import counted
from bench.evaluation.find_cell import find_cell
from bench.running.options import RunOptions
from bench.store.environment import environment, environment_id
from bench.store.provenance import Evidence, write_evidence
from bench.store.record import Record
from bench.store.store import Store


def repro(
    cell: CellPath,
    fold: Annotated[str, typer.Option("--fold", help="Only this fold: casme2/01.")] = "",
    results: Annotated[
        Path | None, typer.Option("--results", help="Results folder to compare with.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="Keep the new records in this folder; default: discard them."),
    ] = None,
    jobs: Jobs = None,
    engine: LocalEngine = "processes",
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Rerun a cell, or one fold of it, and compare it prediction by prediction.

    Exits with 1 when a predicted class differs. Records of others that give the same predictions
    count as `reproduced` from then on; evidence is kept in their folder.
    """
    registry, settings = workspace(plugin, results, needed=True)
    theirs = find_cell(Store(settings.results), cell)
    today = today_of(theirs, registry, settings)
    known = {one.name for one in today.folds}
    before = {
        record.fold: record
        for record in theirs.records
        if record.status == "ok" and fold in ("", record.fold) and record.fold in known
    }
    if not before:
        done = ", ".join(r.fold for r in theirs.records[:8] if r.status == "ok") or "none"
        raise BenchError(f"{fold or 'a fold'}: not among the finished folds of {cell}: {done}")
    if gpus := sorted({record.gpu for record in before.values() if record.gpu}):
        err().say(
            f"The records were made on {', '.join(gpus)} and are rerun on the CPU: "
            "scores may differ in their last digits."
        )
    options = RunOptions(engine=engine, jobs=jobs)
    rows = rerun(today, before, registry, settings, options, into)
    _report(rows, cell, json)
    _keep_evidence(settings.results, before, rows)
    if not all(row.same for row in rows):
        raise SystemExit(FAILED)


def _keep_evidence(results: Path, before: Mapping[str, Record], rows: list[Compared]) -> None:
    """Keep evidence of each record of others that was reproduced."""
    same = [(before[row.fold], row) for row in rows if row.same]
    evidence = [
        Evidence(record.digest, record.key, row.clips, row.largest, environment_id())
        for record, row in same
        if record.provenance == "reported"
    ]
    try:
        if evidence:
            Store(results).write_environment(environment_id(), environment())
        for one in evidence:
            write_evidence(results, one)
    except OSError as error:
        err().say(f"no evidence kept in {results}: {error.strerror}")
        return
    if evidence:
        err().print(f"{len(evidence)} records count as reproduced from now on.")
    if any(record.provenance == "unsealed" for record, _ in same):
        err().print("Records without a seal cannot count as reproduced: they may change again.")


def _report(rows: list[Compared], words: str, as_json: bool) -> None:
    if as_json:
        print_json([dataclasses.asdict(row) | {"same": row.same} for row in rows])
        return
    grid = Grid("fold", "clips", "largest difference", "changed classes", title=words)
    for row in rows:
        gap = f"{row.largest:.2g}" if row.status == "ok" else row.status
        grid.add_row(row.fold, str(row.clips), gap, ", ".join(row.changed) or "–")
    out().print(grid)
    changed = sum(len(row.changed) for row in rows)
    clips = sum(row.clips for row in rows)
    exact = all(row.same and row.largest == 0 for row in rows)
    failed = sum(row.status != "ok" for row in rows)
    said = "identical" if exact else f"{changed} changed class"
    more = f"; {failed} folds failed" if failed else ""
    out().say(f"{clips} predictions of {counted(len(rows), 'fold')}: {said}{more}")
