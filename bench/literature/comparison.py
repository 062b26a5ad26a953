"""Published results next to ours: never ranked together, always with how the epoch was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.core.names import Protocol, TaskName
from bench.core.words import Certainty, PublishedSelection
from bench.evaluation.notes import Note, Reconstructed
from bench.evaluation.row import Row, Score
from bench.literature.caveats import (
    EpochSelection,
    ImpossibleScores,
    OtherPreset,
    OursReconstructed,
)
from bench.literature.ceilings import above_ceiling
from bench.literature.judged import judged
from bench.literature.table import Published
from bench.literature.verdict import Verdict


@dataclass(frozen=True)
class Comparison:
    """One published result, and ours if the same method was run.

    Attributes:
        name: what the source calls the method.
        label: our row; None if the method was not run here.
        part: "full", or a part of a composite.
        published: values by metric name.
        ours: values by metric name; with intervals for the full task.
        selection: how the source chose its epoch.
        certainty: "unverified" values are never compared with ours.
        source: where the values are printed.
        caveats: why the two may differ.
    """

    name: str
    label: str | None
    part: str
    published: dict[str, float]
    ours: dict[str, Score]
    selection: PublishedSelection
    certainty: Certainty
    source: str
    caveats: tuple[Note, ...] = ()


def comparisons(
    task: str, protocol: str, published_as: str, rows: Sequence[Row]
) -> tuple[Comparison, ...]:
    """Published results of a task; methods that were run here come first.

    Results of a diagnostic protocol stand beside ours of such a protocol, and no others do; none
    stand beside ours of training on one database and testing on another.

    Args:
        task: "casme2/5".
        protocol: of our table, "loso".
        published_as: the dataset under which the literature reports it.
        rows: of our table.
    """
    wanted = str(TaskName(published_as, TaskName.parse(task).labelling))
    pairs = []
    ours_is = Protocol.parse(protocol)
    # Nobody's published table is of one database to train on and one to test on.
    if ours_is.kind == "cross":
        return ()
    diagnostic = ours_is.diagnostic
    for group, verdict in judged():
        first = group[0]
        if (first.task, first.diagnostic) != (wanted, diagnostic):
            continue
        ours = [row for row in rows if row.scores and row.label == first.method]
        pairs += [_beside(group, row, verdict) for row in ours]
        if not ours and first.part == "full":
            pairs.append(_alone(group))
    return tuple(sorted(pairs, key=_order))


def _order(one: Comparison) -> tuple[bool, str, bool, str, bool, str]:
    unverified = one.certainty == "unverified"
    return one.label is None, one.label or "", unverified, one.name, one.part != "full", one.part


def _alone(group: tuple[Published, ...]) -> Comparison:
    """A published result of a method that was not run here."""
    first = group[0]
    return Comparison(
        name=first.name,
        label=None,
        part=first.part,
        published={p.metric: p.value for p in group},
        ours={},
        selection=first.selection,
        certainty=first.certainty,
        source=f"{first.source}, {first.url}" if first.url else first.source,
        caveats=() if (above := above_ceiling(group)) is None else (above,),
    )


def _beside(group: tuple[Published, ...], row: Row, verdict: Verdict) -> Comparison:
    """A published result with our row of the same method."""
    first = group[0]
    ours: dict[str, Score] = {}
    # A number that nobody can look up is shown, but is nothing to compare with. Neither is an F1 of
    # another kind: ours is the macro F1. Some folds are no result yet.
    alike = [
        p.metric
        for p in group
        if row.complete and p.certainty != "unverified" and p.f1_kind in (None, "macro", "unknown")
    ]
    if first.part == "full":
        ours = {name: row.scores[name] for name in alike}
    elif first.part in row.parts:
        part = row.parts[first.part]
        ours = {name: Score(part[name]) for name in alike if name in part}
    alone = _alone(group)
    caveats = (*_caveats(first, row, verdict), *alone.caveats)
    return replace(alone, label=row.name, ours=ours, caveats=caveats)


def _caveats(first: Published, row: Row, verdict: Verdict) -> Iterator[Note]:
    if first.selection in ("test-best", "unknown"):
        yield EpochSelection(first.selection)
    if row.preset != "paper":
        yield OtherPreset(row.preset)
    # A preset of a reconstructed method is shown as changed, and is reconstructed all the same.
    if any(isinstance(note, Reconstructed) for note in row.notes):
        yield OursReconstructed()
    if verdict.feasible == "no":
        yield ImpossibleScores(verdict.reason)
