"""Whether two methods differ on the same subjects, from the records of a results folder."""

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
from bench.evaluation.truth import Truth, confusions
from bench.planning.splits import folds
from bench.statistics import (
    CriticalDifference,
    critical_difference,
    holm,
    minimal_detectable_difference,
    score,
)
from bench.statistics.metrics import METRICS
from bench.store.record import Record

ALPHA = 0.05


@dataclass(frozen=True)
class Pair:
    """Two methods on one task.

    Attributes:
        task, protocol, synthetic: where.
        first, second: the methods.
        scores: of the two, means over seeds.
        difference: first minus second.
        low, high: its 95 % interval, subjects resampled.
        p: of a two-sided permutation test over subjects.
        adjusted: corrected by Holm's method over all pairs and tasks of one question.
        exact: all permutations were counted.
        subjects, seeds: how many.
        detectable: smallest true difference that these subjects would show, 80 times of 100.
    """

    task: str
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
    def verdict(self) -> str:
        """In words."""
        if self.adjusted >= ALPHA:
            return "no significant difference"
        return f"{self.first if self.difference > 0 else self.second} is better"


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
    metric: str,
) -> tuple[list[Pair], list[str]]:
    """Every pair of methods on every task that has complete results of both.

    Args:
        tasks: tasks to look at.
        records: of the results folder.
        words: methods, "mfvan", "mfvan@quick" or "mfvan@<family>".
        protocol: of the records.
        metric: one of `bench.statistics.metrics.METRICS`.

    Returns:
        pairs, corrected together, and a sentence for everything that was left out.
    """
    if metric not in METRICS:
        raise unknown("--metric", metric, METRICS)
    labels = sorted({record.label for record in records})
    for word in words:
        if RowSelector.parse(word).label not in labels:
            raise unknown("method", word, labels)
    pairs: list[Pair] = []
    remarks: list[str] = []
    for task in tasks:
        here = [
            r
            for r in records
            if (r.inputs["data"], r.inputs["protocol"]) == (task.fingerprint, protocol)
        ]
        entries = []
        for word in dict.fromkeys(words):
            try:
                entries.append(_entry(task, here, word, protocol))
            except _LeftOutError as reason:
                remarks.append(f"{task.task}: {reason}")
        pairs += [_pair(task, protocol, a, b, metric) for a, b in combinations(entries, 2)]
    adjusted = holm([pair.p for pair in pairs])
    return [replace(p, adjusted=float(q)) for p, q in zip(pairs, adjusted, strict=True)], remarks


def overall(pairs: Sequence[Pair]) -> tuple[list[str], int, CriticalDifference] | None:
    """Average ranks over the tasks that have all methods; real tasks alone where there are any.

    Returns:
        the methods, the number of tasks, and their ranks with the critical difference; None where
        only one task has them all.
    """
    real = [pair for pair in pairs if not pair.synthetic] or pairs
    methods = list(dict.fromkeys(name for pair in pairs for name in (pair.first, pair.second)))
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in real:
        found[pair.task] |= dict(zip((pair.first, pair.second), pair.scores, strict=True))
    rows = [[of[name] for name in methods] for of in found.values() if len(of) == len(methods)]
    return (methods, len(rows), critical_difference(rows)) if len(rows) > 1 else None


class _LeftOutError(Exception):
    """Why a method cannot be compared on a task."""


def _entry(task: Truth, records: Sequence[Record], word: str, protocol: str) -> Entry:
    """The records that a word means, when every fold of them is there."""
    wanted = RowSelector.parse(word)
    families: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in records:
        chosen = record.preset == wanted.choice or record.family.startswith(wanted.choice)
        if record.label == wanted.label and chosen:
            families[record.preset, record.family].append(record)
    if not families:
        raise _LeftOutError(f"no results of {word}")
    if len(families) > 1:
        known = ", ".join(
            f"{RowSelector(wanted.label, p)} (family {f})" for p, f in sorted(families)
        )
        raise BenchError(f"{task.task}: {word} may be any of {known}; add @preset or @family")
    ((_, found),) = families.items()
    total = len(folds(protocol, task.people, task.databases))
    done: dict[int, list[Record]] = defaultdict(list)
    for record in found:
        if record.status == "ok":
            done[record.inputs["seed"]].append(record)
    whole = {seed: rows for seed, rows in done.items() if len(rows) == total}
    if not whole:
        most = max(map(len, done.values()), default=0)
        raise _LeftOutError(f"{word} has {most} of {total} folds: give `bench run` again")
    return Entry(word, {seed: confusions(task, rows)[0] for seed, rows in whole.items()})


def _pair(task: Truth, protocol: str, first: Entry, second: Entry, metric: str) -> Pair:
    # Without a common seed, one of each is compared.
    seeds = sorted(first.cells.keys() & second.cells.keys())
    one = np.array([first.cells[seed] for seed in seeds or sorted(first.cells)[:1]])
    other = np.array([second.cells[seed] for seed in seeds or sorted(second.cells)[:1]])
    measure = METRICS[metric]
    found = difference(one, other, measure)
    return Pair(
        task=task.task,
        protocol=protocol,
        synthetic=task.synthetic,
        first=first.name,
        second=second.name,
        scores=(score(one, measure), score(other, measure)),
        difference=found.value,
        low=found.low,
        high=found.high,
        p=found.p,
        exact=found.exact,
        subjects=int(one.any(axis=(0, 2, 3)).sum()),
        seeds=found.seeds,
        detectable=minimal_detectable_difference([one, other], measure),
    )
