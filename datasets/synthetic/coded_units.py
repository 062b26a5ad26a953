"""Which action units a face shows under an emotion, as often as coders saw them together.

`coded_units.toml` counts, for each emotion of CASME II and SAMM, the annotated units, their pairs
and the units per clip. Of all distributions over sets of units with these expectations, the one of
greatest entropy is taken (Jaynes 1957), found by iterative scaling (Darroch and Ratcliff 1972): it
adds nothing that the counts do not say.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.core.types import Array

from .action_units import PULLS

TABLE = Path(__file__).with_suffix(".toml")
ROUNDS = 60
"""Rounds of scaling; they leave every expectation within a fifth of a clip."""
UNLISTED = 1.0
"""Clips that a pair can have which the table does not list."""


class Counts(NamedTuple):
    """Annotations of one emotion's clips.

    Attributes:
        sizes: clips by their number of units.
        units: clips by unit.
        pairs: clips by pair of units, lower number first; those in one clip at most are absent.
    """

    sizes: Mapping[int, int]
    units: Mapping[int, int]
    pairs: Mapping[tuple[int, int], int]

    @property
    def clips(self) -> int:
        """How many there are."""
        return sum(self.sizes.values())


class Shown(NamedTuple):
    """Sets of action units, sorted, with the probability of each."""

    sets: tuple[tuple[int, ...], ...]
    chances: Array


@cache
def counted() -> Mapping[str, Mapping[str, Counts]]:
    """The table's counts by database and emotion."""
    table: dict[str, dict[str, Any]] = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        database: {emotion: _counts(one) for emotion, one in emotions.items()}
        for database, emotions in table.items()
    }


def is_shown(database: str, emotion: str) -> bool:
    """Whether a database's counts, or for one without codes any, have the emotion."""
    return emotion in counted().get(database, {}) or database not in counted()


@cache
def shown(database: str, emotion: str) -> Shown:
    """What faces of a database show under an emotion, of the units that can be drawn.

    Annotations of other units are left out; a set of nothing else is never shown.
    """
    # SMIC has no codes: its people show what those of the other two do.
    coded = [database] if database in counted() else [*counted()]
    drawn: defaultdict[tuple[int, ...], float] = defaultdict(float)
    for counts in (counted()[one][emotion] for one in coded if emotion in counted()[one]):
        for numbers, chance in zip(*maximum_entropy(counts), strict=True):
            kept = tuple(number for number in numbers if number in PULLS)
            if kept or not numbers:
                drawn[kept] += float(chance) * counts.clips
    values = np.array(list(drawn.values()))
    return Shown(tuple(drawn), values / values.sum())


def maximum_entropy(counts: Counts) -> Shown:
    """The distribution over sets of units that has the counts as expectations."""
    units, clips = sorted(counts.units), counts.clips
    sizes = range(max(counts.sizes) + 1)
    sets = [one for size in sizes for one in combinations(units, size)]
    member = np.array([[unit in one for unit in units] for one in sets])
    size = member.sum(axis=1)
    exact = [(size == n, counts.sizes.get(n, 0) / clips) for n in sizes]
    exact += [(member[:, i], counts.units[unit] / clips) for i, unit in enumerate(units)]
    bounded: list[tuple[Array, float]] = []
    for (i, a), (j, b) in combinations(enumerate(units), 2):
        both = member[:, i] & member[:, j]
        if (a, b) in counts.pairs:
            exact.append((both, counts.pairs[a, b] / clips))
        else:
            bounded.append((both, UNLISTED / clips))
    chances = np.full(len(sets), 1 / len(sets))
    for _ in range(ROUNDS):
        for chosen, top in bounded:
            if chances[chosen].sum() > top:
                _scale(chances, chosen, top)
        for chosen, share in exact:
            _scale(chances, chosen, share)
    return Shown(tuple(sets), chances)


def _scale(chances: Array, chosen: Array, share: float) -> None:
    """Give some sets this share of the probability, and the others the rest, in proportion."""
    inside = chances[chosen].sum()
    outside = chances.sum() - inside
    # Where there is nothing to scale, an expectation of 0 or 1 is met already.
    if inside > 0 and outside > 0:
        chances *= np.where(chosen, share / inside, (1 - share) / outside)


def _counts(one: Mapping[str, Mapping[str, int]]) -> Counts:
    return Counts(
        {int(n): clips for n, clips in one["units_per_clip"].items()},
        {int(n): clips for n, clips in one["units"].items()},
        {_pair(n): clips for n, clips in one["pairs"].items()},
    )


def _pair(text: str) -> tuple[int, int]:
    a, b = map(int, text.split("+"))
    return a, b
