"""The variants of one method: the fields in which they differ, and a figure of their scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from bench.board.style import BLUE, blank, shown
from bench.board.text import NAMES, number, score_text
from bench.core.names import Label
from bench.evaluation.crossing import Configs, varied, word
from bench.evaluation.row import Row


def table(rows: Sequence[Row], configs: Configs) -> list[list[str]]:
    """A header, then a line for each variant: the fields that differ, then the scores."""
    fields = varied(configs)
    return [
        ["method", *fields, *NAMES.values()],
        *(
            [
                row.label,
                *(word(configs[row.label].get(name)) for name in fields),
                *(score_text(row.scores[name]) for name in NAMES),
            ]
            for row in _ordered(rows)
        ),
    ]


def _ordered(rows: Sequence[Row]) -> list[Row]:
    """The plain method first."""
    return sorted(rows, key=lambda row: (Label.parse(row.label).variant != "", row.label))


def ablation_figure(rows: Sequence[Row]) -> Figure:
    """UF1 of every variant with its 95 % interval over subjects."""
    ordered = _ordered(rows)
    figure = blank(5.2, 0.9 + 0.24 * len(ordered))
    axes = figure.subplots()
    for i, row in enumerate(ordered):
        score = row.scores["uf1"]
        if score.low is not None and score.high is not None:
            axes.plot([score.low, score.high], [i, i], color=BLUE)
        axes.plot(score.value, i, "o", color=BLUE, markersize=5)
        axes.text(1.03, i, number(score.value), va="center", fontsize=8)
    axes.set_yticks(np.arange(len(ordered)), [shown(row.label) for row in ordered])
    # Upside down, so that the plain method is at the top.
    axes.set_ylim(len(ordered) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("UF1 (error bars: 95 % interval over subjects)")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure
