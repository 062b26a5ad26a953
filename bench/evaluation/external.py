"""Imported predictions: scored like ours, never ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isnan

import numpy as np

from bench.core.names import Protocol
from bench.core.types import Array
from bench.evaluation.notes import ExternalPredictions, Note, PartialClips, SamePeople, TestBest
from bench.evaluation.own_metrics import own_scores
from bench.evaluation.row import Row, RowKey
from bench.evaluation.scoring import by_subject, matrix, parts, scores
from bench.evaluation.truth import Truth
from bench.planning.splits import folds
from bench.plugins.metric import Metric, counts_only
from bench.statistics.metrics import recall
from bench.store.external import External

EXTERNAL = "external"
"""Stands for preset and family, which imported predictions do not have."""


def external_key(one: External) -> RowKey:
    """What tells its row from ours: a method of the same name has another family."""
    # A row's name shows any preset but this.
    return RowKey(one.name, "paper", EXTERNAL)


def covered(task: Truth, one: External) -> Array:
    """(n,) which clips of the task are predicted."""
    if one.matrices:
        return np.isin(task.people, list(one.matrices))
    return np.isin(list(task.position), list(one.predicted))


def external_counts(task: Truth, one: External, of: Array | None = None) -> Array:
    """Counts (subjects, c, c); zero for subjects that are not predicted.

    Args:
        task: its clips and true classes.
        one: sound predictions of it.
        of: (n,) which clips to count; all that are predicted by default. Where no clip is named,
            these must be all clips of a subject or none.
    """
    wanted = covered(task, one) if of is None else of
    people, subject = np.unique(task.people, return_inverse=True)
    if one.matrices:
        counts = np.zeros((len(people), len(task.classes), len(task.classes)), int)
        for i in np.unique(subject[wanted]):
            counts[i] = one.matrices[people[i]]
        return counts
    chosen = [clip for clip in one.predicted if wanted[task.position[clip]]]
    where = np.array([task.position[clip] for clip in chosen], int)
    return by_subject(task, where, np.array([one.predicted[clip] for clip in chosen], int))


def external_row(task: Truth, one: External, metrics: Iterable[type[Metric]] = ()) -> Row:
    """Score imported predictions; the row is never ranked.

    Args:
        task: its clips and true classes.
        one: sound predictions of it.
        metrics: of plugins; those of scores are left out, since only classes were imported.

    Raises:
        BenchError: an unknown protocol, or a metric that fails.
    """
    counts, have = external_counts(task, one)[None], covered(task, one)
    every = folds(one.protocol, task.people, task.databases, task.ids)
    key = external_key(one)
    complete = not one.partial
    own = own_scores(task, counts, (), complete, filter(counts_only, metrics))
    return Row(
        label=key.label,
        preset=key.preset,
        family=key.family,
        title=one.name,
        fidelity="external",
        selection=one.selection,
        folds=sum(bool(have[fold.test].all()) for fold in every),
        of=len(every),
        seeds=(),
        scores={**scores(counts, complete), **own},
        recall=recall(counts.sum((0, 1))).tolist(),
        # A database without a predicted clip has no score.
        parts={k: v for k, v in parts(task, counts).items() if not isnan(v["uf1"])},
        oracle=None,
        fit_seconds=None,
        parameters=None,
        notes=tuple(_notes(one, have)),
        clips=int(have.sum()),
        expected=sum(task.contract.expected) or None,
        confusion=matrix(counts),
    )


def _notes(one: External, have: Array) -> Iterator[Note]:
    if not have.all():
        yield PartialClips(int(have.sum()), len(have))
    if one.selection == "test-best":
        yield TestBest()
    if Protocol.parse(one.protocol).diagnostic:
        yield SamePeople()
    yield ExternalPredictions(one.source, by_subject=bool(one.matrices))


def external_order(row: Row) -> tuple[bool, float, str]:
    """Complete ones first, then by score: the key that sorts imported rows of a board."""
    return (not row.complete, -row.scores["uf1"].value, row.name)
