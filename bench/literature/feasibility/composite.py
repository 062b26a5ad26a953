"""Whether the scores of a composite and those of its parts can come from the same predictions.

The confusion matrix of a composite is the sum of its parts'. Two checks, both of which only ever
exclude what is impossible:

1. The correct clips per class of each part that may have its scores, summed in all ways: none of
   the sums may have the composite's scores. Complete for any claims of two or three classes.
2. Where each part leaves few confusion matrices (with UAR and UF1 to four decimals, some hundreds),
   all their sums are looked at, which is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.literature.feasibility.claims import Claim, Judgement
from bench.literature.feasibility.exact import correct_clips, fitting, spread
from bench.literature.feasibility.judge import listed, searchable
from bench.literature.feasibility.measures import OF_CORRECT, WORDS, Integers, score

MAX_CELLS = 20_000_000
"""Predictions of one part looked at before its matrices count as too many to list."""

MAX_POINTS = 20_000
"""Matrices of one part, and pairs of matrices are 50 times as many."""

FEW_PAIRS = 1_000_000
"""Sums that are made one by one; more are made by a Fourier transform."""

MAX_SUMS = 300_000_000
"""Sums of matrices of all parts that are looked at."""


class Part(NamedTuple):
    """A database of a composite.

    Attributes:
        name: "smic".
        clips: per class, in the composite's order.
        claims: its printed scores by metric; empty if none are printed.
    """

    name: str
    clips: Sequence[int]
    claims: Mapping[str, Claim]


def judge_parts(parts: Sequence[Part], claims: Mapping[str, Claim]) -> Judgement:
    """Say whether matrices with the parts' scores can add up to one with the composite's.

    Args:
        parts: all databases of the composite, at least one with claims.
        claims: of the composite.
    """
    clips = np.sum([part.clips for part in parts], axis=0)
    if not searchable(tuple(clips)):
        return Judgement("unknown", "too many classes or clips to add up the parts", {})
    correct = [correct_clips(np.array(part.clips), part.claims) for part in parts]
    sums = _sums(correct)
    named = ", ".join(f"{part.name} ({listed(part.claims)})" for part in parts if part.claims)
    if not len(correct_clips(clips, claims, sums)):
        return Judgement("no", f"{_why_not(clips, sums, claims)}, given {named}", {})
    points = [
        _points(np.array(part.clips), own, part.claims)
        for part, own in zip(parts, correct, strict=True)
    ]
    listable = [one for one in points if one is not None]
    fits = _any_sum(clips, listable, claims) if len(listable) == len(parts) else None
    if fits is None:
        reason = "the correct clips of its parts can add up to it; their errors were not searched"
        return Judgement("unknown", reason, {})
    if fits:
        return Judgement("yes", "its parts can add up to it", {})
    return Judgement("no", f"no predictions with {named} add up to {listed(claims)}", {})


def _sums(terms: Sequence[Integers]) -> Integers:
    """All sums (m, c) of one row of each of the terms (k, c)."""
    total = terms[0]
    for other in terms[1:]:
        if len(total) * len(other) <= FEW_PAIRS:
            pairs = (total[:, None] + other).reshape(-1, total.shape[1])
            total = np.unique(pairs, axis=0)
            continue
        # Imported late: loading it takes longer than whatever else a board imports.
        from scipy.signal import fftconvolve

        # Counts of ways are integers up to millions, so the transform's error is far below a half.
        ways = fftconvolve(_grid(total), _grid(other))
        total = np.argwhere(ways > 0.5)
    return total


def _grid(rows: Integers) -> NDArray[np.float64]:
    """1 at every row's indices, 0 elsewhere."""
    # Without any row the grid is a single 0.
    grid = np.zeros(tuple(rows.max(axis=0, initial=0) + 1))
    grid[tuple(rows.T)] = 1.0
    return grid


def _why_not(clips: Integers, sums: Integers, claims: Mapping[str, Claim]) -> str:
    """Which score of the composite is none of the parts' sums."""
    for name in (name for name in OF_CORRECT if name in claims and len(sums)):
        possible = score(name, clips, sums, sums)
        if (claims[name].distance(possible) > 0.0).all():
            low, high = possible.min(), possible.max()
            return f"{WORDS[name]} would be from {low:.4f} to {high:.4f}, not {claims[name]}"
    return f"no counts of correct clips add up to {listed(claims)}"


def _points(clips: Integers, correct: Integers, claims: Mapping[str, Claim]) -> Integers | None:
    """All matrices of a part with its claimed scores (k, 2, c): correct clips and predictions.

    None if they are too many to list.
    """
    spreads = {name: claim for name, claim in claims.items() if name not in OF_CORRECT}
    errors = (clips.sum() - correct.sum(axis=1)).astype(np.float64)
    if not spreads or (errors ** (len(clips) - 1)).sum() / 2 > MAX_CELLS:
        return None
    found = []
    for right in correct:
        predicted = spread(clips, right)
        kept = predicted[fitting(clips, right, predicted, spreads)]
        found.append(np.stack([np.broadcast_to(right, kept.shape), kept], axis=1))
    points = np.concatenate(found) if found else np.empty((0, 2, len(clips)), dtype=np.int64)
    return points if len(points) <= MAX_POINTS else None


def _any_sum(
    clips: Integers, points: Sequence[Integers], claims: Mapping[str, Claim]
) -> bool | None:
    """Whether some sum of one matrix of each part has all claimed scores; None if too many."""
    ordered = sorted(points, key=len)
    sums = ordered[0]
    for other in ordered[1:-1]:
        if len(sums) * len(other) > 50 * MAX_POINTS:
            return None
        pairs = (sums[:, None] + other).reshape(-1, 2, len(clips))
        sums = np.unique(pairs, axis=0)
    if len(sums) * len(ordered[-1]) > MAX_SUMS:
        return None
    for last in ordered[-1]:
        total = sums + last
        if len(fitting(clips, total[:, 0], total[:, 1], claims)):
            return True
    return False
