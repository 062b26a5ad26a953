"""A picture of a traced row: UF1 against epoch, and what choosing the epoch makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bench.board.board import Board, Row
from bench.board.text import number
from bench.style import BLUE, GREY, ORANGE, RED, SETTINGS, blank, png, stamped


def epoch_figure(row: Row) -> Figure:
    """UF1 of all held-out clips at every checkpoint: the last, the inner and the oracle's choice.

    Args:
        row: with `epochs` and `oracle`.
    """
    assert row.epochs is not None
    assert row.oracle is not None
    steps, values = row.epochs.steps, np.array(row.epochs.uf1)
    figure = blank(4.8, 3.0)
    axes = figure.subplots()
    if len(values) > 1:
        axes.plot(steps, values.T, color=BLUE, alpha=0.3, linewidth=0.8)
    axes.plot(steps, values.mean(0), color=BLUE, marker="o" if len(steps) < 3 else "")
    lines = [(row.scores["uf1"].value, "last epoch, reported", GREY, "--")]
    if row.inner is not None:
        lines.append((row.inner.value, "inner: chosen on\ntraining subjects", ORANGE, "-."))
    lines.append((row.oracle.value, "oracle: best epoch of\neach held-out subject", RED, ":"))
    for value, name, colour, dashes in lines:
        axes.axhline(value, color=colour, linestyle=dashes, label=f"{name}: {number(value)}")
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("UF1, all folds pooled")
    axes.set_ylim(0, 1.02)
    figure.legend(loc="outside lower center", ncols=len(lines))
    return figure


def pictures(board: Board) -> Iterator[tuple[str, bytes]]:
    """File name and png of every traced row."""
    for table in board.tables:
        for row in table.rows:
            if row.epochs is not None:
                with rc_context(SETTINGS):
                    figure = epoch_figure(row)
                    figure.suptitle(f"{row.title} on {table.task}")
                    yield row.picture, png(stamped(figure, table.synthetic))
