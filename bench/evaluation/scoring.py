"""Scoring predictions: joined with the true classes by clip, counted by subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean, stdev

import numpy as np

from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.evaluation.row import Score
from bench.evaluation.truth import Truth
from bench.statistics import bootstrap_all, resample_weights
from bench.statistics.metrics import METRICS, per_group_confusions
from bench.store.record import Record

RESAMPLES = 10_000
"""Bootstrap resamples of an interval; the board's legend states it."""


def confusions(task: Truth, records: Sequence[Record], of: Array | None = None) -> Array:
    """Counts (seeds, subjects, c, c) of finished records; zero for subjects without one.

    Args:
        task: clips and true classes.
        records: of one row.
        of: (n,) which clips of the task to count; all by default.
    """
    by_seed: dict[int, list[Record]] = defaultdict(list)
    for record in records:
        by_seed[record.inputs["seed"]].append(record)
    # In the order of `Row.seeds`, with which callers pair the result.
    ordered = [of_seed for _, of_seed in sorted(by_seed.items())]
    done = [record for of_seed in ordered for record in of_seed]
    # By clip id, because records come in the order of folds and labels in that of the task file.
    where = np.array([task.position[clip] for r in done for clip in r.clips], int)
    scored = [row for r in done for row in r.scores]
    predicted = np.argmax(scored, 1) if scored else np.array([], int)
    clips = np.array([sum(len(r.clips) for r in of_seed) for of_seed in ordered], int)
    seed = np.repeat(np.arange(len(ordered)), clips)
    chosen = slice(None) if of is None else of[where]
    return _counts(task, seed[chosen], where[chosen], predicted[chosen], len(ordered))


def by_subject(task: Truth, where: Array, predicted: Array) -> Array:
    """Counts (subjects, c, c) of predicted labels (n,) of the clips at positions `where` (n,)."""
    return np.asarray(_counts(task, np.zeros(len(where), int), where, predicted, 1)[0])


def _counts(task: Truth, seed: Array, where: Array, predicted: Array, seeds: int) -> Array:
    """Counts (seeds, subjects, c, c) of predicted labels (n,), of each its seed and position."""
    people, classes = int(task.subject.max(initial=-1)) + 1, len(task.classes)
    # Every subject of the task has a place, so that the counts of two methods align.
    counts = np.zeros((seeds * people, classes, classes), int)
    group = seed * people + task.subject[where]
    counts[np.unique(group)] = per_group_confusions(task.labels[where], predicted, group, classes)
    return np.asarray(counts.reshape(seeds, people, classes, classes))


def matrix(counts: Array) -> tuple[tuple[int, ...], ...]:
    """The confusion matrix (c, c) of counts (seeds, subjects, c, c): all together."""
    return tuple(map(tuple, counts.sum((0, 1)).tolist()))


def scores(counts: Array, complete: bool) -> dict[str, Score]:
    """All metrics of a row as means over seeds, with intervals if it is complete."""
    by_metric = {}
    intervals = {}
    if complete:
        # A subject without clips, when drawn, would make the sample smaller than it is.
        counted = counts[:, counts.any((0, 2, 3))]
        intervals = bootstrap_all(counted, METRICS, drawn(counted.shape[1]))
    for name, metric in METRICS.items():
        # Pooled over subjects before scoring: the mean of each subject's F1 is another number.
        values = metric(counts.sum(1)).tolist()
        spread = stdev(values) if len(values) > 1 else None
        low, high = intervals.get(name, (None, None))
        by_metric[name] = Score(fmean(values), low, high, spread)
    return by_metric


@lru_cache(maxsize=4)
def drawn(subjects: int) -> Array:
    """The same resamples for every metric and row: intervals differ by the predictions alone."""
    return resample_weights(subjects, RESAMPLES, np.random.default_rng(derived_seed("bootstrap")))


def parts(task: Truth, counts: Array) -> dict[str, dict[str, float]]:
    """UF1 and UAR of each database of a composite, means over seeds; none for a single one.

    Databases without a predicted clip, as those that a model was trained on, are left out.
    """
    names, subject = np.unique(task.people, return_inverse=True)
    database = np.array([task.databases[subject == i][0] for i in range(len(names))])
    parts = np.unique(database[counts.any((0, 2, 3))])
    if len(parts) < 2:
        return {}
    return {
        str(part): {
            name: fmean(float(METRICS[name](seed[database == part].sum(0))) for seed in counts)
            for name in ("uf1", "uar")
        }
        for part in parts
    }
