"""Training one model on all subjects of a task, or on some."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from bench.cache.cache import Cache
from bench.core.code_hash import borrowed, source_hash
from bench.core.errors import BenchError, in_a_line
from bench.core.select import choose, unknown
from bench.core.types import ApexPolicy, Array, Description
from bench.data.task import Task
from bench.deploy.card import Card, Loso, form_of
from bench.deploy.trained import Trained, one_thread
from bench.planning.plan import Cell, Unit
from bench.planning.splits import Fold
from bench.plugins.method import Method
from bench.plugins.state import State
from bench.running.describe import describe_all, lacking_jobs
from bench.running.device import Used, allocations, used
from bench.running.jobs import fit_job, setting
from bench.running.options import RunOptions
from bench.running.outputs import parameter_count
from bench.running.progress import Progress
from bench.running.worker import Fitted, fitted
from bench.store.code import dataset_code
from bench.store.environment import environment

EVERYBODY = "all"
"""The name of the fold that leaves nobody out."""


def chosen_fold(task: Task, subjects: str = EVERYBODY, without: str = "") -> Fold:
    """The fold whose training clips are those of some subjects.

    Leaving out a single subject gives the fold of leave-one-subject-out, seed included.

    Args:
        task: clips and subjects.
        subjects: comma-separated subjects or globs: "casme2/01", "01", "casme2/*" or "all".
        without: the same, to leave out; "" for none.

    Raises:
        BenchError: a subject that the task does not have, or nobody left.
    """
    people = task.people
    known = sorted(set(people.tolist()))
    kept = set(people_of(subjects, known)) - set(people_of(without, known) if without else ())
    if not kept:
        raise BenchError(f"--subjects {subjects} --without {without}: nobody is left to train on")
    train = np.flatnonzero(np.isin(people, sorted(kept)))
    left_out = [one for one in known if one not in kept]
    return Fold(",".join(left_out) or EVERYBODY, train, np.zeros(0, np.int64))


def people_of(words: str, known: Sequence[str]) -> list[str]:
    """Subjects meant by comma-separated names or globs: "casme2/01", "01", "casme2/*", "all"."""
    # Of a single database a subject's number is enough.
    found: dict[str, None] = {}
    for word in map(str.strip, words.split(",")):
        full = word if "/" in word or word == "all" else f"*/{word}"
        try:
            found.update(dict.fromkeys(choose([full], known, "subject")))
        except BenchError:
            raise unknown("subject", word, known) from None  # as it was typed
    return list(found)


def train(
    cell: Cell,
    fold: Fold,
    apex: ApexPolicy,
    cache: Cache,
    options: RunOptions,
    progress: Progress,
) -> Trained:
    """Describe the clips of a task that are not described yet, and fit one model.

    Args:
        cell: method, task and seed.
        fold: from `chosen_fold`.
        apex: where apex frames come from.
        cache: of descriptions.
        options: device, and the processes that describe.
        progress: watches the clips being described.

    Raises:
        BenchError: a method that cannot be trained once, or fails; a clip that cannot be read.
    """
    row = cell.row
    if row.weights is not None:
        raise BenchError(f"{row.label}: weights published fold by fold; there is nothing to train")
    if row.method.stated().transductive:
        raise BenchError(
            f"{row.label} is transductive: it sees the clips that it predicts while it is trained, "
            "so that there is no model to keep"
        )
    if type(row.method).restore is Method.restore:
        row.method.model_class()  # raises before anything is trained that could not be restored
    unit = Unit(dataclasses.replace(cell, folds=(fold,)), fold)
    jobs = lacking_jobs([unit], cache)
    progress.phase("clips", [None] * len(jobs))
    found = describe_all(jobs, cache, options, progress)
    for sentence in (*found.unreadable.values(), *(o.error for o in found.failed.values())):
        raise BenchError(f"{row.label}: {_last_line(sentence)}")
    shared = setting(unit.cell, cache)
    before, began = allocations(), time.perf_counter()
    try:
        with one_thread():
            made = fitted(shared, fit_job(unit, options))
    except BenchError:
        raise
    except Exception as error:  # a plugin may raise anything
        raise BenchError(
            f"{row.label}: fit fails: {in_a_line(error)}; `bench check {row.method.name}` says more"
        ) from error
    seconds = time.perf_counter() - began
    first = cache.get("descriptions", shared.descriptions[0])
    assert first is not None  # it was described above
    card = _card(unit, apex, made, first, used(before), seconds)
    return Trained(card, made.method, made.model)


def _card(
    unit: Unit, apex: ApexPolicy, made: Fitted, clip: Description, device: Used, seconds: float
) -> Card:
    cell, fold = unit.cell, unit.fold
    row, task = cell.row, cell.task
    people = set(task.people[fold.train].tolist())
    return Card(
        method=row.method.name,
        method_class=type(row.method).__name__,
        label=row.label,
        preset=row.preset,
        # As it reads back: JSON has no tuples.
        inputs=json.loads(json.dumps(cell.inputs)),
        family=cell.family,
        fold=fold.name,
        apex=apex,
        classes=task.classes,
        counts=tuple(np.bincount(task.labels[fold.train], minlength=len(task.classes)).tolist()),
        subjects=tuple(sorted(people)),
        left_out=tuple(sorted(set(task.people.tolist()) - people)),
        title=task.dataset.facts.title,
        licence=task.dataset.facts.licence,
        synthetic=task.synthetic,
        form=form_of(clip),
        source=source_hash(type(row.method)),
        borrowed=borrowed(type(row.method)),
        dataset_code=dataset_code(task.dataset),
        environment=asdict(environment()),
        device=device.device,
        gpu=device.gpu,
        seconds=round(seconds, 3),
        parameters=parameter_count(made.model.parameters),
        holds_clips=_holds_clips(made.model.state(), len(fold.train)),
        chosen=made.chosen,
    )


def with_loso(trained: Trained, loso: Loso | None) -> Trained:
    """The model with the score of models like it."""
    return dataclasses.replace(trained, card=dataclasses.replace(trained.card, loso=loso))


def _holds_clips(state: State, clips: int) -> bool:
    """Whether an array has a row for each training clip, as those of kernel machines."""
    arrays = (one for one in state.values() if isinstance(one, np.ndarray))
    return any(_is_table(one, clips) for one in arrays)


def _is_table(array: Array, clips: int) -> bool:
    return array.ndim >= 2 and clips > 1 and array.shape[0] == clips


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]
