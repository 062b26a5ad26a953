"""Jobs as tasks of a Dask scheduler: on other machines, or on a cluster's queue.

The scheduler gets pickled jobs, as a worker process does, and never their names: units hold the
labels of held-out clips. Where workers share the cache, descriptions are exchanged by it; otherwise
clips are described on this machine, and their descriptions travel with the jobs.
"""

from __future__ import annotations

import queue
import threading
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.cache.cache import Cache
from bench.cache.eviction import mark_of
from bench.core.errors import BenchError
from bench.running.engines.dask_client import connected, each
from bench.running.engines.dask_losses import MOST, Losses
from bench.running.engines.dask_worker import (
    Refused,
    Run,
    Shared,
    Source,
    drop,
    end,
    same,
    work,
)
from bench.running.engines.identity import differences, identity, identity_hash
from bench.running.engines.job import (
    KEPT,
    Busy,
    Ended,
    Job,
    Lost,
    Watcher,
    ends_the_run,
    ignore,
)
from bench.running.engines.processes import Pool, processes
from bench.running.engines.worker_process import Packed
from bench.running.options import RunOptions

CUT = (
    "the connection to the Dask scheduler was lost; what had ended is kept. Rerun the command to "
    "resume"
)
GLANCE = 2.0
"""Seconds between looks at the scheduler."""
FAREWELL = 5.0
"""Seconds that a scheduler is given to pass on that the run is over."""


def dask(
    function: Callable[..., Any],
    jobs: Iterable[Job[Any]],
    options: RunOptions,
    cache: Cache,
    note: Callable[[str], None],
    now: Watcher = ignore,
    careful: Callable[[], bool] = lambda: False,
) -> Iterator[Ended[Any]]:
    """Run jobs on the workers of a Dask scheduler; yields as they end.

    A job whose process dies is tried once more on its worker; one whose worker is lost runs once
    more elsewhere.

    Args:
        function: importable by name; called for each job, as `bench.running.engines.job` says.
        jobs: what to run.
        options: scheduler, time limit, plugins.
        cache: which the jobs use; `in_use`.
        note: told in a line what the user should know.
        now: told now and then which jobs the scheduler has.
        careful: whether to send no job before a worker is free for it.

    Raises:
        BenchError: no scheduler, a lost one, or a worker that differs from this machine.
        Exception: one that `ends_the_run`.
    """
    # It only packs: jobs leave it before it would start a worker for them.
    packer = Pool(function, iter(jobs), 0, options.timeout, ())
    unsent = packer.look_ahead()
    if not packer.waiting:
        yield from unsent
        return
    client = connected(options, note)
    shared = all(each(client, Path.exists, mark_of(cache)).values())
    first, _ = packer.waiting[0]
    if not shared and first.shared is None:
        note("the Dask workers do not share this cache: clips are described on this machine")
        rest = (job for group in ([first], packer.source) for job in group)
        yield from unsent
        yield from processes(
            function, rest, options.workers, options.timeout, options.plugins, now=now
        )
        return
    run = Run(
        uuid4().hex,
        function,
        options.timeout,
        identity_hash(),
        mark_of(cache) if shared else None,
        tuple(map(_source, options.plugins)),
    )
    sender = _Sender(client, run, packer, cache, note, now, careful)
    try:
        yield from unsent
        yield from sender.run()
    finally:
        sender.leave()


