"""A compact board for the terminal."""

from __future__ import annotations

from rich.table import Table as Grid
from rich.text import Text

from bench.board.board import Table
from bench.board.notes import notes_text
from bench.board.text import fit_time, score_text


def grid(table: Table) -> Grid:
    """One table: methods, scores with intervals, fit time, notes."""
    lines = Grid(title=f"{table.title}, {table.protocol}", title_style="bold", pad_edge=False)
    lines.caption = f"{sum(table.counts)} clips, {table.subjects} subjects" + (
        ", SYNTHETIC stand-ins" if table.synthetic else ""
    )
    for name in ("#", "method"):
        lines.add_column(name, no_wrap=True)
    for name in ("UF1 [95 %]", "UAR [95 %]", "accuracy [95 %]"):
        lines.add_column(name, justify="right", no_wrap=True)
    lines.add_column("fit/fold", justify="right", no_wrap=True)
    lines.add_column("notes")
    for row in table.rows:
        place = "ref" if row.reference else "–" if row.rank is None else str(row.rank)
        scores = [score_text(row.scores.get(name)) for name in ("uf1", "uar", "accuracy")]
        notes = notes_text(row)
        style = "dim" if row.rank is None else ""
        values = (place, row.name, *scores, fit_time(row), notes)
        lines.add_row(*(Text(value) for value in values), style=style)
    return lines
