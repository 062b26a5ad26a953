"""The text of notes on rows, on groups of variants and on published results."""

from __future__ import annotations

from bench.evaluation.notes import (
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
    Reconstructed,
    SamePeople,
    Scratch,
    SeveralRows,
    Stale,
    TestBest,
    Transductive,
    WithoutAnnotation,
)
from bench.evaluation.row import Row
from bench.literature.caveats import (
    EpochSelection,
    ImpossibleScores,
    OtherPreset,
    OursReconstructed,
)


def notes_text(row: Row) -> str:
    """All notes of a row in one cell; empty where there are none."""
    return "; ".join(map(note_text, row.notes))


def note_text(note: Note) -> str:
    """A few words; a sentence for a group of variants."""
    match note:
        case Partial(folds, of, ended):
            counts = ", ".join(f"{count} {status}" for status, count in sorted(ended.items()))
            return f"{folds}/{of} folds" + (f": {counts}" if counts else "")
        case Reconstructed(stands_for):
            return f"reconstructed: {stands_for}" if stands_for else "reconstructed"
        case WithoutAnnotation(name):
            return f"without {name.replace('_', ' ')}"
        case Scratch():
            return "scratch"
        case Transductive():
            return "transductive"
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
    raise TypeError(f"no text for {type(note).__name__}")
