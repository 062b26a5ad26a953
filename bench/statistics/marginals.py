"""The field's scores from TP and the marginals of confusion matrices: sums of rows and columns.

Under thousands of resamples of many seeds, whole matrices are most of what a board costs. Where all
seeds have the same clips, the sums of the rows of a resample are the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np

from bench.statistics.arrays import Cell, Metric, Values
from bench.statistics.metrics import accuracy, f1, uar, uf1

FEW = 8
"""Classes from which on numpy adds in another order, so that the last bit may differ."""


class Marginals(NamedTuple):
    """Of the confusion matrices of a cell.

    Attributes:
        truth: clips of each class (subjects, classes).
        correct: TP of each class and seed (subjects, classes * seeds).
        predicted: clips predicted as each class, likewise.
    """

    truth: Values
    correct: Values
    predicted: Values

    def scores(self, weights: Values, metrics: Sequence[Metric]) -> Values | None:
        """Scores under rows of subject weights, means over seeds (metrics, resamples).

        Equal to the last bit to those of the whole matrices.

        Returns:
            None where a resample has no clip of a class, which the metrics themselves leave out.
        """
        truth = weights @ self.truth
        if not truth.all():
            return None
        classes = truth.shape[1]
        correct, predicted = (
            list(np.moveaxis((weights @ side).reshape(len(truth), classes, -1), 1, 0))
            for side in (self.correct, self.predicted)
        )
        columns = list(truth.T[:, :, None])
        means = {
            form: form(columns, correct, predicted).mean(axis=1)
            for form in {FORMS[metric] for metric in metrics}
        }
        return np.array([means[FORMS[metric]] for metric in metrics])


def marginals_of(cell: Cell, metrics: Sequence[Metric]) -> Marginals | None:
    """Of counts (seeds, subjects, c, c); None where they do not give the metrics.

    That is for metrics that are not in `FORMS`, seeds with different clips, and many classes.
    """
    _, subjects, classes, _ = cell.shape
    truth = cell.sum(axis=-1)
    if classes >= FEW or not {*metrics} <= FORMS.keys() or (truth != truth[:1]).any():
        return None
    correct, predicted = (
        # Seeds last, so that those of a class lie side by side.
        np.moveaxis(side, 0, -1).reshape(subjects, -1).astype(np.float64)
        for side in (np.diagonal(cell, axis1=-2, axis2=-1), cell.sum(axis=-2))
    )
    return Marginals(truth[0].astype(np.float64), correct, predicted)


def _accuracy(truth: list[Values], correct: list[Values], _: list[Values]) -> Values:
    return np.asarray(reduce(add, correct) / reduce(add, truth))


def _uar(truth: list[Values], correct: list[Values], _: list[Values]) -> Values:
    return np.asarray(reduce(add, map(np.divide, correct, truth)) / len(truth))


def _uf1(truth: list[Values], correct: list[Values], predicted: list[Values]) -> Values:
    each = (2.0 * c / (t + p) for t, c, p in zip(truth, correct, predicted, strict=True))
    return np.asarray(reduce(add, each) / len(truth))


FORMS: dict[Metric, Callable[[list[Values], list[Values], list[Values]], Values]] = {
    accuracy: _accuracy,
    uar: _uar,
    uf1: _uf1,
    # They differ only where a class has no clip.
    f1: _uf1,
}
"""Of lists with an array (resamples, seeds) or (resamples, 1) for each class."""
