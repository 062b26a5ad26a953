"""`bench run`."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Annotated

import typer

from bench.board import build
from bench.board.contract import contract_text
from bench.board.publish import check_publish, publish
from bench.board.terminal import grids
from bench.board.text import STAND_INS
from bench.cli import options as opt
from bench.cli.common import err, name_damaged, out
from bench.cli.exits import FAILED, MISUSE
from bench.cli.plan import expected, print_plan, say_remarks
from bench.cli.prepare import Prepared, Request, chosen, prepare
from bench.cli.screen import Screen
from bench.cli.watch import Watch
from bench.core.words import counted
from bench.planning.plan import Cell
from bench.plugins.method import Facts
from bench.running.absent import refuse_absent
from bench.running.options import GIVE_UP, RunOptions
from bench.running.patience import Pair, last_line
from bench.running.run import Summary
from bench.running.run import run as run_plan
from bench.store.store import Store

NAMED = 20
"""Unreadable clips, and failed folds, that a run names before it only counts."""


def run(
    methods: opt.Methods = "all",
    datasets: opt.Datasets = "all",
    classes: opt.Classes = None,
    tasks: opt.Tasks = "",
    protocol: opt.Protocol = "loso",
    seeds: opt.Seeds = "0",
    apex: opt.Apex = "given",
    preset: opt.Preset = "",
    jobs: opt.Jobs = None,
    timeout: opt.Timeout = None,
    limit_folds: opt.LimitFolds = None,
    folds: opt.Folds = None,
    shard: opt.ShardOption = None,
    incomplete: opt.Incomplete = False,
    exclude: opt.Exclude = None,
    results: opt.Results = None,
    plugin: opt.Plugin = None,
    device: opt.DeviceOption = "auto",
    engine: opt.EngineOption = "processes",
    scheduler: opt.Scheduler = None,
    trace: opt.Trace = False,
    inner: opt.Inner = 0,
    tune: opt.Tune = None,
    refresh: opt.RefreshOption = None,
    give_up: opt.GiveUp = GIVE_UP,
    keep_going: opt.KeepGoing = False,
    share: opt.Share = False,
    cache_size: opt.CacheSize = None,
    config: opt.Config = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan without running it.")
    ] = False,
) -> None:
    """Run methods on datasets; rerun the command to resume.

    Prints a table per task and writes the leaderboard into the results folder. Exits with 1 when a
    fold failed.
    """
    request, how = chosen(Request, locals()), chosen(RunOptions, locals())
    if not dry_run:  # which a machine without the GPUs can show
        refuse_absent(how)
    prepared = prepare(request, how)
    say_remarks(prepared)
    if dry_run:
        print_plan(prepared)
        return
    if sentence := expected(prepared):
        err().say(sentence)
    store = Store(prepared.settings.results)
    if not prepared.plan.shard:
        # Now rather than after the last fold.
        check_publish(store.folder)
    options = prepared.options
    started = time.perf_counter()
    with Watch(options.workers, err(), partial(_early, prepared, store)) as watch:
        summary = run_plan(prepared.plan, store, prepared.settings.cache, options, watch)
    elapsed = time.perf_counter() - started
    report = _report_shard if prepared.plan.shard else _report
    report(prepared, store, summary, elapsed)


def _early(prepared: Prepared, store: Store, cell: Cell, console: Screen) -> None:
    """The first table of a run, while the rest is on its way."""
    board = build(store, prepared.registry, [(cell.task.fingerprint, cell.protocol)])
    console.say("The first results, while the rest is on its way:")
    for table in board.tables:
        for grid in grids(table, console.width):
            console.print(grid)


def _report(prepared: Prepared, store: Store, summary: Summary, elapsed: float) -> None:
    console = out()
    contents = store.contents(known=summary.read)
    board = build(store, prepared.registry, records=contents.records)
    # Before anything is printed: whoever reads it may leave early.
    changed = bool(summary.ran or summary.failures)
    markdown = publish(board, store.folder, redraw=changed)[0]
    cells = (*prepared.plan.cells, *summary.spared)
    planned = {(c.task.name, c.task.fingerprint[:12], c.protocol) for c in cells}
    for table in board.tables:
        if (table.task, table.fingerprint, table.protocol) in planned:
            for grid in grids(table, console.width):
                console.print(grid)
    if any(cell.task.synthetic for cell in cells):
        _explain(
            err(), [one.facts for one in dict.fromkeys(type(cell.row.method) for cell in cells)]
        )
    name_damaged(contents.damaged, "left out")
    _say(err(), summary, elapsed, prepared.options.incomplete)
    console.say(f"Leaderboard: {markdown}")
    _leave(prepared, summary)


def _report_shard(prepared: Prepared, store: Store, summary: Summary, elapsed: float) -> None:
    """No board: many parts may end at the same time, and each would read all records."""
    shard, folder = prepared.plan.shard, store.folder
    if not prepared.plan.cells:
        err().say(f"Shard {shard} has no fold: the plan has fewer folds than shards.")
        return
    _say(err(), summary, elapsed, prepared.options.incomplete)
    err().say(f"Shard {shard} has ended; when all have, `bench board --results {folder}`.")
    _leave(prepared, summary)


def _leave(prepared: Prepared, summary: Summary) -> None:
    if prepared.unusable or (summary.unreadable and not prepared.options.incomplete):
        raise SystemExit(MISUSE)
    if summary.failures:
        raise SystemExit(FAILED)


def _explain(console: Screen, methods: Iterable[Facts]) -> None:
    """What SYNTHETIC stand-ins show, and what of a method's score comes from them."""
    console.print(STAND_INS)
    for facts in methods:
        if facts.on_stand_ins:
            console.print(f"{facts.title}: {facts.on_stand_ins}")


def _say(console: Screen, summary: Summary, elapsed: float, incomplete: bool) -> None:
    # Those that failed were run, too.
    ran = summary.ran + len(summary.failures)
    done = f"Ran {counted(ran, 'fold')} in {elapsed:.0f} s" if ran else "Nothing left to run"
    name_damaged(summary.damaged, "rerun; the old file is kept in damaged/")
    name_damaged(summary.rewritten, "written again; the old file is kept in damaged/")
    console.print(f"{done}; {summary.reused} reused from earlier runs.")
    if summary.stale:
        console.say(
            f"{len(summary.stale)} of these are stale: the code that made them has changed since; "
            "--refresh stale reruns them."
        )
    for sentence in summary.unreadable[:NAMED]:
        console.say(sentence, style="red")
    if len(summary.unreadable) > NAMED:
        console.print(f"... and {len(summary.unreadable) - NAMED} more clips", style="red")
    if summary.unreadable and not incomplete:
        console.say(
            "Methods that need these frames did not run; --incomplete runs them without these "
            "clips, --exclude FILE runs all methods without the clips that it names."
        )
    for name, task in {cell.task.name: cell.task for cell in summary.spared}.items():
        console.say(f"{name}: {contract_text(task.contract)}.")
    for unit, status, error in summary.failures[:NAMED]:
        console.say(f"{status}: {unit}: {last_line(error)}", style="red")
    if len(summary.failures) > NAMED:
        console.print(f"... and {len(summary.failures) - NAMED} more", style="red")
    for pair, count in summary.skipped.items():
        failed = sum(Pair.of(unit) == pair for unit, _, _ in summary.failures)
        console.say(
            f"skipped: {pair}: {counted(count, 'fold')}, after {failed} failed (--keep-going runs "
            "them)",
            style="red",
        )
