"""How long folds may take, before any has run, and the order that follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.planning.splits import Fold

if TYPE_CHECKING:
    from bench.planning.plan import Cell, Unit

UNKNOWN = 1.0
"""Seconds that a fold counts for where its method does not estimate it."""


def fold_seconds(cell: Cell, fold: Fold) -> float | None:
    """What the method estimates for one fit on one thread; None where it does not."""
    if cell.row.weights is not None:
        return 0.0  # nothing is trained
    clips = len(fold.train)
    return cell.row.method.seconds(clips, round(clips * cell.task.frames))


def weight(unit: Unit) -> float:
    """Seconds that a unit counts for: those of its estimate, never of what has run before.

    All machines that share a plan must see the same.
    """
    seconds = fold_seconds(unit.cell, unit.fold)
    return UNKNOWN if seconds is None else seconds


def longest_first(units: Sequence[Unit]) -> list[Unit]:
    """Units in the order in which workers should start them, so that none ends long after others.

    Methods and tasks stay together: a worker loads the features of a task once for all its folds.
    """
    groups: dict[tuple[int, int], list[tuple[float, Unit]]] = defaultdict(list)
    for unit in units:
        # By identity: a task holds arrays, which do not hash.
        groups[id(unit.cell.row), id(unit.cell.task)].append((weight(unit), unit))
    for group in groups.values():
        group.sort(key=lambda pair: -pair[0])
    ordered = sorted(groups.values(), key=lambda group: -group[0][0])
    return [unit for group in ordered for _, unit in group]
