"""Which fields differ between the variants of a method, and which two are fully crossed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

Configs = Mapping[str, Mapping[str, Any]]
"""The configuration of each variant, by label."""


@dataclass(frozen=True)
class Crossing:
    """Two fields of which every combination was run with all others equal: a factorial ablation.

    Attributes:
        down, across: the field that varies over lines (the one with more values) and over columns.
        lines, columns: the values of each, as text.
        labels: for each line, the variant in every column.
    """

    down: str
    across: str
    lines: tuple[str, ...]
    columns: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]


def varied(configs: Configs) -> list[str]:
    """Fields in which some configurations differ."""
    every = list(configs.values())
    names = dict.fromkeys(name for one in every for name in one)
    # As text, because lists, which tuples become in JSON, do not hash.
    return [name for name in names if len({word(one.get(name)) for one in every}) > 1]


def crossing(configs: Configs) -> Crossing | None:
    """The two fields of which every combination was run, the others having their most common value.

    Among several pairs, the one with most combinations; None if no two fields are crossed.
    """
    crossed: dict[tuple[str, str], int] = {}
    for one, other in combinations(varied(configs), 2):
        cells = set(_grid(configs, one, other).values())
        ones, others = ({cell[i] for cell in cells} for i in (0, 1))
        # A field with one value among these variants is no factor.
        if min(len(ones), len(others)) > 1 and len(cells) == len(ones) * len(others):
            pair = (one, other) if len(ones) >= len(others) else (other, one)
            crossed[pair] = len(cells)
    return _crossed(configs, *max(crossed, key=crossed.__getitem__)) if crossed else None


def _crossed(configs: Configs, down: str, across: str) -> Crossing:
    # If labels share a configuration, the first in the alphabet wins: the plain method's.
    grid = _grid(configs, down, across)
    label = {grid[name]: name for name in sorted(grid, reverse=True)}
    lines, columns = (sorted({cell[i] for cell in label}, key=_place) for i in (0, 1))
    labels = tuple(tuple(label[line, column] for column in columns) for line in lines)
    return Crossing(down, across, tuple(lines), tuple(columns), labels)


def _grid(configs: Configs, one: str, other: str) -> dict[str, tuple[str, str]]:
    """Values of two fields, for variants with the most common value in every other field."""
    usual = {
        name: Counter(word(config.get(name)) for config in configs.values()).most_common(1)[0][0]
        for name in varied(configs)
        if name not in (one, other)
    }
    return {
        label: (word(config.get(one)), word(config.get(other)))
        for label, config in configs.items()
        if all(word(config.get(name)) == value for name, value in usual.items())
    }


def word(value: Any) -> str:
    """A field's value as text: "1, 2, 3", or "none" for an empty list."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _place(value: str) -> tuple[bool, float, int, str]:
    """Sort key: "none" first, then numbers by size, then lists by length."""
    try:
        return True, float(value), 0, value
    except ValueError:
        return value != "none", float("inf"), value.count(","), value
