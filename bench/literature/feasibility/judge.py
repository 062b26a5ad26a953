"""The verdict on a set of claims, and its reason."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from bench.literature.feasibility.claims import Claim, Judgement
from bench.literature.feasibility.exact import (
    Nearest,
    all_correct,
    correct_clips,
    nearest,
    search,
)
from bench.literature.feasibility.local import bounds_at, descend
from bench.literature.feasibility.matrix import matrix
from bench.literature.feasibility.measures import (
    METRICS,
    OF_CORRECT,
    WORDS,
    Floats,
    Integers,
    score,
)

MAX_COMBINATIONS = 5_000_000
"""Of correct clips per class, up to which the search is complete: any three classes in use."""


def judge(clips: Sequence[int], claims: Mapping[str, Claim]) -> Judgement:
    """Say whether a confusion matrix of these clips has all claimed scores.

    Complete for two and three classes (unless the reason says that the search was cut); for more,
    an example is searched by descent and ruled out by bounds, else the answer is "unknown".

    Args:
        clips: per class, all positive.
        claims: of the pooled counts, by metric of `measures`.

    Raises:
        ValueError: no claim, another metric, or a class without clips.
    """
    if not claims or not set(claims) <= set(METRICS) or len(clips) < 2 or min(clips) < 1:
        raise ValueError(f"expected claims of {METRICS} on two or more classes with clips")
    counts = np.array(clips, dtype=np.int64)
    alone = _accuracy_alone(counts, claims)
    if alone is not None:
        return alone
    return _complete(counts, claims) if searchable(clips) else _bounded(counts, claims)


def searchable(clips: Sequence[int]) -> bool:
    """Whether all combinations of correct clips are few enough to look at."""
    return len(clips) <= 3 and math.prod(int(n) + 1 for n in clips) <= MAX_COMBINATIONS


def _accuracy_alone(clips: Integers, claims: Mapping[str, Claim]) -> Judgement | None:
    """A judgement where the accuracy is no fraction of the clips."""
    claim = claims.get("accuracy")
    total = int(clips.sum())
    if claim is None or len(_allowed(claim, total)):
        return None
    reason = f"accuracy {claim} is not a multiple of 1/{total}"
    others = other_totals(claim, total)
    if others:
        reason += f" (it is one of 1/{', 1/'.join(map(str, others[:3]))})"
    return Judgement("no", reason, {"accuracy": round(claim.value * total) / total})


def other_totals(claim: Claim, total: int, reach: int = 15) -> list[int]:
    """Numbers of clips near `total`, nearest first, of which a claimed accuracy is a fraction."""
    totals = [n for n in range(max(total - reach, 2), total + reach + 1) if len(_allowed(claim, n))]
    return sorted(totals, key=lambda n: abs(n - total))


def _allowed(claim: Claim, total: int) -> Integers:
    """How many clips may be right under a claimed accuracy."""
    right = np.arange(total + 1)
    return np.flatnonzero(claim.distance(right / total) == 0.0)


def _complete(clips: Integers, claims: Mapping[str, Claim]) -> Judgement:
    given = {name: claim for name, claim in claims.items() if name in OF_CORRECT}
    spreads = {name: claim for name, claim in claims.items() if name not in OF_CORRECT}
    correct = correct_clips(clips, given)
    if not len(correct):
        return _no_correct_clips(clips, claims)
    # Any spread of the errors will do: each class's misses are predicted as the next class.
    if not spreads:
        return _example(clips, correct[0], correct[0] + np.roll(clips - correct[0], 1), claims)
    found = search(clips, correct_clips(clips, spreads, correct), spreads)
    if found.correct is not None and found.predicted is not None:
        return _example(clips, found.correct, found.predicted, claims)
    for name, claim in spreads.items():
        closest = nearest(clips, correct, name, claim.low, claim.high)
        if claim.distance(closest.value) > 0.0 and closest.complete:
            reason = _why_not(name, clips, correct, given, claim, closest)
            return Judgement("no", reason, {name: closest.value})
    if found.complete:
        reason = f"no confusion matrix of {_named(clips)} has {listed(claims)} at once"
        return Judgement("no", reason, {})
    return Judgement("unknown", f"no example of {listed(claims)} within the search limit", {})


def _no_correct_clips(clips: Integers, claims: Mapping[str, Claim]) -> Judgement:
    """A judgement where UAR, alone or with the accuracy, is given by no count of correct clips."""
    claim, scores = claims["uar"], all_correct(clips)
    reason = f"no counts of correct clips per class give UAR {claim}"
    possible: Floats = scores["uar"]
    if "accuracy" in claims:
        possible = possible[claims["accuracy"].distance(scores["accuracy"]) == 0.0]
        reason += f" at accuracy {claims['accuracy']}"
    closest = possible.flat[np.abs(possible - claim.value).argmin()]
    return Judgement("no", reason, {"uar": float(closest)})


def _why_not(
    name: str,
    clips: Integers,
    correct: Integers,
    given: Mapping[str, Claim],
    wanted: Claim,
    closest: Nearest,
) -> str:
    text = f"the nearest is {closest.value:.{min(wanted.decimals, 6) + 1}f}"
    word = WORDS[name]
    if not given:
        return f"{_named(clips)} cannot give {word} {wanted}; {text}"
    # The possible values nearest to 0 and to 1 are the least and the greatest.
    least = nearest(clips, correct, name, 0.0, 0.0)
    most = nearest(clips, correct, name, 1.0, 1.0)
    forced = f"{listed(given)} on {_named(clips)}"
    if least.value <= wanted.value <= most.value:
        return f"{forced} cannot give {word} {wanted}; {text}"
    if not (least.complete and most.complete):
        return f"{forced} rules out {word} {wanted}; {text}"
    return f"{forced} implies {word} from {least.value:.3f} to {most.value:.3f}, not {wanted}"


def _bounded(clips: Integers, claims: Mapping[str, Claim]) -> Judgement:
    # Seeded, so that a table of verdicts can be reproduced.
    point = descend(clips, claims, np.random.default_rng(0))
    predicted = point.correct + point.alarms
    if point.distance == 0.0:
        return _example(clips, point.correct, predicted, claims)
    close = _scores(clips, point.correct, predicted, claims)
    outside = _outside_bounds(clips, claims)
    if outside is not None:
        return Judgement("no", outside, close)
    reason = f"no example of {listed(claims)} found, and no bound rules it out"
    return Judgement("unknown", reason, close)


def _outside_bounds(clips: Integers, claims: Mapping[str, Claim]) -> str | None:
    """Which claim is outside what the accuracy allows."""
    if "accuracy" not in claims:
        return None
    allowed = _allowed(claims["accuracy"], int(clips.sum()))
    for name in (name for name in METRICS[1:] if name in claims):
        ends = np.array([bounds_at(name, clips, int(right)) for right in allowed])
        low, high = float(ends[:, 0].min()), float(ends[:, 1].max())
        if claims[name].high < low or claims[name].low > high:
            return (
                f"accuracy {claims['accuracy']} on {_named(clips)} implies "
                f"{WORDS[name]} from {low:.3f} to {high:.3f}, not {claims[name]}"
            )
    return None


def _named(clips: Integers) -> str:
    return "/".join(map(str, clips)) + " clips"


def listed(claims: Mapping[str, Claim]) -> str:
    """The claims in words: "accuracy 0.7114 and UF1 0.2000"."""
    return " and ".join(f"{WORDS[name]} {claims[name]}" for name in METRICS if name in claims)


def _scores(
    clips: Integers, correct: Integers, predicted: Integers, claims: Mapping[str, Claim]
) -> dict[str, float]:
    """The scores of an example: those claimed, and the three that are always of interest."""
    names = dict.fromkeys(("accuracy", "uar", "uf1", *claims))
    return {name: float(score(name, clips, correct, predicted)) for name in names}


def _example(
    clips: Integers, correct: Integers, predicted: Integers, claims: Mapping[str, Claim]
) -> Judgement:
    scores = _scores(clips, correct, predicted, claims)
    made = matrix(clips, correct, predicted)
    return Judgement("yes", "some confusion matrix has these scores", scores, made)
