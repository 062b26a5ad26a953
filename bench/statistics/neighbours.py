"""Whose clip is nearest: how far features lie by person."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array

SLACK = 1e-9
"""Of the largest squared norm: distances from an inner product that are closer than this to the
smallest are computed again, as sums of squared differences."""
BLOCK = 256
"""Rows whose distances are in memory at once."""


def nearest_same(rows: Array, groups: Array) -> Array:
    """Share of each row's nearest neighbours that are of its own group.

    Neighbours by Euclidean distance among all other rows. Of several that are equally near each
    counts the same, so that identical rows give the share of chance and not that of their order.

    Args:
        rows: (n, d) finite features.
        groups: (n,) of each row.

    Returns:
        (n,) floats in 0..1, mostly 0 or 1.

    Raises:
        ValueError: fewer than two rows.
    """
    if len(rows) < 2:
        raise ValueError(f"{len(rows)} rows, expected two or more: one has no neighbour")
    rows = np.asarray(rows, float)
    norms = (rows**2).sum(1)
    found = np.zeros(len(rows))
    for start in range(0, len(rows), BLOCK):
        # Fast, but of near-equal distances rounding decides.
        block = norms - 2 * (rows[start : start + BLOCK] @ rows.T)
        for i, rough in enumerate(block, start):
            rough[i] = np.inf
            near = np.flatnonzero(rough <= rough.min() + SLACK * norms.max())
            exact = ((rows[near] - rows[i]) ** 2).sum(1)
            found[i] = (groups[near[exact == exact.min()]] == groups[i]).mean()
    return found


def expected_same(groups: Array) -> float:
    """Expected mean of `nearest_same` if neighbours were drawn at random among the other rows.

    With c rows of a group among n: the sum over groups of c (c - 1) / (n (n - 1)).

    Raises:
        ValueError: fewer than two rows.
    """
    _, counts = np.unique(groups, return_counts=True)
    rows = counts.sum()
    if rows < 2:
        raise ValueError(f"{rows} rows, expected two or more: one has no neighbour")
    return float((counts * (counts - 1)).sum() / (rows * (rows - 1)))
