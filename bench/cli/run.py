"""`bench run`."""

from __future__ import annotations

import time

from rich.console import Console

from bench.board import build
from bench.board.publish import publish
from bench.board.terminal import grid
from bench.cache.eviction import read_size
from bench.cli.common import chosen_device, err, out
from bench.cli.exits import FAILED, INTERRUPTED, MISUSE
from bench.cli.plan import expected, print_plan
from bench.cli.prepare import Prepared, Request, prepare
from bench.cli.watch import Watch
from bench.core.select import unknown
from bench.running.options import Options
from bench.running.run import Summary
from bench.running.run import run as run_plan
from bench.store.store import Store


def run(
    request: Request,
    engine: str,
    timeout: float | None,
    device: str,
    refresh: str,
    cache_size: str,
    dry_run: bool,
) -> None:
    """Prepare, run, print the tables, write the leaderboard; exit 1 when a unit failed."""
    for option, word, known in (
        ("engine", engine, ("processes", "serial")),
        ("device", device, ("auto", "cpu", "cuda")),
        ("refresh", refresh, ("", "stale")),
    ):
        if word not in known:
            raise unknown(f"--{option}", word, [name for name in known if name])
    bound = read_size(cache_size, "--cache-size") if cache_size else None
    prepared = prepare(request)
    for remark in (*prepared.remarks, *map(str, prepared.plan.skipped), *prepared.unusable):
        err().print(remark, soft_wrap=True)
    if dry_run:
        print_plan(prepared)
        return
    store = Store(prepared.settings.results)
    options = Options(
        engine=engine,
        workers=prepared.jobs,
        timeout=timeout,
        device=chosen_device(device),
        trace=prepared.trace,
        inner=prepared.inner,
        refresh=bool(refresh),
        plugins=prepared.registry.files,
        cache_size=prepared.settings.cache_size if bound is None else bound,
    )
    if time_left := expected(prepared):
        err().print(f"Estimated: {time_left}.", soft_wrap=True)
    started = time.perf_counter()
    try:
        with Watch(options.workers, err()) as watch:
            summary = run_plan(prepared.plan, store, prepared.settings.cache, options, watch)
    except KeyboardInterrupt:
        err().print("interrupted: the same command goes on where this one stopped")
        raise SystemExit(INTERRUPTED) from None
    _report(prepared, store, summary, time.perf_counter() - started)


def _report(prepared: Prepared, store: Store, summary: Summary, elapsed: float) -> None:
    console = out()
    tables = [(c.task.fingerprint, c.protocol) for c in prepared.plan.cells]
    for table in build(store, prepared.registry, only=tables).tables:
        console.print(grid(table))
    board = publish(build(store, prepared.registry), store.folder)[0]
    _say(err(), summary, elapsed)
    console.print(f"Leaderboard: {board}", soft_wrap=True)
    if summary.unreadable or prepared.unusable:
        raise SystemExit(MISUSE)
    if summary.failures:
        raise SystemExit(FAILED)


def _say(console: Console, summary: Summary, elapsed: float) -> None:
    done = f"{summary.ran} folds run in {elapsed:.0f} s" if summary.ran else "nothing left to run"
    console.print(f"{done}, {summary.reused} taken from earlier runs.")
    if summary.stale:
        console.print(
            f"{len(summary.stale)} of them are stale: the code they were made by has changed "
            "since; --refresh stale runs them again."
        )
    for sentence in summary.unreadable:
        console.print(sentence, style="red", soft_wrap=True)
    for unit, status, error in summary.failures[:20]:
        last = error.strip().splitlines()[-1] if error.strip() else ""
        console.print(f"{status}: {unit}: {last}", style="red", soft_wrap=True)
    if len(summary.failures) > 20:
        console.print(f"... and {len(summary.failures) - 20} more", style="red")
