"""Engines by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bench.cache.cache import Cache
from bench.running.engines.job import Engine, Watcher
from bench.running.engines.serial import serial
from bench.running.options import RunOptions


def engine(
    options: RunOptions,
    cache: Cache,
    note: Callable[[str], None],
    now: Watcher,
    careful: Callable[[], bool] = lambda: False,
) -> Engine[Any]:
    """The engine that the options name, with their limits.

    Args:
        options: of the run.
        cache: which its jobs use.
        note: told in a line what the user should know.
        now: told which jobs are at work.
        careful: whether outcomes may now make further jobs needless: then none is taken before a
            worker is free for it and all outcomes so far are dealt with.
    """
    if options.engine == "serial":
        return partial(serial, now=now)
    # Imported late: a serial run needs no pool of processes, and most runs need no Dask.
    if options.engine == "dask":
        from bench.running.engines.dask_engine import dask

        return partial(dask, options=options, cache=cache, note=note, now=now, careful=careful)
    from bench.running.engines.processes import processes

    return partial(
        processes,
        workers=options.workers,
        timeout=options.timeout,
        plugins=options.plugins,
        now=now,
        gpus=options.gpus,
        careful=careful,
    )
