"""Intervals by resampling subjects: the bootstrap and the jackknife (Efron and Tibshirani, 1993).

A resample is a vector of weights, how often each subject was drawn, so that all resamples of a
cell are one product of matrices: (resamples, subjects) @ (subjects, seeds * classes * classes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np

from bench.statistics.arrays import Cell, Metric, Values, require_counts, score
from bench.statistics.marginals import marginals_of

NORMAL = NormalDist()
CHUNK = 2**18
"""Counts of resamples held at once, 2 MB: they stay in the processor's cache, and those of 100
seeds do not fill the memory."""


class Interval(NamedTuple):
    """A confidence interval of a score."""

    low: float
    high: float


def resample_weights(subjects: int, resamples: int, rng: np.random.Generator) -> Values:
    """How often each subject is drawn (resamples, subjects); every row sums to `subjects`."""
    drawn = rng.integers(0, subjects, (resamples, subjects))
    # Each resample gets its own range of numbers, so that one count serves them all.
    drawn += np.arange(resamples)[:, None] * subjects
    counts = np.bincount(drawn.ravel(), minlength=resamples * subjects)
    return counts.reshape(resamples, subjects).astype(np.float64)


def bootstrap(
    cell: Cell,
    metric: Metric,
    rng: np.random.Generator,
    *,
    resamples: int = 10_000,
    method: Literal["percentile", "bca"] = "percentile",
    level: float = 0.95,
) -> Interval:
    """Confidence interval of the cell's score over subjects, all seeds of a subject together.

    Args:
        cell: counts (seeds, subjects, c, c). Subjects without clips are not resampled.
        metric: confusion matrices (..., c, c) to scores (...).
        rng: give every row of a board one of the same seed, and all see the same resamples.
        resamples: how many.
        method: quantiles of the resampled scores, or those corrected for bias and acceleration
            (BCa: Efron, JASA 1987).
        level: the interval's nominal coverage.
    """
    require_counts(cell)
    # A subject without clips, when drawn, would make the sample of people smaller than it is.
    cell = cell[:, cell.any(axis=(0, 2, 3))]
    weights = resample_weights(cell.shape[1], resamples, rng)
    (replicates,) = _weighted_scores(cell, weights, metric)
    tail = (1 - level) / 2
    quantiles = np.array([tail, 1 - tail])
    if method == "bca":
        quantiles = _corrected(quantiles, replicates, score(cell, metric), jackknife(cell, metric))
    low, high = np.quantile(replicates, quantiles)
    return Interval(float(low), float(high))


def bootstrap_all(
    cell: Cell, metrics: Mapping[str, Metric], weights: Values, *, level: float = 0.95
) -> dict[str, Interval]:
    """`bootstrap` of several metrics by percentiles, on subjects that are drawn already.

    Args:
        cell: counts (seeds, subjects, c, c), every subject with clips.
        metrics: by name, each of confusion matrices (..., c, c) to scores (...).
        weights: of `resample_weights` (resamples, subjects).
        level: the intervals' nominal coverage.
    """
    require_counts(cell)
    tail = (1 - level) / 2
    replicates = _weighted_scores(cell, weights, *metrics.values())
    ends = np.quantile(replicates, [tail, 1 - tail], axis=1).T.tolist()
    return {name: Interval(*pair) for name, pair in zip(metrics, ends, strict=True)}


def bootstrap_mean(
    values: Values,
    people: Sequence[str] | Values,
    rng: np.random.Generator,
    *,
    resamples: int = 10_000,
    level: float = 0.95,
) -> Interval:
    """Percentile interval of a mean over clips, subjects resampled with all their clips.

    Args:
        values: (n,) one number a clip; nan where a clip has none.
        people: (n,) whose clip it is.
        rng: draws the subjects.
        resamples: how many.
        level: the interval's nominal coverage.
    """
    known = ~np.isnan(values)
    names, who = np.unique(np.asarray(people)[known], return_inverse=True)
    if not len(names):
        raise ValueError("expected at least one value that is not nan")
    # A subject's sum and count are all that a weighted mean needs of its clips.
    sums = np.bincount(who, np.asarray(values)[known])
    weights = resample_weights(len(names), resamples, rng)
    means = (weights @ sums) / (weights @ np.bincount(who))
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(low), float(high))


def bootstrap_difference(
    first: Cell,
    second: Cell,
    metric: Metric,
    rng: np.random.Generator,
    *,
    resamples: int = 10_000,
    level: float = 0.95,
) -> Interval:
    """Confidence interval of first minus second: percentiles, both on the same drawn subjects.

    Args:
        first: counts (seeds, subjects, c, c).
        second: counts (seeds, subjects, c, c) of the same subjects in the same order.
        metric: confusion matrices (..., c, c) to scores (...).
        rng: draws the subjects.
        resamples: how many.
        level: the interval's nominal coverage.
    """
    require_counts(first)
    require_counts(second)
    if first.shape[1:] != second.shape[1:]:
        raise ValueError(f"expected the same subjects and classes: {first.shape}, {second.shape}")
    present = first.any(axis=(0, 2, 3)) | second.any(axis=(0, 2, 3))
    # Drawn once for both: what makes a subject hard for both methods cancels in the difference.
    weights = resample_weights(int(present.sum()), resamples, rng)
    replicates = [_weighted_scores(c[:, present], weights, metric)[0] for c in (first, second)]
    tail = (1 - level) / 2
    low, high = np.quantile(replicates[0] - replicates[1], [tail, 1 - tail])
    return Interval(float(low), float(high))


def bootstrap_differences(
    cells: Sequence[Cell],
    metric: Metric,
    rng: np.random.Generator,
    *,
    resamples: int = 10_000,
    level: float = 0.95,
) -> list[Interval]:
    """`bootstrap_difference` of every pair (i, j), i < j, all on the same drawn subjects.

    Args:
        cells: each (seeds, subjects, c, c), of the same subjects in the same order; every subject
            has clips in one of them.
        metric: confusion matrices (..., c, c) to scores (...).
        rng: draws the subjects.
        resamples: how many.
        level: the intervals' nominal coverage.
    """
    for cell in cells:
        require_counts(cell)
    weights = resample_weights(cells[0].shape[1], resamples, rng)
    replicates = np.concatenate([_weighted_scores(cell, weights, metric) for cell in cells])
    tail = (1 - level) / 2
    found: list[Interval] = []
    for i, one in enumerate(replicates[:-1], start=1):
        # All that follow at once: hundreds of calls cost more than what they compute.
        ends = np.quantile(one - replicates[i:], [tail, 1 - tail], axis=1, overwrite_input=True)
        found += [Interval(*pair) for pair in ends.T.tolist()]
    return found


def jackknife(cell: Cell, metric: Metric) -> Values:
    """The score without each subject in turn, (subjects,)."""
    # Counts are sums over subjects, so leaving one out is a subtraction and needs no loop.
    rest = cell.sum(axis=1, keepdims=True) - cell
    return np.asarray(metric(rest).mean(axis=0))


def minimal_detectable_difference(
    cells: Sequence[Cell], metric: Metric, *, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Smallest true difference of two methods that this task's subjects would show.

    (z[1 - alpha/2] + z[power]) times the standard error of a paired difference: the jackknife's,
    over subjects; of all pairs of methods, the median. One pair's test at `alpha`, uncorrected.

    Args:
        cells: two or more methods on the same subjects in the same order, each (seeds, subjects,
            c, c).
        metric: confusion matrices (..., c, c) to scores (...).
        alpha: level of the two-sided test.
        power: wanted chance of finding the difference.
    """
    if len(cells) < 2:
        raise ValueError("expected two or more methods: a difference has two sides")
    left_out = [jackknife(cell, metric) for cell in cells]
    # The error of the difference, not of the scores: methods tend to fail on the same subjects.
    errors = [_jackknife_error(a - b) for a, b in combinations(left_out, 2)]
    factor = NORMAL.inv_cdf(1 - alpha / 2) + NORMAL.inv_cdf(power)
    return factor * float(np.median(errors))


