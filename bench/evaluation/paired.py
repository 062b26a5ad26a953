"""What one method scores beyond another on the same subjects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.statistics import bootstrap_difference, paired_test
from bench.statistics.metrics import Metric


@dataclass(frozen=True)
class Difference:
    """First minus second in one metric.

    Attributes:
        value: of the two scores, each a mean over seeds.
        low, high: its 95 % interval, subjects resampled.
        p: of a two-sided permutation test over subjects.
        exact: all permutations were counted.
        seeds: how many both have.
        adjusted: p, corrected by Holm's method over all differences of one question.
    """

    value: float
    low: float
    high: float
    p: float
    exact: bool
    seeds: int
    adjusted: float = 1.0


def difference(first: Array, second: Array, metric: Metric) -> Difference:
    """Of counts (seeds, subjects, c, c): the same seeds, the same subjects in the same order."""
    test = paired_test(first, second, metric, np.random.default_rng(derived_seed("pairs")))
    rng = np.random.default_rng(derived_seed("bootstrap"))
    low, high = bootstrap_difference(first, second, metric, rng)
    return Difference(test.difference, low, high, test.p, test.exact, len(first))
