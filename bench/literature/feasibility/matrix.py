"""A confusion matrix from its totals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def matrix(
    clips: NDArray[np.int64], correct: NDArray[np.int64], predicted: NDArray[np.int64]
) -> NDArray[np.int64]:
    """A confusion matrix (c, c) with these totals.

    Args:
        clips: per class (c,), the sums of the rows.
        correct: per class (c,), the diagonal.
        predicted: per class (c,), the sums of the columns.

    Raises:
        ValueError: there is none. There is one where missed and false alarms of no class together
            exceed the errors: that class's misses must be false alarms of the others.
    """
    missed, alarms = clips - correct, predicted - correct
    errors = int(missed.sum())
    if min(missed.min(), alarms.min()) < 0 or alarms.sum() != errors:
        raise ValueError("expected no negative counts and as many predictions as clips")
    if (missed + alarms).max() > errors:
        raise ValueError("a class has more misses and false alarms than there are errors")
    counts = np.diag(correct)
    missed, alarms = missed.copy(), alarms.copy()
    for _ in range(errors):  # the class closest to having more than the errors left goes first
        # Stable: the order of ties in numpy's default sort depends on the processor.
        order = np.argsort(-(missed + alarms), kind="stable")
        first = order[0]
        sources, sinks = (missed, alarms) if missed[first] else (alarms, missed)
        second = next(other for other in order[1:] if sinks[other])
        sources[first] -= 1
        sinks[second] -= 1
        row, column = (first, second) if sources is missed else (second, first)
        counts[row, column] += 1
    return counts
