"""What runs on a Dask worker: each of its threads keeps one worker process for the jobs it gets.

So a job that crashes or hangs ends as with `processes`, whose pool this is, and takes no Dask
worker with it.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import shutil
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock, get_ident
from typing import Any, NamedTuple

from bench.cache.cache import Cache
from bench.cache.files import write_atomically
from bench.core.types import Description
from bench.running.engines.dask_losses import TOPIC
from bench.running.engines.identity import identity, identity_hash
from bench.running.engines.job import Job, one_thread
from bench.running.engines.processes import Pool
from bench.running.engines.worker_process import Packed
from bench.running.jobs import Outcome
from bench.store.environment import environment


class Source(NamedTuple):
    """A plugin by value.

    Attributes:
        path: of its file or folder where the command runs; names its module.
        files: contents by path from the folder that holds `path`.
    """

    path: Path
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Run:
    """What all jobs of a run have in common.

    Attributes:
        mark: a name of its own.
        function: called for each job, in a process of its own.
        timeout: seconds a job, or a step of it, may take; or None.
        identity: hash of what a worker must be like.
        probe: a file that a worker sees if it shares the cache; None where nothing is shared.
        plugins: to import before a job can be unpickled.
    """

    mark: str
    function: Callable[..., Any]
    timeout: float | None
    identity: str
    probe: Path | None
    plugins: tuple[Source, ...]


class Shared(NamedTuple):
    """The shared part of many jobs.

    Attributes:
        number: of this part in this run.
        packed: pickled.
        descriptions: by their key, where the cache is not shared.
    """

    number: int
    packed: bytes
    descriptions: Mapping[str, Description]


class Refused(NamedTuple):
    """A worker that cannot take part: what it is like, or nothing if it lacks the cache."""

    worker: str
    identity: Mapping[str, str] | None


@dataclass
class _Crew:
    """The worker process of one thread, for one run.

    Attributes:
        run: weakly, by `weakref.ref`: Dask lets go of it when the command is gone.
        key: of the task at work.
    """

    mark: str
    run: Callable[[], Run | None]
    pool: Pool
    folder: Path
    key: str = ""

    def end(self) -> None:
        """Stop the process, and what it runs."""
        for worker in self.pool.crew:
            # A job that is ended on purpose is not tried again.
            self.pool.died.add(id(worker.job))
            worker.stop()


_crews: dict[int, _Crew] = {}
_dropped: set[str] = set()
_starting = Lock()


def work(run: Run, shared: Shared | None, payload: bytes) -> Any:
    """Run one job of a run; returns its outcome, or `Refused`.

    Raises:
        BenchError: its process cannot be started.
        Exception: one that `ends_the_run`.
    """
    from distributed import get_worker

    here = get_worker()
    if run.identity != identity_hash():
        return Refused(here.address, identity())
    if run.probe is not None and not run.probe.exists():
        return Refused(here.address, None)
    crew = _crew(run, Path(here.local_directory))
    crew.key = here.get_current_task()
    if crew.key in _dropped:
        return None
    here.log_event(TOPIC, {"run": run.mark, "key": crew.key})
    if shared is None:
        packed = Packed(0, b"", payload)
    else:
        _keep(shared.descriptions, Cache(crew.folder / "cache"))
        packed = Packed(shared.number, shared.packed, payload)
    crew.pool.waiting.append((Job(None, None), packed))
    # One at a time: while a process is started, the module `__main__` is hidden.
    with _starting:
        crew.pool.hand_out()
    ((_, outcome),) = crew.pool.run()
    if isinstance(outcome, Outcome):
        return dataclasses.replace(outcome, machine=environment())
    return outcome


def same(value: Any) -> Any:
    """The value: as a task of its own it outlives the workers that hold it."""
    return value


def drop(key: str) -> None:
    """Do not run a task here, nor go on with it: its result is no longer wanted."""
    _dropped.add(key)
    for thread, crew in list(_crews.items()):
        if crew.key == key:
            _dismiss(thread, crew)


def end(mark: str) -> None:
    """Stop the processes of a run on this worker, and remove what it has written."""
    for thread, crew in list(_crews.items()):
        if crew.mark == mark:
            _dismiss(thread, crew)


def _dismiss(thread: int, crew: _Crew) -> None:
    if _crews.get(thread) is not crew:
        return
    del _crews[thread]
    crew.end()
    # Threads of a run share it.
    if not any(one.folder == crew.folder for one in list(_crews.values())):
        shutil.rmtree(crew.folder, ignore_errors=True)


def relocated(function: Callable[..., Any], cache: Path, setting: Any, job: Any) -> Any:
    """Call a function with the cache of this worker."""
    return function(dataclasses.replace(setting, cache=cache), job)


def _crew(run: Run, local: Path) -> _Crew:
    thread = get_ident()
    known = _crews.get(thread)
    if known is not None and known.run() is run:
        return known
    if known is not None:
        known.end()
    one_thread()
    # Dask's workers are daemons, which may have no children: they would be left behind. Ours end
    # with the thread that started them.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    folder = local / f"bench-{run.mark}"
    function = run.function
    if run.probe is None:
        function = partial(relocated, function, folder / "cache")
    pool = Pool(function, iter(()), 1, run.timeout, _written(run.plugins, folder))
    crew = _crews[thread] = _Crew(run.mark, weakref.ref(run), pool, folder)
    # Where the command was killed and ends nothing itself.
    weakref.finalize(run, _dismiss, thread, crew)
    return crew


def _written(plugins: tuple[Source, ...], folder: Path) -> tuple[tuple[Path, Path], ...]:
    """Write plugins; returns where each is and what the command knows it by."""
    found = []
    for number, plugin in enumerate(plugins):
        home = folder / "plugins" / str(number)
        for name, content in plugin.files.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(home / name, content, durable=False)
        found.append((home / plugin.path.name, plugin.path))
    return tuple(found)


def _keep(descriptions: Mapping[str, Description], cache: Cache) -> None:
    for name, value in descriptions.items():
        if not cache.has("descriptions", name):
            cache.put("descriptions", name, value)
