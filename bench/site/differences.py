"""All paired differences of a table at once, for the page that compares two methods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.evaluation.build_row import by_row, finished
from bench.evaluation.row import Row, RowKey
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth
from bench.statistics import bootstrap_differences, score
from bench.statistics.metrics import uf1
from bench.store.record import Record


@dataclass(frozen=True)
class PairOfRows:
    """Two rows of a table, by UF1.

    Attributes:
        first, second: names of the rows, the higher score first.
        difference: first minus second.
        low, high: its 95 % interval, subjects resampled.
    """

    first: str
    second: str
    difference: float
    low: float
    high: float


def differences(task: Truth, rows: list[Row], records: list[Record]) -> list[PairOfRows]:
    """Every pair of complete rows of one table, on the seeds that all of them have.

    Args:
        task: clips and true classes.
        rows: of the table, best first.
        records: of the table.
    """
    done = {key: finished(of_row) for key, of_row in by_row(records).items()}
    complete = [
        row for row in rows if row.complete and RowKey(row.label, row.preset, row.family) in done
    ]
    if len(complete) < 2:
        return []
    cells = [confusions(task, done[RowKey(r.label, r.preset, r.family)]) for r in complete]
    seeds = min(len(cell) for cell in cells)
    return list(_pairs([row.name for row in complete], [cell[:seeds] for cell in cells]))


def _pairs(names: list[str], cells: list[Array]) -> Iterator[PairOfRows]:
    # The same draws as `bench compare`.
    intervals = bootstrap_differences(cells, uf1, np.random.default_rng(derived_seed("bootstrap")))
    scores = [score(cell, uf1) for cell in cells]
    for (i, j), (low, high) in zip(combinations(range(len(cells)), 2), intervals, strict=True):
        value = scores[i] - scores[j]
        if value < 0:
            i, j, value, low, high = j, i, -value, -high, -low
        yield PairOfRows(names[i], names[j], value, low, high)
