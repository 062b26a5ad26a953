"""What a cell's matrices say without any resampling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cell = NDArray[Any]
"""Counts (seeds, subjects, classes, classes), rows the truth."""
Values = NDArray[np.float64]
Metric = Callable[[NDArray[Any]], Values]
"""Confusion matrices (..., classes, classes) to scores (...), see `metrics`."""


def score(cell: Cell, metric: Metric) -> float:
    """The cell's score: pooled over subjects, then averaged over seeds."""
    return float(metric(cell.sum(axis=1)).mean())


def select_best(checkpoints: NDArray[Any]) -> NDArray[Any]:
    """Keep each subject's best checkpoint: what choosing the epoch on the held-out subject gives.

    An oracle, for the column that shows how far a published number is selection.

    Args:
        checkpoints: counts (..., checkpoints, subjects, classes, classes).

    Returns:
        Counts (..., subjects, classes, classes), for each subject those of the checkpoint with
        most clips right, of equals the first.
    """
    correct = np.trace(checkpoints, axis1=-2, axis2=-1)
    best = correct.argmax(axis=-2)[..., None, :, None, None]
    return np.asarray(np.take_along_axis(checkpoints, best, axis=-4).squeeze(-4))


def require_counts(cell: Cell) -> None:
    """Raise ValueError unless it is (seeds, subjects, classes, classes) with clips in it."""
    if cell.ndim != 4 or cell.shape[2] != cell.shape[3]:
        raise ValueError(f"expected (seeds, subjects, classes, classes), got {cell.shape}")
    # Without a clip every metric is NaN, and so would be every quantile of a bootstrap.
    if not cell.any():
        raise ValueError("expected confusion matrices with clips in them, all are empty")
