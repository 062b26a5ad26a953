"""A worker process as its parent sees it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from types import ModuleType
from typing import Any, NamedTuple

from bench.running.engines.child import Plugins, serve
from bench.running.engines.job import KEPT, Busy, Job

START = 300.0
"""Seconds within which a worker must be ready: more than imports from a slow network disk take."""


class Packed(NamedTuple):
    """A job, pickled.

    Attributes:
        number: of its shared part; 0 for none.
        shared: that part.
        payload: the rest.
    """

    number: int
    shared: bytes
    payload: bytes


class WorkerProcess:
    """One process, started for a job and given others after it.

    Attributes:
        job: what it runs, or will once it is ready; None while it is idle.
        packed: the job, pickled.
        gpu: number of the one that it sees; None for whatever this process sees.
        ready: it has started.
        step: of the job that it is in.
        since: when it was started, given its job, or entered the step; `time.monotonic()`.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        plugins: Plugins,
        job: Job[Any],
        packed: Packed,
        gpu: int | None = None,
    ) -> None:
        # A forked worker would inherit the parent's memory, held-out labels included, and CUDA
        # cannot be used after a fork.
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=serve, args=(theirs, os.getpid(), function, plugins, gpu)
        )
        self.gpu = gpu
        self.ready = False
        # Numbers of the shared parts that it holds.
        self._held: deque[int] = deque(maxlen=KEPT)
        self.give(job, packed)
        try:
            with _without_interrupts(), _without_main():
                self._process.start()
        # Ctrl-C that was held back comes now.
        except BaseException:
            self.stop()
            raise
        finally:
            theirs.close()

    @property
    def waitables(self) -> list[Any]:
        """For `multiprocessing.connection.wait`: readable when there is news."""
        return [self._connection, self._process.sentinel]

    def give(self, job: Job[Any], packed: Packed) -> None:
        """Hand over a job."""
        self.job: Job[Any] | None = job
        self.step: Any = None
        self.doing = ""
        self.since = time.monotonic()
        self.packed = packed
        if self.ready:
            self.begin()

    def begin(self) -> None:
        """Send the job: at once, but for the first, which waits until the process is ready."""
        number, shared, payload = self.packed
        new = number > 0 and number not in self._held
        if new:
            self._held.append(number)
        with suppress(OSError):  # dead: `exit_code` says so
            self._connection.send((number, shared if new else None, payload))

    def messages(self) -> Iterator[tuple[str, Any]]:
        """What it has sent; `ready` and `step` are noted on the way."""
        try:
            while self._connection.poll():
                kind, value = self._connection.recv()
                if kind == "doing":
                    # No news for the time limit: it is part of the step.
                    self.doing = str(value)
                    continue
                self.since = time.monotonic()
                if kind == "step":
                    self.step = value
                    continue
                self.ready = self.ready or kind == "ready"
                yield kind, value
        # Closed, or nonsense that the method wrote into it: no use of this process any more.
        except Exception:
            self._process.kill()
            self._process.join()

    def busy(self) -> Busy[Any] | None:
        """What it is at; None while it is idle."""
        if self.job is None:
            return None
        return Busy(self.job, self.step, self.doing if self.ready else "starting")

    def exit_code(self) -> int | None:
        """How it ended; None while it runs."""
        # Asked rather than waited for: processes that the method forked hold the pipes open.
        return self._process.exitcode

    def overdue(self, limit: float | None) -> bool:
        """Whether its job, the step of it, or its start takes longer than allowed."""
        limit = limit if self.ready else START
        return limit is not None and self.job is not None and time.monotonic() - self.since > limit

    def dismiss(self) -> None:
        """Let an idle process end by itself."""
        self._connection.close()

    def stop(self, patience: float = 0.0) -> None:
        """Kill it, after so many seconds, and what its job has started."""
        if self._process.pid is not None:
            self._process.join(patience)
            with suppress(OSError, AttributeError):  # it has no group yet; Windows has none
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.join()
        self._connection.close()


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the script that runs: a process that is spawned would run it again.

    No job needs it, and a script without `if __name__ == "__main__":` would start workers of its
    own in every worker.
    """
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back while a process is started: it inherits that, and so starts undisturbed."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Started before, because it lets Ctrl-C through again when it starts.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
