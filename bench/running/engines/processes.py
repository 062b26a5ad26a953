"""Worker processes, any of which may crash, hang, be killed or exit: that costs its job alone."""

from __future__ import annotations

import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import wait
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, Literal

from bench.core.errors import BenchError
from bench.running.engines.child import Plugins
from bench.running.engines.job import KEPT, Ended, Job, Lost, Watcher, ignore, one_thread
from bench.running.engines.worker_process import Packed, WorkerProcess

GRACE = 1.1
"""A unit is asked to stop at its time limit and killed a little later."""
GLANCE = 0.5
"""Seconds between looks at workers of which nothing is heard."""
FAILED_STARTS = 5
"""So many in a row, and one for each worker, are no accident."""


def processes(
    function: Callable[..., Any],
    jobs: Iterable[Job[Any]],
    workers: int,
    timeout: float | None,
    plugins: tuple[Path, ...],
    gpus: tuple[int, ...] = (),
    now: Watcher = ignore,
    careful: Callable[[], bool] = lambda: False,
) -> Iterator[Ended[Any]]:
    """Run jobs in worker processes, one thread each; yields as they end.

    A job whose worker dies is tried once more, then it is `Lost`; a hanging one is killed. No more
    workers are started than there are jobs, and jobs are taken from the iterable as workers are
    free.

    Args:
        function: importable by name; called for each job, as `bench.running.engines.job` says.
        jobs: what to run.
        workers: number of processes.
        timeout: seconds a job, or a step of it, may take; or None.
        plugins: plugin files that a worker must import before it can unpickle a job.
        gpus: numbers of those that workers share; each sees one, and all are seen by as many.
        now: told a few times a second which jobs are at work.
        careful: whether to take no job before a worker is free and all outcomes are dealt with.

    Raises:
        BenchError: workers cannot be started.
        Exception: one that `ends_the_run`.
    """
    one_thread()
    pool = Pool(function, iter(jobs), workers, timeout, plugins, gpus, now, careful)
    try:
        yield from pool.run()
        for worker in pool.crew:
            worker.dismiss()
        end = time.monotonic() + 2.0
        while pool.crew:
            pool.crew.pop().stop(max(0.0, end - time.monotonic()))
    finally:
        # Also reached when the caller stops early or Ctrl-C is pressed: kill what still runs.
        while pool.crew:
            pool.crew.pop().stop()


