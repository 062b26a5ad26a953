"""Weights that make rare classes count."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array


def inverse_frequency(labels: Array, classes: int) -> Array:
    """Class weights inverse to how often each class occurs.

    Args:
        labels: (n,) integers, 0 .. classes - 1; a class may be missing.
        classes: number of classes of the task.

    Returns:
        (classes,) float64 with mean 1 over the classes present and 0 for an absent one.
    """
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    weights = np.divide(1.0, counts, where=present, out=np.zeros(classes))
    total = weights.sum()
    return weights * (present.sum() / total) if total else weights


def effective_number(labels: Array, classes: int, beta: float = 0.999) -> Array:
    """Class weights inverse to the effective number of clips (1 - β^n) / (1 - β).

    Cui et al., CVPR 2019, equations 2 and 8: the weights of class-balanced losses.

    Args:
        labels: (n,) integers, 0 .. classes - 1; a class may be missing.
        classes: number of classes of the task.
        beta: 0 weighs all classes alike, towards 1 they weigh inversely to their counts.

    Returns:
        (classes,) float64 with mean 1 over the classes present and 0 for an absent one.
    """
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    # An absent class would give 0 / 0; its weight is 0 whatever the number.
    number = (1 - beta ** np.maximum(counts, 1)) / (1 - beta)
    weights = present / number
    balanced: Array = weights * (present.sum() / weights.sum())
    return balanced
