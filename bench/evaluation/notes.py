"""What a reader must know about rows and variants, as values: no code looks at their text.

Ranking asks `unranked`; the text of each note is made in `bench.board.notes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from bench.core.words import Status


@dataclass(frozen=True)
class Note:
    """One thing to know about a row or a group of variants, or about a published result.

    Attributes:
        kind: the word for other programs.
        unranked: the row gets no rank, because it says nothing about today's method, or nothing
            about people that the method has not seen, or stands there for its oracle score, or
            nobody knows how its weights were chosen.
    """

    kind: ClassVar[str]
    unranked: ClassVar[bool] = False


@dataclass(frozen=True)
class Told(Note):
    """A note of a kind that this version does not know, read from a board's file.

    Attributes:
        text: what the file says.
    """

    kind = "told"
    text: str


@dataclass(frozen=True)
class Partial(Note):
    """Some folds have no result.

    Attributes:
        folds: units that ended ok.
        of: units that there should be.
        ended: number of units that ended otherwise, by status.
    """

    kind = "partial"
    folds: int
    of: int
    ended: Mapping[Status, int]


@dataclass(frozen=True)
class Reconstructed(Note):
    """The paper leaves gaps that the implementation fills with its own reading.

    Attributes:
        what: the name stands for, part by part.
    """

    kind = "reconstructed"
    what: str = ""


@dataclass(frozen=True)
class Tuned(Note):
    """Every fold chose values on its training subjects.

    Attributes:
        chosen: number of folds by what they chose, "C=0.1".
        folds: inner folds that chose.
    """

    kind = "tuned"
    chosen: Mapping[str, int]
    folds: int


@dataclass(frozen=True)
class WithoutAnnotation(Note):
    """The method uses an annotation that the dataset does not have.

    Attributes:
        name: "action_units" or "gender".
    """

    kind = "without-annotation"
    name: str


@dataclass(frozen=True)
class Scratch(Note):
    """Trained from scratch, without pretrained weights."""

    kind = "scratch"


@dataclass(frozen=True)
class Transductive(Note):
    """Training saw the held-out clips, without their labels."""

    kind = "transductive"


@dataclass(frozen=True)
class PublishedWeights(Note):
    """Weights that the authors published, a file for each held-out subject; not trained here."""

    kind = "published-weights"
    unranked = True


@dataclass(frozen=True)
class AuthorsEpoch(Note):
    """A variant for its oracle score: its authors choose the epoch on the held-out subject."""

    kind = "authors-epoch"
    unranked = True


@dataclass(frozen=True)
class SeesCodes(Note):
    """The method sees what coders annotated of the held-out clips: their action units."""

    kind = "sees-codes"


@dataclass(frozen=True)
class PluginMissing(Note):
    """The method's plugin is not installed: its facts and its code are unknown."""

    kind = "plugin-missing"


@dataclass(frozen=True)
class OldVersion(Note):
    """Made by another version of the method.

    Attributes:
        made: the version that the records state.
        now: the version of the installed plugin.
    """

    kind = "old-version"
    unranked = True
    made: int
    now: int


@dataclass(frozen=True)
class Stale(Note):
    """Code has changed since the records were made, though the method's version has not.

    Attributes:
        changed: names of what changed, sorted.
    """

    kind = "stale"
    changed: tuple[str, ...]


@dataclass(frozen=True)
class SamePeople(Note):
    """The protocol has the same people in training and test: a diagnostic, and no result."""

    kind = "same-people"
    unranked = True


@dataclass(frozen=True)
class NotIsolated(Note):
    """Some folds ran in a process that also held the labels of the held-out clips."""

    kind = "not-isolated"


@dataclass(frozen=True)
class ExternalPredictions(Note):
    """The predictions were imported from a file.

    Attributes:
        source: where they are from, in the words of whoever imported them; may be empty.
        by_subject: counts by subject, which name no clip.
    """

    kind = "external"
    source: str = ""
    by_subject: bool = False


@dataclass(frozen=True)
class PartialClips(Note):
    """Imported predictions lack clips of the task.

    Attributes:
        clips: that are predicted.
        of: clips of the task.
    """

    kind = "partial-clips"
    clips: int
    of: int


@dataclass(frozen=True)
class TestBest(Note):
    """The epoch was chosen on the held-out subjects."""

    kind = "test-best"


@dataclass(frozen=True)
class IncompleteVariants(Note):
    """Variants left out of an ablation because they lack folds.

    Attributes:
        labels: which, sorted.
    """

    kind = "incomplete-variants"
    labels: tuple[str, ...]


@dataclass(frozen=True)
class OtherVersionVariants(Note):
    """Variants left out of an ablation: made by another version of the method or its views.

    Attributes:
        labels: which, sorted.
    """

    kind = "other-version-variants"
    labels: tuple[str, ...]


@dataclass(frozen=True)
class SeveralRows(Note):
    """Variants with several complete rows: the newest version with most folds was taken.

    Attributes:
        labels: which, sorted.
    """

    kind = "several-rows"
    labels: tuple[str, ...]


@dataclass(frozen=True)
class NoCommonSeed(Note):
    """Variants that share no seed with the plain method, so no difference is given.

    Attributes:
        method: the plain method.
        labels: which, in the order of the table.
    """

    kind = "no-common-seed"
    method: str
    labels: tuple[str, ...]


def unranked(notes: Iterable[Note]) -> bool:
    """Whether any note takes the rank from its row."""
    return any(note.unranked for note in notes)