@dataclass
class Pool:
    """The workers and the jobs that wait for one.

    Attributes:
        crew: workers that are alive, as far as is known.
        waiting: jobs to run before those of `source`, also pickled.
        shared: the last shared parts by identity, each with its number and pickled.
        died: jobs at work that lost a worker; by identity, because arrays do not hash.
        starts: how many workers in a row died while they started.
        told: when `now` was called last; `time.monotonic()`.
        kills: processes that the kernel had killed for lack of memory before.
    """

    function: Callable[..., Any]
    source: Iterator[Job[Any]]
    workers: int
    timeout: float | None
    plugins: Plugins
    gpus: tuple[int, ...] = ()
    now: Watcher = ignore
    careful: Callable[[], bool] = lambda: False
    crew: list[WorkerProcess] = field(default_factory=list)
    waiting: deque[tuple[Job[Any], Packed]] = field(default_factory=deque)
    shared: dict[int, tuple[Any, int, bytes]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    died: set[int] = field(default_factory=set)
    starts: int = 0
    told: float = 0.0
    kills: int = field(default_factory=lambda: _kernel_kills())

    def run(self) -> Iterator[Ended[Any]]:
        """Outcomes as they come."""
        ended = self.hand_out()
        while ended or any(worker.job for worker in self.crew):
            if not ended:
                if not self.careful():
                    ended += self.look_ahead()
                self.listen()
                for worker in self.crew[:]:
                    ended += self.news(worker)
            # Before the caller deals with the outcomes: no worker should wait for that.
            if not self.careful():
                ended += self.hand_out()
            yield from ended
            ended = self.hand_out()

    def listen(self) -> None:
        """Sleep until a worker has something to say, or it is time to look after them."""
        wait([one for worker in self.crew for one in worker.waitables], GLANCE)
        # Not each time: there may be thousands of short jobs a second.
        if time.monotonic() - self.told > GLANCE / 2:
            self.told = time.monotonic()
            self.now([one for worker in self.crew if (one := worker.busy())])

    def hand_out(self) -> list[Ended[Any]]:
        """Give jobs to idle workers and start more; returns the jobs that cannot be sent."""
        lost: list[Ended[Any]] = []
        while True:
            idle = next((worker for worker in self.crew if worker.job is None), None)
            if idle is None and len(self.crew) >= self.workers:
                return lost
            lost += self.look_ahead()
            if not self.waiting:
                return lost
            job, packed = self.waiting.popleft()
            if idle is None:
                self.start(job, packed)
            else:
                idle.give(job, packed)

    def look_ahead(self) -> list[Ended[Any]]:
        """Have a job at hand, so that no worker waits for one; returns those that cannot be sent.

        One only, because what is still in the source may yet turn out to be needless.
        """
        lost: list[Ended[Any]] = []
        while not self.waiting and (job := next(self.source, None)) is not None:
            try:
                self.waiting.append((job, self.pack(job)))
            except Exception:  # pickling runs the plugin's own code
                lost.append((job, Lost("failed", traceback.format_exc())))
        return lost

    def pack(self, job: Job[Any]) -> Packed:
        """Pickle a job; a shared part only where it is none of the last ones."""
        payload = bytes(ForkingPickler.dumps(job.payload))
        if job.shared is None:
            return Packed(0, b"", payload)
        # By identity; the part itself is kept with its number, or another could get its address.
        mark = id(job.shared)
        if mark not in self.shared:
            packed = bytes(ForkingPickler.dumps(job.shared))
            self.shared[mark] = job.shared, next(self.numbers), packed
            for old in list(self.shared)[:-KEPT]:
                del self.shared[old]
        _, number, packed = self.shared[mark]
        return Packed(number, packed, payload)

    def start(self, job: Job[Any], packed: Packed) -> None:
        """Start a worker for a job."""
        used = [worker.gpu for worker in self.crew]
        gpu = min(self.gpus, key=used.count, default=None)
        try:
            self.crew.append(WorkerProcess(self.function, self.plugins, job, packed, gpu))
        except OSError:
            # No more processes or open files are to be had: make do with those that there are.
            if not self.crew:
                raise
            self.workers = len(self.crew)
            self.waiting.appendleft((job, packed))

    def news(self, worker: WorkerProcess) -> list[Ended[Any]]:
        """What a worker has finished or lost."""
        ended: list[Ended[Any]] = []
        # Asked before the messages are read: what it sent before it died counts.
        code = worker.exit_code()
        for kind, value in worker.messages():
            if kind == "ready":
                self.starts = 0
                worker.begin()
            elif kind == "raised":
                raise value
            elif kind == "refused":
                raise BenchError(value)
            elif worker.job is not None:
                self.died.discard(id(worker.job))
                ended.append((worker.job, value))
                worker.job = None
        late = worker.overdue(None if self.timeout is None else self.timeout * GRACE + 1)
        if code is not None or late:
            self.crew.remove(worker)
            worker.stop()
            if worker.job is not None:
                ended += self.bereft(worker, worker.job, code)
        return ended

    def bereft(self, worker: WorkerProcess, job: Job[Any], code: int | None) -> list[Ended[Any]]:
        """What becomes of a job whose worker died (with a code) or was stopped (without)."""
        if not worker.ready:
            self.starts += 1
            if self.starts >= FAILED_STARTS + self.workers:
                raise BenchError(
                    f"{self.starts} worker processes in a row ended while they started "
                    f"({_how(code)}); `bench doctor` checks the installation. Rerun the command "
                    "to resume"
                )
            self.waiting.appendleft((job, worker.packed))
            return []
        if code is None:
            return [(job, Lost("timeout", f"stopped after {self.timeout:g} s", worker.step))]
        if id(job) not in self.died:
            self.died.add(id(job))
            self.waiting.appendleft((job, worker.packed))
            return []
        self.died.discard(id(job))
        # SIGKILL alone does not say who sent it; the kernel's counter, though of the whole machine,
        # does.
        status: Literal["oom", "killed"] = "oom" if _kernel_kills() > self.kills else "killed"
        return [(job, Lost(status, f"its worker process ended twice ({_how(code)})", worker.step))]


def _how(code: int | None) -> str:
    """An exit code in words, SIGSEGV or exit code 0."""
    if code is None:
        return "not ready in time"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit code {code}"


def _kernel_kills() -> int:
    """How often the kernel killed a process for lack of memory (Linux; 0 elsewhere)."""
    try:
        lines = Path("/proc/vmstat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
