"""Metrics of one's own: their values on a row's predictions, with intervals over subjects."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import fmean, stdev

import numpy as np

from bench.core.contain import contained
from bench.core.errors import BenchError, in_a_line
from bench.core.seeds import derived_seed
from bench.core.select import unknown
from bench.core.types import Array
from bench.evaluation.row import Score
from bench.evaluation.scoring import drawn
from bench.evaluation.truth import Truth
from bench.plugins.metric import Metric, counts_only
from bench.statistics import bootstrap_all, resample_weights
from bench.statistics.metrics import METRICS
from bench.store.record import Record

RESAMPLES = 1000
"""Of a metric of scores, which is called for each; those of counts have as many as ours."""
MOST_UNDEFINED = 0.05
"""Share of resamples in which a metric may have no value, and still have an interval."""


def measure(name: str, own: Mapping[str, type[Metric]]) -> Callable[[Array], Array]:
    """The function of confusion matrices that the name of a metric means.

    Args:
        name: "uf1", or of a plugin.
        own: metrics of plugins by name.

    Returns:
        matrices (..., classes, classes) to values (...), which raises `BenchError` for a plugin's
        metric that fails or has no value.

    Raises:
        BenchError: an unknown name, or a metric of scores.
    """
    if name in METRICS:
        return METRICS[name]
    if name not in own:
        raise unknown("metric", name, [*METRICS, *own])
    if not counts_only(own[name]):
        raise BenchError(
            f"metric {name} is one of scores; methods are compared by confusion matrices"
        )

    def values(counts: Array) -> Array:
        with _blamed(f"metric {name} fails"):
            found = np.asarray(own[name]().of_counts(counts), float)
        if not np.isfinite(found).all():
            raise BenchError(f"metric {name} has no value on some resamples: nothing to compare")
        return found

    return values


def own_scores(
    task: Truth,
    counts: Array,
    done: Sequence[Record],
    complete: bool,
    metrics: Iterable[type[Metric]],
) -> dict[str, Score]:
    """The scores of a row by plugins' metrics; without those that have no value on it.

    Args:
        task: clips and true classes.
        counts: (seeds, subjects, c, c) of `confusions`.
        done: finished records of the row.
        complete: every fold is there, so that there are intervals.
        metrics: of plugins.

    Raises:
        BenchError: a metric fails, in one line.
    """
    found: dict[str, Score] = {}
    for kind in metrics:
        with _blamed(f"metric {kind.name} fails on {task.task}"):
            one = kind()
            score = (
                _of_counts(one, counts, complete)
                if counts_only(kind)
                else _of_scores(one, task, done, complete)
            )
        if score is not None:
            found[kind.name] = score
    return found


@contextmanager
def _blamed(said: str) -> Iterator[None]:
    """While open, whatever a stranger's code raises is one line that begins so."""
    try:
        with contained():
            yield
    except Exception as error:  # it runs a stranger's code
        raise BenchError(f"{said}: {in_a_line(error):.200}") from error


def _of_counts(metric: Metric, counts: Array, complete: bool) -> Score | None:
    values = [float(metric.of_counts(seed.sum(0))) for seed in counts]
    low = high = None
    if complete:
        counted = counts[:, counts.any((0, 2, 3))]
        ends = bootstrap_all(counted, {metric.name: metric.of_counts}, drawn(counted.shape[1]))
        low, high = ends[metric.name]
    return _score(values, low, high)


def _of_scores(metric: Metric, task: Truth, done: Sequence[Record], complete: bool) -> Score | None:
    seeds = _by_seed(task, done)
    values = [metric.of_scores(task.labels[at], s, np.ones(len(at))) for at, s in seeds]
    if not complete:
        return _score(values, None, None)
    who = np.unique(task.people, return_inverse=True)[1]
    # Of protocols that hold out some databases alone, only whom they hold out.
    shown = np.unique(np.concatenate([who[at] for at, _ in seeds]))
    rng = np.random.default_rng(derived_seed("bootstrap"))
    weights = np.zeros((RESAMPLES, who.max() + 1))
    weights[:, shown] = resample_weights(len(shown), RESAMPLES, rng)
    replicates = np.array([_mean(metric, task, seeds, row[who]) for row in weights])
    return _score(values, *_ends(replicates))


def _by_seed(task: Truth, done: Sequence[Record]) -> list[tuple[Array, Array]]:
    """Of each seed the predicted clips, by position in the task, and their scores (n, c)."""
    grouped: dict[int, list[Record]] = defaultdict(list)
    for record in done:
        grouped[record.inputs["seed"]].append(record)
    found = []
    for _, records in sorted(grouped.items()):
        at = np.array([task.position[clip] for r in records for clip in r.clips], int)
        found.append((at, np.array([row for r in records for row in r.scores], float)))
    return found


def _mean(
    metric: Metric, task: Truth, seeds: Sequence[tuple[Array, Array]], weights: Array
) -> float:
    """The mean over seeds in one resample, without the clips of people who were not drawn."""
    values = []
    for at, scores in seeds:
        kept = weights[at] > 0
        here = at[kept]
        values.append(metric.of_scores(task.labels[here], scores[kept], weights[here]))
    return fmean(values)


def _ends(replicates: Array) -> tuple[float | None, float | None]:
    known = replicates[np.isfinite(replicates)]
    if len(known) < (1 - MOST_UNDEFINED) * len(replicates):
        return None, None
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def _score(values: Sequence[float], low: float | None, high: float | None) -> Score | None:
    """A score; None where a seed has no value."""
    if not all(map(math.isfinite, values)):
        return None
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        low = high = None
    return Score(fmean(values), low, high, stdev(values) if len(values) > 1 else None)
