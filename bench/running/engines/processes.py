"""A pool of worker processes that outlives crashes, hangs and kills of its workers."""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from bench.core.errors import BenchError
from bench.running.engines.job import THREADS, Ended, Job, Lost, Name

GRACE = 1.1
"""A unit is asked to stop at its time limit and killed a little later."""


def processes(
    function: Callable[[Any], Any],
    jobs: Iterable[Job[Name]],
    workers: int,
    timeout: float | None,
    plugins: tuple[Path, ...],
) -> Iterator[Ended[Name]]:
    """Run jobs in worker processes, one thread each; yields as they end.

    A job whose worker dies is retried once, then it is `Lost`; a hanging one is killed. What the
    function raises is raised here: functions report a method's own faults by value.

    Args:
        function: importable by name; called with each payload.
        jobs: what to run.
        workers: number of processes.
        timeout: seconds a job may take, or None.
        plugins: plugin files that a worker must import before it can unpickle a payload.
    """
    # Set before workers start: libraries read these when they load.
    for variable in THREADS:
        os.environ[variable] = "1"
    pool = ProcessPool(
        max_workers=workers,
        initializer=start_worker,
        initargs=(os.getpid(), plugins),
        # A forked worker would inherit the parent's memory, held-out labels included, and CUDA
        # cannot be used after a fork.
        context=get_context("spawn"),
    )
    limit = None if timeout is None else timeout * GRACE + 1
    ended: queue.SimpleQueue[tuple[Job[Name], ProcessFuture]] = queue.SimpleQueue()
    # By identity: arrays do not hash, and all jobs exist before the first is dropped.
    died: set[int] = set()
    kills = _kernel_kills()

    def submit(job: Job[Name]) -> None:
        future = pool.schedule(function, args=[job.payload], timeout=limit)
        # Callbacks run in threads of the pool; the queue brings their outcomes to this one.
        future.add_done_callback(lambda done: ended.put((job, done)))

    try:
        running = 0
        for job in jobs:
            submit(job)
            running += 1
        while running:
            job, future = ended.get()
            outcome = _outcome(future, timeout, kills)
            if isinstance(outcome, Lost) and outcome.status != "timeout" and id(job) not in died:
                died.add(id(job))
                submit(job)
                continue
            running -= 1
            yield job, outcome
        pool.close()
    finally:
        # Also reached when the caller stops early or Ctrl-C is pressed: kill what still runs.
        if pool.active:
            pool.stop()
        pool.join()


def _outcome(future: ProcessFuture, timeout: float | None, kills: int) -> Any:
    """What the function returned, or how its worker was lost."""
    try:
        return future.result()
    except ProcessExpired as death:
        # SIGKILL alone does not say who sent it; the kernel's counter, though of the whole machine,
        # does.
        status: Literal["oom", "killed"] = "oom" if _kernel_kills() > kills else "killed"
        return Lost(status, f"its worker process died twice (exit code {death.exitcode})")
    except TimeoutError:
        return Lost("timeout", f"stopped after {timeout:g} s")
    except CancelledError:
        raise BenchError("the worker processes could not be started") from None


def start_worker(parent: int, plugins: tuple[Path, ...]) -> None:
    """Prepare a worker: Ctrl-C is the parent's business, and no worker outlives its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A daemon thread, so that it does not keep a worker alive that is done.
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    if plugins:
        from bench.plugins.load_file import load_file

        for path in plugins:
            load_file(path)


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    # sys.exit would end this thread only.
    os._exit(1)


def _kernel_kills() -> int:
    """How often the kernel killed a process for want of memory (Linux; 0 elsewhere)."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
