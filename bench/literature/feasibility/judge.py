"""The verdict on a set of claims, and its reason."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.literature.feasibility.claims import Claim, Judgement, matrix
from bench.literature.feasibility.exact import Nearest, all_correct, nearest_uf1
from bench.literature.feasibility.local import descend, scores_of, uar_bounds, uf1_bounds

Integers = NDArray[np.int64]
METRICS = ("accuracy", "uar", "uf1")
MAX_COMBINATIONS = 5_000_000
"""Of correct clips per class, up to which the search is complete: any three classes in use."""


def judge(clips: Sequence[int], claims: Mapping[str, Claim]) -> Judgement:
    """Say whether a confusion matrix of these clips has all claimed scores.

    Complete for two and three classes (unless the reason says that the search was cut); for more,
    an example is searched by descent and ruled out by bounds, else the answer is "unknown".

    Args:
        clips: per class, all positive.
        claims: of the pooled counts, by metric: any of "accuracy", "uar", "uf1" (macro F1).

    Raises:
        ValueError: no claim, another metric, or a class without clips.
    """
    if not claims or not set(claims) <= set(METRICS) or len(clips) < 2 or min(clips) < 1:
        raise ValueError(f"expected claims of {METRICS} on two or more classes with clips")
    counts = np.array(clips, dtype=np.int64)
    alone = _accuracy_alone(counts, claims)
    if alone is not None:
        return alone
    few = math.prod(n + 1 for n in clips) <= MAX_COMBINATIONS and len(clips) <= 3
    return _complete(counts, claims) if few else _bounded(counts, claims)


def _accuracy_alone(clips: Integers, claims: Mapping[str, Claim]) -> Judgement | None:
    """A judgement where the accuracy is no fraction of the clips."""
    claim = claims.get("accuracy")
    total = int(clips.sum())
    if claim is None or len(_allowed(claim, total)):
        return None
    nearest = round(claim.value * total) / total
    reason = f"accuracy {claim} is not a multiple of 1/{total}"
    others = other_totals(claim, total)
    if others:
        reason += f" (it is one of 1/{', 1/'.join(map(str, others[:3]))})"
    return Judgement("no", reason, {"accuracy": nearest})


def other_totals(claim: Claim, total: int, reach: int = 15) -> list[int]:
    """Numbers of clips near `total`, nearest first, of which a claimed accuracy is a fraction."""
    totals = [n for n in range(max(total - reach, 2), total + reach + 1) if len(_allowed(claim, n))]
    return sorted(totals, key=lambda n: abs(n - total))


def _allowed(claim: Claim, total: int) -> Integers:
    """How many clips may be right under a claimed accuracy."""
    right = np.arange(total + 1)
    return np.flatnonzero(claim.distance(right / total) == 0.0)


def _complete(clips: Integers, claims: Mapping[str, Claim]) -> Judgement:
    scores = dict(zip(("accuracy", "uar"), all_correct(clips), strict=True))
    given = {name: claims[name] for name in scores if name in claims}
    kept = np.ones(scores["uar"].shape, dtype=bool)
    for name, claim in given.items():
        kept &= claim.distance(scores[name]) == 0.0
    if not kept.any():
        return _no_correct_clips(scores, claims)
    correct = np.argwhere(kept)
    # Without UF1 any spread of the errors will do: each class's misses are predicted as the next
    # class.
    if "uf1" not in claims:
        return _example(clips, correct[0], correct[0] + np.roll(clips - correct[0], 1))
    claim = claims["uf1"]
    closest = nearest_uf1(clips, correct, claim.low, claim.high)
    if claim.distance(closest.value) == 0.0:
        return _example(clips, closest.correct, closest.predicted)
    if not closest.complete:
        reason = f"no example within the search limit; the nearest UF1 is {closest.value:.4f}"
        return Judgement("unknown", reason, {"uf1": closest.value})
    return Judgement("no", _why_no_uf1(clips, correct, claims, closest), {"uf1": closest.value})


def _no_correct_clips(
    scores: Mapping[str, NDArray[np.float64]], claims: Mapping[str, Claim]
) -> Judgement:
    """A judgement where UAR, alone or with the accuracy, is given by no count of correct clips."""
    claim = claims["uar"]
    reason = f"no counts of correct clips per class give UAR {claim}"
    possible = scores["uar"]
    if "accuracy" in claims:
        possible = possible[claims["accuracy"].distance(scores["accuracy"]) == 0.0]
        reason += f" at accuracy {claims['accuracy']}"
    nearest = possible.flat[np.abs(possible - claim.value).argmin()]
    return Judgement("no", reason, {"uar": float(nearest)})


def _why_no_uf1(
    clips: Integers, correct: Integers, claims: Mapping[str, Claim], closest: Nearest
) -> str:
    wanted, given = claims["uf1"], {name: claims[name] for name in claims if name != "uf1"}
    nearest = f"the nearest is {closest.value:.{wanted.decimals + 1}f}"
    if not given:
        return f"{_named(clips)} cannot give UF1 {wanted}; {nearest}"
    # The possible UF1s nearest to 0 and to 1 are the least and the greatest.
    least = nearest_uf1(clips, correct, 0.0, 0.0)
    most = nearest_uf1(clips, correct, 1.0, 1.0)
    forced = f"{_listed(given)} on {_named(clips)}"
    if least.value <= wanted.value <= most.value:
        return f"{forced} cannot give UF1 {wanted}; {nearest}"
    if not (least.complete and most.complete):
        return f"{forced} rules out UF1 {wanted}; {nearest}"
    return f"{forced} implies UF1 from {least.value:.3f} to {most.value:.3f}, not {wanted}"


def _bounded(clips: Integers, claims: Mapping[str, Claim]) -> Judgement:
    # Seeded, so that a table of verdicts can be reproduced.
    point = descend(clips, claims, np.random.default_rng(0))
    if point.distance == 0.0:
        return _example(clips, point.correct, point.correct + point.alarms)
    scores = scores_of(clips, point.correct, point.alarms)
    nearest = {name: float(scores[name]) for name in claims}
    outside = _outside_bounds(clips, claims)
    if outside is not None:
        return Judgement("no", outside, nearest)
    reason = f"no example of {_listed(claims)} found, and no bound rules it out"
    return Judgement("unknown", reason, nearest)


def _outside_bounds(clips: Integers, claims: Mapping[str, Claim]) -> str | None:
    """Which claim is outside what the accuracy allows."""
    if "accuracy" not in claims:
        return None
    allowed = _allowed(claims["accuracy"], int(clips.sum()))
    for name, bounds in (("uar", uar_bounds), ("uf1", uf1_bounds)):
        if name not in claims:
            continue
        ends = np.array([bounds(clips, int(right)) for right in allowed])
        low, high = float(ends[:, 0].min()), float(ends[:, 1].max())
        if claims[name].high < low or claims[name].low > high:
            return (
                f"accuracy {claims['accuracy']} on {_named(clips)} implies "
                f"{name.upper()} from {low:.3f} to {high:.3f}, not {claims[name]}"
            )
    return None


def _named(clips: Integers) -> str:
    return "/".join(map(str, clips)) + " clips"


def _listed(claims: Mapping[str, Claim]) -> str:
    words = {"accuracy": "accuracy", "uar": "UAR", "uf1": "UF1"}
    return " and ".join(f"{words[name]} {claims[name]}" for name in METRICS if name in claims)


def _example(clips: Integers, correct: Integers, predicted: Integers) -> Judgement:
    scores = scores_of(clips, correct, predicted - correct)
    nearest = {name: float(value) for name, value in scores.items()}
    return Judgement(
        "yes", "some confusion matrix has these scores", nearest, matrix(clips, correct, predicted)
    )
