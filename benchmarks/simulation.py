"""How long folds take on many workers, by what one worker was measured to take."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Costs(NamedTuple):
    """Seconds besides those of the folds.

    Attributes:
        parent: of the one process that sends every fold and writes its record.
        worker: of a worker for every fold.
        start: until a worker's first fold.
    """

    parent: float
    worker: float
    start: float


def simulate(
    folds: Sequence[float], workers: int, costs: Costs, lost: float = 0.0, seed: int = 0
) -> float:
    """Seconds that folds take.

    Args:
        folds: seconds of each, in the order in which they start.
        workers: how many, each with one fold at a time.
        costs: besides.
        lost: how often an hour a worker is lost with its fold, which then runs again.
        seed: of the losses.
    """
    rng = np.random.default_rng(seed)
    free = [costs.start] * workers
    parent = end = 0.0
    waiting = list(reversed(folds))
    while waiting:
        seconds = waiting.pop()
        begun = max(heapq.heappop(free), parent)
        # The parent handles one fold at a time, before or after it.
        parent = max(parent, begun - costs.start) + costs.parent
        done = begun + costs.worker + seconds
        if rng.random() < -np.expm1(-lost * seconds / 3600):
            waiting.append(seconds)
            done = begun + rng.random() * seconds + costs.start
        heapq.heappush(free, done)
        end = max(end, done)
    return max(end, parent)


def start_on_shared_cores(alone: float, workers: int, cores: float) -> float:
    """Seconds until the first folds of workers that all start at once on the same machine.

    Args:
        alone: seconds that the start of one takes, all of it computing.
        workers: how many start.
        cores: so many of them compute at the speed of one alone.
    """
    return alone * max(1.0, workers / cores)
