"""A composite's scores against those that the same source gives for its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.literature.feasibility import KINDS, Claim, Judgement, Part, judge_parts
from bench.literature.table import Published, split


def judge_composite(
    group: Sequence[Published],
    parts: Sequence[Sequence[Published]],
    pieces: Mapping[str, Sequence[int]],
) -> Judgement | None:
    """Whether the parts can add up to the composite; None where that cannot be asked.

    Args:
        group: rows of the composite.
        parts: rows of each part.
        pieces: clips per class of all its parts.
    """
    names = [part[0].part for part in parts]
    averaged = {"fold-mean", "subject-mean"} & {one[0].pooling for one in (group, *parts)}
    # Two results of one part may belong to different runs.
    if averaged or len(names) != len(set(names)) or not set(names) <= set(pieces):
        return None
    printed = {part[0].part: _certain(part) for part in parts}
    whole = [Part(name, clips, printed.get(name, {})) for name, clips in pieces.items()]
    return judge_parts(whole, _certain(group))


def _certain(group: Sequence[Published]) -> dict[str, Claim]:
    """The claims whose metric is certain; an F1 of several possible kinds is left out."""
    claims, f1, kind = split(group)
    if f1 is not None and len(KINDS[kind]) == 1 and KINDS[kind][0] not in claims:
        claims[KINDS[kind][0]] = f1
    return claims
