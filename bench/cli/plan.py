"""`bench plan`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Annotated, Any

import typer
from rich.table import Table as Grid

from bench.board.contract import clips_text, contract_text
from bench.cli import options as opt
from bench.cli.common import err, out, print_json
from bench.cli.job_script import Kind, array_of, parts_by_default, script
from bench.cli.prepare import Prepared, Request, chosen, prepare
from bench.cli.watch import duration
from bench.core.errors import BenchError
from bench.planning.plan import Cell, fold_seconds
from bench.planning.skipped import sentences
from bench.running.jobs import options_of
from bench.running.options import GIVE_UP, RunOptions
from bench.store.files import names_in
from bench.store.record import Record
from bench.store.store import Store

PROBLEMS = 3
"""Problems of a task that a plan or run shows one by one."""

ArrayOption = Annotated[
    int | None,
    typer.Option(
        "--array", min=1, max=10_000, help="Jobs of the array; default: of about an hour each."
    ),
]
MemoryOption = Annotated[
    int | None,
    typer.Option(
        "--memory",
        min=1,
        max=4096,
        metavar="GB",
        help="Memory of each process, GB; default: 4 in a job array. Without --array, a shell "
        "script has no more parts than fit this machine's memory.",
    ),
]


def plan(
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
    trace: opt.Trace = False,
    inner: opt.Inner = 0,
    tune: opt.Tune = None,
    device: opt.DeviceOption = "auto",
    give_up: opt.GiveUp = GIVE_UP,
    keep_going: opt.KeepGoing = False,
    config: opt.Config = None,
    slurm: Annotated[
        bool, typer.Option("--slurm", help="Print a SLURM job array that runs the plan.")
    ] = False,
    pbs: Annotated[
        bool, typer.Option("--pbs", help="Print a PBS job array that runs the plan.")
    ] = False,
    shell: Annotated[
        bool, typer.Option("--shell", help="Print a shell script that runs it in parts.")
    ] = False,
    array: ArrayOption = None,
    memory: MemoryOption = None,
    json: opt.Json = False,
) -> None:
    """Show what a run would do, what is done, and how long the rest may take.

    With --slurm, --pbs or --shell it prints a script instead that runs the plan in equal parts.
    """
    words = dict(locals())
    kind = _kind(slurm, pbs, shell, shard, json)
    if kind is None and (array, memory) != (None, None):
        raise BenchError(
            f"--{'memory' if array is None else 'array'}: add --slurm, --pbs or --shell"
        )
    prepared = prepare(chosen(Request, words), chosen(RunOptions, words))
    say_remarks(prepared)
    if kind is not None:
        _print_script(kind, prepared, words, array, memory)
    elif json:
        print_json([_facts(cell, prepared) for cell in prepared.plan.cells])
    else:
        print_plan(prepared)


def _kind(slurm: bool, pbs: bool, shell: bool, shard: str | None, json: bool) -> Kind | None:
    """The script asked for; raises `BenchError` for options that contradict each other."""
    flags: dict[Kind, bool] = {"slurm": slurm, "pbs": pbs, "shell": shell}
    kinds = [kind for kind, flag in flags.items() if flag]
    if len(kinds) > 1:
        raise BenchError(f"--{kinds[0]} and --{kinds[1]}: choose one script")
    if kinds and (json or shard is not None):
        raise BenchError(f"--{kinds[0]} and {'--json' if json else '--shard'}: choose one")
    return kinds[0] if kinds else None


def _print_script(
    kind: Kind, prepared: Prepared, words: dict[str, Any], asked: int | None, memory: int | None
) -> None:
    facts = [_facts(cell, prepared) for cell in prepared.plan.cells]
    each = [fact["seconds_left"] / max(fact["folds"] - fact["done"], 1) for fact in facts
            if fact["seconds_left"] is not None]  # fmt: skip
    units = sum(fact["folds"] - fact["done"] for fact in facts)
    left = [fact["seconds_left"] for fact in facts]
    parts = parts_by_default(kind, prepared.options, asked, memory)
    found = array_of(
        left, units, max(each, default=0.0), prepared.options, parts, memory,
        any(type(cell.row.method).facts.reference for cell in prepared.plan.cells),
    )  # fmt: skip
    # Not by rich, which would wrap long lines.
    print(script(kind, prepared, words, found), end="")


def say_remarks(prepared: Prepared) -> None:
    """What there is to know before a run: a line for each task, and what cannot be run."""
    tasks = {cell.task.name: cell.task for cell in prepared.plan.cells}
    for line in prepared.remarks:
        err().say(line)
    for name, task in tasks.items():
        if not task.contract.plain:
            err().say(f"{name}: {contract_text(task.contract)}.")
        shown = task.contract.problems[:PROBLEMS]
        for problem in shown:
            err().say(f"  problem: {problem}")
        if len(task.contract.problems) > len(shown):
            err().say(f"  all problems: `bench data check {task.dataset.name}`")
    for line in (*sentences(prepared.plan.skipped), *prepared.unusable):
        err().say(line)


def print_plan(prepared: Prepared) -> None:
    """One line per cell, and the time that the rest may take."""
    console = out()
    grid = Grid("task", "clips", "method", "seed", "folds", "done", "time left", title="plan")
    facts = [_facts(cell, prepared) for cell in prepared.plan.cells]
    for cell, fact in zip(prepared.plan.cells, facts, strict=True):
        left = "unknown" if fact["seconds_left"] is None else duration(fact["seconds_left"])
        clips = clips_text(cell.task.contract)
        words = [fact[name] for name in ("method", "seed", "folds", "done")]
        grid.add_row(*map(str, (fact["task"], clips, *words, left)))
    console.print(grid)
    console.print(_total([fact["seconds_left"] for fact in facts], prepared.options.workers))


def expected(prepared: Prepared) -> str:
    """A sentence on the time that a run may take; empty where no fold is left."""
    store = Store(prepared.settings.results)

    def waits(cell: Cell) -> bool:
        # Counting files spares a run with nothing to do from reading every record once more.
        there = sum(name.endswith(".json") for name in names_in(store.cell_folder(cell)))
        return options_of(cell, prepared.options).traced or there < len(cell.folds)

    waiting = filter(waits, prepared.plan.cells)
    left = [_facts(cell, prepared)["seconds_left"] for cell in waiting]
    # Where nothing is known there is nothing to say, and where it is 0 no fold is left.
    if not any(left):
        return ""
    return f"{_total(left, prepared.options.workers)}."


def _total(seconds: Sequence[float | None], jobs: int) -> str:
    known = [one for one in seconds if one is not None]
    unknown = len(seconds) - len(known)
    on = f"{jobs} process{'' if jobs == 1 else 'es'}"
    if not known:
        return f"Run time unknown: none of the {unknown} method-task pairs has run here"
    total = f"Estimated: about {duration(sum(known) / jobs)} on {on}"
    return total + (f", plus {unknown} method-task pairs with unknown run time" if unknown else "")


def _facts(cell: Cell, prepared: Prepared) -> dict[str, Any]:
    store = Store(prepared.settings.results)
    kept = store.of_cell(cell).values()
    records = [one.record for one in kept if isinstance(one.record, Record)]
    wanted = options_of(cell, prepared.options)
    done = {record.fold for record in records if record.serves(wanted)}
    each = _seconds(cell, [record for record in records if record.status == "ok"])
    if each is not None:
        # An inner fit takes about as long as the fit of the whole fold.
        each *= 1 + prepared.options.inner
    return {
        "task": cell.task.name,
        "synthetic": cell.task.synthetic,
        "contract": asdict(cell.task.contract),
        "method": cell.row.label,
        "preset": cell.row.preset,
        "protocol": cell.protocol,
        "seed": cell.seed,
        "folds": len(cell.folds),
        "done": len(done),
        "seconds_left": None if each is None else each * (len(cell.folds) - len(done)),
    }


def _seconds(cell: Cell, done: list[Record]) -> float | None:
    """Wall time of one fit of a fold: what others took, or else what the method estimates."""
    if done and cell.row.weights is None:
        return fmean(record.wall - record.seconds.get("inner", 0.0) for record in done)
    return fold_seconds(cell, max(cell.folds, key=lambda fold: len(fold.train)))
