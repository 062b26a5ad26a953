"""The board in the terminal, narrow enough to read."""

from __future__ import annotations

from rich.table import Table as Grid
from rich.text import Text

from bench.board.board import Table
from bench.board.text import fit_time, incomplete, score_text


def grid(table: Table) -> Grid:
    """One table; methods, scores with intervals, time, notes."""
    found = Grid(title=f"{table.title}, {table.protocol}", title_style="bold", pad_edge=False)
    found.caption = f"{sum(table.counts)} clips, {table.subjects} subjects" + (
        ", SYNTHETIC stand-ins" if table.synthetic else ""
    )
    for name in ("#", "method"):
        found.add_column(name, no_wrap=True)
    for name in ("UF1 [95 %]", "UAR [95 %]", "accuracy [95 %]"):
        found.add_column(name, justify="right", no_wrap=True)
    found.add_column("fit/fold", justify="right", no_wrap=True)
    found.add_column("notes")
    for row in table.rows:
        place = "ref" if row.reference else "–" if row.rank is None else str(row.rank)
        scores = [score_text(row.scores.get(name)) for name in ("uf1", "uar", "accuracy")]
        notes = "; ".join([*incomplete(row), *row.notes])
        style = "dim" if row.rank is None else ""
        values = (place, row.name, *scores, fit_time(row), notes)
        found.add_row(*(Text(value) for value in values), style=style)
    return found
