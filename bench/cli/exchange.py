"""`bench results import FILE` and `bench results export`: predictions from and for elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.board.text import number
from bench.cache.files import write_atomically
from bench.cli.common import err, out, surroundings
from bench.core.errors import BenchError
from bench.core.names import TaskName, TaskSelector
from bench.core.select import unknown
from bench.data.task import make_tasks
from bench.evaluation.external import External, external_row, write_external
from bench.evaluation.find_cell import find_cell
from bench.evaluation.truth import Truth, truth
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, located, no_data
from bench.store.predictions import (
    Predictions,
    match,
    parse_log,
    parse_table,
    read,
    write_log,
    write_table,
)
from bench.store.store import Store

READERS = {"megc2019": parse_log, "csv": parse_table}
WRITERS: dict[str, Callable[[Predictions], str]] = {"megc2019": write_log, "csv": write_table}


def take(
    file: Path,
    form: str,
    task: str,
    label: str,
    protocol: str,
    results: Path | None,
    plugins: tuple[Path, ...],
) -> None:
    """Hold a file of predictions against a task and put it on the board, without a rank."""
    if not task or not label:
        raise BenchError(f"importing predictions from {file} needs --task and --label")
    if form and form not in READERS:
        raise unknown("--format", form, READERS)
    registry, settings = surroundings(plugins, results)
    store = Store(settings.results)
    store.check_writable()
    whose = _truth(store, task, registry, settings)
    if form:
        predictions = READERS[form](_text(file), whose.classes, str(file))
    else:
        predictions = read(file, whose.classes)
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
        scores = external_row(whose, one).scores
    except BenchError as error:
        raise BenchError(f"--protocol: {error}") from error
    path = write_external(store.folder, one)
    said = ", ".join(f"{name} {number(score.value)}" for name, score in scores.items())
    out().print(f"{label} on {whose.task}: {said}; kept as {path}", soft_wrap=True)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{file}: cannot be read as text ({error})") from error


def _truth(store: Store, task: str, registry: Registry, settings: Settings) -> Truth:
    """Clips and classes of a task: of the results folder, else of the configured dataset."""
    wanted = TaskSelector.parse(task)
    known = [
        raw
        for data, raw in store.tasks().items()
        if raw["task"] == wanted.task and data.startswith(wanted.data)
    ]
    if len(known) > 1:
        marks = ", ".join(f"{wanted.task}@{raw['fingerprint'][:12]}" for raw in known)
        raise BenchError(f"--task {task} may be any of {marks}")
    if known:
        return truth(known[0])
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
    store.write_task(made)
    return truth(store.tasks()[made.fingerprint])


def give(words: str, form: str, output: Path | None, results: Path | None) -> None:
    """Write the predictions of a finished cell for other tools."""
    if form not in WRITERS:
        raise unknown("--format", form, WRITERS)
    _, settings = surroundings((), results)
    cell = find_cell(Store(settings.results), words)
    done = [record for record in cell.records if record.status == "ok"]
    predicted = {
        clip: int(np.argmax(scores))
        for record in done
        for clip, scores in zip(record.clips, record.scores, strict=True)
    }
    lacking = len(cell.task.labels) - len(predicted)
    if lacking:
        err().print(f"{cell.folder}: {lacking} clips have no prediction", soft_wrap=True)
    clips = [clip for clip in cell.task.position if clip in predicted]
    labels = cell.task.labels[[cell.task.position[clip] for clip in clips]]
    text = WRITERS[form](
        Predictions(tuple(clips), labels, np.array([predicted[clip] for clip in clips], np.int64))
    )
    if output is None:
        print(text, end="")
    else:
        write_atomically(output, text.encode())
