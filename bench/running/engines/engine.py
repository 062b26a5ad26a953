"""Engines by name."""

from __future__ import annotations

from functools import partial
from typing import Any

from bench.running.engines.job import Engine, Watcher
from bench.running.engines.serial import serial
from bench.running.options import RunOptions


def engine(options: RunOptions, now: Watcher) -> Engine[Any]:
    """The engine that the options name, with their limits.

    Args:
        options: of the run.
        now: told which jobs are at work.
    """
    if options.engine == "serial":
        return partial(serial, now=now)
    # Imported late: a serial run needs no pool of processes.
    from bench.running.engines.processes import processes

    return partial(
        processes,
        workers=options.workers,
        timeout=options.timeout,
        plugins=options.plugins,
        now=now,
    )
