"""Predictions of the 442 clips of MEGC 2019, counted as papers print them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.core.names import ClipId
from bench.data.megc2019 import official
from bench.data.reading.coded import THREE
from bench.statistics.metrics import accuracy, per_group_confusions, recall, uar, uf1
from bench.store.predictions import (
    Content,
    Faults,
    Matrices,
    MismatchError,
    Predictions,
    match,
    match_subjects,
)

Counts = NDArray[np.int64]
WRONG = "with another true class in the task"
"""What `match` calls clips whose class is not the list's."""


def composite(content: Content) -> dict[str, float]:
    """Every score of the composite and of its databases, by names such as "UF1" and "UAR smic".

    Scored with the true classes that the file states. Also "clips", how many it has, and "wrong
    labels", how many have another class in the organisers' list.
    """
    found: dict[str, float] = {}
    matrices, faults = by_database(content), faults_of(content)
    for part, counts in {"": sum(matrices.values()), **matrices}.items():
        found |= {f"{name} {part}".strip(): value for name, value in scores_of(counts).items()}
    return found | {"wrong labels": len(faults.get(WRONG, ()))}


def scores_of(counts: Any) -> dict[str, float]:
    """The scores of one confusion matrix (c, c), with the two that are mistaken for others."""
    precision = float(np.nanmean(recall(np.swapaxes(counts, -1, -2))))
    found = {"UF1": uf1(counts), "UAR": uar(counts), "accuracy": accuracy(counts)}
    both = float(found["UAR"])
    return {name: float(value) for name, value in found.items()} | {
        "macro precision": precision,
        "F1 of means": 2 * precision * both / (precision + both) if precision + both else 0.0,
        "clips": int(np.sum(counts)),
    }


def by_database(content: Content) -> dict[str, Counts]:
    """Confusion matrices (3, 3) of the three databases, as far as they are predicted."""
    found: dict[str, Counts] = {}
    if isinstance(content, Predictions):
        rows = zip(content.clips, content.truth, content.predicted, strict=True)
        for clip, truth, predicted in rows:
            counts = found.setdefault(ClipId.parse(clip).database, np.zeros((3, 3), np.int64))
            counts[truth, predicted] += 1
        return found
    clips, people, labels = _listed()
    for person, matrix in match_subjects(content, clips, people, labels).counts.items():
        database = person.partition("/")[0]
        found[database] = found.get(database, 0) + matrix
    return found


def faults_of(content: Content) -> Faults:
    """What differs from the organisers' list, by what is wrong."""
    clips, people, labels = _listed()
    try:
        if isinstance(content, Matrices):
            return match_subjects(content, clips, people, labels, partial=True).faults
        return match(content, clips, labels, partial=True).faults
    except MismatchError as error:
        return error.faults


def equal_predictions(first: Predictions, second: Predictions) -> int:
    """How many clips of the first file the second predicts alike.

    Raises:
        BenchError: they are not of the same clips with the same true classes.
    """
    matched = match(second, first.clips, first.truth)
    return int((first.predicted[matched.where] == matched.predicted).sum())


def paired_predictions(first: Predictions, second: Matrices) -> int:
    """How many predictions agree with a file that names no clip.

    Within each subject and true class as many are equal as can be paired.

    Raises:
        BenchError: they are not of the same subjects with the same true classes.
    """
    people = [clip.rpartition("/")[0] for clip in first.clips]
    theirs = match_subjects(second, first.clips, people, first.truth).counts
    ours = per_group_confusions(first.truth, first.predicted, people, len(THREE))
    pairs = zip(np.unique(people), ours, strict=True)
    return int(sum(np.minimum(theirs[person], counts).sum() for person, counts in pairs))


def with_listed_classes(content: Predictions) -> Predictions:
    """The same predictions with the organisers' ids and true classes."""
    clips, _, labels = _listed()
    # Equal on both sides, so that a class that differs is no mismatch.
    same = np.zeros_like(labels)
    matched = match(replace(content, truth=np.zeros_like(content.truth)), clips, same, partial=True)
    where = matched.where
    return Predictions(tuple(clips[i] for i in where), labels[where], matched.predicted)


def _listed() -> tuple[list[str], list[str], Counts]:
    listed = official()
    labels = np.array([THREE.index(word) for word in listed.values()], np.int64)
    return list(listed), [clip.rpartition("/")[0] for clip in listed], labels
