"""Why a published result and ours may differ, as values; their text is made in `bench.board`."""

from __future__ import annotations

from dataclasses import dataclass

from bench.core.words import PublishedSelection
from bench.evaluation.notes import Note


@dataclass(frozen=True)
class EpochSelection(Note):
    """The source chose its epoch on the test subjects, or does not say how it did.

    Attributes:
        selection: how, as `published.csv` has it.
    """

    kind = "epoch-selection"
    selection: PublishedSelection


@dataclass(frozen=True)
class OtherPreset(Note):
    """Ours was not run with the paper's configuration.

    Attributes:
        preset: the one it was run with.
    """

    kind = "other-preset"
    preset: str


@dataclass(frozen=True)
class OursReconstructed(Note):
    """Our implementation fills gaps that the paper leaves."""

    kind = "ours-reconstructed"


@dataclass(frozen=True)
class AboveCeiling(Note):
    """The published UF1 is above what the coded action units score; see `ceilings`.

    Attributes:
        score: the published UF1, or the F1 of a kind that is not stated.
        ceiling: UF1 of the codes on the same task.
    """

    kind = "above-ceiling"
    score: float
    ceiling: float


@dataclass(frozen=True)
class ImpossibleScores(Note):
    """No confusion matrix of the dataset's clips has the published scores.

    Attributes:
        reason: one sentence.
    """

    kind = "impossible-scores"
    reason: str
