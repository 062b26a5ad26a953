"""A row of a board and what it consists of: scores, curves over epochs, fit times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.core.names import with_preset
from bench.core.words import Provenance, RowFidelity, Selection
from bench.evaluation.notes import Note


@dataclass(frozen=True)
class Score:
    """One metric of one row.

    Attributes:
        value: mean over seeds, a fraction.
        low, high: 95 % interval, subjects resampled; None if the row is incomplete.
        spread: standard deviation over seeds; None with a single seed.
    """

    value: float
    low: float | None = None
    high: float | None = None
    spread: float | None = None


@dataclass(frozen=True)
class Epochs:
    """UF1 of the held-out clips at every checkpoint, all folds pooled.

    Attributes:
        steps: (k,) epochs of the checkpoints.
        uf1: k values of each seed.
    """

    steps: tuple[int, ...]
    uf1: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class FitTime:
    """How long a fit took on one device.

    Attributes:
        device: "cpu", or the GPU's name; empty if the records do not say.
        folds: units fitted on it.
        seconds: mean wall time of one.
    """

    device: str
    folds: int
    seconds: float


@dataclass(frozen=True)
class Identity:
    """How much of a row's score may be recognising people, as far as it is known.

    Attributes:
        same_person: share of clips whose nearest neighbour in the method's features is of the same
            person; None if not measured, or the features are no vectors.
        chance: the share expected of neighbours drawn at random.
        lovo: by metric, the score of leaving out one clip minus that of leaving out one subject,
            over the seeds that both have; empty unless both are complete.
    """

    same_person: float | None
    chance: float
    lovo: Mapping[str, float] = field(default_factory=dict)


class RowKey(NamedTuple):
    """What the records of one row have in common, and no other row of the table.

    Attributes:
        label: the method or variant.
        preset: name of the preset.
        family: identifies the configuration.
    """

    label: str
    preset: str
    family: str


@dataclass(frozen=True)
class Row:
    """One method in one configuration on one task.

    Attributes:
        label, preset, family: see `RowKey`.
        title: the name the field uses.
        fidelity: of its facts, the weakest of the three judgements; see `RowFidelity`.
        selection: "last": fixed epochs, or nothing to choose.
        folds, of: units that ended ok, and how many there should be.
        seeds: root seeds.
        scores: by metric name: uf1, uar, accuracy, f1.
        recall: of each class; NaN for a class without clips.
        confusion: counts (c, c), a line for each true class; of all subjects and seeds together.
        parts: UF1 and UAR of each database of a composite.
        oracle: UF1 of the checkpoint that is best on each held-out subject; never ranked.
        inner: UF1 of the checkpoint selected on inner folds of the training subjects.
        epochs: UF1 at every checkpoint, if all records have a trace.
        fit_seconds: mean wall time of a fit.
        fit_times: the same for each device that folds were fitted on.
        provenance: of the folds that ended ok, the least that holds for all; "reported" without.
        clips: of its task.
        expected: clips that the papers count, None where unknown or not compared.
        identity: how much of the score may be recognising people; None if nothing is known.
        parameters: number of trained parameters.
        rank: 1 plus the number of significantly better methods; None if not ranked.
        reference: a control or ceiling.
        fields: of its configuration, in the method's order.
        notes: what a reader must know, as values.
    """

    label: str
    preset: str
    family: str
    title: str
    fidelity: RowFidelity
    selection: Selection
    folds: int
    of: int
    seeds: tuple[int, ...]
    scores: dict[str, Score]
    recall: list[float]
    parts: dict[str, dict[str, float]]
    oracle: Score | None
    fit_seconds: float | None
    parameters: int | None
    rank: int | None = None
    reference: bool = False
    notes: tuple[Note, ...] = ()
    inner: Score | None = None
    epochs: Epochs | None = None
    fit_times: tuple[FitTime, ...] = ()
    provenance: Provenance = "reported"
    clips: int = 0
    expected: int | None = None
    identity: Identity | None = None
    fields: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()

    @property
    def key(self) -> RowKey:
        """What identifies its records."""
        return RowKey(self.label, self.preset, self.family)

    @property
    def complete(self) -> bool:
        """Every fold of every seed ended ok."""
        return self.folds == self.of

    @property
    def vouched(self) -> bool:
        """Every fold was run by this user, or run again with equal predictions."""
        return self.provenance in ("run", "reproduced")

    @property
    def name(self) -> str:
        """The label, with the preset if it is not the paper's."""
        return with_preset(self.label, self.preset)
