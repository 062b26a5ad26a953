"""Paired comparison of methods on the same subjects, from the records of a results folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from bench.core.errors import BenchError
from bench.core.names import RowSelector
from bench.core.select import unknown
from bench.core.types import Array
from bench.evaluation.paired import difference
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth
from bench.planning.splits import folds
from bench.statistics import (
    holm,
    minimal_detectable_difference,
    score,
)
from bench.statistics.metrics import METRICS, MetricName
from bench.store.record import Record

ALPHA = 0.05


@dataclass(frozen=True)
class Pair:
    """The paired comparison of two methods on one task.

    Attributes:
        task, data, protocol, synthetic: of both; `data` is the fingerprint of the clips.
        first, second: the methods.
        scores: of each, the mean over seeds.
        difference: first minus second.
        low, high: its 95 % interval, subjects resampled.
        p: of a two-sided permutation test over subjects.
        adjusted: p after Holm's correction over all pairs and tasks of the call.
        exact: all permutations were counted.
        subjects, seeds: counts.
        detectable: the smallest true difference that these subjects detect with 80 % power.
    """

    task: str
    data: str
    protocol: str
    synthetic: bool
    first: str
    second: str
    scores: tuple[float, float]
    difference: float
    low: float
    high: float
    p: float
    exact: bool
    subjects: int
    seeds: int
    detectable: float
    adjusted: float = 1.0

    @property
    def better(self) -> str | None:
        """The method that scores higher; None if the difference is not significant."""
        if self.adjusted >= ALPHA:
            return None
        return self.first if self.difference > 0 else self.second


@dataclass(frozen=True)
class NoResults:
    """A method has no records on a task.

    Attributes:
        task, method: names.
    """

    task: str
    method: str


@dataclass(frozen=True)
class MissingFolds:
    """No seed of a method has all folds of a task.

    Attributes:
        task, method: names.
        folds: finished ones of the seed that has most.
        of: how many there should be.
    """

    task: str
    method: str
    folds: int
    of: int


LeftOut = NoResults | MissingFolds
"""Why a method is not compared on a task."""


@dataclass(frozen=True)
class Entry:
    """A method's finished records on one task: confusion matrices by seed."""

    name: str
    cells: dict[int, Array]


def compare(
    tasks: Iterable[Truth],
    records: Sequence[Record],
    words: Sequence[str],
    protocol: str,
    metric: MetricName,
) -> tuple[list[Pair], list[LeftOut]]:
    """Compare every pair of methods on every task with complete results of both.

    Args:
        tasks: the tasks to compare on.
        records: of the results folder.
        words: methods, "mfvan", "mfvan@quick" or "mfvan@<family>".
        protocol: of the records.
        metric: the score to compare by.

    Returns:
        pairs, corrected together, and what was left out of them.
    """
    labels = sorted({record.label for record in records})
    for word in words:
        if RowSelector.parse(word).label not in labels:
            raise unknown("method", word, labels)
    pairs: list[Pair] = []
    left_out: list[LeftOut] = []
    for task in tasks:
        here = [
            r
            for r in records
            if (r.inputs["data"], r.inputs["protocol"]) == (task.fingerprint, protocol)
        ]
        # A word given twice would be compared with itself.
        results = [_entry(task, here, word, protocol) for word in dict.fromkeys(words)]
        left_out += [one for one in results if not isinstance(one, Entry)]
        entries = [one for one in results if isinstance(one, Entry)]
        pairs += [_pair(task, protocol, a, b, metric) for a, b in combinations(entries, 2)]
    adjusted = holm([pair.p for pair in pairs])
    return [replace(p, adjusted=float(q)) for p, q in zip(pairs, adjusted, strict=True)], left_out


def _entry(task: Truth, records: Sequence[Record], word: str, protocol: str) -> Entry | LeftOut:
    """The records that a word means, of every seed that has all folds."""
    wanted = RowSelector.parse(word)
    families: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        # Without @ the choice is empty, which every family starts with.
        chosen = record.preset == wanted.choice or record.family.startswith(wanted.choice)
        if record.label == wanted.label and chosen:
            families[record.preset, record.family].append(record)
    if not families:
        return NoResults(task.task, word)
    if len(families) > 1:
        known = ", ".join(
            f"{RowSelector(wanted.label, p)} (family {f})" for p, f in sorted(families)
        )
        raise BenchError(f"{task.task}: {word} is ambiguous ({known}); add @preset or @family")
    (chosen_records,) = families.values()
    total = len(folds(protocol, task.people, task.databases))
    done: dict[int, list[Record]] = defaultdict(list)
    for record in chosen_records:
        if record.status == "ok":
            done[record.inputs["seed"]].append(record)
    whole = {seed: rows for seed, rows in done.items() if len(rows) == total}
    if not whole:
        most = max(map(len, done.values()), default=0)
        return MissingFolds(task.task, word, most, total)
    return Entry(word, {seed: confusions(task, rows)[0] for seed, rows in whole.items()})


def _pair(task: Truth, protocol: str, first: Entry, second: Entry, metric: MetricName) -> Pair:
    # Without a common seed, the first seed of each is compared.
    seeds = sorted(first.cells.keys() & second.cells.keys())
    one = np.array([first.cells[seed] for seed in seeds or sorted(first.cells)[:1]])
    other = np.array([second.cells[seed] for seed in seeds or sorted(second.cells)[:1]])
    measure = METRICS[metric]
    paired = difference(one, other, measure)
    return Pair(
        task=task.task,
        data=task.fingerprint,
        protocol=protocol,
        synthetic=task.synthetic,
        first=first.name,
        second=second.name,
        scores=(score(one, measure), score(other, measure)),
        difference=paired.value,
        low=paired.low,
        high=paired.high,
        p=paired.p,
        exact=paired.exact,
        subjects=int(one.any(axis=(0, 2, 3)).sum()),
        seeds=paired.seeds,
        detectable=minimal_detectable_difference([one, other], measure),
    )
