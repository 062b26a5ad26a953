"""Cells without the clips that their method cannot read: a bad frame costs its clip alone.

A description that failed on a file is remembered under its key, so that the next plan names and
counts the task as it will be scored. The memory is only a hint: the clip is read again first, for
a disk may have been away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np

from bench.cache.cache import Cache
from bench.core.clip import Clip
from bench.data.task import Task
from bench.planning.plan import Cell, Plan
from bench.planning.splits import ImpossibleSplitError, folds
from bench.running.jobs import description_key
from bench.views.opening import can_be_read

MEMORY = "unreadable"
"""Category of the cache."""


def remember(cache: Cache, keys: Iterable[str]) -> None:
    """Remember descriptions that cannot be made, for a file cannot be read."""
    for one in keys:
        cache.put(MEMORY, one, np.array(1))


def spared(plan: Plan, cache: Cache) -> Plan:
    """The plan without the clips that an earlier run could not read, for each method its own."""
    bad: dict[str, bool] = {}
    # By identity, as tasks hold arrays; once for all seeds, of which a plan may have hundreds.
    found: dict[tuple[int, int], tuple[Task, frozenset[str]]] = {}

    def unreadable(cell: Cell, clip: Clip, digest: str) -> bool:
        if not cache.has(MEMORY, description_key(cell.row, clip, digest)):
            return False
        if digest not in bad:
            bad[digest] = not can_be_read(cell.task.dataset, clip)
        return bad[digest]

    cells = []
    for cell in plan.cells:
        task = cell.task
        mark = id(cell.row), id(task)
        if mark not in found:
            pairs = zip(task.clips, task.digests, strict=True)
            lost = frozenset(clip.id for clip, one in pairs if unreadable(cell, clip, one))
            found[mark] = task.without(lost), lost
        rest, lost = found[mark]
        cells += _on(cell, rest) if lost else [cell]
    return replace(plan, cells=tuple(cells))


def without(cell: Cell, clips: Collection[str]) -> list[Cell]:
    """The cell on its task without some clips; none where the rest cannot be split."""
    return _on(cell, cell.task.without(clips)) if clips else [cell]


def _on(cell: Cell, task: Task) -> list[Cell]:
    try:
        split = folds(cell.protocol, task.people, task.databases, task.ids) if task.clips else []
    except ImpossibleSplitError:
        split = []
    # Those that were asked for: a cell may have some folds alone.
    names = {fold.name for fold in cell.folds}
    kept = tuple(fold for fold in split if fold.name in names)
    return [replace(cell, task=task, folds=kept)] if kept else []
