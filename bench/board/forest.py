"""The forest plot of a table: each method's UF1 with its interval, and the rank groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

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
    for place, row in enumerate(rows):
        _row(axes, place, row)
    published = _published(axes, table, rows)
    if table.ceiling is not None:
        axes.axvline(table.ceiling, color=RED, linestyle="--", linewidth=1.2, zorder=1)
    _groups(figure, axes, rows)
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


def forests(board: Board) -> Iterator[tuple[str, bytes]]:
    """File name and bytes of every forest plot, as svg and png."""
    for table in board.tables:
        if has_forest(table):
            with rc_context(SETTINGS):
                figure = forest_figure(table)
                yield forest_name(table), svg(figure)
                yield forest_name(table).replace(".svg", ".png"), png(figure)


def _row(axes: Axes, place: int, row: Row) -> None:
    score = row.scores["uf1"]
    colour = GREY if row.rank is None else BLUE
    if row.reference:
        axes.axhspan(place - 0.5, place + 0.5, color=SHADE, linewidth=0, zorder=0)
    axes.plot([score.low or 0.0, score.high or 0.0], [place, place], color=colour, zorder=2)
    mark = "s" if row.rank is None else "o"
    axes.plot(score.value, place, mark, color=colour, markersize=5, zorder=3)
    axes.annotate(
        interval_text(score), (1, place), (8, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", va="center", fontsize=8,
    )  # fmt: skip


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


def _groups(figure: Figure, axes: Axes, rows: Sequence[Row]) -> None:
    """A bar beside each run of methods that share a rank, with the rank."""
    offset = ScaledTranslation(BAR / 72, 0, figure.dpi_scale_trans)
    place = 0
    for rank, group in groupby(rows, key=lambda row: row.rank):
        count = len(list(group))
        if rank is not None:
            ends = [place - 0.3, place + count - 0.7]
            beside = axes.get_yaxis_transform() + offset
            axes.plot([1, 1], ends, color="black", linewidth=2, transform=beside, clip_on=False)
            axes.annotate(
                str(rank), (1, sum(ends) / 2), (BAR + 6, 0), xycoords=("axes fraction", "data"),
                textcoords="offset points", va="center", fontsize=8,
            )  # fmt: skip
        place += count
    axes.annotate(
        "rank", (1, 1), (BAR, 4), xycoords="axes fraction", textcoords="offset points",
        ha="center", va="bottom", fontsize=8,
    )  # fmt: skip


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
