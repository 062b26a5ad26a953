"""Rows of imported predictions: scored like ours, never ranked."""

from __future__ import annotations

import numpy as np

from bench.evaluation.notes import ExternalPredictions
from bench.evaluation.row import Row
from bench.evaluation.scoring import by_subject, parts, scores
from bench.evaluation.truth import Truth
from bench.planning.splits import folds
from bench.statistics.metrics import recall
from bench.store.external import External


def external_row(task: Truth, one: External) -> Row:
    """Score imported predictions of all clips of a task; the row is never ranked.

    Raises:
        BenchError: an unknown protocol.
    """
    where = np.array([task.position[clip] for clip in one.predicted])
    counts = by_subject(task, where, np.array(list(one.predicted.values())))[None]
    total = len(folds(one.protocol, task.people, task.databases))
    return Row(
        label=one.name,
        # A row's name shows any other preset, and imported predictions have none.
        preset="paper",
        family="external",
        title=one.name,
        fidelity="external",
        selection="unknown",
        folds=total,
        of=total,
        seeds=(),
        scores=scores(counts, complete=True),
        recall=recall(counts.sum((0, 1))).tolist(),
        parts=parts(task, counts),
        oracle=None,
        fit_seconds=None,
        parameters=None,
        notes=(ExternalPredictions(),),
    )
