"""How much of a score may be recognising people: the two measures, from a results folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.evaluation.build_row import finished
from bench.evaluation.row import Identity, Row
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth
from bench.planning.splits import fold_count
from bench.statistics import score
from bench.statistics.metrics import METRICS
from bench.statistics.neighbours import expected_same
from bench.store.neighbours import read_neighbours, setting
from bench.store.record import Record

SHOWN = ("uf1", "accuracy")
"""Metrics of the difference."""


@dataclass(frozen=True)
class Meter:
    """What a results folder says of the identity leak of each of its rows.

    Attributes:
        results: the folder.
        left_out: finished records that left out one clip, by label, preset and setting.
    """

    results: Path
    left_out: Mapping[tuple[str, str, str], Sequence[Record]] = field(default_factory=dict)

    @classmethod
    def of(cls, results: Path, records: Iterable[Record]) -> Meter:
        """The meter of a folder with these records."""
        left_out: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
        for record in records:
            if record.inputs["protocol"] == "lovo" and record.status == "ok":
                left_out[_of(record)].append(record)
        return cls(results, left_out)

    def measured(self, row: Row, task: Truth, records: Sequence[Record]) -> Row:
        """The row of these records with its measures, where any is known."""
        return replace(row, identity=self.identity(task, records))

    def identity(self, task: Truth, records: Sequence[Record]) -> Identity | None:
        """The measures of one row; None where none is known.

        Args:
            task: clips and true classes.
            records: of the row.
        """
        known = read_neighbours(self.results, records[0].inputs)
        same = known.same_person if known and known.clips == len(task.labels) else None
        pair = self.pair(task, records)
        lovo = {}
        if pair is not None:
            loso, clip_out = (confusions(task, side) for side in pair)
            lovo = {
                name: score(clip_out, METRICS[name]) - score(loso, METRICS[name]) for name in SHOWN
            }
        if same is None and not lovo:
            return None
        return Identity(same, expected_same(task.people), lovo)

    def pair(
        self, task: Truth, records: Sequence[Record]
    ) -> tuple[list[Record], list[Record]] | None:
        """Complete records that left out a subject and a clip, of the seeds that both have.

        Returns:
            None where the row did not leave out subjects, or no seed is complete on both sides.
        """
        if records[0].inputs["protocol"] != "loso":
            return None
        done = finished(records)
        others = self.left_out.get(_of(records[0]), [])
        seeds = _complete(task, "loso", done) & _complete(task, "lovo", others)
        if not seeds:
            return None
        return (
            [record for record in done if record.inputs["seed"] in seeds],
            [record for record in others if record.inputs["seed"] in seeds],
        )


def _of(record: Record) -> tuple[str, str, str]:
    return record.label, record.preset, setting(record.inputs)


def _complete(task: Truth, protocol: str, records: Iterable[Record]) -> set[int]:
    """Seeds of which every fold is there."""
    folds: dict[int, set[str]] = defaultdict(set)
    for record in records:
        folds[record.inputs["seed"]].add(record.fold)
    total = fold_count(protocol, task.people, task.databases, task.ids)
    return {seed for seed, there in folds.items() if len(there) == total}
