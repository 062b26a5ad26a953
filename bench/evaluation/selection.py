"""How much selecting the epoch changes UF1: on training subjects, or on the held-out subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import NamedTuple

import numpy as np

from bench.core.types import Array
from bench.evaluation.row import Epochs, Score
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth
from bench.statistics import select_best
from bench.statistics.metrics import uf1
from bench.store.record import Record


def checkpoints(task: Truth, done: Sequence[Record]) -> Array:
    """Counts (seeds, checkpoints, subjects, c, c) of traced records, up to the shortest trace."""
    steps = min(len(record.trace) for record in done)
    each = [
        confusions(task, [replace(r, scores=r.trace[k][1]) for r in done]) for k in range(steps)
    ]
    return np.stack(each, axis=1)


def chosen(task: Truth, done: Sequence[Record]) -> Array:
    """Counts (seeds, subjects, c, c) at the checkpoint that each fold's inner folds selected."""
    at = [replace(r, scores=dict(r.trace)[r.inner_step]) for r in done if r.inner_step is not None]
    return confusions(task, at)


class Selection(NamedTuple):
    """A row's UF1 at checkpoints other than the last; None if nothing was traced.

    Attributes:
        oracle: the best checkpoint of each held-out subject; never ranked.
        inner: the checkpoint selected by inner folds of the training subjects; None without them.
        epochs: UF1 at every checkpoint.
    """

    oracle: Score | None = None
    inner: Score | None = None
    epochs: Epochs | None = None


def selection(task: Truth, done: Sequence[Record]) -> Selection:
    """Score the checkpoints of a row's finished records."""
    if not all(record.trace for record in done):
        return Selection()
    counts = checkpoints(task, done)
    steps = tuple(step for step, _ in done[0].trace[: counts.shape[1]])
    values = tuple(tuple(map(float, uf1(seed.sum(1)))) for seed in counts)
    inner = all(record.inner_step is not None for record in done)
    return Selection(
        oracle=_score(select_best(counts)),
        inner=_score(chosen(task, done)) if inner else None,
        epochs=Epochs(steps, values),
    )


def _score(counts: Array) -> Score:
    """UF1 of counts (seeds, subjects, c, c), mean over seeds."""
    return Score(fmean(float(uf1(seed.sum(0))) for seed in counts))
