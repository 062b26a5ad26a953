"""A printed score, and the judgement on a set of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

EDGE = 1e-12
"""Keeps floating-point errors from deciding at the ends of an interval."""

Reading = Literal["rounded", "either", "derived"]
"""How a score became its print: "rounded"; "either" rounded or cut off after the last digit;
"derived" from other printed scores, whose errors add up to two units of the last digit."""

REACH: Mapping[Reading, tuple[float, float]] = {
    "rounded": (0.5, 0.5),
    "either": (0.5, 1.0),
    "derived": (2.0, 2.0),
}
"""How far below and above its print the score may be, in units of the last digit."""


@dataclass(frozen=True)
class Claim:
    """A printed score.

    Attributes:
        value: a fraction in 0..1.
        decimals: of the fraction as printed (those of a percentage plus two).
        reading: how the score may have become its print.
    """

    value: float
    decimals: int
    reading: Reading = "either"

    @property
    def low(self) -> float:
        """The smallest score with this print."""
        return self.value - REACH[self.reading][0] * 10.0**-self.decimals - EDGE

    @property
    def high(self) -> float:
        """The largest score with this print."""
        end = self.value + REACH[self.reading][1] * 10.0**-self.decimals
        # What is cut off to the next value does not belong to this one; but prints of all digits
        # of a float are finer than the edge.
        return max(end - EDGE, self.value + EDGE) if self.reading == "either" else end + EDGE

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
