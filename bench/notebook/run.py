"""`bench.run`: the verb `run` as a function."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack

from bench.cli.common import err
from bench.cli.plan import say_remarks
from bench.cli.prepare import Prepared, Request, chosen, prepare
from bench.cli.watch import Watch
from bench.core.select import unknown
from bench.core.types import ApexPolicy
from bench.notebook.board import Board, made
from bench.running.absent import refuse_absent
from bench.running.options import Engine, Refresh, RunOptions
from bench.running.run import Summary
from bench.running.run import run as run_plan
from bench.store.store import Store


class Options(TypedDict, total=False):
    """Options of `bench.run`, each as on the command line; paths may be strings.

    Attributes:
        classes: file of a composite's tasks, as `--map`.
        tasks: names, globs or numbers of classes; by default the first of each dataset.
        protocol: "loso", "kfold:K", "hde", "casme2->samm" or the diagnostic "lovo".
        seeds: 0, "0-4" or [0, 3, 7].
        apex: where apex frames come from.
        preset: configuration of the methods; by default the paper's, or `quick` on stand-ins.
        limit_folds: run only the first folds.
        folds: run only the folds of these names.
        shard: run one of several equal parts of the plan, "3/40".
        incomplete: leave out clips without readable frames; the name of the task says so.
        exclude: a file of clips to leave out, an id per line.
        results: folder of records; by default that of bench.toml, "results".
        plugins: files of your own methods and datasets.
        jobs: processes; one per core by default.
        timeout: seconds for each fold, and for each description of a clip.
        device: of torch methods: "auto", "cpu", "cuda" or GPUs by number, "cuda:0,cuda:1".
        engine: worker processes, "serial" in this one, or "dask".
        scheduler: of Dask: an address, a scheduler file, or a queue such as "slurm".
        trace: score every checkpoint on the held-out subject (oracle column).
        tune: "C=0.1,1,10", or several: every fold chooses on its training subjects, by `inner`
            folds.
        inner: folds over training subjects to select a checkpoint by; 0 for none.
        refresh: "stale" runs folds again whose code has changed since.
        share: run folds even if another run on the results folder has planned them.
        give_up: failures in a row with the same error after which a method's other folds are
            skipped, 3 by default.
        keep_going: run all folds of a method, however many fail alike.
    """

    classes: str | Path | None
    tasks: str | Iterable[str]
    protocol: str
    seeds: int | str | Iterable[int]
    apex: ApexPolicy
    preset: str
    limit_folds: int | None
    folds: str | None
    shard: str | None
    incomplete: bool
    exclude: str | Path | None
    results: str | Path | None
    plugins: Sequence[str | Path]
    jobs: int | None
    timeout: float | None
    device: str
    engine: Engine
    scheduler: str | None
    trace: bool
    inner: int
    tune: str | Sequence[str]
    refresh: Refresh | None
    share: bool
    give_up: int
    keep_going: bool


def run(
    methods: str | Iterable[str] = "all",
    datasets: str | Iterable[str] = "all",
    **options: Unpack[Options],
) -> Board:
    """Run methods on datasets as `bench run` does; what the results folder has is not run again.

    Args:
        methods: names, globs, "name:variant" or "all", as one text or several.
        datasets: names, globs or "all".
        **options: see `Options`.

    Returns:
        The board of the whole results folder, with what failed in `failures`; a warning counts it.

    Raises:
        BenchError: anything unknown, or nothing that can be run.
    """
    known = ("methods", "datasets", *Options.__annotations__)
    for name in options:
        if name not in known:
            raise unknown("option", name, known)
    given: dict[str, Any] = {**options, "methods": _words(methods), "datasets": _words(datasets)}
    given["plugin"] = _paths(given.pop("plugins", ()))
    for name in ("classes", "exclude", "results"):
        if given.get(name) is not None:
            given[name] = Path(given[name])
    if isinstance(given.get("tune"), str):
        given["tune"] = [given["tune"]]
    given["tasks"] = _words(given.get("tasks", ""))
    seeds = given.get("seeds", 0)
    given["seeds"] = str(seeds) if isinstance(seeds, int | str) else _words(map(str, seeds))
    how = chosen(RunOptions, given)
    refuse_absent(how)
    return carry_out(prepare(chosen(Request, given), how))


def carry_out(prepared: Prepared, keep: object = None) -> Board:
    """Run a plan with progress on the screen, and make its board."""
    say_remarks(prepared)
    store = Store(prepared.settings.results)
    options = prepared.options
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


def _paths(paths: Iterable[str | Path]) -> list[Path]:
    return [Path(one) for one in paths]
