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

Integers = NDArray[np.int64]
STARTS = 20
"""Descents before the search is cut."""


class Point(NamedTuple):
    """Where a descent ended: clips right, false alarms (c,), and the summed distance left."""

    correct: Integers
    alarms: Integers
    distance: float


def scores_of(
    clips: Integers, correct: Integers, alarms: Integers
) -> dict[str, NDArray[np.float64]]:
    """Accuracy, UAR and UF1 (...) of clips right and false alarms per class (..., c)."""
    return {
        "accuracy": correct.sum(axis=-1) / clips.sum(),
        "uar": (correct / clips).mean(axis=-1),
        "uf1": (2 * correct / (clips + correct + alarms)).mean(axis=-1),
    }


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


def uf1_bounds(clips: Integers, correct: int) -> tuple[float, float]:
    """Bounds on UF1 with so many clips right in all; some values between may not occur.

    For fixed clips right per class the least is that of `exact`, which is concave in them, so its
    least lies where all classes but one are wholly right or wholly wrong. The most is with all
    errors predicted as one class; then each class's term is concave, and adding the clips one by
    one where they gain most is best.
    """
    total, classes = int(clips.sum()), len(clips)
    least = min(
        np.sqrt(np.append(clips[full], part)).sum() ** 2 for full, part in _corners(clips, correct)
    )
    errors = np.eye(classes, dtype=np.int64) * (total - correct)
    most = max(_most(clips, correct, extra) for extra in errors)
    return float(least) / total / classes, most / classes


def uar_bounds(clips: Integers, correct: int) -> tuple[float, float]:
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
        scores = scores_of(clips, rights, wrongs)
        away = np.sum([claim.distance(scores[name]) for name, claim in claims.items()], axis=0)
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


def _corners(clips: Integers, correct: int) -> Iterator[tuple[list[int], int]]:
    """Sets of classes wholly right, and how many clips of one more make up the rest."""
    classes = range(len(clips))
    for chosen in product([False, True], repeat=len(clips)):
        full = [c for c in classes if chosen[c]]
        part = correct - int(clips[full].sum())
        largest = max((int(clips[c]) for c in classes if not chosen[c]), default=0)
        if 0 <= part <= largest:
            yield full, part


def _most(clips: Integers, correct: int, extra: Integers) -> float:
    """The largest sum of 2 t / (n + t + extra) over t of sum `correct`."""
    gains = []
    for n, more in zip(clips, extra, strict=True):
        t = np.arange(n + 1)
        gains.append(np.diff(2 * t / (n + t + more)))
    return float(np.sort(np.concatenate(gains))[::-1][:correct].sum())
