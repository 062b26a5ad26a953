"""A share of a plan: the folds of some names, or one of N parts for the jobs of an array."""

from __future__ import annotations

import heapq
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Self

from bench.core.errors import BenchError
from bench.core.select import nearest
from bench.core.words import counted
from bench.planning.plan import Plan, weight

MOST = 100_000
"""Parts of a plan."""
NAMED = 5
"""Folds that an error names."""


@dataclass(frozen=True)
class Shard:
    """One of several equal parts of a plan.

    Attributes:
        number: which, from 1.
        of: how many there are.
    """

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "3/40".

        Raises:
            BenchError: anything else.
        """
        match = re.fullmatch(r"\s*([0-9]{1,6})\s*/\s*([0-9]{1,6})\s*", text)
        number, of = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 1 <= number <= of <= MOST:
            raise BenchError(
                f"--shard {text!r:.40}: expected NUMBER/COUNT with a number from 1 to the count, "
                "such as 3/40"
            )
        return cls(number, of)

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def with_folds(plan: Plan, words: str) -> Plan:
    """The plan with the folds of these names alone, "casme2/01,casme2/02".

    Raises:
        BenchError: a name that no fold of the plan has, with the nearest.
    """
    known = dict.fromkeys(fold.name for cell in plan.cells for fold in cell.folds)
    wanted = {word.strip() for word in words.split(",")}
    for word in sorted(wanted - known.keys()):
        raise BenchError(f"--folds: {_unknown(word, list(known))}")
    return _kept(plan, [[f.name in wanted for f in cell.folds] for cell in plan.cells])


def shard_of(plan: Plan, shard: Shard) -> Plan:
    """One part of a plan; all parts together are the plan, and take about equally long.

    Whoever has the same plan finds the same parts, whatever has run already: the unit with the
    longest estimate goes to the first part, and each that follows to the part with least to do.
    """
    units = [(i, unit) for i, cell in enumerate(plan.cells) for unit in cell.units]
    weights = [weight(unit) for _, unit in units]
    # By position where estimates are equal: sorted is stable.
    order = sorted(range(len(units)), key=lambda k: -weights[k])
    # With the number of units, or parts of folds without estimates would not be equally long.
    parts = [(0.0, 0, number) for number in range(1, shard.of + 1)]
    mine = set()
    for k in order:
        load, count, number = parts[0]
        heapq.heapreplace(parts, (load + weights[k], count + 1, number))
        if number == shard.number:
            mine.add(k)
    flags: list[list[bool]] = [[] for _ in plan.cells]
    for k, (i, _) in enumerate(units):
        flags[i].append(k in mine)
    return replace(_kept(plan, flags), shard=str(shard))


def _kept(plan: Plan, flags: Iterable[Collection[bool]]) -> Plan:
    """The plan with the flagged folds of each cell, without cells that have none."""
    cells = []
    for cell, chosen in zip(plan.cells, flags, strict=True):
        kept = tuple(f for f, keep in zip(cell.folds, chosen, strict=True) if keep)
        if kept:
            cells.append(replace(cell, folds=kept))
    return replace(plan, cells=tuple(cells))


def _unknown(word: str, known: list[str]) -> str:
    near = nearest(word, known)
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    some = ", ".join(known[:NAMED]) + (", ..." if len(known) > NAMED else "")
    return f"unknown fold {word!r}{hint} The plan has {counted(len(known), 'fold')}: {some}"
