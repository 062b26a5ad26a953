"""`bench repro`."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table as Grid

from bench.cli.common import err, out, print_json, workspace
from bench.cli.exits import FAILED
from bench.cli.options import CellPath, EngineOption, Jobs, Json, Plugin
from bench.cli.prepare import recorded_task
from bench.cli.watch import Watch
from bench.core.errors import BenchError
from bench.evaluation.find_cell import CellRecords, find_cell
from bench.planning.plan import Cell, Plan, make_plan
from bench.plugins.configure import configure
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings
from bench.running.options import RunOptions
from bench.running.run import run
from bench.store.environment import environment, environment_id
from bench.store.provenance import Evidence, write_evidence
from bench.store.record import Record
from bench.store.store import Store


@dataclasses.dataclass(frozen=True)
class Compared:
    """One fold, then and now.

    Attributes:
        fold: its name.
        clips: how many it has.
        changed: clips whose predicted class is another one.
        largest: difference of two scores.
        status: of the new run.
    """

    fold: str
    clips: int
    changed: tuple[str, ...]
    largest: float
    status: str

    @property
    def same(self) -> bool:
        """Every predicted class is the same."""
        return self.status == "ok" and not self.changed


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
    engine: EngineOption = "processes",
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Rerun a cell, or one fold of it, and compare it prediction by prediction.

    Exits with 1 when a predicted class differs. Records of others that give
    the same predictions count as `reproduced` from then on; evidence is kept in their folder.
    """
    registry, settings = workspace(plugin, results, needed=True)
    theirs = find_cell(Store(settings.results), cell)
    today = _today(theirs, registry, settings)
    before = {r.fold: r for r in theirs.records if r.status == "ok" and fold in ("", r.fold)}
    folds = tuple(one for one in today.folds if one.name in before)
    if not folds:
        done = ", ".join(r.fold for r in theirs.records[:8] if r.status == "ok") or "none"
        raise BenchError(f"{fold or 'a fold'}: not among the finished folds of {cell}: {done}")
    today = dataclasses.replace(today, folds=folds)
    if gpus := sorted({record.gpu for record in before.values() if record.gpu}):
        err().say(
            f"The records were made on {', '.join(gpus)} and are rerun on the CPU: "
            "scores may differ in their last digits."
        )
    here = tempfile.TemporaryDirectory() if into is None else nullcontext(str(into))
    options = RunOptions(engine=engine, jobs=jobs, device="cpu", plugins=registry.files)
    with here as folder, Watch(options.workers, err()) as watch:
        store, plan = Store(Path(folder)), Plan((today,))
        run(plan, store, settings.cache, options, watch)
        rows = [_compare(before[u.fold.name], store.read(store.path(u))) for u in plan.units]
    rows.sort(key=lambda row: row.fold)
    _report(rows, cell, json)
    _keep_evidence(settings.results, before, rows)
    if not all(row.same for row in rows):
        raise SystemExit(FAILED)


def _today(theirs: CellRecords, registry: Registry, settings: Settings) -> Cell:
    """The same cell made of today's plugins and data; an error says what is no longer the same."""
    record = theirs.records[0]
    task = recorded_task(theirs.task, registry, settings)
    if task.fingerprint != theirs.task.fingerprint:
        raise BenchError(
            f"{task.name} here is not the data of {theirs.folder}: fingerprint "
            f"{task.fingerprint[:12]}, there {theirs.task.fingerprint[:12]}"
        )
    rows = configure(registry, record.label, record.preset)
    seed, protocol = record.inputs["seed"], record.inputs["protocol"]
    (cell,) = make_plan(rows, [task], protocol, [seed]).cells
    if cell.family != record.family:
        raise BenchError(
            f"{record.label} is configured otherwise today than in {theirs.folder}; "
            "`bench results explain` says how"
        )
    return cell


def _compare(before: Record, after: Record | None) -> Compared:
    if after is None or after.status != "ok":
        status = "no record" if after is None else after.status
        return Compared(before.fold, len(before.clips), (), float("nan"), status)
    now = dict(zip(after.clips, after.scores, strict=True))
    then = zip(before.clips, before.scores, strict=True)
    pairs = [(clip, np.array(scores), np.array(now[clip])) for clip, scores in then]
    return Compared(
        fold=before.fold,
        clips=len(pairs),
        changed=tuple(c for c, old, new in pairs if old.argmax() != new.argmax()),
        largest=max(float(np.abs(old - new).max()) for _, old, new in pairs),
        status="ok",
    )


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
    folds = "1 fold" if len(rows) == 1 else f"{len(rows)} folds"
    out().say(f"{clips} predictions of {folds}: {said}{more}")
