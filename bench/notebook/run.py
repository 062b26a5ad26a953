"""`bench.run`: the verb `run` as a function."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.cli.common import chosen_device, err
from bench.cli.plan import say_remarks
from bench.cli.prepare import Prepared, Request, prepare
from bench.cli.watch import Watch
from bench.core.types import ApexPolicy
from bench.notebook.board import Board, made
from bench.running.options import Device, Engine, Refresh, RunOptions
from bench.running.run import Summary
from bench.running.run import run as run_plan
from bench.store.store import Store


def run(
    methods: str | Iterable[str] = "all",
    datasets: str | Iterable[str] = "all",
    *,
    tasks: str | Iterable[str] = "",
    protocol: str = "loso",
    seeds: int | str | Iterable[int] = 0,
    apex: ApexPolicy = "given",
    preset: str = "",
    limit_folds: int | None = None,
    incomplete: bool = False,
    exclude: str | Path | None = None,
    results: str | Path | None = None,
    plugins: Sequence[str | Path] = (),
    jobs: int | None = None,
    timeout: float | None = None,
    device: Device = "auto",
    engine: Engine = "processes",
    trace: bool = False,
    inner: int = 0,
    refresh: Refresh | None = None,
) -> Board:
    """Run methods on datasets as `bench run` does; what the results folder has is not run again.

    Args:
        methods: names, globs, "name:variant" or "all", as one text or several.
        datasets: names, globs or "all".
        tasks: names, globs or numbers of classes; by default the first of each dataset.
        protocol: "loso", "kfold:K" or "hde".
        seeds: 0, "0-4" or [0, 3, 7].
        apex: where apex frames come from.
        preset: configuration of the methods; "" is the paper's, or `quick` on stand-ins.
        limit_folds, incomplete, exclude: which folds and clips to leave out.
        results: folder of records; by default that of bench.toml, "results".
        plugins: files of your own methods and datasets.
        jobs, timeout, device, engine: how to run, as in `bench.running.options.RunOptions`.
        trace, inner: which checkpoints to score, likewise.
        refresh: "stale" runs folds again whose code has changed since.

    Returns:
        The board of the whole results folder, with what failed in `failures`; a warning counts it.

    Raises:
        BenchError: anything unknown, or nothing that can be run.
    """
    request = Request(
        methods=_words(methods),
        datasets=_words(datasets),
        tasks=_words(tasks),
        protocol=protocol,
        seeds=str(seeds) if isinstance(seeds, int | str) else _words(map(str, seeds)),
        apex=apex,
        preset=preset,
        limit_folds=limit_folds,
        incomplete=incomplete,
        exclude=None if exclude is None else Path(exclude),
        results=None if results is None else Path(results),
        plugin=[Path(one) for one in plugins],
    )
    options = RunOptions(
        engine=engine, jobs=jobs, timeout=timeout, trace=trace, inner=inner, refresh=refresh
    )
    return carry_out(prepare(request, options), device)


def carry_out(prepared: Prepared, device: Device, keep: object = None) -> Board:
    """Run a plan with progress on the screen, and make its board."""
    say_remarks(prepared)
    store = Store(prepared.settings.results)
    options = dataclasses.replace(prepared.options, device=chosen_device(device))
    with Watch(options.workers, err()) as watch:
        summary = run_plan(prepared.plan, store, prepared.settings.cache, options, watch)
    failures = _failures(prepared, summary)
    if failures:
        lines = "1 problem" if len(failures) == 1 else f"{len(failures)} problems"
        warnings.warn(f"{lines}, listed in .failures: {failures[0]}", stacklevel=3)
    return made(prepared.settings.results, prepared.registry, failures, keep)


def _failures(prepared: Prepared, summary: Summary) -> list[str]:
    unreadable = [] if prepared.options.incomplete else summary.unreadable
    lost = [
        f"{status}: {unit}: {(error.strip().splitlines() or [''])[-1]}"
        for unit, status, error in summary.failures
    ]
    return [*prepared.unusable, *unreadable, *lost]


def _words(words: str | Iterable[str]) -> str:
    return words if isinstance(words, str) else ",".join(words)
