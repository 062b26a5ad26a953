"""Complete search over two or three classes.

The correct clips per class fix accuracy and UAR: all combinations are few millions. For each that
is left, UF1 lies between two bounds in closed form; the combinations are searched in the order of
how close their bounds come, which ends as soon as none can come closer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
MAX_CELLS = 50_000_000
"""Predictions looked at before the search is cut; about a second."""


class Nearest(NamedTuple):
    """The UF1 closest to a window.

    Attributes:
        value: the UF1.
        correct: clips right per class (c,).
        predicted: predictions per class (c,).
        complete: False where the search was cut, and a closer one may exist.
    """

    value: float
    correct: Integers
    predicted: Integers
    complete: bool


def all_correct(clips: Integers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Accuracy and UAR of all combinations of correct clips, each (n_1 + 1, ..., n_c + 1)."""
    axes = np.ix_(*(np.arange(n + 1) for n in clips))
    total = sum(axes)
    recall = sum(axis / n for axis, n in zip(axes, clips, strict=True))
    return np.asarray(total) / clips.sum(), np.asarray(recall) / len(clips)


def nearest_uf1(clips: Integers, correct: Integers, low: float, high: float) -> Nearest:
    """Find the UF1 closest to a window.

    Args:
        clips: per class (c,).
        correct: combinations of clips right per class (m, c), m > 0.
        low: lower end of the window.
        high: upper end.
    """
    least, most = _bounds(clips, correct)
    gap = np.maximum(np.maximum(least - high, low - most), 0.0)
    best, best_gap, cells = Nearest(np.nan, correct[0], correct[0], True), np.inf, 0
    # Ranges centred on the window are most likely to reach it, which ends the search.
    for i in _order(gap, np.abs(least + most - low - high)):
        if gap[i] >= best_gap:
            break
        if cells > MAX_CELLS:
            return best._replace(complete=False)
        values, alarms = _all_uf1(clips, correct[i])
        cells += len(values)
        away = np.maximum(np.maximum(values - high, low - values), 0.0)
        j = away.argmin()
        if away[j] < best_gap:
            best_gap = away[j]
            best = Nearest(float(values[j]), correct[i], correct[i] + alarms[j], True)
        if best_gap == 0.0:
            break
    return best


def _order(gap: NDArray[np.float64], off_centre: NDArray[np.float64]) -> Integers:
    """By growing gap; where there is none, first those whose middle is the window's."""
    inside, outside = np.flatnonzero(gap == 0.0), np.flatnonzero(gap)
    first = inside[np.argsort(off_centre[inside], kind="stable")]
    return np.concatenate([first, outside[np.argsort(gap[outside], kind="stable")]])


def _bounds(clips: Integers, correct: Integers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds on UF1 for clips right per class (m, c): each (m,).

    UF1 is the mean of 2 t / (n + p) with p the predictions, whose sum is that of n. Least by the
    inequality of Cauchy and Schwarz, most with all errors predicted as one class, for the sum is
    convex in p.
    """
    right = np.ascontiguousarray(correct.T, dtype=np.float64)  # (c, m): long rows are fast
    errors = clips.sum() - right.sum(axis=0)
    roots, clean, loss = np.zeros_like(errors), np.zeros_like(errors), np.inf
    for n, t in zip(clips, right, strict=True):
        roots += np.sqrt(t)
        own = 2 * t / (n + t)
        clean += own
        loss = np.minimum(loss, own - 2 * t / (n + t + errors))
    return roots**2 / clips.sum() / len(clips), (clean - loss) / len(clips)


def _all_uf1(clips: Integers, correct: Integers) -> tuple[NDArray[np.float64], Integers]:
    """UF1 of all ways to spread the errors: values (k,), false alarms per class (k, c)."""
    missed = clips - correct
    errors = int(missed.sum())
    # A class has at most errors - missed false alarms: those are the clips that other classes miss.
    sizes = errors - missed + 1
    free = np.indices(tuple(sizes[:-1])).reshape(len(clips) - 1, -1)
    rest = errors - free.sum(axis=0)
    alarms = np.vstack([free, rest]).T[(rest >= 0) & (rest < sizes[-1])]
    return (2 * correct / (clips + correct + alarms)).mean(axis=1), alarms
