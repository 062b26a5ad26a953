"""A compact board for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table as Grid
from rich.text import Text

from bench.board.board import Table
from bench.board.contract import contract_text
from bench.board.notes import notes_text
from bench.board.text import TEST_BEST, fit_time, place, row_clips, score_text
from bench.core.escape import visible
from bench.evaluation.row import Row

NARROW = 100
"""Characters of a terminal below which tables leave out what matters least."""


def grids(table: Table, width: int) -> Iterator[Grid]:
    """One table, for a terminal of so many characters: methods, scores with intervals, notes.

    Rows whose epoch was chosen on the test subjects follow in a grid of their own.
    """
    yield _grid(table, table.rows, "", width)
    if table.test_best:
        yield _grid(table, table.test_best, f": {TEST_BEST.lower()}", width)


def _grid(table: Table, rows: Sequence[Row], what: str, width: int) -> Grid:
    wide = width >= NARROW
    # As Text, or rich would take the brackets of intervals for markup.
    title = Text(visible(f"{table.title}, {table.protocol}{what}"))
    lines = Grid(title=title, title_style="bold", pad_edge=False)
    lines.caption = Text(visible(_caption(table)))
    for name in ("#", "method"):
        lines.add_column(name, no_wrap=True)
    shown = {"uf1": "UF1", "uar": "UAR"} | ({"accuracy": "accuracy"} if wide else {})
    for name in shown.values():
        lines.add_column(f"{name} [95 %]", justify="right", no_wrap=True)
    if wide:
        lines.add_column("fit/fold", justify="right", no_wrap=True)
    # Where there is nothing to compare with, the caption's number is enough.
    counted = bool(table.contract.expected or table.contract.subset)
    if counted:
        lines.add_column("clips", justify="right", no_wrap=True)
    lines.add_column("notes", overflow="fold")
    for row in rows:
        scores = [score_text(row.scores.get(name)) for name in shown]
        took = [fit_time(row)] if wide else []
        made = "" if row.provenance == "run" else row.provenance
        notes = "; ".join(filter(None, [made, notes_text(row)]))
        style = "dim" if row.rank is None else ""
        clips = [row_clips(table, row)] if counted else []
        values = (place(row), row.name, *scores, *took, *clips, notes)
        lines.add_row(*(Text(visible(value)) for value in values), style=style)
    return lines


def _caption(table: Table) -> str:
    made = ", SYNTHETIC stand-ins" if table.synthetic else ""
    plain = f"{sum(table.counts)} clips"
    clips = plain if table.contract.plain else contract_text(table.contract)
    caption = f"{clips}, {table.subjects} subjects{made}"
    return f"{caption}. {table.apart}" if table.apart else caption
