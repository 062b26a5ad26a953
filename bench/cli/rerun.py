"""Running folds of a cell again, and comparing them prediction by prediction."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path

import numpy as np

from bench.cli.common import err
from bench.cli.prepare import recorded_task
from bench.cli.watch import Watch
from bench.core.errors import BenchError
from bench.evaluation.find_cell import CellRecords
from bench.planning.plan import Cell, Plan, make_plan
from bench.plugins.configure import configure
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings
from bench.running.options import RunOptions
from bench.running.run import run
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


def rerun(
    today: Cell,
    before: Mapping[str, Record],
    registry: Registry,
    settings: Settings,
    options: RunOptions,
    into: Path | None = None,
) -> list[Compared]:
    """Run folds of a cell again on the CPU and compare them, by the names of the folds.

    Args:
        today: the cell, made of today's plugins and data by `today_of`.
        before: records of the folds to run again, by fold.
        registry: plugins.
        settings: folders.
        options: how to run.
        into: keeps the new records; None to discard them.
    """
    folds = tuple(one for one in today.folds if one.name in before)
    plan = Plan((dataclasses.replace(today, folds=folds),))
    options = dataclasses.replace(options, device="cpu", plugins=registry.files)
    here = tempfile.TemporaryDirectory() if into is None else nullcontext(str(into))
    with here as folder, Watch(options.workers, err()) as watch:
        store = Store(Path(folder))
        run(plan, store, settings.cache, options, watch)
        rows = [_compare(before[u.fold.name], store.read(store.path(u))) for u in plan.units]
    return sorted(rows, key=lambda row: row.fold)


def today_of(theirs: CellRecords, registry: Registry, settings: Settings) -> Cell:
    """The same cell made of today's plugins and data.

    Raises:
        BenchError: no such data here, or plugin, data or configuration are no longer the same.
    """
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
