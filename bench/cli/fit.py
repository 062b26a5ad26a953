"""`bench fit`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from bench.cli import options as opt
from bench.cli.common import err, out
from bench.cli.complete import complete_datasets, complete_methods, complete_tasks
from bench.cli.plan import say_remarks
from bench.cli.prepare import Prepared, Request, prepare
from bench.cli.watch import Watch
from bench.core.errors import BenchError
from bench.deploy.folder import check_folder, save
from bench.deploy.score import find_loso, loso_text
from bench.deploy.trained import Trained
from bench.deploy.training import EVERYBODY, chosen_fold, train, with_loso
from bench.planning.plan import Cell
from bench.running.absent import refuse_absent
from bench.running.gpus import settled
from bench.running.options import RunOptions
from bench.store.store import Store

OneDataset = Annotated[
    str, typer.Option("--dataset", "-d", help="A dataset.", autocompletion=complete_datasets)
]
OneTask = Annotated[
    str,
    typer.Option(
        "--task",
        "-t",
        help="A task of it by name or number of classes; default: its first.",
        autocompletion=complete_tasks,
    ),
]
Subjects = Annotated[
    str, typer.Option("--subjects", help="Train on these subjects alone: names or globs.")
]
Without = Annotated[
    str,
    typer.Option(
        "--without", help="Leave out these subjects; a single one gives the model of its LOSO fold."
    ),
]


def fit(
    method: Annotated[
        str,
        typer.Argument(
            help="A method: ststnet, mfvan:delta, ststnet:epochs=50.",
            autocompletion=complete_methods,
        ),
    ],
    output: Annotated[Path, opt.output_option("Folder to write the model to.")],
    dataset: OneDataset = "",
    task: OneTask = "",
    classes: opt.Classes = None,
    subjects: Subjects = EVERYBODY,
    without: Without = "",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Random seed.")] = 0,
    apex: opt.Apex = "given",
    preset: opt.Preset = "",
    incomplete: opt.Incomplete = False,
    exclude: opt.Exclude = None,
    results: opt.Results = None,
    plugin: opt.Plugin = None,
    tune: opt.Tune = None,
    inner: opt.Inner = 0,
    device: opt.DeviceOption = "auto",
    jobs: opt.Jobs = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the model that is in the folder.")
    ] = False,
) -> None:
    """Train a method once, on all subjects of a task, and save the model.

    The folder holds data alone (JSON, safetensors, skops; no pickle). `bench predict` uses it.
    """
    # Before anything is trained.
    check_folder(output, force)
    request = Request(
        method, dataset, classes, tasks=task, seeds=str(seed), apex=apex, preset=preset,
        incomplete=incomplete, exclude=exclude, results=results, plugin=plugin, tune=tune,
    )  # fmt: skip
    trained = fitted(request, RunOptions(jobs=jobs, device=device, inner=inner), subjects, without)
    save(trained, output, force)
    for line in about(trained):
        out().say(line)
    out().say(f"Model: {output}")


def fitted(request: Request, options: RunOptions, subjects: str, without: str) -> Trained:
    """Train the one method and task that a request means.

    Raises:
        BenchError: several methods, datasets or tasks are meant, or none can be trained.
    """
    if not request.datasets:
        raise BenchError("--dataset: expected the name of a dataset; `bench list datasets`")
    if options.inner and not request.tune:
        raise BenchError("--inner: expected --tune FIELD=VALUES, which it chooses from")
    refuse_absent(options)
    prepared = prepare(request, options)
    cell = _only(prepared, request.methods)
    fold = chosen_fold(cell.task, subjects, without)
    remarked = dataclasses.replace(
        prepared, plan=dataclasses.replace(prepared.plan, cells=(cell,), skipped=())
    )
    say_remarks(remarked)
    settings = prepared.settings
    options = settled(prepared.options, err().say)
    with Watch(options.workers, err()) as watch:
        trained = train(cell, fold, request.apex, settings.cache, options, watch)
    found = find_loso(trained.card, Store(settings.results), prepared.registry)
    return with_loso(trained, found[0] if found else None)


def _only(prepared: Prepared, words: str) -> Cell:
    """The cell that is meant: stand-ins come with reference rows that nobody asked for."""
    cells = prepared.plan.cells
    tasks = dict.fromkeys(cell.task.name for cell in cells)
    if len(tasks) > 1:
        raise BenchError(f"--dataset, --task: several tasks: {', '.join(tasks)}; name one")
    named = [cell for cell in cells if cell.row.method.name == words.partition(":")[0]]
    if not named:
        reasons = "; ".join(map(str, prepared.plan.skipped)) or f"{words}: expected one method"
        raise BenchError(f"nothing to train: {reasons}")
    if len(named) > 1:
        labels = ", ".join(cell.row.label for cell in named)
        raise BenchError(f"{words}: several rows: {labels}; name one")
    return named[0]


def about(trained: Trained) -> list[str]:
    """What a user should know of a model, a sentence or two a line."""
    card = trained.card
    classes = ", ".join(f"{name} {n}" for name, n in zip(card.classes, card.counts, strict=True))
    mark = "SYNTHETIC stand-in of " if card.synthetic else ""
    who = f"{len(card.subjects)} subjects"
    if card.left_out:
        who += f", without {', '.join(card.left_out)}"
    lines = [
        f"{card.label} (preset {card.preset}, seed {card.inputs['seed']}), trained on "
        f"{card.inputs['task']}, {mark}{card.title}: {sum(card.counts)} clips ({classes}) of "
        f"{who}.",
        loso_text(card.loso),
    ]
    if card.chosen:
        values = ", ".join(f"{name}={value}" for name, value in sorted(card.chosen.items()))
        lines.insert(1, f"Inner folds of the training subjects chose {values}.")
    if card.holds_clips:
        lines.append(
            "It contains descriptions of its training clips: before you share it, see what the "
            "dataset's licence allows."
        )
    return lines
