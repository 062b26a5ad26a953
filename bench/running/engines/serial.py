"""Jobs one after another in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from bench.core.activity import listen
from bench.running.engines.job import Busy, Ended, Job, Name, Watcher, call


def serial(
    function: Callable[..., Any], jobs: Iterable[Job[Name]], now: Watcher
) -> Iterator[Ended[Name]]:
    """Run jobs one after another in this process: for tests and debuggers.

    The held-out labels are in this process too, so its records are marked as not isolated. A crash
    of a job is one of this process: only `processes` survives that.
    """
    from threadpoolctl import threadpool_limits

    # One thread as in a worker: BLAS results may depend on the number of threads.
    with threadpool_limits(1):
        for job in jobs:
            now([Busy(job)])
            listen(partial(_tell, now, job))
            yield job, call(function, job.arguments)


def _tell(now: Watcher, job: Job[Any], words: str) -> None:
    now([Busy(job, doing=words)])
