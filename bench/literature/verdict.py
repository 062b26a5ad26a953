"""Whether published scores are possible: whether a confusion matrix of the clips has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.literature.feasibility import Claim, judge, other_totals
from bench.literature.table import Published, results

CLIPS: Mapping[tuple[str, str, int], tuple[int, ...]] = {
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
"""Clips per class by dataset, part and number of classes, as stated by the datasets' papers."""


@dataclass(frozen=True)
class Verdict:
    """Whether the scores that one source gives for one result are possible.

    Attributes:
        lines: of the rows that were checked together.
        feasible: "unknown" if neither was shown; the reason says why.
        nearest: possible scores by metric: those of an example, or the nearest to the claim.
        reason: one sentence.
    """

    lines: tuple[int, ...]
    feasible: Literal["yes", "no", "unknown"]
    nearest: Mapping[str, float]
    reason: str


def verdicts(rows: Iterable[Published]) -> list[Verdict]:
    """Check all scores that a source gives for one result, for every result of `results(rows)`."""
    return [_verdict(group) for group in results(rows)]


def in_a_word(group: Sequence[Published], verdict: Verdict) -> str:
    """A verdict for a table: "possible", "impossible", "unknown", or "not of 246 clips".

    An accuracy that is not a multiple of 1/n but one of 1/(n ± a few) suggests another selection of
    clips rather than a mistake.
    """
    if verdict.feasible != "no":
        return {"yes": "possible", "unknown": "unknown"}[verdict.feasible]
    row = group[0]
    total = sum(CLIPS.get((row.dataset, row.part, row.classes or 0), ()))
    for accuracy in (one.claim for one in group if one.metric == "accuracy"):
        others = other_totals(accuracy, total)
        if others and total not in others:
            return f"not of {total} clips"
    return "impossible"


def _verdict(group: Sequence[Published]) -> Verdict:
    """Check the rows of one result; see `results`."""
    row, lines = group[0], tuple(row.line for row in group)
    # Means over folds depend on how the errors are spread over them, which pooled counts do not
    # say.
    if row.pooling == "fold-mean":
        reason = f"means over folds cannot be checked ({row.protocol})"
        return Verdict(lines, "unknown", {}, reason)
    if row.pooling == "subject-mean":
        return Verdict(lines, "unknown", {}, "means over subjects cannot be checked")
    clips = CLIPS.get((row.dataset, row.part, row.classes or 0))
    if clips is None:
        what = f"{row.dataset}, {row.part}, classes: {row.classes_as_stated}"
        return Verdict(lines, "unknown", {}, f"the number of clips per class is unknown ({what})")
    claims: dict[str, Claim] = {row.metric: row.claim for row in group}
    f1 = claims.pop("f1", None)
    uf1 = claims.get("uf1")
    # Of two that round to one another, the one printed with more decimals says more.
    if f1 is not None and uf1 is not None and (f1.low > uf1.high or uf1.low > f1.high):
        reason = f"F1 {f1} and UF1 {uf1} differ, but are equal on pooled predictions"
        return Verdict(lines, "no", {"f1": uf1.value}, reason)
    if f1 is not None and (uf1 is None or f1.decimals > uf1.decimals):
        claims["uf1"] = f1
    judgement = judge(clips, claims)
    nearest = dict(judgement.nearest)
    if any(row.metric == "f1" for row in group) and "uf1" in nearest:
        nearest["f1"] = nearest["uf1"]
    named = {row.metric for row in group}
    return Verdict(
        lines,
        judgement.feasible,
        {name: value for name, value in nearest.items() if name in named},
        judgement.reason,
    )
