"""Jobs and their outcomes: the input and output of every engine.

An engine is a function from jobs to outcomes, in the order they end. The function that it calls
for each job either returns the outcome, or is a generator that first yields the name of every
step it enters: the time limit is for one step, and of a lost job the step is known.
"""

from __future__ import annotations

import inspect
import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from bench.cache.root import CacheError
from bench.core.contain import contained
from bench.core.errors import disk_is_full

Name = TypeVar("Name")


@dataclass(frozen=True)
class Lost:
    """A job without an outcome.

    Attributes:
        status: its worker was stopped at the time limit, or died twice; or its function raised.
        error: for the user.
        step: that it was in; None before the first.
    """

    status: Literal["timeout", "killed", "oom", "failed"]
    error: str
    step: Any = None


@dataclass(frozen=True)
class Job(Generic[Name]):
    """One call to make.

    Attributes:
        name: what the caller knows it by.
        payload: argument of the engine's function; must pickle.
        shared: first argument before it, the very object of many jobs: each worker gets it once.
            None for a function of the payload alone.
    """

    name: Name
    payload: Any
    shared: Any = None

    @property
    def arguments(self) -> tuple[Any, ...]:
        """Of the engine's function."""
        return (self.payload,) if self.shared is None else (self.shared, self.payload)


KEPT = 8
"""Shared parts that a worker keeps: as many methods and tasks may take turns without being sent
again."""


@dataclass(frozen=True)
class Busy(Generic[Name]):
    """A job at work.

    Attributes:
        job: which.
        step: that it is in; None before the first.
        doing: what its worker does besides: "starting", "compiling block_histograms"; else "".
    """

    job: Job[Name]
    step: Any = None
    doing: str = ""

    def text(self, what: str) -> str:
        """In words: "lbptop smic/3: starting".

        Args:
            what: the job and its step in words.
        """
        return f"{what}: {self.doing}" if self.doing else what


Watcher = Callable[[Sequence[Busy[Any]]], None]
"""Told now and then which jobs are at work."""


def ignore(_: Sequence[Busy[Any]]) -> None:
    """For whoever does not care which jobs are at work."""


Ended = tuple[Job[Name], Any]
"""A job and what its function returned, or `Lost`."""

Engine = Callable[[Callable[..., Any], Iterable[Job[Name]]], Iterator[Ended[Name]]]

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def one_thread() -> None:
    """Have processes that start from now on compute on one thread each.

    On two cores two threads on a small net were slower than one, and BLAS results may depend on the
    number of threads.
    """
    # Libraries read these when they load.
    os.environ.update(dict.fromkeys(THREADS, "1"))


def ends_the_run(error: Exception) -> bool:
    """The disk is full, or the cache unusable: no job's fault, and every later one would fail."""
    return disk_is_full(error) or isinstance(error, CacheError)


def call(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    entered: Callable[[Any], None] | None = None,
) -> Any:
    """What a function returns, or `Lost` where it raises.

    Args:
        function: a plain one, or a generator of steps.
        arguments: of it.
        entered: told each step.

    Raises:
        Exception: one that `ends_the_run`.
    """
    step = None
    try:
        with contained():
            result = function(*arguments)
            if not inspect.isgenerator(result):
                return result
            while True:
                try:
                    step = next(result)
                except StopIteration as end:
                    return end.value
                if entered is not None:
                    entered(step)
    except Exception as error:
        if ends_the_run(error):
            raise
        return Lost("failed", traceback.format_exc(), step)
