"""Jobs one after another in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bench.running.engines.job import Ended, Job, Name, call


def serial(function: Callable[..., Any], jobs: Iterable[Job[Name]]) -> Iterator[Ended[Name]]:
    """Run jobs one after another in this process: for tests and debuggers.

    The held-out labels are in this process too, so its records are marked as not isolated. A crash
    of a job is one of this process: only `processes` survives that.
    """
    from threadpoolctl import threadpool_limits

    # One thread as in a worker: BLAS results may depend on the number of threads.
    with threadpool_limits(1):
        for job in jobs:
            yield job, call(function, job.arguments)
