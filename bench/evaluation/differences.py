"""All paired differences of a table at once: aggregates that need no prediction to be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from typing import NamedTuple

import numpy as np

from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.evaluation.row import Row, RowKey
from bench.statistics import bootstrap_differences, score
from bench.statistics.metrics import uf1

PLACES = 4
"""Decimal places: a site shows three, and resampling moves the ends of an interval by more."""


class Difference(NamedTuple):
    """Of the UF1 of two rows.

    Attributes:
        first, second: positions in `Differences.rows`.
        value: first minus second, on the seeds that both have.
        low, high: its 95 % interval, subjects resampled.
        seeds: how many they both have.
    """

    first: int
    second: int
    value: float
    low: float
    high: float
    seeds: int


@dataclass(frozen=True)
class Differences:
    """Of every pair of complete rows of a table that have a seed in common.

    Attributes:
        rows: those that are compared, in any order: a table can be sorted by any column.
        pairs: of them.
    """

    rows: tuple[RowKey, ...] = ()
    pairs: tuple[Difference, ...] = ()

    def __post_init__(self) -> None:
        for pair in self.pairs:
            if not 0 <= pair.first < pair.second < len(self.rows):
                raise ValueError(f"a pair of the rows {pair.first} and {pair.second}")

    def by_rows(self) -> dict[tuple[RowKey, RowKey], Difference]:
        """Of any two rows, in both orders: the first minus the second."""
        both = chain(self.pairs, map(_swapped, self.pairs))
        return {(self.rows[one.first], self.rows[one.second]): one for one in both}


def _swapped(one: Difference) -> Difference:
    return Difference(one.second, one.first, -one.value, -one.high, -one.low, one.seeds)


def differences(rows: Iterable[Row], counts: Mapping[RowKey, Array]) -> Differences:
    """Compare all complete rows, in their order.

    Args:
        rows: of a table.
        counts: `confusions` of each; a row without any is not compared.
    """
    complete = {row.key: row for row in rows if row.complete and row.key in counts}
    by_seed = {key: dict(zip(row.seeds, counts[key], strict=True)) for key, row in complete.items()}
    members = list(complete)
    alike: dict[tuple[int, ...], list[tuple[int, int]]] = defaultdict(list)
    for i, j in combinations(range(len(members)), 2):
        if common := by_seed[members[i]].keys() & by_seed[members[j]].keys():
            alike[tuple(sorted(common))].append((i, j))
    found: list[Difference] = []
    for seeds, pairs in alike.items():
        wanted, concerned = set(pairs), sorted(set(chain(*pairs)))
        cells = [np.array([by_seed[members[i]][seed] for seed in seeds]) for i in concerned]
        # Members of several pairs also meet where the two have more seeds in common than these.
        found += [one for one in _of_all(concerned, cells) if one[:2] in wanted]
    return Differences(tuple(members), tuple(sorted(found)))


def _of_all(places: list[int], cells: list[Array]) -> Iterator[Difference]:
    # The same draws as `bench compare`.
    intervals = bootstrap_differences(cells, uf1, np.random.default_rng(derived_seed("bootstrap")))
    scores = [score(cell, uf1) for cell in cells]
    for (i, j), ends in zip(combinations(range(len(cells)), 2), intervals, strict=True):
        value, low, high = (round(one, PLACES) for one in (scores[i] - scores[j], *ends))
        yield Difference(places[i], places[j], value, low, high, len(cells[i]))
