"""Search over many classes: descent to an example, and bounds that rule one out.

A complete search is out of reach for five classes, but an example is easily found where there is
one: the confusion matrices of a couple of hundred clips are so many that nearly every UF1 between
the extremes occurs. So what is neither found nor excluded by the bounds stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.literature.feasibility.claims import Claim
from bench.literature.feasibility.measures import Integers, score, weights

STARTS = 20
"""Descents before the search is cut."""


class Point(NamedTuple):
    """Where a descent ended: clips right, false alarms (c,), and the summed distance left."""

    correct: Integers
    alarms: Integers
    distance: float


def descend(clips: Integers, claims: Mapping[str, Claim], rng: np.random.Generator) -> Point:
    """The closest point to all claims that descents from many starts reach."""
    moves = _moves(len(clips))
    # All classes right to the claimed extent come close to every claimed score.
    level = next(iter(claims.values())).value
    best = _descent(clips, np.full(len(clips), level), claims, moves)
    for _ in range(STARTS - 1):
        if best.distance == 0.0:
            break
        point = _descent(clips, rng.random(len(clips)), claims, moves)
        best = min(best, point, key=lambda one: one.distance)
    return best


def bounds_at(name: str, clips: Integers, correct: int) -> tuple[float, float]:
    """Bounds on a metric with so many clips right in all; some values between may not occur."""
    if name == "uar":
        return _uar_bounds(clips, correct)
    if name in ("uf1", "f1_weighted"):
        return _f1_bounds(name, clips, correct)
    recall = _uar_bounds(clips, correct)
    total, classes = int(clips.sum()), len(clips)
    # All other classes flawless, and in the last one the errors against its correct clips.
    best = min(int(clips.max()), correct)
    last = best / (best + total - correct) if best else 0.0
    precision = _least(clips, correct, weights("uf1", clips)), (classes - 1 + last) / classes
    if name == "precision":
        return precision
    ends = zip(precision, recall, strict=True)
    low, high = (2 * p * r / (p + r) if p + r else 0.0 for p, r in ends)
    return low, high


def _f1_bounds(name: str, clips: Integers, correct: int) -> tuple[float, float]:
    """Bounds on a weighted mean of the classes' F1.

    For fixed clips right per class the least is that of `measures`, which is concave in them, so
    its least lies where all classes but one are wholly right or wholly wrong. The most is with all
    errors predicted as one class; then each class's term is concave, and adding the clips one by
    one where they gain most is best.
    """
    share = weights(name, clips)
    errors = np.eye(len(clips), dtype=np.int64) * (int(clips.sum()) - correct)
    most = max(_most(clips, correct, extra, share) for extra in errors)
    return _least(clips, correct, share), most


def _least(clips: Integers, correct: int, share: NDArray[np.float64]) -> float:
    """The least of (sum of sqrt(w t))^2 / N over clips right t of sum `correct`."""
    least = min(np.sqrt(share * right).sum() ** 2 for right in _corners(clips, correct))
    return float(least) / int(clips.sum())


def _uar_bounds(clips: Integers, correct: int) -> tuple[float, float]:
    """The least and most UAR with so many clips right in all.

    They go to the largest classes first, or to the smallest.
    """
    ends = []
    for order in (np.argsort(-clips), np.argsort(clips)):
        before = np.cumsum(clips[order]) - clips[order]
        right = np.clip(correct - before, 0, clips[order])
        ends.append(float((right / clips[order]).mean()))
    return ends[0], ends[1]


def _descent(
    clips: Integers, share: NDArray[np.float64], claims: Mapping[str, Claim], moves: Integers
) -> Point:
    """Take the best move until none comes closer, from a share of clips right per class (c,)."""
    correct = np.rint(share * clips).astype(np.int64)
    # A valid start: each class's misses are the false alarms of the next class.
    alarms = np.roll(clips - correct, 1)
    distance = np.inf
    while True:
        rights, wrongs = correct + moves[:, 0], alarms + moves[:, 1]
        missed = clips - rights
        errors = missed.sum(axis=1, keepdims=True)
        kept = ((rights >= 0) & (missed >= 0) & (wrongs >= 0) & (missed + wrongs <= errors)).all(1)
        rights, wrongs = rights[kept], wrongs[kept]
        away = np.sum(
            [
                claim.distance(score(name, clips, rights, rights + wrongs))
                for name, claim in claims.items()
            ],
            axis=0,
        )
        i = away.argmin()
        # Standing still is one of the moves, so the end shows as no change.
        if away[i] >= distance:
            return Point(correct, alarms, float(distance))
        correct, alarms, distance = rights[i], wrongs[i], away[i]


def _moves(classes: int) -> Integers:
    """Changes of clips right and false alarms (moves, 2, classes): standing still, one, or two.

    One change hands a false alarm, or a clip right, from one class to another, or turns a false
    alarm into a clip right or back. Two at once make steps fine enough for four decimals.
    """
    single = {((0,) * classes, (0,) * classes)}
    unit = np.eye(classes, dtype=np.int64)
    none = np.zeros(classes, dtype=np.int64)
    for a, b in product(range(classes), repeat=2):
        exchange = unit[a] - unit[b]
        for right, wrong in ((none, exchange), (exchange, none), (unit[a], -unit[b])):
            single |= {(tuple(sign * right), tuple(sign * wrong)) for sign in (1, -1)}
    steps = np.array(sorted(single), dtype=np.int64)
    pairs = (steps[:, None] + steps).reshape(-1, 2 * classes)
    return np.unique(pairs, axis=0).reshape(-1, 2, classes)


def _corners(clips: Integers, correct: int) -> Iterator[Integers]:
    """Clips right per class (c,), with all classes but one wholly right or wholly wrong."""
    classes = range(len(clips))
    for chosen in product([False, True], repeat=len(clips)):
        full = np.where(chosen, clips, 0)
        part = correct - int(full.sum())
        for last in (c for c in classes if not chosen[c]):
            if 0 <= part <= clips[last]:
                right = full.copy()
                right[last] = part
                yield right
        if part == 0 and all(chosen):
            yield full


def _most(clips: Integers, correct: int, extra: Integers, share: NDArray[np.float64]) -> float:
    """The largest weighted sum of 2 t / (n + t + extra) over t of sum `correct`."""
    gains = []
    for n, more, w in zip(clips, extra, share, strict=True):
        t = np.arange(n + 1)
        gains.append(np.diff(w * 2 * t / (n + t + more)))
    return float(np.sort(np.concatenate(gains))[::-1][:correct].sum())
