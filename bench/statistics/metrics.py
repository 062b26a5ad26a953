"""Scores from confusion matrices: rows are the truth, columns the prediction.

Every score is a function of arrays (..., classes, classes), vectorised over the leading axes
(subjects, seeds, resamples), so one definition serves a fold, a board and ten thousand resamples.

UF1 and UAR follow the rules of MEGC 2019 (See et al., FG 2019): counts are pooled over all folds
first, and each class weighs the same. A class without a clip in the truth has no recall and is
left out of their means; `absent` says which those are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[Any]
"""Confusion matrices (..., classes, classes), integer or real counts."""
Values = NDArray[np.float64]
Metric = Callable[[Counts], Values]
"""Confusion matrices (..., classes, classes) to scores (...)."""


def confusion(truth: ArrayLike, predicted: ArrayLike, classes: int) -> NDArray[np.int64]:
    """Count how often each true class was given each predicted one.

    Args:
        truth: label numbers (n,) in 0..classes-1.
        predicted: label numbers (n,) in 0..classes-1.
        classes: how many classes there are.

    Returns:
        Counts (classes, classes), rows truth.

    Raises:
        ValueError: the two differ in length or hold a number that is no class.
    """
    pairs, _ = _pairs(truth, predicted, classes)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def per_group_confusions(
    truth: ArrayLike, predicted: ArrayLike, groups: ArrayLike, classes: int
) -> NDArray[np.int64]:
    """Confusion matrices by group: by subject, or by part of a composite.

    Args:
        truth: label numbers (n,).
        predicted: label numbers (n,).
        groups: the group of each clip (n,): names or numbers.
        classes: how many classes there are.

    Returns:
        Counts (groups, classes, classes), the groups in the order of `np.unique(groups)`.
    """
    pairs, n = _pairs(truth, predicted, classes)
    names, number = np.unique(np.asarray(groups), return_inverse=True)
    if number.shape != (n,):
        raise ValueError(f"expected one group per clip: {n} clips, groups {number.shape}")
    # One count over pairs of group and cell, rather than a pass over all clips for every group.
    flat = np.bincount(number * classes**2 + pairs, minlength=len(names) * classes**2)
    return flat.reshape(len(names), classes, classes)


def absent(counts: Counts) -> NDArray[np.bool_]:
    """Which classes have no clip in the truth, (..., classes): left out of UF1 and UAR."""
    return np.asarray(_truth(counts) == 0)


def recall(counts: Counts) -> Values:
    """Share of each class that was found, TP/n (..., classes); NaN where the class is absent."""
    return _ratio(_correct(counts), _truth(counts))


def accuracy(counts: Counts) -> Values:
    """Share of clips that were recognised, (...); NaN without clips."""
    return _ratio(_correct(counts).sum(-1), _truth(counts).sum(-1))


def uar(counts: Counts) -> Values:
    """Unweighted average recall: mean of TP/n over the classes that are present, (...)."""
    present = _truth(counts)
    return _mean(_ratio(_correct(counts), present), present > 0)


def uf1(counts: Counts) -> Values:
    """Unweighted F1: mean of 2TP/(2TP+FP+FN) over the classes that are present, (...)."""
    present = _truth(counts)
    return _mean(_ratio(2.0 * _correct(counts), present + _predicted(counts)), present > 0)


def f1(counts: Counts) -> Values:
    """Macro F1 as scikit-learn has it: a class that is only ever predicted counts as zero, (...).

    Equal to UF1 wherever all classes are present.
    """
    total = _truth(counts) + _predicted(counts)
    return _mean(_ratio(2.0 * _correct(counts), total), total > 0)


MetricName = Literal["accuracy", "f1", "uf1", "uar"]
METRICS: dict[str, Metric] = {"accuracy": accuracy, "f1": f1, "uf1": uf1, "uar": uar}
"""The scores of a board by the field's names."""


def scores(counts: Counts) -> dict[str, Values]:
    """All scores of confusion matrices (..., c, c): those of `METRICS` (...), `recall` (..., c)."""
    return {name: metric(counts) for name, metric in METRICS.items()} | {"recall": recall(counts)}


def _pairs(truth: ArrayLike, predicted: ArrayLike, classes: int) -> tuple[NDArray[np.int64], int]:
    """Each clip's cell in the flattened confusion matrix, and the number of clips."""
    rows, columns = np.asarray(truth), np.asarray(predicted)
    if rows.ndim != 1 or rows.shape != columns.shape:
        raise ValueError(f"expected equally long lists: {rows.shape} and {columns.shape}")
    for name, labels in (("truth", rows), ("predicted", columns)):
        # An empty list becomes float64, which says nothing about its labels.
        if labels.size and (labels.dtype.kind not in "iu" or not _within(labels, classes)):
            raise ValueError(f"{name}: expected whole numbers from 0 to {classes - 1}")
    # Widened before multiplying: labels in uint8 would wrap around.
    return rows.astype(np.int64) * classes + columns.astype(np.int64), len(rows)


def _within(labels: NDArray[Any], classes: int) -> bool:
    return bool(labels.min() >= 0 and labels.max() < classes)


def _total(values: NDArray[Any]) -> NDArray[Any]:
    """The sum over the last axis."""
    # Adding a handful of slices is several times faster than numpy's sum over a short axis, and
    # below eight in the same order.
    if not 0 < values.shape[-1] < 8:
        return np.asarray(values.sum(-1))
    first, *rest = np.moveaxis(values, -1, 0)
    return np.asarray(sum(rest, start=first))


def _truth(counts: Counts) -> NDArray[Any]:
    return _total(counts)


def _predicted(counts: Counts) -> NDArray[Any]:
    return _total(np.swapaxes(counts, -1, -2))


def _correct(counts: Counts) -> NDArray[Any]:
    return np.diagonal(counts, axis1=-2, axis2=-1)


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Values:
    result = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    # Divided only where it is defined: 0 / 0 would give the NaN as well, but with a warning.
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _mean(values: Values, kept: NDArray[np.bool_]) -> Values:
    """Mean over the last axis of the values that are kept; NaN where none is."""
    # Replaced rather than weighted by 0, since 0 times NaN is NaN.
    return _ratio(_total(np.where(kept, values, 0.0)), _total(kept.astype(np.int64)))
