"""Paired tests of methods by swapping whole subjects.

Under the null hypothesis the two methods' matrices of a subject could carry each other's name, so
the difference is compared with those after swapping the names for a random set of subjects, all
seeds of a subject together (Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.statistics.arrays import Cell, Metric, Values, require_counts
from bench.statistics.metrics import uf1
from bench.statistics.ranking import holm

CHUNK = 1_000
"""Permutations held at once: 20 methods of 5 seeds and 5 classes take 20 MB."""
LEAST, PER_PAIR = 10_000, 40
"""Swaps drawn: with m of them no p is below 1/m, which Holm multiplies by the number of pairs, so
that 40 a pair let the smallest fall to .025."""
MANY = 10
"""Methods from which compiled code pays for loading it."""
ROUNDING = 1e-9
"""Differences this close count as equal: the same counts, added in another order."""


class PairedTest(NamedTuple):
    """Two-sided test of first minus second.

    Attributes:
        difference: of the two scores.
        p: chance of a difference at least as large if the names meant nothing.
        exact: True where all permutations were counted, False where they were drawn.
    """

    difference: float
    p: float
    exact: bool


@dataclass(frozen=True)
class Pairs:
    """Tests of all pairs of methods; the arrays are (methods, methods).

    Attributes:
        difference: score of the row's method minus that of the column's.
        p: of each pair alone; 1 on the diagonal.
        adjusted: corrected over all pairs by Holm's method.
        exact: True where all permutations were counted.
    """

    difference: Values
    p: Values
    adjusted: Values
    exact: bool


def paired_test(
    first: Cell,
    second: Cell,
    metric: Metric,
    rng: np.random.Generator,
    *,
    resamples: int = LEAST,
) -> PairedTest:
    """Test two methods on the same subjects; see `pairwise`."""
    pairs = pairwise([first, second], metric, rng, resamples=resamples)
    return PairedTest(float(pairs.difference[0, 1]), float(pairs.p[0, 1]), pairs.exact)


def pairwise(
    cells: Sequence[Cell],
    metric: Metric,
    rng: np.random.Generator,
    *,
    resamples: int | None = None,
) -> Pairs:
    """Test every pair of methods by subject-level permutations, with Holm's correction.

    With n subjects the test is exact where 2^(n-1) <= resamples (swapping a set or the others
    gives the same size of difference, so half of the 2^n suffice). Else p is (b + 1) / (m + 1)
    with b of m random swaps at least as large, which keeps the level (Phipson and Smyth, 2010).

    Args:
        cells: methods on the same subjects in the same order, each (seeds, subjects, c, c), with
            equally many seeds; a single seed is used for all seeds.
        metric: confusion matrices (..., c, c) to scores (...).
        rng: draws the swaps, the same for all pairs.
        resamples: how many swaps are drawn, and the most that are enumerated; None: `LEAST`, or
            `PER_PAIR` times the pairs where that is more.
    """
    counts = _stack(cells)
    methods, subjects = counts.shape[0], counts.shape[2]
    resamples = resamples or max(LEAST, PER_PAIR * methods * (methods - 1) // 2)
    exact = 2 ** (subjects - 1) <= resamples
    swaps = _all_swaps(subjects) if exact else rng.random((resamples, subjects)) < 0.5
    pooled = counts.sum(axis=2)
    values = metric(pooled).mean(axis=1)
    difference = values[:, None] - values
    # The observed difference itself must count as at least as large.
    least = np.abs(difference) - ROUNDING
    fast = methods >= MANY and metric is uf1 and _same_truth(counts)
    larger = np.zeros((methods, methods))
    for start in range(0, len(swaps), CHUNK):
        drawn = swaps[start : start + CHUNK]
        larger += (
            _larger_uf1(counts, drawn, least) if fast else _larger(counts, metric, drawn, least)
        )
    p = np.ones((methods, methods))
    adjusted = np.ones((methods, methods))
    upper = np.triu_indices(methods, 1)
    p[upper] = larger[upper] / len(swaps) if exact else (larger[upper] + 1) / (len(swaps) + 1)
    adjusted[upper] = holm(p[upper])
    # The lower triangles still hold 1, so that a minimum with the transpose mirrors the upper ones.
    return Pairs(difference, np.minimum(p, p.T), np.minimum(adjusted, adjusted.T), exact)


def _larger(
    counts: NDArray[np.float64], metric: Metric, swaps: NDArray[np.bool_], least: Values
) -> Values:
    """How many swaps leave each pair a difference at least as large, (methods, methods)."""
    pooled, moved = counts.sum(axis=2), _moved(counts, swaps)
    larger = np.zeros(least.shape)
    for i, j in combinations(range(len(counts)), 2):
        # Swapping a subject moves its counts from one pooled matrix to the other, so that sums
        # over the swapped subjects are all that is needed.
        exchange = moved[j] - moved[i]
        swapped = metric(pooled[i] + exchange) - metric(pooled[j] - exchange)
        larger[i, j] = (np.abs(swapped.mean(axis=1)) >= least[i, j]).sum()
    return larger


def _same_truth(counts: NDArray[np.float64]) -> bool:
    """Every method has the same clips of each subject, so that swaps move no clip of a class."""
    truth = counts.sum(axis=-1)
    return bool(truth.any() and (truth == truth[:1, :1]).all())


def _larger_uf1(counts: NDArray[np.float64], swaps: NDArray[np.bool_], least: Values) -> Values:
    """`_larger` of UF1 where all methods have the same clips, tens of times faster."""
    # Imported late: loading numba costs more than a few pairs do.
    from bench.statistics.swapped import count_larger

    truth = counts.sum(axis=-1)
    present = truth[0, 0].sum(axis=0) > 0
    methods, _, subjects = counts.shape[:3]
    # UF1 needs no more of a matrix than TP and 2TP + FP + FN of each class.
    sides = (np.diagonal(counts, axis1=-2, axis2=-1), truth + counts.sum(axis=-2))
    kept = [
        np.swapaxes(side[..., present], -1, -2).reshape(methods, -1, subjects) for side in sides
    ]
    drawn = swaps.T.astype(np.float64)
    correct, total = (one.sum(axis=-1) for one in kept)
    moved_correct, moved_total = (one @ drawn for one in kept)
    return np.asarray(count_larger(correct, total, moved_correct, moved_total, least))


def _stack(cells: Sequence[Cell]) -> NDArray[np.float64]:
    """All methods in one array (methods, seeds, subjects, c, c), single seeds repeated."""
    for cell in cells:
        require_counts(cell)
    if len({cell.shape[1:] for cell in cells}) != 1:
        shapes = ", ".join(str(cell.shape) for cell in cells)
        raise ValueError(f"expected methods on the same subjects and classes, got {shapes}")
    seeds = {len(cell) for cell in cells}
    if len(seeds - {1}) > 1:
        raise ValueError(f"expected equally many seeds (or one), got {sorted(seeds)}")
    shape = (max(seeds), *cells[0].shape[1:])
    return np.stack([np.broadcast_to(cell, shape) for cell in cells]).astype(np.float64)


def _all_swaps(subjects: int) -> NDArray[np.bool_]:
    """Every set of swapped subjects that leaves the last one alone, (2^(n-1), n)."""
    sets = np.arange(2 ** (subjects - 1))
    # No set has the highest bit, so the last subject is never swapped.
    return np.asarray((sets[:, None] >> np.arange(subjects)) & 1 == 1)


def _moved(counts: NDArray[np.float64], swaps: NDArray[Any]) -> NDArray[np.float64]:
    """Counts of the swapped subjects alone, (methods, swaps, seeds, c, c)."""
    methods, seeds, subjects, classes, _ = counts.shape
    flat = np.moveaxis(counts, 2, 1).reshape(methods, subjects, -1)
    # As floats, since BLAS takes no booleans.
    return (swaps.astype(np.float64) @ flat).reshape(methods, -1, seeds, classes, classes)
