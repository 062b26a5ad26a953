"""Complete search over two or three classes.

The correct clips per class fix accuracy and UAR: all combinations are few millions. For each that
is left, every other metric lies between two bounds in closed form; the combinations are searched
in the order of how close their bounds come, which ends as soon as none can come closer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from bench.literature.feasibility.claims import Claim
from bench.literature.feasibility.measures import OF_CORRECT, Floats, Integers, bounds, score

MAX_CELLS = 20_000_000
"""Predictions looked at before the search is cut; a few seconds."""


class Nearest(NamedTuple):
    """The value of a metric closest to a window.

    Attributes:
        value: the metric's.
        correct: clips right per class (c,).
        predicted: predictions per class (c,).
        complete: False where the search was cut, and a closer one may exist.
    """

    value: float
    correct: Integers
    predicted: Integers
    complete: bool


class Found(NamedTuple):
    """Whether correct clips and predictions satisfy several claims at once.

    Attributes:
        correct: clips right per class (c,); None if none do.
        predicted: predictions per class (c,).
        complete: False where the search was cut.
    """

    correct: Integers | None
    predicted: Integers | None
    complete: bool


def all_correct(clips: Integers) -> dict[str, Floats]:
    """Accuracy and UAR of all combinations of correct clips, each (n_1 + 1, ..., n_c + 1)."""
    axes = np.ix_(*(np.arange(n + 1) for n in clips))
    total = sum(axes)
    recall = sum(axis / n for axis, n in zip(axes, clips, strict=True))
    return {
        "accuracy": np.asarray(total) / clips.sum(),
        "uar": np.asarray(recall) / len(clips),
    }


def correct_clips(
    clips: Integers, claims: Mapping[str, Claim], among: Integers | None = None
) -> Integers:
    """The combinations of correct clips (m, c) that may have all claimed scores.

    Exact for accuracy and UAR; for the others, the bounds exclude what they can.

    Args:
        clips: per class (c,).
        claims: by metric.
        among: the combinations to look at (k, c); all by default.
    """
    given = {name: claim for name, claim in claims.items() if name in OF_CORRECT}
    if among is None:
        scores = all_correct(clips)
        kept = np.ones(tuple(clips + 1), dtype=bool)
        for name, claim in given.items():
            kept &= claim.distance(scores[name]) == 0.0
        correct: Integers = np.argwhere(kept)
    else:
        correct = among[fitting(clips, among, among, given)]
    for name in claims.keys() - given.keys():
        least, most = bounds(name, clips, correct)
        correct = correct[(least <= claims[name].high) & (most >= claims[name].low)]
    return correct


def search(clips: Integers, correct: Integers, claims: Mapping[str, Claim]) -> Found:
    """Look for predictions with all claimed scores that depend on them.

    Args:
        clips: per class (c,).
        correct: combinations of clips right per class (m, c).
        claims: none of accuracy or UAR, which the combinations have already.
    """
    name, claim = next(iter(claims.items()))
    least, most = bounds(name, clips, correct)
    cells = 0
    # Ranges centred on the claim are most likely to reach it, which ends the search.
    for i in np.argsort(np.abs(least + most - claim.low - claim.high), kind="stable"):
        if cells > MAX_CELLS:
            return Found(None, None, complete=False)
        predicted = spread(clips, correct[i])
        cells += len(predicted)
        j = fitting(clips, correct[i], predicted, claims)
        if len(j):
            return Found(correct[i], predicted[j[0]], complete=True)
    return Found(None, None, complete=True)


def fitting(
    clips: Integers, correct: Integers, predicted: Integers, claims: Mapping[str, Claim]
) -> Integers:
    """Which predictions (k, c) have all claimed scores, for correct clips (c,) or (k, c)."""
    fits = np.ones(len(predicted), dtype=bool)
    for name, claim in claims.items():
        fits &= claim.distance(score(name, clips, correct, predicted)) == 0.0
    return np.flatnonzero(fits)


def nearest(clips: Integers, correct: Integers, name: str, low: float, high: float) -> Nearest:
    """Find the value of a metric closest to a window.

    Args:
        clips: per class (c,).
        correct: combinations of clips right per class (m, c), m > 0.
        name: of the metric.
        low: lower end of the window.
        high: upper end.
    """
    least, most = bounds(name, clips, correct)
    gap = np.maximum(np.maximum(least - high, low - most), 0.0)
    best, best_gap, cells = Nearest(np.nan, correct[0], correct[0], True), np.inf, 0
    for i in _order(gap, np.abs(least + most - low - high)):
        if gap[i] >= best_gap:
            break
        if cells > MAX_CELLS:
            return best._replace(complete=False)
        predicted = spread(clips, correct[i])
        values = score(name, clips, correct[i], predicted)
        cells += len(values)
        away = np.maximum(np.maximum(values - high, low - values), 0.0)
        j = away.argmin()
        if away[j] < best_gap:
            best_gap = away[j]
            best = Nearest(float(values[j]), correct[i], predicted[j], True)
        if best_gap == 0.0:
            break
    return best


def _order(gap: Floats, off_centre: Floats) -> Integers:
    """By growing gap; where there is none, first those whose middle is the window's."""
    inside, outside = np.flatnonzero(gap == 0.0), np.flatnonzero(gap)
    first = inside[np.argsort(off_centre[inside], kind="stable")]
    return np.concatenate([first, outside[np.argsort(gap[outside], kind="stable")]])


def spread(clips: Integers, correct: Integers) -> Integers:
    """All predictions per class (k, c) that leave so many clips right per class (c,)."""
    missed = clips - correct
    errors = int(missed.sum())
    # A class has at most errors - missed false alarms: those are the clips that other classes miss.
    sizes = errors - missed + 1
    free = np.indices(tuple(sizes[:-1])).reshape(len(clips) - 1, -1)
    rest = errors - free.sum(axis=0)
    alarms = np.vstack([free, rest]).T[(rest >= 0) & (rest < sizes[-1])]
    return np.asarray(correct + alarms)
