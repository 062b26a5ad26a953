"""The critical-difference diagram (Demsar, JMLR 2006) of average ranks over tasks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bench.board.style import BLUE, GREY, SETTINGS, blank, shown
from bench.statistics import CriticalDifference


def cliques(ranks: Sequence[float], difference: float) -> list[tuple[int, int]]:
    """First and last position, in sorted ranks, of every maximal run within the difference."""
    runs: list[tuple[int, int]] = []
    for first, rank in enumerate(ranks):
        last = int(np.searchsorted(ranks, rank + difference, side="right")) - 1
        # A run that ends where an earlier one ends is a part of it.
        if last > first and (not runs or last > runs[-1][1]):
            runs.append((first, last))
    return runs


def rank_figure(methods: Sequence[str], critical: CriticalDifference, title: str) -> Figure:
    """Draw each method at its average rank; bars join methods that do not differ significantly.

    Args:
        methods: names (m,).
        critical: ranks (m,) and the critical difference.
        title: label of the axis.
    """
    assert critical.difference is not None
    order = np.argsort(critical.ranks, kind="stable")
    ranks = critical.ranks[order]
    runs = cliques(ranks.tolist(), critical.difference)
    with rc_context(SETTINGS):
        figure = blank(4.8, 1.1 + 0.2 * (len(methods) + len(runs)))
        axes = figure.subplots()
        # The best method gets the longest line, so that no line crosses a name to its left.
        height = np.arange(len(methods), 0, -1) + len(runs)
        axes.vlines(ranks, 0, height, color=GREY, linewidth=0.8)
        axes.scatter(ranks, height, color=BLUE, s=14, zorder=3)
        for rank, y, name in zip(ranks, height, np.array(methods)[order], strict=True):
            label = f"{shown(name)} {rank:.2f}"
            axes.annotate(label, (rank, y), (5, 0), textcoords="offset points", va="center",
                          fontsize=8)  # fmt: skip
        for level, (first, last) in enumerate(runs, start=1):
            axes.hlines(level, ranks[first], ranks[last], color="black", linewidth=3)
        axes.set_xlabel(f"{title}; critical difference {critical.difference:.2f}")
        # The names stand to the right of their lines, the worst method's beyond the last rank.
        axes.set_xlim(1 - 0.1, len(methods) + 0.1 + len(methods) / 4)
        axes.set_ylim(height[0] + 1, 0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_visible(False)
        axes.spines["left"].set_visible(False)
    return figure
