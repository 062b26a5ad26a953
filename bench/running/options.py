"""How to run: one object from the command line to the worker."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench.core.errors import BenchError
from bench.core.machine import cores

Engine = Literal["processes", "serial", "dask"]
Refresh = Literal["stale"]
GIVE_UP = 3
"""Equal failures in a row after which the other folds of a method on a task are skipped."""


@dataclass(frozen=True)
class RunOptions:
    """How to run. A new option is a field here and a parameter of the verb in `bench/cli/run.py`.

    Attributes:
        engine: where folds run: worker processes, this process, or workers of a Dask scheduler.
        scheduler: Dask's: its address, its scheduler file, or the queue of a cluster, as "slurm".
        jobs: worker processes, None for one per core; on a queue, workers to queue for.
        timeout: seconds that a fold, or one method's description of a clip, may take; None for no
            limit.
        device: what torch methods compute on: "auto", "cpu", "cuda" or "cuda:0,cuda:1". Before the
            first job `bench.running.gpus` makes it what a job is offered.
        gpus: numbers of the GPUs that workers share, each of them one.
        trace: score every checkpoint on the held-out subject.
        inner: fits on parts of a fold's training clips, to select a checkpoint by; 0 for none.
            They need a trace.
        incomplete: run cells without the clips that their method cannot read.
        refresh: "stale" reruns folds whose code has changed since.
        share: run folds that another run on the results folder has planned as well.
        give_up: equal failures in a row after which the other folds of a method are skipped.
        keep_going: run all folds of a method, however many fail alike.
        cache_size: bytes that views, descriptions and artefacts may take, None for no limit.
        plugins: plugin files that workers must import.
        threads: threads of one worker. BLAS results may depend on it, so no option changes it.
    """

    engine: Engine = "processes"
    scheduler: str | None = None
    jobs: int | None = None
    timeout: float | None = None
    device: str = "auto"
    gpus: tuple[int, ...] = ()
    trace: bool = False
    inner: int = 0
    incomplete: bool = False
    refresh: Refresh | None = None
    share: bool = False
    give_up: int = GIVE_UP
    keep_going: bool = False
    cache_size: int | None = None
    plugins: tuple[Path, ...] = ()
    threads: int = 1

    def __post_init__(self) -> None:
        if self.engine == "dask" and self.scheduler is None:
            raise BenchError(
                "--engine dask: say where with --scheduler: an address such as tcp://host:8786, a "
                "scheduler file, or the queue of a cluster, as slurm"
            )
        if self.engine != "dask" and self.scheduler is not None:
            raise BenchError(f"--scheduler {self.scheduler}: needs --engine dask")
        if self.give_up < 1:
            raise BenchError(f"--give-up {self.give_up}: expected 1 failure or more")
        if self.inner == 1:
            raise BenchError(
                "--inner 1: expected 2 or more (or 0 for none): each fit leaves out some subjects"
            )

    @property
    def workers(self) -> int:
        """Worker processes on this machine."""
        return self.jobs or cores()

    @property
    def traced(self) -> bool:
        """Whether checkpoints are scored: selecting one needs their scores, too."""
        return self.trace or self.inner > 0
