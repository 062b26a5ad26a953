"""Refitting one recorded fold, to get a model to inspect."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.cache.cache import Cache
from bench.core.errors import BenchError
from bench.core.types import Array, Description
from bench.data.task import Task
from bench.planning.plan import Cell, Unit
from bench.planning.splits import folds
from bench.plugins.configure import configure
from bench.plugins.context import DeadlineError
from bench.plugins.model import Model
from bench.plugins.registry import Registry
from bench.report.evidence import Evidence
from bench.running.describe import describe_all, lacking_jobs
from bench.running.jobs import fit_job, setting
from bench.running.options import RunOptions
from bench.running.outputs import checked
from bench.running.progress import Nobody
from bench.running.worker import fitted


@dataclass(frozen=True)
class Refitted:
    """A fitted fold.

    Attributes:
        unit: which.
        model: fitted on its training clips.
        held_out: descriptions of its held-out clips.
        predicted: (n,) their predicted labels.
        alike: how many of them the record's scores predict too.
    """

    unit: Unit
    model: Model
    held_out: list[Description]
    predicted: Array
    alike: int

    @property
    def labels(self) -> Array:
        """(n,) true labels of the held-out clips."""
        return np.asarray(self.unit.cell.task.labels[self.unit.fold.test])

    @property
    def about(self) -> str:
        """Which fold it is, and whether its predictions agree with the record."""
        return (
            f"Fold {self.unit.fold.name}, seed {self.unit.cell.seed}, refitted: the same "
            f"prediction as in the record for {self.alike} of its {len(self.held_out)} held-out "
            "clips."
        )


def units_of(evidence: Evidence, registry: Registry, task: Task) -> list[Unit]:
    """Every recorded fold of every seed.

    Raises:
        BenchError: clips or configuration are no longer those of the records.
    """
    row = evidence.row
    if task.fingerprint != evidence.truth.fingerprint:
        raise BenchError(f"the clips of {task.name} differ from those of the records")
    (method,) = configure(registry, row.label, row.preset)
    split = folds(evidence.protocol, task.people, task.databases, task.ids)
    there = {(record.inputs["seed"], record.fold) for record in evidence.done}
    cells = [Cell(method, task, evidence.protocol, seed, tuple(split)) for seed in row.seeds]
    if cells[0].family != row.family:
        raise BenchError(f"the records of {row.label} have another version or configuration")
    return [Unit(cell, fold) for cell in cells for fold in split if (cell.seed, fold.name) in there]


def unit_of(evidence: Evidence, registry: Registry, task: Task) -> Unit:
    """The most informative recorded fold: most classes held out, then most clips."""

    def preference(unit: Unit) -> tuple[int, int]:
        test = unit.fold.test
        return len(np.unique(task.labels[test])), len(test)

    units = units_of(evidence, registry, task)
    return max((unit for unit in units if unit.cell.seed == evidence.row.seeds[0]), key=preference)


def refit(unit: Unit, evidence: Evidence, cache: Cache, options: RunOptions) -> Refitted:
    """Refit a fold; descriptions missing from the cache are computed first.

    Args:
        unit: which fold.
        evidence: has its record.
        cache: of descriptions.
        options: device, and the time limit of the fit.

    Raises:
        BenchError: a clip cannot be described, or the time did not suffice.
    """
    serial = dataclasses.replace(options, engine="serial", timeout=None)
    jobs = lacking_jobs([unit], cache)
    found = describe_all(jobs, cache, serial, Nobody())
    for sentence in (*found.unreadable.values(), *(o.error for o in found.failed.values())):
        raise BenchError(sentence)
    shared = setting(unit.cell, cache)
    try:
        model, held_out, *_ = fitted(shared, fit_job(unit, options))
    except DeadlineError:
        raise BenchError(
            f"refitting fold {unit.fold.name} takes more than {options.timeout:g} s; --seconds "
            "allows more"
        ) from None
    (record,) = (
        record
        for record in evidence.done
        if (record.fold, record.inputs["seed"]) == (unit.fold.name, unit.cell.seed)
    )
    scores = checked(model.predict(held_out), len(held_out), shared.classes)
    predicted = scores.argmax(1)
    alike = int((predicted == np.argmax(record.scores, axis=1)).sum())
    return Refitted(unit, model, held_out, predicted, alike)


def samples(labels: Sequence[int] | Array, count: int) -> list[int]:
    """Positions of a few clips: the first of every class, then the second, and so on."""
    seen: Counter[int] = Counter()
    turns = []
    for position, label in enumerate(int(label) for label in labels):
        turns.append((seen[label], label, position))
        seen[label] += 1
    return [position for _, _, position in sorted(turns)[:count]]
