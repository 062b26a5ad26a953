"""Importing predictions that were made by other tools."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast, get_args

from bench.board.text import number
from bench.cache.files import write_atomically
from bench.cli.common import out, workspace
from bench.core.errors import BenchError
from bench.core.escape import csv as cell
from bench.core.names import TaskName, TaskSelector
from bench.core.select import unknown
from bench.core.words import ExternalSelection
from bench.data.task import Task, read_tasks
from bench.evaluation.external import covered, external_row
from bench.evaluation.truth import Truth, truth
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, located, no_data
from bench.store.external import External, external_path, write_external
from bench.store.predictions import (
    Content,
    Faults,
    Form,
    Matrices,
    MismatchError,
    match,
    match_subjects,
    read,
)
from bench.store.store import Store
from bench.store.task_file import task_file


@dataclass(frozen=True)
class Import:
    """What a user says about a file of predictions.

    Attributes:
        task, label: of the row.
        form: of the file; None to detect it.
        protocol, selection, source: as its authors state them.
        partial: take the clips in common with the task.
    """

    task: str = ""
    label: str = ""
    form: Form | None = None
    protocol: str = "loso"
    selection: ExternalSelection = "unknown"
    source: str = ""
    partial: bool = False


def import_predictions(
    file: Path, said: Import, *, results: Path | None, plugin: Sequence[Path] | None
) -> None:
    """Match a file of predictions with the clips of a task and put them on the board, unranked."""
    if not said.task or not said.label:
        raise BenchError(f"importing predictions from {file} needs --task and --label")
    # `compare` reads what follows as a preset.
    if "@" in said.label:
        raise BenchError(f"--label {said.label!r}: expected a name without @")
    registry, settings = workspace(plugin, results)
    store = Store(settings.results)
    store.check_writable()
    whose, new = _truth(store, said.task, registry, settings)
    content = read(file, whose.classes, said.form, best=said.selection == "test-best")
    said = _agreed(said, content.about, whose, file)
    try:
        one, left_out = _external(whose, content, file, said)
    except MismatchError as error:
        listed = _list(store, _named(whose, file, said), error.faults)
        advice = "" if said.partial else "; --partial imports the clips in common"
        raise BenchError(f"{error}; all are named in {listed}{advice}") from error
    try:
        # Scored before it is written, so that a wrong protocol leaves no file behind.
        scores = external_row(whose, one).scores
    except BenchError as error:
        raise BenchError(f"--protocol: {error}") from error
    if new is not None:
        store.write_task(new)
    path = write_external(store.folder, one)
    words = ", ".join(f"{name} {number(score.value)}" for name, score in scores.items())
    listed = _list(store, one, left_out)
    if one.partial:
        have = covered(whose, one)
        words = f"{have.sum()} of {len(have)} clips: {words}; the others are named in {listed}"
    elif count := sum(map(len, left_out.values())):
        words += f"; {count} that the task does not have are left out and named in {listed}"
    out().say(f"{said.label} on {whose.task}: {words}; saved as {path}")


def _agreed(said: Import, about: Mapping[str, str], task: Truth, file: Path) -> Import:
    """What is said of predictions, by options or by an exported file; both must agree.

    Raises:
        BenchError: the file is of another task or protocol, or contradicts an option.
    """
    theirs = about.get("task", task.task)
    # Revisions and parts of a task may differ: clips are matched one by one.
    if TaskName.parse(theirs).plain != TaskName.parse(task.task).plain:
        raise BenchError(f"{file}: predictions of {theirs}, expected {task.task} (--task)")
    if (protocol := about.get("protocol", said.protocol)) != said.protocol:
        raise BenchError(f"{file}: its protocol is {protocol}; pass --protocol {protocol}")
    selection, known = about.get("selection", "unknown"), get_args(ExternalSelection)
    if selection not in known:
        raise BenchError(f"{file}: selection {selection!r}, expected one of {', '.join(known)}")
    if "unknown" not in (said.selection, selection) and said.selection != selection:
        raise BenchError(f"{file}: its selection is {selection}, and --selection {said.selection}")
    kept = selection if said.selection == "unknown" else said.selection
    return replace(
        said,
        selection=cast(ExternalSelection, kept),
        source=said.source or about.get("source", ""),
    )


def _external(task: Truth, content: Content, file: Path, said: Import) -> tuple[External, Faults]:
    """Predictions of a task's clips, and what was left out of them."""
    clips = list(task.position)
    one = _named(task, file, said)
    if isinstance(content, Matrices):
        matrices = match_subjects(content, clips, task.people.tolist(), task.labels, said.partial)
        counts = {person: matrix.tolist() for person, matrix in matrices.counts.items()}
        return replace(one, matrices=counts, partial=_lacks(matrices.faults)), matrices.faults
    found = match(content, clips, task.labels, said.partial)
    names = [clips[i] for i in found.where]
    one = replace(
        one,
        predicted=dict(zip(names, found.predicted.tolist(), strict=True)),
        partial=_lacks(found.faults),
    )
    if found.scores is not None:
        one = replace(one, scores=dict(zip(names, found.scores.tolist(), strict=True)))
    return one, found.faults


def _lacks(faults: Faults) -> bool:
    """Whether clips of the task are missing; others may have been left out all the same."""
    return bool(faults["missing"])


def _named(task: Truth, file: Path, said: Import) -> External:
    """Without predictions: what names the files."""
    return External(
        name=said.label,
        task=task.task,
        data=task.fingerprint,
        protocol=said.protocol,
        origin=file.name,
        selection=said.selection,
        source=said.source,
    )


def _list(store: Store, one: External, faults: Faults) -> Path:
    """Name every clip that does not match in a file beside the predictions; returns its path.

    Without any, the file of an earlier import goes.
    """
    path = external_path(store.folder, one).with_suffix(".mismatch.csv")
    if not any(faults.values()):
        path.unlink(missing_ok=True)
        return path
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["clip", "problem"])
    writer.writerows([cell(clip), what] for what, clips in faults.items() for clip in clips)
    write_atomically(path, text.getvalue().encode())
    return path


def _truth(
    store: Store, task: str, registry: Registry, settings: Settings
) -> tuple[Truth, Task | None]:
    """Clips and classes of a task, and the task itself where the results folder lacks it."""
    wanted = TaskSelector.parse(task)
    meant = [one for data, one in store.tasks().items() if wanted.means(one.task, data)]
    # "casme2/5" means its subsets as well, unless the whole is there.
    known = [one for one in meant if one.task == task] or meant
    if len(known) > 1:
        plain = TaskName.parse(known[0].task).plain
        marks = ", ".join(f"{plain}@{one.fingerprint[:12]} ({one.task})" for one in known)
        raise BenchError(f"--task {task} is ambiguous: {marks}")
    if known:
        return truth(known[0]), None
    name = TaskName.parse(wanted.task)
    dataset, word = name.dataset, name.labelling
    if dataset not in registry.datasets:
        raise unknown("dataset", dataset, registry.datasets)
    have = located(registry, settings.folders)
    if dataset not in have:
        raise no_data(dataset, have)
    if word not in have[dataset].labellings:
        tasks = [str(TaskName(dataset, one)) for one in have[dataset].labellings]
        raise unknown("task", wanted.task, tasks)
    (made,) = read_tasks(have[dataset], [word], settings.cache).all()
    return truth(task_file(made)), made
