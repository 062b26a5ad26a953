"""The verbs and their options; what each does lies in the file of its name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.data_app import data
from bench.cli.options import (
    Apex,
    Datasets,
    Inner,
    Jobs,
    Json,
    LimitFolds,
    Methods,
    Plugin,
    Preset,
    Protocol,
    Results,
    Seeds,
    Tasks,
    Trace,
)

app = typer.Typer(
    name="bench",
    help="Micro-expression recognition under leave-one-subject-out: every method, every "
    "dataset, one honest leaderboard.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
results = typer.Typer(help="List and move what runs left behind.", no_args_is_help=True)
new = typer.Typer(help="Write the first lines of a plugin.", no_args_is_help=True)
app.add_typer(data, name="data")
app.add_typer(results, name="results")
app.add_typer(new, name="new")
literature = typer.Typer(help="The numbers that papers print.", no_args_is_help=True)
app.add_typer(literature, name="literature")


@app.command()
def run(
    methods: Methods = "all",
    datasets: Datasets = "all",
    tasks: Tasks = "",
    protocol: Protocol = "loso",
    seeds: Seeds = "0",
    apex: Apex = "given",
    preset: Preset = "",
    jobs: Jobs = None,
    timeout: Annotated[
        float | None, typer.Option("--timeout", min=0.1, help="Seconds a fold may take.")
    ] = None,
    limit_folds: LimitFolds = None,
    results: Results = None,
    plugin: Plugin = None,
    device: Annotated[str, typer.Option("--device", help="cpu, cuda, or auto.")] = "auto",
    engine: Annotated[
        str, typer.Option("--engine", help="processes, or serial for a debugger.")
    ] = "processes",
    trace: Trace = False,
    inner: Inner = 0,
    refresh: Annotated[
        str, typer.Option("--refresh", help="stale: run again what older code made.")
    ] = "",
    cache_size: Annotated[
        str, typer.Option("--cache-size", help="Bound of what is computed again if need be: 20GB.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and run nothing.")
    ] = False,
) -> None:
    """Run methods on datasets; the same command again goes on where it stopped."""
    from bench.cli.prepare import Request
    from bench.cli.run import run as run_request

    run_request(
        Request(
            methods, datasets, tasks, protocol, seeds, preset, jobs, limit_folds, results,
            tuple(plugin or ()), apex, trace, inner,
        ),
        engine=engine, timeout=timeout, device=device, refresh=refresh, cache_size=cache_size,
        dry_run=dry_run,
    )  # fmt: skip


@app.command()
def plan(
    methods: Methods = "all",
    datasets: Datasets = "all",
    tasks: Tasks = "",
    protocol: Protocol = "loso",
    seeds: Seeds = "0",
    apex: Apex = "given",
    preset: Preset = "",
    jobs: Jobs = None,
    limit_folds: LimitFolds = None,
    results: Results = None,
    plugin: Plugin = None,
    trace: Trace = False,
    inner: Inner = 0,
    json: Json = False,
) -> None:
    """Show what a run would do, what is done already, and how long the rest may take."""
    from bench.cli.plan import show
    from bench.cli.prepare import Request

    show(
        Request(
            methods, datasets, tasks, protocol, seeds, preset, jobs, limit_folds, results,
            tuple(plugin or ()), apex, trace, inner,
        ),
        as_json=json,
    )  # fmt: skip


@app.command()
def board(
    results: Results = None,
    tasks: Annotated[str, typer.Option("--tasks", help="Task names or globs.")] = "all",
    format: Annotated[  # noqa: A002 (the option's name)
        str, typer.Option("--format", help="terminal, markdown, csv, json, latex or html.")
    ] = "terminal",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A file; or a folder: md, csv, json, pictures."),
    ] = None,
    plugin: Plugin = None,
) -> None:
    """Print the leaderboard of a results folder, or write it for publishing."""
    from bench.cli.board import show

    show(results, tasks, format, output, tuple(plugin or ()))


@app.command()
def explain(
    method: Annotated[str, typer.Argument(help="A method with results: mfvan, mfvan:delta.")],
    task: Annotated[str, typer.Option("--task", "-t", help="The task: casme2/5.")],
    results: Results = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder; in the results by default.")
    ] = None,
    preset: Annotated[
        str, typer.Option("--preset", help="paper, quick, ...; the one with most folds by default.")
    ] = "",
    seconds: Annotated[
        float,
        typer.Option(
            "--seconds", min=0, help="Time to fit one fold again and look into it; 0: do not."
        ),
    ] = 300,
    plugin: Plugin = None,
) -> None:
    """Make a report of pictures on one method and task: errors, training, what it looks at."""
    from bench.cli.explain import explain as make

    make(method, task, preset, results, output, seconds, tuple(plugin or ()))


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="methods, datasets, or both.")] = "both",
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """List methods and datasets."""
    from bench.cli.list import show

    show(what, tuple(plugin or ()), json)


@app.command()
def info(
    name: Annotated[str, typer.Argument(help="A method or a dataset.")],
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Say all about a method or a dataset: paper, fidelity, configuration, layout, quirks."""
    from bench.cli.info import show

    show(name, tuple(plugin or ()), json)


