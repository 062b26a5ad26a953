"""Engines by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.running.engines.job import Engine
from bench.running.engines.serial import serial


def engine(name: str, workers: int, timeout: float | None, plugins: Sequence[Path]) -> Engine[Any]:
    """The engine of that name."""
    if name == "serial":
        return serial
    from functools import partial

    from bench.running.engines.processes import processes

    return partial(processes, workers=workers, timeout=timeout, plugins=tuple(plugins))
