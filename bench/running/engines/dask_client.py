"""Connecting to a Dask scheduler, or starting one on a cluster's queue."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.core.errors import BenchError
from bench.running.options import RunOptions

QUEUES = {
    "slurm": "SLURMCluster",
    "pbs": "PBSCluster",
    "sge": "SGECluster",
    "lsf": "LSFCluster",
    "oar": "OARCluster",
    "htcondor": "HTCondorCluster",
}
"""dask-jobqueue's classes; what a job asks for is read from the user's jobqueue.yaml."""
INSTALL = 'pip install "mer-bench[dask]"'
LOGGERS = ("distributed", "distributed.client", "tornado.application")
"""Those that Dask's own configuration makes talk."""
ANSWER = 10
"""Seconds in which a scheduler must answer."""
PATIENCE = 5.0
"""Seconds without a worker before that is said."""


def connected(options: RunOptions, note: Callable[[str], None]) -> Any:
    """A client of the scheduler that the options name, once it has a worker.

    Args:
        options: `scheduler`, and `jobs` where workers are to be started.
        note: told when there is no worker to be had for a while.

    Raises:
        BenchError: no such scheduler, or Dask is not installed.
    """
    assert options.scheduler is not None
    client = _client(options.scheduler, options.jobs)
    if client.status != "running":
        # Of an earlier run in this process, whose scheduler is gone.
        _client.cache_clear()
        client = _client(options.scheduler, options.jobs)
    began, said = time.monotonic(), False
    while not client.nthreads():
        time.sleep(0.1)
        if not said and time.monotonic() - began > PATIENCE:
            note(f"waiting for a worker of {options.scheduler}")
            said = True
    return client


def each(client: Any, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """What a function returns on each worker that there is.

    Raises:
        BenchError: one cannot run it.
    """
    answers: dict[str, Any] = client.run(function, *arguments, on_error="return")
    for worker, answer in answers.items():
        if isinstance(answer, Exception):
            raise BenchError(
                f"worker {worker} cannot run mer-bench ({type(answer).__name__}: {answer}); "
                "install the same version there"
            )
    return answers


def check_scheduler(words: str) -> None:
    """Whether words can name a scheduler.

    Raises:
        BenchError: neither a queue, nor an address, nor a file that is there.
    """
    if words not in QUEUES and "://" not in words and not Path(words).is_file():
        raise BenchError(
            f"--scheduler {words}: expected an address such as tcp://host:8786, a scheduler "
            f"file that is there, or one of {', '.join(QUEUES)}"
        )


# One: what describes clips and what fits folds share it.
@lru_cache(maxsize=1)
def _client(scheduler: str, jobs: int | None) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise BenchError(f"--engine dask needs Dask: {INSTALL}") from error
    # What goes wrong is said by the run, in a line.
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    if scheduler in QUEUES:
        return Client(_queue(scheduler, jobs), set_as_default=False)
    check_scheduler(scheduler)
    where = {"address": scheduler} if "://" in scheduler else {"scheduler_file": scheduler}
    try:
        return Client(**where, set_as_default=False, timeout=ANSWER)
    except (OSError, ValueError) as error:
        raise BenchError(
            f"--scheduler {scheduler}: no Dask scheduler answers there; start one with "
            "`dask scheduler`, and workers with `dask worker`"
        ) from error


def _queue(name: str, jobs: int | None) -> Any:
    if jobs is None:
        raise BenchError(f"--scheduler {name}: say with --jobs how many workers to queue for")
    try:
        import dask_jobqueue
    except ImportError as error:
        raise BenchError(f"--scheduler {name} needs dask-jobqueue: {INSTALL}") from error
    try:
        cluster = getattr(dask_jobqueue, QUEUES[name])()
    # A ValueError where jobqueue.yaml lacks cores or memory; others where it is no YAML, say.
    except Exception as error:
        raise BenchError(
            f"--scheduler {name}: {' '.join(str(error).split())}; set it under jobqueue: {name}: "
            "in ~/.config/dask/jobqueue.yaml"
        ) from error
    cluster.scale(jobs)
    return cluster
