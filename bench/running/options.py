"""How to run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """How to run.

    Attributes:
        engine: "processes" or "serial".
        workers: processes.
        timeout: seconds a unit may take, None for no limit.
        device: "cpu" or "cuda".
        trace: score every checkpoint on the held-out subject.
        inner: fits on parts of a fold's training clips, to choose a checkpoint by; 0 for none.
        refresh: run units again whose code changed since ("stale").
        plugins: plugin files that workers must import.
        cache_size: bytes that views, descriptions and artefacts may take, None for no bound.
    """

    engine: str = "processes"
    workers: int = 1
    timeout: float | None = None
    device: str = "cpu"
    trace: bool = False
    inner: int = 0
    refresh: bool = False
    plugins: tuple[Path, ...] = ()
    cache_size: int | None = None
