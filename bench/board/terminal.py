"""A compact board for the terminal."""

from __future__ import annotations

from rich.table import Table as Grid
from rich.text import Text

from bench.board.board import Table
from bench.board.notes import notes_text
from bench.board.text import fit_time, place, score_text
from bench.core.escape import visible

NARROW = 100
"""Characters of a terminal below which tables leave out what matters least."""


def grid(table: Table, width: int) -> Grid:
    """One table, for a terminal of so many characters: methods, scores with intervals, notes."""
    wide = width >= NARROW
    # As Text, or rich would take the brackets of intervals for markup.
    title = Text(visible(f"{table.title}, {table.protocol}"))
    lines = Grid(title=title, title_style="bold", pad_edge=False)
    lines.caption = f"{sum(table.counts)} clips, {table.subjects} subjects" + (
        ", SYNTHETIC stand-ins" if table.synthetic else ""
    )
    for name in ("#", "method"):
        lines.add_column(name, no_wrap=True)
    shown = {"uf1": "UF1", "uar": "UAR"} | ({"accuracy": "accuracy"} if wide else {})
    for name in shown.values():
        lines.add_column(f"{name} [95 %]", justify="right", no_wrap=True)
    if wide:
        lines.add_column("fit/fold", justify="right", no_wrap=True)
    lines.add_column("notes", overflow="fold")
    for row in table.rows:
        scores = [score_text(row.scores.get(name)) for name in shown]
        took = [fit_time(row)] if wide else []
        made = "" if row.provenance == "run" else row.provenance
        notes = "; ".join(filter(None, [made, notes_text(row)]))
        style = "dim" if row.rank is None else ""
        values = (place(row), row.name, *scores, *took, notes)
        lines.add_row(*(Text(visible(value)) for value in values), style=style)
    return lines
