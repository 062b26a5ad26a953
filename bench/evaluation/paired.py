"""The difference between two methods on the same subjects, with its interval and test."""

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
        seeds: number of seeds that both methods have.
        adjusted: p after Holm's correction over all differences of one family.
    """

    value: float
    low: float
    high: float
    p: float
    exact: bool
    seeds: int
    adjusted: float = 1.0


def difference(first: Array, second: Array, metric: Metric) -> Difference:
    """First minus second, from counts (seeds, subjects, c, c) of the same seeds and subjects."""
    # Fixed seeds: two methods get the same p and interval whatever else is compared with them.
    test = paired_test(first, second, metric, np.random.default_rng(derived_seed("pairs")))
    rng = np.random.default_rng(derived_seed("bootstrap"))
    low, high = bootstrap_difference(first, second, metric, rng)
    return Difference(test.difference, low, high, test.p, test.exact, len(first))
