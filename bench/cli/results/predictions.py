"""Importing predictions that were made by other tools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from bench.board.text import number
from bench.cli.common import out, workspace
from bench.core.errors import BenchError
from bench.core.names import TaskName, TaskSelector
from bench.core.select import unknown
from bench.data.task import Task, make_tasks
from bench.evaluation.external import external_row
from bench.evaluation.truth import Truth, truth
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, located, no_data
from bench.store.external import External, write_external
from bench.store.predictions import (
    Reader,
    match,
    parse_log,
    parse_table,
    read,
)
from bench.store.store import Store
from bench.store.task_file import task_file

Format = Literal["megc2019", "csv"]
READERS: dict[Format, Reader] = {"megc2019": parse_log, "csv": parse_table}


def import_predictions(
    file: Path,
    *,
    task: str,
    label: str,
    form: Format | None,
    protocol: str,
    results: Path | None,
    plugin: Sequence[Path] | None,
) -> None:
    """Match a file of predictions with the clips of a task and put them on the board, unranked."""
    if not task or not label:
        raise BenchError(f"importing predictions from {file} needs --task and --label")
    registry, settings = workspace(plugin, results)
    store = Store(settings.results)
    store.check_writable()
    whose, new = _truth(store, task, registry, settings)
    predictions = read(file, whose.classes, READERS[form] if form else None)
    clips = list(whose.position)
    predicted = match(predictions, clips, whose.labels)
    one = External(
        name=label,
        task=whose.task,
        data=whose.fingerprint,
        protocol=protocol,
        origin=file.name,
        predicted=dict(zip(clips, predicted.tolist(), strict=True)),
    )
    try:
        # Scored before it is written, so that a wrong protocol leaves no file behind.
        scores = external_row(whose, one).scores
    except BenchError as error:
        raise BenchError(f"--protocol: {error}") from error
    if new is not None:
        store.write_task(new)
    path = write_external(store.folder, one)
    said = ", ".join(f"{name} {number(score.value)}" for name, score in scores.items())
    out().say(f"{label} on {whose.task}: {said}; saved as {path}")


def _truth(
    store: Store, task: str, registry: Registry, settings: Settings
) -> tuple[Truth, Task | None]:
    """Clips and classes of a task, and the task itself where the results folder lacks it."""
    wanted = TaskSelector.parse(task)
    known = [
        one
        for data, one in store.tasks().items()
        if one.task == wanted.task and data.startswith(wanted.data)
    ]
    if len(known) > 1:
        marks = ", ".join(f"{wanted.task}@{one.fingerprint[:12]}" for one in known)
        raise BenchError(f"--task {task} is ambiguous: {marks}")
    if known:
        return truth(known[0]), None
    name = TaskName.parse(wanted.task)
    dataset, word = name.dataset, name.labelling
    if dataset not in registry.datasets:
        raise unknown("dataset", dataset, registry.datasets)
    have = located(registry, settings.roots)
    if dataset not in have:
        raise no_data(dataset, have)
    if word not in have[dataset].labellings:
        tasks = [str(TaskName(dataset, one)) for one in have[dataset].labellings]
        raise unknown("task", wanted.task, tasks)
    (made,) = make_tasks(have[dataset], [word], settings.cache)
    return truth(task_file(made)), made
