"""Paired comparison of methods on the same subjects, from what a results folder holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from bench.core.names import RowSelector
from bench.core.select import unknown
from bench.evaluation.entries import Entry, LeftOut, NoCommonClips, common, entry
from bench.evaluation.paired import difference
from bench.evaluation.truth import Truth
from bench.statistics import (
    holm,
    minimal_detectable_difference,
    score,
)
from bench.statistics.metrics import Metric as Measure
from bench.store.external import External
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
        subjects, seeds: counts; imported predictions are held against every seed.
        detectable: the smallest true difference that these subjects detect with 80 % power.
        clips, of: clips that both have, and clips of the task.
        test_best: of the two, those whose epoch was chosen on the held-out subjects.
        published_weights: of the two, those that others trained.
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
    clips: int
    of: int
    test_best: tuple[str, ...] = ()
    published_weights: tuple[str, ...] = ()
    adjusted: float = 1.0

    @property
    def better(self) -> str | None:
        """The method that scores higher; None if the difference is not significant."""
        if self.adjusted >= ALPHA:
            return None
        return self.first if self.difference > 0 else self.second


def compare(
    tasks: Iterable[Truth],
    records: Sequence[Record],
    external: Sequence[External],
    words: Sequence[str],
    protocol: str,
    measure: Measure,
) -> tuple[list[Pair], list[LeftOut]]:
    """Compare every pair of methods on every task with complete results of both.

    Args:
        tasks: the tasks to compare on.
        records: of the results folder.
        external: imported predictions of it.
        words: methods, "mfvan", "mfvan@quick" or "mfvan@<family>"; names of imported predictions.
        protocol: of the records.
        measure: the score to compare by, of confusion matrices.

    Returns:
        pairs, corrected together, and what was left out of them.
    """
    labels = sorted({record.label for record in records} | {one.name for one in external})
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
        others = [o for o in external if (o.data, o.protocol) == (task.fingerprint, protocol)]
        # A word given twice would be compared with itself.
        results = [entry(task, here, others, word, protocol) for word in dict.fromkeys(words)]
        left_out += [one for one in results if not isinstance(one, Entry)]
        entries = [one for one in results if isinstance(one, Entry)]
        for first, second in combinations(entries, 2):
            pair = _pair(task, protocol, first, second, measure)
            if isinstance(pair, Pair):
                pairs.append(pair)
            else:
                left_out.append(pair)
    adjusted = holm([pair.p for pair in pairs])
    return [replace(p, adjusted=float(q)) for p, q in zip(pairs, adjusted, strict=True)], left_out


def _pair(
    task: Truth, protocol: str, first: Entry, second: Entry, measure: Measure
) -> Pair | NoCommonClips:
    clips = common(task, first, second)
    if not clips.any():
        return NoCommonClips(task.task, first.name, second.name)
    seeds = sorted(first.seeds.keys() & second.seeds.keys())
    if first.external or second.external:
        # Imported predictions meet every seed of the other side.
        of_each = [sorted(first.seeds or second.seeds), sorted(second.seeds or first.seeds)]
    else:
        # Without a common seed, the first seed of each is compared.
        of_each = [seeds or sorted(side.seeds)[:1] for side in (first, second)]
    counts = [
        side.counts(task, of_side, clips)
        for side, of_side in zip((first, second), of_each, strict=True)
    ]
    # Subjects without a clip in common are no evidence.
    present = np.isin(np.unique(task.people), task.people[clips])
    one, other = (side[:, present] for side in counts)
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
        subjects=int(present.sum()),
        seeds=paired.seeds,
        detectable=minimal_detectable_difference([one, other], measure),
        clips=int(clips.sum()),
        of=len(clips),
        test_best=tuple(side.name for side in (first, second) if side.test_best),
        published_weights=tuple(s.name for s in (first, second) if s.published_weights),
    )
