"""Hyper-parameters that inner folds choose: `ststnet:epochs=100|500+tune=5`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.core.errors import BenchError
from bench.plugins.method import Method

WORD = "tune"
"""What stands before the number of inner folds."""
MARK = "|"
"""Between the values of a field that is tuned."""
FOLDS = 5
"""Inner folds where nobody says how many."""
MOST = 1000
"""Combinations, at most: each is as many fits as there are inner folds, in every fold."""


@dataclass(frozen=True)
class Tuning:
    """A grid of values, among which every fold chooses on its training subjects.

    Attributes:
        grid: values by field, sorted by field.
        folds: parts of the training subjects that choose.
    """

    grid: tuple[tuple[str, tuple[Any, ...]], ...]
    folds: int = FOLDS

    @property
    def size(self) -> int:
        """Number of combinations."""
        return math.prod(len(values) for _, values in self.grid)

    @property
    def fits(self) -> int:
        """Fits of one fold: those that choose, and the last."""
        return self.size * self.folds + 1


def checked(plugin: type[Method], grid: Mapping[str, tuple[Any, ...]], folds: int) -> Tuning:
    """A grid that inner folds can choose from.

    Raises:
        BenchError: a field that changes the description, equal values, or too many combinations.
    """
    by = plugin.described_by
    for name, values in grid.items():
        if by is None or name in by:
            raise BenchError(
                f"{plugin.name}: {name} changes what describe returns; fields that fit alone "
                "depends on can be tuned"
                + ("" if by is not None else " (described_by says which do not)")
            )
        if len(set(values)) < len(values):
            raise BenchError(f"{plugin.name}:{name}: a value twice among those to choose from")
    tuning = Tuning(tuple(sorted(grid.items())), folds)
    if tuning.size > MOST:
        raise BenchError(
            f"{plugin.name}: {tuning.size} combinations to choose from; at most {MOST}"
        )
    return tuning
