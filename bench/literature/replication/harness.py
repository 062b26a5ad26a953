"""Running a method of the harness on a public dataset, for claims about published weights."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from bench.cache.cache import Cache
from bench.core.errors import BenchError
from bench.core.machine import default_folder
from bench.data.task import Task, read_tasks
from bench.planning.plan import make_plan
from bench.plugins.configure import configure
from bench.plugins.registry import load
from bench.running.options import RunOptions
from bench.running.progress import Nobody
from bench.running.run import run
from bench.store.predictions import Predictions
from bench.store.store import Store


def public_task(dataset: str, labelling: str, clone: Path) -> Task:
    """A task of a dataset whose root is a clone.

    Raises:
        BenchError: there is no such dataset, or the clone does not hold it.
    """
    kind = load().datasets.get(dataset)
    if kind is None:
        raise BenchError(f"no dataset {dataset!r} is installed, which this claim needs")
    (task,) = read_tasks(kind(clone), [labelling], Cache(default_folder())).all()
    return task


def predictions_of(method: str, task: Task, protocol: str = "loso") -> Predictions:
    """The pooled predictions of a method, in the order of its folds.

    Runs like `bench run` with seed 0 and the paper's configuration, in this process and on the CPU;
    the records are thrown away.

    Args:
        method: as on the command line, "ststnet:weights=FOLDER".
        task: what it is run on.
        protocol: how clips are split.

    Raises:
        BenchError: a fold failed, or the method cannot run on the task.
    """
    plan = make_plan(configure(load(), method, "paper"), [task], protocol)
    if not plan.units:
        raise BenchError(f"{method} does not run on {task.name}")
    options = RunOptions(engine="serial", jobs=1, device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        summary = run(plan, store, Cache(default_folder()), options, Nobody())
        if summary.failures:
            unit, status, error = summary.failures[0]
            raise BenchError(f"{unit}: {status}: {' '.join(error.split())[-200:]}")
        records = [record for unit in plan.units if (record := store.read(store.path(unit)))]
    clips = tuple(clip for record in records for clip in record.clips)
    truth = dict(zip((clip.id for clip in task.clips), task.labels.tolist(), strict=True))
    guesses = [int(np.argmax(row)) for record in records for row in record.scores]
    return Predictions(clips, np.array([truth[clip] for clip in clips]), np.array(guesses))
