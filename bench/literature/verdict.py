"""Whether published scores are possible: whether a confusion matrix of the clips has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bench.literature.feasibility import KINDS, judge_printed, other_totals
from bench.literature.parts import judge_composite
from bench.literature.table import Published, key_of, results, split

Clips = Mapping[tuple[str, str, int], tuple[int, ...]]

CLIPS: Clips = {
    ("smic", "full", 3): (70, 51, 43),
    ("casme2", "full", 5): (99, 63, 32, 27, 25),
    ("casme2", "full", 3): (88, 32, 25),
    ("samm", "full", 5): (57, 26, 26, 15, 12),
    ("samm", "full", 3): (92, 26, 15),
    ("3db", "full", 3): (250, 109, 83),
    ("3db", "smic", 3): (70, 51, 43),
    ("3db", "casme2", 3): (88, 32, 25),
    ("3db", "samm", 3): (92, 26, 15),
}
"""Clips per class by dataset, part and number of classes, as stated by the datasets' papers; the
classes of a composite and of its parts are in the same order."""


@dataclass(frozen=True)
class Verdict:
    """Whether the scores that one source gives for one result are possible.

    Attributes:
        lines: of the rows that were checked together.
        feasible: "unknown" if neither was shown; the reason says why.
        nearest: possible scores by metric: those of an example, or the nearest to the claim.
        reason: one sentence.
        cut: possible only if scores were cut off after the last digit, not rounded.
        parts: the result is possible by itself, but not as the sum of its parts' results.
    """

    lines: tuple[int, ...]
    feasible: Literal["yes", "no", "unknown"]
    nearest: Mapping[str, float]
    reason: str
    cut: bool = False
    parts: bool = False


def verdicts(rows: Iterable[Published], clips: Clips = CLIPS) -> list[Verdict]:
    """Check all scores that a source gives for one result, for every result of `results(rows)`.

    A composite whose parts are among the rows is checked against them too.

    Args:
        rows: of the table, or claims.
        clips: per class, by dataset, part and number of classes.
    """
    groups = results(rows)
    found = [_verdict(group, clips) for group in groups]
    possible: dict[tuple[str | None, ...], list[tuple[Published, ...]]] = {}
    for group, verdict in zip(groups, found, strict=True):
        # A part that is impossible by itself says nothing about the sum.
        if group[0].part != "full" and verdict.feasible != "no":
            possible.setdefault(key_of(group[0])[1:], []).append(group)
    return [
        _with_parts(verdict, group, possible.get(key_of(group[0])[1:], []), clips)
        if group[0].part == "full"
        else verdict
        for group, verdict in zip(groups, found, strict=True)
    ]


def in_a_word(group: Sequence[Published], verdict: Verdict, clips: Clips = CLIPS) -> str:
    """A verdict for a table: "possible", "only if cut off", "impossible", "not of 246 clips", ...

    An accuracy that is not a multiple of 1/n but one of 1/(n ± a few) suggests another selection of
    clips rather than a mistake. A source that does not say that its scores are of pooled
    predictions may have averaged over folds, so its scores are impossible only if pooled.
    """
    if verdict.feasible == "yes":
        return "only if cut off" if verdict.cut else "possible"
    if verdict.feasible == "unknown":
        return "unknown"
    row = group[0]
    condition = "" if row.pooling == "pooled" else " if pooled"
    if verdict.parts:
        return f"parts do not add up{condition}"
    total = sum(clips.get((row.dataset, row.part, row.classes or 0), ()))
    for accuracy in (one.claim for one in group if one.metric == "accuracy"):
        others = other_totals(accuracy, total)
        if others and total not in others:
            return f"not of {total} clips"
    return f"impossible{condition}"


def _verdict(group: Sequence[Published], clips: Clips) -> Verdict:
    """Check the rows of one result; see `results`."""
    row, lines = group[0], tuple(row.line for row in group)
    # Means over folds depend on how the errors are spread over them, which pooled counts do not
    # say.
    if row.pooling == "fold-mean":
        reason = f"means over folds cannot be checked ({row.protocol})"
        return Verdict(lines, "unknown", {}, reason)
    if row.pooling == "subject-mean":
        return Verdict(lines, "unknown", {}, "means over subjects cannot be checked")
    counts = clips.get((row.dataset, row.part, row.classes or 0))
    if counts is None:
        what = f"{row.dataset}, {row.part}, classes: {row.classes_as_stated}"
        return Verdict(lines, "unknown", {}, f"the number of clips per class is unknown ({what})")
    claims, f1, kind = split(group)
    judgement, cut = judge_printed(counts, claims, f1, kind)
    reason = judgement.reason
    if cut:
        reason += ", but only if they were cut off after the last digit, not rounded"
    named: dict[str, str] = {one.metric: one.metric for one in group}
    if f1 is not None:
        named["f1"] = next((name for name in KINDS[kind] if name in judgement.nearest), "f1")
    nearest = {
        metric: judgement.nearest[name]
        for metric, name in named.items()
        if name in judgement.nearest
    }
    return Verdict(lines, judgement.feasible, nearest, reason, cut=cut)


def _with_parts(
    verdict: Verdict,
    group: Sequence[Published],
    parts: Sequence[tuple[Published, ...]],
    clips: Clips,
) -> Verdict:
    """The verdict on a composite, given the results of its parts that are possible."""
    if verdict.feasible == "no" or not parts:
        return verdict
    dataset, classes = group[0].dataset, group[0].classes
    pieces = {p: n for (d, p, c), n in clips.items() if (d, c) == (dataset, classes)}
    judgement = judge_composite(group, parts, {p: n for p, n in pieces.items() if p != "full"})
    if judgement is None:
        return verdict
    if judgement.feasible == "no":
        return replace(verdict, feasible="no", reason=judgement.reason, parts=True, cut=False)
    return replace(verdict, reason=f"{verdict.reason}; {judgement.reason}")
