"""What the variants of one method differ in, and what that makes of the scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from bench.board.board import Row
from bench.board.text import number, score_text
from bench.style import BLUE, blank

Configs = dict[str, dict[str, Any]]
"""Configuration of each variant by its label."""
METRICS = {"uf1": "UF1", "uar": "UAR", "accuracy": "accuracy", "f1": "F1"}


def varied(configs: Configs) -> list[str]:
    """Fields in which some configurations differ."""
    every = list(configs.values())
    return [name for name in every[0] if len({_word(one[name]) for one in every}) > 1]


def table(rows: Sequence[Row], configs: Configs) -> list[list[str]]:
    """A heading, then a line for each variant: the fields that differ, then the scores."""
    fields = varied(configs)
    return [
        ["method", *fields, *METRICS.values()],
        *(
            [
                row.label,
                *(_word(configs[row.label][name]) for name in fields),
                *(score_text(row.scores[name]) for name in METRICS),
            ]
            for row in _ordered(rows)
        ),
    ]


def crossing(configs: Configs) -> tuple[str, str] | None:
    """The two fields of which every combination was run, all else being as in most variants.

    Of several pairs the one with most combinations: of an ablation, its two questions.

    Returns:
        the field with more values, then the one with fewer; None where no two fields cross.
    """
    fields = varied(configs)
    found: dict[tuple[str, str], int] = {}
    for one, other in combinations(fields, 2):
        cells = set(_grid(configs, one, other).values())
        ones, others = ({cell[i] for cell in cells} for i in (0, 1))
        if min(len(ones), len(others)) > 1 and len(cells) == len(ones) * len(others):
            pair = (one, other) if len(ones) >= len(others) else (other, one)
            found[pair] = len(cells)
    return max(found, key=found.__getitem__, default=None)


def crossed(rows: Sequence[Row], configs: Configs, pair: tuple[str, str]) -> list[list[str]]:
    """UF1 / UAR of every combination of two fields: a heading, then a line for each value."""
    down, across = pair
    grid = _grid(configs, down, across)
    scores = {row.label: row.scores for row in rows}
    text = {
        grid[label]: " / ".join(number(scores[label][name].value) for name in ("uf1", "uar"))
        for label in sorted(grid, reverse=True)
    }
    columns = sorted({cell[1] for cell in text})
    lines = sorted({cell[0] for cell in text}, key=lambda word: (len(word), word))
    head = [down, *(f"{across} = {word}" for word in columns)]
    return [head, *([line, *(text[line, word] for word in columns)] for line in lines)]


def _grid(configs: Configs, one: str, other: str) -> dict[str, tuple[str, str]]:
    """Values of two fields, of the variants that are in all others as most are."""
    usual = {
        name: Counter(_word(config[name]) for config in configs.values()).most_common(1)[0][0]
        for name in varied(configs)
        if name not in (one, other)
    }
    return {
        label: (_word(config[one]), _word(config[other]))
        for label, config in configs.items()
        if all(_word(config[name]) == word for name, word in usual.items())
    }


def _word(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _ordered(rows: Sequence[Row]) -> list[Row]:
    """The plain method first."""
    return sorted(rows, key=lambda row: (":" in row.label, row.label))


def ablation_figure(rows: Sequence[Row]) -> Figure:
    """UF1 of every variant with its interval over subjects."""
    ordered = _ordered(rows)
    figure = blank(5.2, 0.9 + 0.24 * len(ordered))
    axes = figure.subplots()
    for i, row in enumerate(ordered):
        score = row.scores["uf1"]
        if score.low is not None and score.high is not None:
            axes.plot([score.low, score.high], [i, i], color=BLUE)
        axes.plot(score.value, i, "o", color=BLUE, markersize=5)
        axes.text(1.03, i, number(score.value), va="center", fontsize=8)
    axes.set_yticks(np.arange(len(ordered)), [row.label for row in ordered])
    axes.set_ylim(len(ordered) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("UF1 (line: 95 % interval over subjects)")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure
