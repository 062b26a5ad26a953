"""All paired differences of a table at once, for the page that compares two methods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.evaluation.row import Row, RowKey
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth
from bench.site.content import key_of
from bench.statistics import bootstrap_differences, score
from bench.statistics.metrics import uf1
from bench.store.record import Record


@dataclass(frozen=True)
class PairOfRows:
    """Two rows of a table, by UF1.

    Attributes:
        first, second: the rows, in the order of the table.
        difference: first minus second.
        low, high: its 95 % interval, subjects resampled.
    """

    first: RowKey
    second: RowKey
    difference: float
    low: float
    high: float


def differences(
    task: Truth, rows: Sequence[Row], done: Mapping[RowKey, list[Record]]
) -> list[PairOfRows]:
    """Every pair of complete rows of one table, on as many seeds of each as all of them have.

    Args:
        task: clips and true classes.
        rows: of the table, best first.
        done: the finished records of each row.
    """
    keys = [key_of(row) for row in rows if row.complete and key_of(row) in done]
    if len(keys) < 2:
        return []
    cells = [confusions(task, done[key]) for key in keys]
    seeds = min(len(cell) for cell in cells)
    return list(_pairs(keys, [cell[:seeds] for cell in cells]))


def _pairs(keys: list[RowKey], cells: list[Array]) -> Iterator[PairOfRows]:
    # The same draws as `bench compare`.
    intervals = bootstrap_differences(cells, uf1, np.random.default_rng(derived_seed("bootstrap")))
    scores = [score(cell, uf1) for cell in cells]
    for (i, j), (low, high) in zip(combinations(range(len(cells)), 2), intervals, strict=True):
        yield PairOfRows(keys[i], keys[j], scores[i] - scores[j], low, high)
