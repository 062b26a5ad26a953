"""The text of notes on rows, on groups of variants and on published results."""

from __future__ import annotations

from bench.core.words import Provenance
from bench.evaluation.notes import (
    AuthorsEpoch,
    ExternalPredictions,
    IncompleteVariants,
    NoCommonSeed,
    Note,
    NotIsolated,
    OldVersion,
    OtherVersionVariants,
    Partial,
    PartialClips,
    PluginMissing,
    PublishedWeights,
    Reconstructed,
    SamePeople,
    Scratch,
    SeesCodes,
    SeveralRows,
    Stale,
    TestBest,
    Told,
    Transductive,
    Tuned,
    WithoutAnnotation,
)
from bench.evaluation.row import Row
from bench.literature.caveats import (
    AboveCeiling,
    EpochSelection,
    ImpossibleScores,
    OtherPreset,
    OursReconstructed,
)


def notes_text(row: Row) -> str:
    """All notes of a row in one cell; empty where there are none."""
    return "; ".join(map(note_text, row.notes))


OTHERS: tuple[Provenance, ...] = ("reproduced", "reported", "unsealed")
BRIEF = 15
"""Characters of a cell of brief notes; a longer first note stands whole."""


def brief_text(row: Row) -> str:
    """The notes of a row in a narrow cell: the first in few words, then as many as fit.

    The number of those that do not is given: "2/8 folds +1". Without notes a dash.
    """
    words = [*map(brief_note, row.notes), *_others(row)]
    text, more = "; ".join(words[:1]), 0
    for word in words[1:]:
        if more or len(f"{text}; {word}") > BRIEF:
            more += 1
        else:
            text = f"{text}; {word}"
    return f"{text} +{more}" if more else text or "–"


def full_text(row: Row) -> str:
    """The notes of a row, and who made it where it was somebody else; without any a dash."""
    return "; ".join([*map(note_text, row.notes), *_others(row)]) or "–"


def _others(row: Row) -> list[str]:
    # Imported predictions are reported by their nature.
    return [row.provenance] if row.provenance in OTHERS and row.fidelity != "external" else []


def brief_note(note: Note) -> str:
    """A note in a word or two, by default its kind; what it says in full is `note_text`."""
    match note:
        case Partial(folds, of, _):
            return f"{folds}/{of} folds"
        case PartialClips(clips, of):
            return f"{clips}/{of} clips"
        case WithoutAnnotation("action_units"):
            return "no action units"
        case OldVersion(made, _):
            return f"version {made}"
        case TestBest() | EpochSelection("test-best"):
            return "test-best epoch"
        case EpochSelection():
            return "epoch unknown"
        case Told(text):
            return text
    return note.kind.replace("-", " ")


def note_text(note: Note) -> str:
    """A few words; a sentence for a group of variants."""
    match note:
        case Partial(folds, of, ended):
            counts = ", ".join(f"{count} {status}" for status, count in sorted(ended.items()))
            return f"{folds}/{of} folds" + (f": {counts}" if counts else "")
        case Reconstructed():
            return "reconstructed"
        case WithoutAnnotation(name):
            return f"without {name.replace('_', ' ')}"
        case Tuned(chosen, inner):
            counts = ", ".join(f"{words} in {count}" for words, count in chosen.items())
            said = f"chosen by {inner} inner folds of the training subjects"
            return f"{said}: {counts} folds" if counts else said
        case Scratch():
            return "scratch"
        case Transductive():
            return "transductive"
        case AuthorsEpoch():
            return "the authors' choice of epoch is oracle UF1"
        case PublishedWeights():
            return "published weights"
        case SeesCodes():
            return "sees the coded action units, no pixels; a reference, no strict bound"
        case PluginMissing():
            return "plugin not installed"
        case OldVersion(made, now):
            return f"version {made}, now {now}"
        case Stale(changed):
            return f"stale: {', '.join(changed)} changed since"
        case SamePeople():
            return "diagnostic: same people in training and test"
        case NotIsolated():
            return "not isolated: made with --engine serial"
        case ExternalPredictions(source, by_subject):
            counted = ", counts by subject" if by_subject else ""
            return f"external predictions{counted}" + (f" ({source})" if source else "")
        case PartialClips(clips, of):
            return f"{clips} of {of} clips"
        case TestBest():
            return "epoch chosen on the test subjects"
        case IncompleteVariants(labels):
            return f"Left out, some folds missing: {', '.join(labels)}."
        case OtherVersionVariants(labels):
            return f"Left out, another version of the method or its views: {', '.join(labels)}."
        case SeveralRows(labels):
            return f"Of several rows, the newest version with most folds: {', '.join(labels)}."
        case NoCommonSeed(method, labels):
            return f"No seed in common with {method}: {', '.join(labels)}."
        case Told(text):
            return text
    return _caveat_text(note)


def _caveat_text(note: Note) -> str:
    """Of published results, in a few words."""
    match note:
        case EpochSelection("test-best"):
            return "its epoch was chosen on the test subjects"
        case EpochSelection():
            return "how its epoch was chosen is not stated"
        case OtherPreset(preset):
            return f"ours is the {preset} preset, not the paper's schedule"
        case OursReconstructed():
            return "ours is reconstructed"
        case ImpossibleScores(reason):
            return reason
        case AboveCeiling(score, ceiling):
            return (
                f"macro F1 {score} is above {ceiling}, what the coded action units "
                "themselves score on the real table (no strict bound)"
            )
    raise TypeError(f"no text for {type(note).__name__}")
