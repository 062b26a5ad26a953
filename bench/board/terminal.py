"""A compact board for the terminal."""

from __future__ import annotations

from rich.table import Table as Grid
from rich.text import Text

from bench.board.board import Table
from bench.board.contract import contract_text
from bench.board.notes import notes_text
from bench.board.text import fit_time, row_clips, score_text
from bench.core.escape import visible

NARROW = 100
"""Characters of a terminal below which tables leave out what matters least."""


def grid(table: Table, width: int) -> Grid:
    """One table, for a terminal of so many characters: methods, scores with intervals, notes."""
    wide = width >= NARROW
    # As Text, or rich would take the brackets of intervals for markup.
    title = Text(visible(f"{table.title}, {table.protocol}"))
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
    for row in table.rows:
        place = "ref" if row.reference else "–" if row.rank is None else str(row.rank)
        scores = [score_text(row.scores.get(name)) for name in shown]
        took = [fit_time(row)] if wide else []
        notes = notes_text(row)
        style = "dim" if row.rank is None else ""
        clips = [row_clips(table, row)] if counted else []
        values = (place, row.name, *scores, *took, *clips, notes)
        lines.add_row(*(Text(visible(value)) for value in values), style=style)
    return lines


def _caption(table: Table) -> str:
    made = ", SYNTHETIC stand-ins" if table.synthetic else ""
    plain = f"{sum(table.counts)} clips"
    clips = plain if table.contract.plain else contract_text(table.contract)
    caption = f"{clips}, {table.subjects} subjects{made}"
    return f"{caption}. {table.apart}" if table.apart else caption