def _jackknife_error(left_out: Values) -> float:
    """Standard error from leave-one-out values (n,)."""
    n = len(left_out)
    return float(np.sqrt((n - 1) / n * np.square(left_out - left_out.mean()).sum()))


def _weighted_scores(cell: Cell, weights: Values, *metrics: Metric) -> Values:
    """The scores under each row of subject weights, (metrics, resamples)."""
    seeds, subjects, classes, _ = cell.shape
    # BLAS multiplies floats only; a product of integer matrices is many times slower.
    flat = np.moveaxis(cell, 1, 0).reshape(subjects, -1).astype(np.float64)
    found = np.empty((len(metrics), len(weights)))
    step = max(1, CHUNK // flat.shape[1])
    marginals = marginals_of(cell, metrics)
    for start in range(0, len(weights), step):
        part = slice(start, start + step)
        if marginals and (fast := marginals.scores(weights[part], metrics)) is not None:
            found[:, part] = fast
            continue
        pooled = (weights[part] @ flat).reshape(-1, seeds, classes, classes)
        for scores, metric in zip(found, metrics, strict=True):
            scores[part] = metric(pooled).mean(axis=1)
    return found


def _corrected(quantiles: Values, replicates: Values, value: float, left_out: Values) -> Values:
    """The BCa quantiles for nominal ones (Efron and Tibshirani, 1993, equation 14.10)."""
    # Ties count half: few clips allow few scores, and many resamples repeat the observed one.
    below = np.mean(replicates < value) + np.mean(replicates == value) / 2
    edge = 0.5 / len(replicates)  # keeps the bias finite where all resamples are on one side
    bias = NORMAL.inv_cdf(float(np.clip(below, edge, 1 - edge)))
    gaps = left_out.mean() - left_out
    spread = np.square(gaps).sum() ** 1.5
    # Where no subject changes the score there is no skewness, and the ratio would be 0 / 0.
    acceleration = float((gaps**3).sum() / (6 * spread)) if spread > 0 else 0.0
    shifted = [bias + NORMAL.inv_cdf(float(q)) for q in quantiles]
    return np.array([NORMAL.cdf(bias + z / (1 - acceleration * z)) for z in shifted])
