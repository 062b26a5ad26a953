"""Judging scores as they are printed: of an unknown kind of F1, rounded or cut off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bench.literature.feasibility.claims import Claim, Judgement, Reading
from bench.literature.feasibility.judge import judge
from bench.literature.feasibility.measures import KINDS, WORDS, F1Kind

MANY_DECIMALS = 6
"""From more on, rounding and cutting off make no difference that could be seen."""


def judge_printed(
    clips: Sequence[int], claims: Mapping[str, Claim], f1: Claim | None, kind: F1Kind
) -> tuple[Judgement, bool]:
    """Judge scores of one confusion matrix, rounded first, then rounded or cut off.

    Args:
        clips: per class.
        claims: by metric: "accuracy", "uar", "uf1".
        f1: a printed F1.
        kind: which; all kinds are tried where it is unknown.

    Returns:
        The judgement, and whether it is "yes" only for scores that were cut off.
    """
    printed = [*claims.values(), *([f1] if f1 else [])]
    readings: tuple[Reading, ...] = ("rounded", "either")
    if any(claim.reading == "derived" for claim in printed):
        readings = ("derived",)
    elif any(claim.decimals > MANY_DECIMALS for claim in printed):
        readings = ("either",)
    rounded = None
    for reading in readings:
        read = {name: replace(claim, reading=reading) for name, claim in claims.items()}
        own = replace(f1, reading=reading) if f1 else None
        judgement = _all_kinds(clips, read, own, kind)
        if judgement.feasible == "yes":
            return judgement, rounded == "no"
        rounded = judgement.feasible
    if judgement.feasible == "no" and _fits_precision(clips, read, own, kind):
        reason = f"{judgement.reason}; all would fit if the UAR were macro precision"
        judgement = replace(judgement, reason=reason)
    return judgement, False


def _fits_precision(
    clips: Sequence[int], claims: Mapping[str, Claim], f1: Claim | None, kind: F1Kind
) -> bool:
    """Whether the scores are possible with precision in place of recall, a common mistake."""
    if "uar" not in claims or len(claims) + (f1 is not None) < 2:
        return False
    swapped = {"precision" if name == "uar" else name: one for name, one in claims.items()}
    return _all_kinds(clips, swapped, f1, kind).feasible == "yes"


def _all_kinds(
    clips: Sequence[int], claims: Mapping[str, Claim], f1: Claim | None, kind: F1Kind
) -> Judgement:
    """The judgement for the kind of F1 that fits best: possible before unknown before not."""
    if f1 is None:
        return judge(clips, claims)
    found = []
    for name in KINDS[kind]:
        one = _one_kind(clips, claims, f1, name)
        if one.feasible == "yes":
            return one
        found.append(one)
    without = judge(clips, claims) if claims else None
    if without is not None and without.feasible == "no":
        return without  # its reason does not depend on the F1
    unknown = [one for one in found if one.feasible == "unknown"]
    if unknown:
        return unknown[0]
    if kind != "unknown":
        return found[0]
    reason = f"F1 {f1} fits as no kind of F1 (macro, 2PR/(P+R), weighted, micro): "
    return replace(found[0], reason=reason + found[0].reason)


def _one_kind(clips: Sequence[int], claims: Mapping[str, Claim], f1: Claim, name: str) -> Judgement:
    """The judgement if the printed F1 is this metric."""
    other = claims.get(name)
    if other is None:
        return judge(clips, {**claims, name: f1})
    # Of two that round to one another, the one printed with more decimals says more.
    if f1.low > other.high or other.low > f1.high:
        reason = f"F1 {f1} and {WORDS[name]} {other} differ, but are equal on pooled predictions"
        return Judgement("no", reason, {"f1": other.value})
    finer = f1 if f1.decimals > other.decimals else other
    return judge(clips, {**claims, name: finer})
