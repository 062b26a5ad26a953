"""Jobs and their outcomes: the input and output of every engine.

An engine is a function from jobs to outcomes, in the order they end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
