"""What choosing the epoch is worth: by training subjects alone, and on the held-out subject."""

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
    """Counts (seeds, checkpoints, subjects, c, c) of traced records, as far as all have them."""
    steps = min(len(record.trace) for record in done)
    each = [
        confusions(task, [replace(r, scores=r.trace[k][1]) for r in done]) for k in range(steps)
    ]
    return np.stack(each, axis=1)


def chosen(task: Truth, done: Sequence[Record]) -> Array:
    """Counts (seeds, subjects, c, c) at the step that each fold's inner fits chose."""
    at = [replace(r, scores=dict(r.trace)[r.inner_step]) for r in done if r.inner_step is not None]
    return confusions(task, at)


class Selection(NamedTuple):
    """A row's UF1 by other choices than the last checkpoint; None where nothing was traced.

    Attributes:
        oracle: each held-out subject picks the checkpoint that suits it best; never ranked.
        inner: inner folds of the training subjects choose; None where they were not asked.
        epochs: at every checkpoint.
    """

    oracle: Score | None = None
    inner: Score | None = None
    epochs: Epochs | None = None


def selection(task: Truth, done: Sequence[Record]) -> Selection:
    """From the finished records of a complete row."""
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
