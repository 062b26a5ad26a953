"""All paired differences of a table at once, for the page that compares two methods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np

from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.evaluation.row import RowKey
from bench.evaluation.scoring import confusions
from bench.site.content import Section, key_of
from bench.statistics import bootstrap_differences, score
from bench.statistics.metrics import uf1

Pair = tuple[RowKey, RowKey]


@dataclass(frozen=True)
class Difference:
    """Of the UF1 of two rows.

    Attributes:
        value: first minus second, on the seeds that both have.
        low, high: its 95 % interval, subjects resampled.
        seeds: how many they both have.
    """

    value: float
    low: float
    high: float
    seeds: int


def differences(section: Section) -> dict[Pair, Difference]:
    """Of every pair of complete rows of a table, in its order, that have a seed in common."""
    task, done = section.task, section.done
    if task is None:
        return {}
    rows = section.table.rows
    complete = {key_of(row): row for row in rows if row.complete and key_of(row) in done}
    counts = {
        key: dict(zip(row.seeds, confusions(task, done[key]), strict=True))
        for key, row in complete.items()
    }
    alike: dict[tuple[int, ...], list[Pair]] = defaultdict(list)
    for one, other in combinations(complete, 2):
        if common := counts[one].keys() & counts[other].keys():
            alike[tuple(sorted(common))].append((one, other))
    found: dict[Pair, Difference] = {}
    for seeds, pairs in alike.items():
        wanted, concerned = set(pairs), set(chain(*pairs))
        members = [key for key in complete if key in concerned]
        cells = [np.array([counts[key][seed] for seed in seeds]) for key in members]
        # Members of several pairs also meet where the two have more seeds in common than these.
        found |= {pair: one for pair, one in _of_all(members, cells) if pair in wanted}
    return found


def _of_all(members: list[RowKey], cells: list[Array]) -> Iterator[tuple[Pair, Difference]]:
    # The same draws as `bench compare`.
    intervals = bootstrap_differences(cells, uf1, np.random.default_rng(derived_seed("bootstrap")))
    scores = [score(cell, uf1) for cell in cells]
    for (i, j), (low, high) in zip(combinations(range(len(cells)), 2), intervals, strict=True):
        value = scores[i] - scores[j]
        yield (members[i], members[j]), Difference(value, low, high, len(cells[i]))
