"""A printed score, and the judgement on a set of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

EDGE = 1e-12
"""Keeps floating-point errors from deciding at the ends of an interval."""


@dataclass(frozen=True)
class Claim:
    """A printed score: the true one was rounded or truncated to it.

    Attributes:
        value: a fraction in 0..1.
        decimals: of the fraction (those of a percentage plus two).
    """

    value: float
    decimals: int

    @property
    def low(self) -> float:
        """The smallest score that rounds up to it."""
        return self.value - 0.5 * 10.0**-self.decimals - EDGE

    @property
    def high(self) -> float:
        """The end of the scores that are truncated to it."""
        # Minus EDGE at both ends: what rounds up to the value belongs to it, but what is truncated
        # to the next value does not.
        return self.value + 10.0**-self.decimals - EDGE

    def distance(self, scores: Any) -> Any:
        """Distance of scores from the interval, elementwise; 0 within it."""
        return np.maximum(np.maximum(self.low - scores, scores - self.high), 0.0)

    def __str__(self) -> str:
        return f"{self.value:.{self.decimals}f}"


@dataclass(frozen=True)
class Judgement:
    """What was shown about a set of claims.

    Attributes:
        feasible: "unknown" if no example was found and none was ruled out.
        reason: one sentence.
        nearest: possible scores by metric: those of the example, or the nearest to the claim.
        example: a confusion matrix (c, c) with the claimed scores, rows truth.
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
