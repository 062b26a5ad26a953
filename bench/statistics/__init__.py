"""Intervals, tests and ranks from per-subject confusion matrices; knows arrays only.

A cell of the board is an array (seeds, subjects, classes, classes) of counts, rows the truth. Its
score is the mean over seeds of the metric of each seed's pooled matrix. Subjects, not clips, are
the unit of all resampling, with all seeds of a subject together: clips of one face are alike, and
another seed is no new evidence about people.
"""

from bench.statistics.arrays import Cell, Metric, score, select_best
from bench.statistics.bootstrap import (
    Interval,
    bootstrap,
    bootstrap_all,
    bootstrap_difference,
    bootstrap_differences,
    bootstrap_mean,
    jackknife,
    minimal_detectable_difference,
    resample_weights,
)
from bench.statistics.permutation import PairedTest, Pairs, paired_test, pairwise
from bench.statistics.ranking import CriticalDifference, critical_difference, holm, rank_groups

__all__ = [
    "Cell",
    "CriticalDifference",
    "Interval",
    "Metric",
    "PairedTest",
    "Pairs",
    "bootstrap",
    "bootstrap_all",
    "bootstrap_difference",
    "bootstrap_differences",
    "bootstrap_mean",
    "critical_difference",
    "holm",
    "jackknife",
    "minimal_detectable_difference",
    "paired_test",
    "pairwise",
    "rank_groups",
    "resample_weights",
    "score",
    "select_best",
]