@app.command()
def check(
    methods: Annotated[
        str, typer.Argument(metavar="METHOD", help="Names, globs, all, or a plugin's path.")
    ],
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Hold methods to the contract: seeds, leaks, odd folds, declared views, learning."""
    from bench.cli.check import check as check_methods

    check_methods(methods, tuple(plugin or ()), json)


@app.command()
def compare(
    methods: Annotated[
        list[str], typer.Argument(metavar="A B ...", help="Methods; name@preset tells two apart.")
    ],
    results: Results = None,
    tasks: Annotated[str, typer.Option("--tasks", help="Task names or globs.")] = "all",
    protocol: Protocol = "loso",
    metric: Annotated[str, typer.Option("--metric", help="uf1, uar, accuracy or f1.")] = "uf1",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Draw average ranks: a png file.")
    ] = None,
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Test whether methods of a results folder differ: paired, by subjects, on each task."""
    from bench.cli.compare import show

    show(methods, results, tasks, protocol, metric, tuple(plugin or ()), json, output)


@app.command()
def doctor(results: Results = None, plugin: Plugin = None, json: Json = False) -> None:
    """Look at packages, threads, caches, torch, disk and datasets; exit 1 if runs would fail."""
    from bench.cli.doctor import doctor as examine

    examine(results, tuple(plugin or ()), json)


@app.command()
def repro(
    cell: Annotated[str, typer.Argument(help="task/method, and more of its path if need be.")],
    fold: Annotated[str, typer.Option("--fold", help="Only this fold: casme2/01.")] = "",
    results: Annotated[
        Path | None, typer.Option("--results", help="The results folder to hold against.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help="Keep the new records; thrown away by default.")
    ] = None,
    jobs: Jobs = None,
    engine: Annotated[
        str, typer.Option("--engine", help="processes, or serial for a debugger.")
    ] = "processes",
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Run a cell, or one fold of it, again and compare prediction by prediction."""
    from bench.cli.repro import repro as again

    again(cell, fold, results, into, jobs, engine, tuple(plugin or ()), json)


@new.command("method")
def new_method(
    name: Annotated[str, typer.Argument(help="Its name: lower case, one word.")],
    folder: Annotated[Path, typer.Option("--folder", help="Where to write.")] = Path(),
) -> None:
    """Write a method plugin of about 20 lines that runs at once, and its test."""
    from bench.cli.new import write_method

    write_method(name, folder)


@literature.command("check")
def literature_check(
    method: Annotated[str, typer.Option("--method", help="A method's word or its title.")] = "",
    dataset: Annotated[str, typer.Option("--dataset", help="casme2, casme2/5, 3db ...")] = "",
    all_: Annotated[
        bool, typer.Option("--all", help="Also what is possible or cannot be checked.")
    ] = False,
    json: Json = False,
) -> None:
    """Say which published scores no confusion matrix of the dataset's clips can have."""
    from bench.cli.literature import check

    check(method, dataset, all_, json)


@results.command("list")
def results_list(results: Results = None, json: Json = False) -> None:
    """List what a results folder holds, cell by cell."""
    from bench.cli.results import show

    show(results, json)


@results.command("explain")
def results_explain(
    record: Annotated[str, typer.Argument(help="A record's file, or task/method:fold.")],
    results: Results = None,
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Say in words whether a record is fresh, stale, foreign or damaged, and why."""
    from bench.cli.record import explain

    explain(record, results, tuple(plugin or ()), json)


@results.command("import")
def results_import(
    source: Annotated[
        Path, typer.Argument(help="Another machine's results folder, or a file of predictions.")
    ],
    results: Results = None,
    task: Annotated[str, typer.Option("--task", help="Of a file: its task, casme2/5.")] = "",
    label: Annotated[str, typer.Option("--label", help="Of a file: the name of its row.")] = "",
    format: Annotated[  # noqa: A002 (the option's name)
        str, typer.Option("--format", help="Of a file: megc2019 or csv; seen from it by default.")
    ] = "",
    protocol: Protocol = "loso",
    plugin: Plugin = None,
) -> None:
    """Take over another machine's records, or predictions made elsewhere (never ranked)."""
    if source.is_file() or task or label or format:
        from bench.cli.exchange import take

        take(source, format, task, label, protocol, results, tuple(plugin or ()))
    else:
        from bench.cli.results import merge

        merge(source, results)


@results.command("export")
def results_export(
    cell: Annotated[str, typer.Argument(help="task/method, and more of its path if need be.")],
    format: Annotated[  # noqa: A002 (the option's name)
        str, typer.Option("--format", help="megc2019 or csv.")
    ] = "csv",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file; printed without it.")
    ] = None,
    results: Results = None,
) -> None:
    """Write the predictions of a cell for other tools."""
    from bench.cli.exchange import give

    give(cell, format, output, results)
