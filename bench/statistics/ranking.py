"""Ranks that say no more than the tests do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MIN_DATASETS = 8
"""Below it a critical difference is so wide that a diagram shows almost nothing."""


def holm(p: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values (n,) for n tests: Holm's step-down method (Scand. J. Statist., 1979)."""
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    factors = np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    # The running maximum keeps the order: no test passes after a smaller p has failed.
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * factors), 1.0)
    return adjusted


def rank_groups(scores: ArrayLike, adjusted: ArrayLike, alpha: float = 0.05) -> NDArray[np.int64]:
    """Rank methods: one plus the number of methods that are significantly better.

    So all methods that do not differ significantly from any better one are first. The rule needs
    no order in which to form groups, and it holds although "not significantly different" is not
    transitive.

    Args:
        scores: one per method (m,), higher is better.
        adjusted: corrected p-values of all pairs (m, m), as `Pairs.adjusted`.
        alpha: a pair differs where its corrected p is below.

    Returns:
        Ranks (m,) from 1.
    """
    values = np.asarray(scores, dtype=np.float64)
    better = (values[None, :] > values[:, None]) & (np.asarray(adjusted) < alpha)
    return np.asarray(1 + better.sum(axis=1), dtype=np.int64)


@dataclass(frozen=True)
class CriticalDifference:
    """Methods compared over datasets.

    Attributes:
        ranks: average rank of each method (m,), 1 is best, equals share the mean of their ranks.
        difference: average ranks further apart than this differ; None where it says nothing.
        reason: why there is none.
    """

    ranks: NDArray[np.float64]
    difference: float | None
    reason: str | None = None


def critical_difference(scores: ArrayLike, alpha: float = 0.05) -> CriticalDifference:
    """Average ranks over datasets and Nemenyi's critical difference (Demsar, JMLR 2006).

    CD = q sqrt(k (k + 1) / (6 N)) for k methods on N datasets, with q the studentised range's
    quantile (infinite degrees of freedom) over sqrt(2).

    Args:
        scores: (datasets, methods), higher is better, without gaps.
        alpha: level of the test.
    """
    from scipy.stats import rankdata, studentized_range

    values = np.asarray(scores, dtype=np.float64)
    datasets, methods = values.shape
    if np.isnan(values).any():
        raise ValueError("expected a score of every method on every dataset, some are missing")
    # Negated: rankdata gives rank 1 to the smallest value, and here the largest score is best.
    ranks = rankdata(-values, axis=1).mean(axis=0)
    if methods < 2:
        return CriticalDifference(ranks, None, "one method alone has nothing to differ from")
    if datasets < MIN_DATASETS:
        reason = f"{datasets} datasets are too few for a critical difference: {MIN_DATASETS} needed"
        return CriticalDifference(ranks, None, reason)
    quantile = studentized_range.ppf(1 - alpha, methods, np.inf) / np.sqrt(2)
    width = quantile * np.sqrt(methods * (methods + 1) / (6 * datasets))
    return CriticalDifference(ranks, float(width))
