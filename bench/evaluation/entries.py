"""What `compare` pairs: a method's finished records on a task, or imported predictions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.core.errors import BenchError
from bench.core.names import RowSelector
from bench.core.types import Array
from bench.evaluation.build_row import by_row, finished
from bench.evaluation.external import EXTERNAL, covered, external_counts, external_key
from bench.evaluation.row import RowKey
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth
from bench.planning.splits import fold_count
from bench.store.external import External
from bench.store.record import Record


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


@dataclass(frozen=True)
class NoCommonClips:
    """Two rows have no clips in common that could be compared.

    Attributes:
        task, method, other: names.
    """

    task: str
    method: str
    other: str


LeftOut = NoResults | MissingFolds | NoCommonClips
"""Why a method is not compared on a task."""


@dataclass(frozen=True)
class Entry:
    """One side of comparisons on one task.

    Attributes:
        name: as the user wrote it.
        seeds: finished records of each seed that has all folds.
        external: imported predictions instead, which have no seed.
    """

    name: str
    seeds: dict[int, list[Record]]
    external: External | None = None

    @property
    def test_best(self) -> bool:
        """The epoch was chosen on the held-out subjects."""
        return self.external is not None and self.external.selection == "test-best"

    @property
    def published_weights(self) -> bool:
        """It was predicted with weights that others trained."""
        return any(r.published_weights for records in self.seeds.values() for r in records)

    @property
    def by_subject(self) -> bool:
        """It counts by subject and names no clip."""
        return self.external is not None and bool(self.external.matrices)

    def counts(self, task: Truth, seeds: Sequence[int], of: Array) -> Array:
        """Counts (seeds, subjects, c, c) of the clips in the mask `of` (n,)."""
        if self.external is not None:
            # The same predictions meet each seed of the other side.
            return np.stack([external_counts(task, self.external, of)] * max(len(seeds), 1))
        return confusions(task, [r for seed in seeds for r in self.seeds[seed]], of)


def entry(
    task: Truth,
    records: Sequence[Record],
    external: Sequence[External],
    word: str,
    protocol: str,
) -> Entry | LeftOut:
    """What a word means on a task: records of every seed that has all folds, or predictions.

    Args:
        task: its clips and true classes.
        records: of this task and protocol.
        external: imported predictions of the same.
        word: "mfvan", "mfvan@quick", "mfvan@<family>", "theirs@external".
        protocol: of the records.

    Raises:
        BenchError: a word that means several rows.
    """
    wanted = RowSelector.parse(word)
    # Without @ the choice is empty, which every family starts with.
    meant: dict[RowKey, list[Record] | External] = {
        key: row
        for key, row in by_row(records).items()
        if key.label == wanted.label
        and (key.preset == wanted.choice or key.family.startswith(wanted.choice))
    }
    # A row of ours comes before an imported one of its name, which `name@external` means.
    if not meant and wanted.choice in ("", EXTERNAL):
        meant |= {external_key(one): one for one in external if one.name == wanted.label}
    if not meant:
        return NoResults(task.task, word)
    if len(meant) > 1:
        known = ", ".join(
            f"{RowSelector(key.label, key.preset)} (family {key.family})" for key in sorted(meant)
        )
        raise BenchError(f"{task.task}: {word} is ambiguous ({known}); add @preset or @family")
    (found,) = meant.values()
    if isinstance(found, External):
        return Entry(word, {}, found)
    total = fold_count(protocol, task.people, task.databases, task.ids)
    done: dict[int, list[Record]] = defaultdict(list)
    for record in finished(found):
        done[record.inputs["seed"]].append(record)
    whole = {seed: rows for seed, rows in done.items() if len(rows) == total}
    if not whole:
        return MissingFolds(task.task, word, max(map(len, done.values()), default=0), total)
    return Entry(word, whole)


def common(task: Truth, first: Entry, second: Entry) -> Array:
    """(n,) the clips that both have; of a side that names no clip only whole subjects."""
    have = np.ones(len(task.labels), bool)
    for side in (first, second):
        if side.external is not None:
            have &= covered(task, side.external)
    if first.by_subject or second.by_subject:
        have &= ~np.isin(task.people, task.people[~have])
    return have
