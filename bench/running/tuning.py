"""Choosing hyper-parameters inside a fold, on its training subjects alone.

Every combination of a grid is fitted on parts of the training subjects and scored on those that
each part leaves out; predictions of all parts are pooled, then scored once by UF1. The held-out
subject's clips and labels take no part: this runs where `fit` runs, which has neither.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Method
from bench.plugins.model import Training
from bench.plugins.tuning import Tuning
from bench.running.outputs import checked
from bench.statistics.metrics import confusion, uf1


def chosen(method: Method, tuning: Tuning, train: Training, context: Context) -> dict[str, Any]:
    """The combination that serves unseen training subjects best, the first of equals.

    Args:
        method: the fields that are not tuned.
        tuning: the grid.
        train: the training clips of the fold.
        context: of the fold; its inner folds choose, with seeds of their own.

    Returns:
        values by field; the first of each where there is a single training subject.
    """
    from sklearn.model_selection import ParameterGrid

    options: list[dict[str, Any]] = list(
        ParameterGrid({name: list(values) for name, values in tuning.grid})
    )
    folds = context.inner_folds(tuning.folds)
    if not folds:
        return options[0]
    merit = [_merit(_with(method, option), train, context, folds) for option in options]
    # Rounded, so that equal scores tie on every machine and the first wins.
    return options[int(np.argmax(np.round(merit, 9)))]


def _with(method: Method, values: dict[str, Any]) -> Method:
    return dataclasses.replace(method, **values)  # type: ignore[type-var]


def _merit(
    method: Method, train: Training, context: Context, folds: list[tuple[Array, Array]]
) -> float:
    counts = np.zeros((train.classes, train.classes), np.int64)
    for number, (fit, validate) in enumerate(folds):
        context.check_deadline()
        part = _part(train, fit)
        held_out = [train.clips[i] for i in validate]
        if train.unlabelled is not None:
            part = dataclasses.replace(part, unlabelled=held_out)
        # The same seed for all combinations, so that their values alone differ.
        inner = dataclasses.replace(
            context,
            seed=derived_seed(context.seed, "tune", number),
            subjects=part.subjects,
            trace=[],
            curve=[],
            _held_out=None,
        )
        model = method.fit(part, inner)
        scores = checked(model.predict(held_out), len(held_out), train.classes)
        counts += confusion(train.labels[validate], scores.argmax(1), train.classes)
    return float(uf1(counts))


def _part(train: Training, index: Array) -> Training:
    """Some of the training clips, their subjects numbered anew."""
    at = index.tolist()
    return dataclasses.replace(
        train,
        clips=[train.clips[i] for i in at],
        labels=train.labels[index],
        subjects=np.unique(train.subjects[index], return_inverse=True)[1],
        action_units=tuple(train.action_units[i] for i in at) if train.action_units else (),
        genders=tuple(train.genders[i] for i in at) if train.genders else (),
    )
