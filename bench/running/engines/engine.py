"""Engines by name."""

from __future__ import annotations

from typing import Any

from bench.running.engines.job import Engine
from bench.running.engines.serial import serial
from bench.running.options import RunOptions


def engine(options: RunOptions) -> Engine[Any]:
    """The engine that the options name, with their limits."""
    if options.engine == "serial":
        return serial
    # Imported late: a serial run needs no pool of processes.
    from functools import partial

    from bench.running.engines.processes import processes

    return partial(
        processes,
        workers=options.workers,
        timeout=options.timeout,
        plugins=options.plugins,
        gpus=options.gpus,
    )
