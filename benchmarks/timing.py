"""Processor time of one thread, side by side."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def one_thread() -> None:
    """Keep every library to one thread; call it before numpy and the others are imported."""
    os.environ.update(dict.fromkeys(THREADS, "1"))


def side_by_side(sides: Mapping[str, Callable[[], object]], rounds: int = 5) -> dict[str, float]:
    """Least processor time of each, ms; sides take turns, so that a busy machine hurts all alike.

    Each is called once before, to compile and to warm its caches.
    """
    least = dict.fromkeys(sides, float("inf"))
    for work in sides.values():
        work()
    for _ in range(rounds):
        for name, work in sides.items():
            begun = time.process_time()
            work()
            least[name] = min(least[name], 1e3 * (time.process_time() - begun))
    return least
