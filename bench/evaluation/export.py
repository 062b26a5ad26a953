"""The predictions of a cell, or imported ones, with all that other tools may ask of them."""

from __future__ import annotations

import numpy as np

from bench.core.errors import BenchError
from bench.evaluation.build_row import finished, least_provenance
from bench.evaluation.external import EXTERNAL
from bench.evaluation.find_cell import CellRecords, ExternalResult
from bench.evaluation.truth import Truth
from bench.planning.splits import folds
from bench.store.external import External
from bench.store.predictions import Matrices, Predictions
from bench.store.predictions.export import About, Export


def export_of(result: CellRecords | ExternalResult) -> Export:
    """What is exported of a result.

    Raises:
        BenchError: a cell without a finished fold.
    """
    if isinstance(result, ExternalResult):
        return _external(result.task, result.external)
    return _cell(result)


def _cell(cell: CellRecords) -> Export:
    done = finished(cell.records)
    if not done:
        raise BenchError(f"{cell.folder} has no finished fold")
    inputs = done[0].inputs
    return _export(
        About(
            task=cell.task.task,
            data=cell.task.fingerprint,
            protocol=inputs["protocol"],
            method=done[0].label,
            preset=done[0].preset,
            seed=inputs["seed"],
            selection=done[0].selection,
            provenance=least_provenance(done),
            source="",
        ),
        cell.task,
        scores={c: row for r in done for c, row in zip(r.clips, r.scores, strict=True)},
        fold={clip: record.fold for record in done for clip in record.clips},
    )


def _external(task: Truth, one: External) -> Export:
    about = About(
        task=task.task,
        data=task.fingerprint,
        protocol=one.protocol,
        method=one.name,
        preset=EXTERNAL,
        seed=None,
        selection=one.selection,
        provenance="reported",
        source=one.source,
    )
    if one.matrices:
        counts = np.array(list(one.matrices.values()), np.int64)
        return Export(about, task.classes, Matrices(tuple(one.matrices), counts))
    clips = list(task.position)
    every = folds(one.protocol, task.people, task.databases, task.ids)
    fold = {clips[i]: each.name for each in every for i in each.test}
    return _export(about, task, one.scores, fold, one.predicted)


def _export(
    about: About,
    task: Truth,
    scores: dict[str, list[float]],
    fold: dict[str, str],
    predicted: dict[str, int] | None = None,
) -> Export:
    """In the order of the task's clips; without `predicted` it is the class of the best score."""
    have = scores if predicted is None else predicted
    clips = tuple(clip for clip in task.position if clip in have)
    where = [task.position[clip] for clip in clips]
    rows = np.array([scores[clip] for clip in clips], float) if scores else None
    guesses = (
        [int(np.argmax(scores[clip])) for clip in clips]
        if predicted is None
        else [predicted[clip] for clip in clips]
    )
    return Export(
        about,
        task.classes,
        Predictions(clips, task.labels[where], np.array(guesses, np.int64), rows),
        subjects=tuple(str(person) for person in task.people[where]),
        folds=tuple(fold.get(clip, "") for clip in clips),
    )
