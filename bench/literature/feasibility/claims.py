"""A printed score, and the judgement on a set of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

EDGE = 1e-12
"""Keeps rounding errors of the arithmetic from deciding at the ends of a window."""


@dataclass(frozen=True)
class Claim:
    """A score as printed: the true one was rounded or cut off to it.

    Attributes:
        value: a fraction in 0..1.
        decimals: how many the fraction was printed with (those of a percentage plus two).
    """

    value: float
    decimals: int

    @property
    def low(self) -> float:
        """The smallest score that is rounded up to it."""
        return self.value - 0.5 * 10.0**-self.decimals - EDGE

    @property
    def high(self) -> float:
        """The end of the scores that are cut off to it."""
        return self.value + 10.0**-self.decimals - EDGE

    def distance(self, scores: Any) -> Any:
        """How far scores lie outside, elementwise; 0 for those that may be printed so."""
        return np.maximum(np.maximum(self.low - scores, scores - self.high), 0.0)

    def __str__(self) -> str:
        return f"{self.value:.{self.decimals}f}"


@dataclass(frozen=True)
class Judgement:
    """What is known about a set of claims.

    Attributes:
        feasible: "unknown" where neither an example was found nor its absence shown.
        reason: one sentence.
        nearest: feasible scores by metric: those of the example, or the nearest to what cannot be.
        example: a confusion matrix (c, c) that has the claimed scores, rows truth.
    """

    feasible: Literal["yes", "no", "unknown"]
    reason: str
    nearest: Mapping[str, float]
    example: NDArray[np.int64] | None = None


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
        order = np.argsort(-(missed + alarms), kind="stable")
        first = order[0]
        sources, sinks = (missed, alarms) if missed[first] else (alarms, missed)
        second = next(other for other in order[1:] if sinks[other])
        sources[first] -= 1
        sinks[second] -= 1
        row, column = (first, second) if sources is missed else (second, first)
        counts[row, column] += 1
    return counts
