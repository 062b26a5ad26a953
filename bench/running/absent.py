"""Devices and schedulers that are not there, refused before a run says or makes anything."""

from __future__ import annotations

from bench.running.engines.dask_client import check_scheduler
from bench.running.gpus import check_device
from bench.running.options import RunOptions


def refuse_absent(options: RunOptions) -> None:
    """Check the words that name a scheduler or a device; what answers there is asked later.

    Raises:
        BenchError: an unknown word, or a GPU that this machine lacks.
    """
    if options.scheduler is not None:
        check_scheduler(options.scheduler)
    check_device(options)
