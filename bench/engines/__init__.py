"""Where jobs run: `serial` in this process, `processes` in a pool that survives its workers.

An engine is a function from jobs to outcomes, in the order they end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

Name = TypeVar("Name")


@dataclass(frozen=True)
class Lost:
    """A job without an outcome: its worker died twice, or was stopped at the time limit."""

    status: Literal["timeout", "killed", "oom"]
    error: str


@dataclass(frozen=True)
class Job(Generic[Name]):
    """One call to make.

    Attributes:
        name: what the caller knows it by.
        payload: argument of the engine's function; must pickle.
    """

    name: Name
    payload: Any


Ended = tuple[Job[Name], Any]
"""A job and what its function returned, or `Lost`."""

Engine = Callable[[Callable[[Any], Any], Iterable[Job[Name]]], Iterator[Ended[Name]]]

# One thread a worker: on two cores two threads on a small net were slower than one, and BLAS
# results may depend on the number of threads.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def serial(function: Callable[[Any], Any], jobs: Iterable[Job[Name]]) -> Iterator[Ended[Name]]:
    """Run jobs one after another in this process: for tests and debuggers.

    The held-out labels are in this process too, so its records are marked as not isolated.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        for job in jobs:
            yield job, function(job.payload)


def engine(name: str, workers: int, timeout: float | None, plugins: Sequence[Path]) -> Engine[Any]:
    """The engine of that name."""
    if name == "serial":
        return serial
    from functools import partial

    from bench.engines.processes import processes

    return partial(processes, workers=workers, timeout=timeout, plugins=tuple(plugins))


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
