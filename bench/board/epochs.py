"""The figure of a traced row: UF1 against epoch, with the score of each way to choose the epoch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bench.board.board import Board
from bench.board.style import BLUE, GREY, ORANGE, RED, SETTINGS, blank, png, shown, stamped
from bench.board.text import number, picture_name
from bench.core.names import with_preset
from bench.evaluation.row import Row


def epoch_figure(row: Row) -> Figure:
    """UF1 of all held-out clips at every checkpoint, with the last, inner and oracle scores.

    Args:
        row: with `epochs` and `oracle`.
    """
    assert row.epochs is not None
    assert row.oracle is not None
    steps, values = row.epochs.steps, np.array(row.epochs.uf1)
    choices = [(row.scores["uf1"], "last epoch (reported)", GREY, "--")]
    if row.inner is not None:
        choices.append((row.inner, "inner: selected on training subjects", ORANGE, "-."))
    choices.append((row.oracle, "oracle: best epoch of each held-out subject", RED, ":"))
    figure = blank(4.8, 2.8 + 0.17 * len(choices))
    axes = figure.subplots()
    name = "every epoch"
    if len(values) > 1:
        axes.plot(steps, values.T, color=BLUE, alpha=0.3, linewidth=0.6)
        name += f": mean of {len(values)} seeds, and each"
    # A line through a single point is invisible.
    marker = "o" if len(steps) < 3 else ""
    axes.plot(steps, values.mean(0), color=BLUE, marker=marker, label=name)
    for score, word, colour, dashes in choices:
        label = f"{word}: {number(score.value)}"
        axes.axhline(score.value, color=colour, linestyle=dashes, label=label)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, steps=[1, 2, 5, 10]))
    axes.margins(x=0.02)
    axes.set_ylabel("UF1, all folds pooled")
    axes.set_ylim(0, 1.02)
    figure.legend(loc="outside lower center", handlelength=3, labelspacing=0.3)
    return figure


def pictures(board: Board) -> Iterator[tuple[str, bytes]]:
    """File name and PNG bytes of the figure of every traced row."""
    for table in board.tables:
        for row in table.rows:
            if row.epochs is not None:
                with rc_context(SETTINGS):
                    figure = epoch_figure(row)
                    title = with_preset(shown(row.title), row.preset)
                    figure.suptitle(f"{title} on {shown(table.task)}")
                    yield picture_name(row), png(stamped(figure, table.synthetic))
