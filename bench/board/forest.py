"""The forest plot of a table: each method's UF1 with its interval, and the rank groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation, Transform

from bench.board.board import Board, Table
from bench.board.document import forest_name, has_forest, plotted
from bench.board.style import BLUE, GREY, RED, SETTINGS, SHADE, blank, png, shown, stamped, svg
from bench.board.text import interval_text
from bench.evaluation.row import Row

BAR = 92
"""Points from the axes to the bars of the rank groups: the width of a score with its interval."""


def forest_figure(table: Table) -> Figure:
    """Draw the rows that have an interval, in the order of the table.

    Marks differ in form as well as in colour: filled circles are ranked methods, squares are not
    ranked, references are shaded, hollow diamonds are published values of the same method.

    Args:
        table: with two or more such rows; see `has_forest`.
    """
    rows = plotted(table)
    figure = blank(6.8, 1.0 + 0.25 * len(rows))
    axes = figure.subplots()
    _rows(axes, rows)
    published = _published(axes, table, rows)
    if table.ceiling is not None:
        axes.axvline(table.ceiling, color=RED, linestyle="--", linewidth=1.2, zorder=1)
    _groups(axes, rows)
    axes.set_yticks(range(len(rows)), [shown(row.name) for row in rows])
    # Upside down, so that the first row is at the top.
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("UF1, with its 95 % interval over subjects")
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    _legend(figure, table, rows, published)
    figure.suptitle(shown(f"{table.task}, {table.protocol}"))
    return stamped(figure, table.synthetic)


def forests(
    board: Board, forms: Sequence[Literal["svg", "png"]] = ("svg", "png")
) -> Iterator[tuple[str, bytes]]:
    """File name and bytes of every forest plot, in these forms."""
    for table in filter(has_forest, board.tables):
        with rc_context(SETTINGS):
            figure = forest_figure(table)
            written = [svg(figure) if form == "svg" else png(figure) for form in forms]
        for form, data in zip(forms, written, strict=True):
            yield forest_name(table).removesuffix("svg") + form, data


def _rows(axes: Axes, rows: Sequence[Row]) -> None:
    """Scores and intervals, with their numbers beside the axes."""
    for place, row in enumerate(rows):
        if row.reference:
            axes.axhspan(place - 0.5, place + 0.5, color=SHADE, linewidth=0, zorder=0)
        words = interval_text(row.scores["uf1"])
        axes.text(1, place, words, transform=_beside(axes, 8), va="center", fontsize=8)
    for colour, mark, ranked in ((BLUE, "o", True), (GREY, "s", False)):
        places = [i for i, row in enumerate(rows) if (row.rank is not None) == ranked]
        scores = [rows[i].scores["uf1"] for i in places]
        ends = np.array([(one.low, one.high, np.nan) for one in scores], float)
        # The gaps make one line of all intervals, which is drawn at once and is small in a file.
        axes.plot(ends.ravel(), np.repeat(places, 3), color=colour, zorder=2)
        axes.plot([one.value for one in scores], places, mark, color=colour, markersize=5, zorder=3)


def _published(axes: Axes, table: Table, rows: Sequence[Row]) -> bool:
    """Hollow marks at the published values of the same method on the same clips."""
    places = {row.name: place for place, row in enumerate(rows)}
    found = [
        (one.published["uf1"], places[one.label])
        for one in table.published
        if one.label in places and one.part == "full" and "uf1" in one.published
    ]
    for value, place in found:
        axes.plot(value, place, "D", color=RED, fillstyle="none", markersize=8, zorder=4)
    return bool(found)


def _groups(axes: Axes, rows: Sequence[Row]) -> None:
    """A bar beside each run of methods that share a rank, with the rank."""
    place, bars = 0, list[float]()
    for rank, group in groupby(rows, key=lambda row: row.rank):
        count = len(list(group))
        if rank is not None:
            ends = place - 0.3, place + count - 0.7
            bars += [*ends, np.nan]
            middle, words = sum(ends) / 2, str(rank)
            axes.text(1, middle, words, transform=_beside(axes, BAR + 6), va="center", fontsize=8)
        place += count
    beside = _beside(axes, BAR)
    axes.plot([1] * len(bars), bars, color="black", linewidth=2, transform=beside, clip_on=False)
    axes.annotate(
        "rank", (1, 1), (BAR, 4), xycoords="axes fraction", textcoords="offset points",
        ha="center", va="bottom", fontsize=8,
    )  # fmt: skip


def _beside(axes: Axes, points: float) -> Transform:
    """For what stands at the height of a row, so far from the right end of the axes."""
    offset = ScaledTranslation(points / 72, 0, axes.figure.dpi_scale_trans)
    return axes.get_yaxis_transform() + offset


def _legend(figure: Figure, table: Table, rows: Sequence[Row], published: bool) -> None:
    """Of the marks that occur."""
    marks: list[Line2D | Patch] = []
    if any(row.rank is not None for row in rows):
        marks.append(Line2D([], [], color=BLUE, marker="o", markersize=5, label="ranked"))
    if any(row.rank is None and not row.reference for row in rows):
        marks.append(Line2D([], [], color=GREY, marker="s", markersize=5, label="not ranked"))
    if any(row.reference for row in rows):
        marks.append(Patch(color=SHADE, label="reference"))
    if published:
        marks.append(
            Line2D([], [], color=RED, marker="D", fillstyle="none", markersize=8, linestyle="none",
                   label="published, same method")
        )  # fmt: skip
    if table.ceiling is not None:
        label = f"coded action units: {table.ceiling:.3f}"
        marks.append(Line2D([], [], color=RED, linestyle="--", linewidth=1.2, label=label))
    figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), handlelength=2)