@dataclass
class _Sender:
    """The jobs that the scheduler has.

    Attributes:
        flying: the jobs by the key of their task, each with its task and its worker.
        ended: tasks as they end.
        note: told when no worker is left.
        now: told which jobs the scheduler has.
        careful: whether to send no job before a worker is free for it.
        parts: tasks that hold the last shared parts, by number.
        threads: of each worker, by its address.
        looked: when that was found out; `time.monotonic()`.
        losses: workers that tasks have lost.
    """

    client: Any
    common: Run
    packer: Pool
    cache: Cache
    note: Callable[[str], None]
    now: Watcher
    careful: Callable[[], bool] = lambda: False
    flying: dict[str, tuple[Job[Any], Any, str | None]] = field(default_factory=dict)
    ended: queue.SimpleQueue[Any] = field(default_factory=queue.SimpleQueue)
    parts: dict[int, Any] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    looked: float = -GLANCE
    losses: Losses = field(init=False)

    def run(self) -> Iterator[Ended[Any]]:
        """Outcomes as they come."""
        self.losses = Losses(self.client, self.common.mark, self.flying)
        self.losses.listen()
        while True:
            yield from self.fill()
            if not self.flying:
                return
            self.now([Busy(job) for job, _, _ in self.flying.values()])
            with suppress(queue.Empty):
                tasks = [self.ended.get(timeout=GLANCE)]
                while not self.ended.empty():
                    tasks.append(self.ended.get())
                yield from self.outcomes(tasks)

    def fill(self) -> list[Ended[Any]]:
        """Hand jobs to the scheduler as it has threads; returns those that cannot be sent."""
        if time.monotonic() - self.looked >= GLANCE:
            with _connection():
                threads = dict(self.client.nthreads())
            if self.threads and not threads:
                self.note("no Dask worker is left; waiting for one")
            self.threads = threads
            self.looked = time.monotonic()
        lost: list[Ended[Any]] = []
        # Two for each thread, so that none waits for the next; one while there is none.
        each_thread = 1 if self.careful() else 2
        while len(self.flying) < max(1, each_thread * sum(self.threads.values())):
            lost += self.packer.look_ahead()
            if not self.packer.waiting:
                break
            with _connection():
                self.submit(*self.packer.waiting.popleft())
        return lost

    def submit(self, job: Job[Any], packed: Packed) -> None:
        """Make a job a task."""
        common = self.constant(0, self.common)
        shared = None
        if packed.number:
            shared = self.parts.get(packed.number) or self.constant(
                packed.number, Shared(packed.number, packed.shared, self.descriptions(job))
            )
        key = f"bench-{uuid4().hex}"
        at = least_busy(self.threads, (at for _, _, at in self.flying.values()))
        # A wish: Dask moves the task if that worker is lost, or another has nothing to do.
        place = {"workers": [at], "allow_other_workers": True} if at else {}
        task = self.client.submit(
            work, common, shared, packed.payload, key=key, pure=False, **place
        )
        self.flying[key] = job, task, at
        task.add_done_callback(self.ended.put)

    def constant(self, number: int, value: Any) -> Any:
        """A task that returns a value, the same for a number."""
        if number not in self.parts:
            key = f"bench-{self.common.mark}-{number}"
            with warnings.catch_warnings():
                # It is large, and sent once.
                warnings.simplefilter("ignore", UserWarning)
                self.parts[number] = self.client.submit(same, value, key=key)
            # Tasks that still need an old one keep it on the scheduler.
            for old in [one for one in self.parts if one][:-KEPT]:
                del self.parts[old]
        return self.parts[number]

    def descriptions(self, job: Job[Any]) -> dict[str, Any]:
        """What workers without the cache need."""
        if self.common.probe is not None:
            return {}
        found = {name: self.cache.get("descriptions", name) for name in job.shared.descriptions}
        return {name: value for name, value in found.items() if value is not None}

    def outcomes(self, tasks: list[Any]) -> Iterator[Ended[Any]]:
        """What became of tasks that have ended."""
        finished = [task for task in tasks if task.status == "finished"]
        # Together: each fetch waits for an answer from another machine.
        with _connection():
            results = self.client.gather(finished)
        found = {task.key: result for task, result in zip(finished, results, strict=True)}
        for task in tasks:
            job, _, _ = self.flying.pop(task.key)
            worn = self.losses.too_many(task.key)
            result = found[task.key] if task.key in found else self.lost(task, worn)
            if isinstance(result, Refused):
                raise self.unlike(result)
            yield job, result

    def lost(self, task: Any, worn: bool) -> Lost:
        """Why a task has no result.

        Args:
            task: that has ended.
            worn: whether it was cancelled as it has cost too many workers.
        """
        from distributed.scheduler import KilledWorker

        if worn:
            # A third worker may just have begun it.
            self.aside(lambda: self.client.run(drop, task.key, on_error="ignore"))
            return Lost("killed", f"{MOST} Dask workers were lost while they ran it")
        if task.status != "error":
            raise BenchError(CUT)
        error = task.exception()
        if isinstance(error, KilledWorker):
            count = error.allowed_failures + 1
            return Lost("killed", f"{count} Dask workers were lost that had it")
        if isinstance(error, BenchError) or ends_the_run(error):
            raise error
        return Lost("failed", "".join(traceback.format_exception(error)))

    def unlike(self, refused: Refused) -> BenchError:
        """Why a worker cannot take part."""
        if refused.identity is None:
            return BenchError(
                f"worker {refused.worker} does not see the cache {self.cache.folder}, and others "
                "do; give all workers the same file systems"
            )
        said = differences(refused.identity, identity())
        return BenchError(
            f"worker {refused.worker} would not predict the same: {said}; install the same "
            "versions on all machines"
        )

    def leave(self) -> None:
        """Give up what still runs, and have workers end the run's processes."""

        def tell() -> None:
            self.client.cancel([task for _, task, _ in self.flying.values()])
            self.client.run(end, self.common.mark, on_error="ignore")

        self.aside(tell).join(FAREWELL)

    def aside(self, tell: Callable[[], Any]) -> threading.Thread:
        """Tell the scheduler something without waiting: one that hangs would never answer."""

        def told() -> None:
            # The scheduler may be what is gone.
            with suppress(Exception):
                tell()

        thread = threading.Thread(target=told, daemon=True)
        thread.start()
        return thread


def least_busy(threads: Mapping[str, int], sent: Iterable[str | None]) -> str | None:
    """The worker with the fewest tasks for each of its threads; None where there is no worker.

    Dask itself would send tasks to the worker that holds the shared part, at first a single one,
    and move them to others only by and by.

    Args:
        threads: of each worker.
        sent: the worker of each task that has not ended.
    """
    count = Counter(sent)
    return min(threads, key=lambda one: (count[one] + 1) / threads[one], default=None)


@contextmanager
def _connection() -> Iterator[None]:
    """Say in a line that the scheduler is gone."""
    from distributed.client import CancelledError

    try:
        yield
    except (CancelledError, OSError, RuntimeError) as error:
        if ends_the_run(error):
            raise
        raise BenchError(CUT) from error


def _source(plugin: Path) -> Source:
    """A plugin's file, or all files of its folder: weights may be among them."""
    files = sorted(plugin.rglob("*")) if plugin.is_dir() else [plugin]
    home = plugin.parent
    return Source(
        plugin,
        {
            one.relative_to(home).as_posix(): one.read_bytes()
            for one in files
            if one.is_file() and one.parent.name != "__pycache__"
        },
    )
