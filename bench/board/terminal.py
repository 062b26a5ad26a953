"""A compact board for the terminal: as many columns as fit, each of them whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from bench.board.board import Table
from bench.board.columns import COLUMNS, KEY, Column, of_table
from bench.board.contract import contract_text
from bench.board.document import heading
from bench.board.text import TEST_BEST
from bench.core.escape import visible
from bench.evaluation.row import Row

NARROW = 100
"""Characters of a terminal below which other tables leave out what matters least."""
BETWEEN = 2
"""Characters between two columns: the padding, and the line that the box leaves out."""
IN_FULL = "remarks"
"""Takes the place of the notes in brief where there is room for it."""


def grids(table: Table, width: int, columns: Sequence[Column] = ()) -> Iterator[Group]:
    """One table, for a terminal of so many characters: methods, scores with intervals, notes.

    Rows whose epoch was chosen on the test subjects follow in a grid of their own.

    Args:
        table: what to show.
        width: of the terminal, characters.
        columns: those asked for, however wide; by default as many as fit, the most important first.
    """
    yield _grid(table, table.rows, "", width, columns)
    if table.test_best:
        yield _grid(table, table.test_best, f": {TEST_BEST.lower()}", width, columns)


def fitting(table: Table, rows: Sequence[Row], width: int) -> tuple[Column, ...]:
    """The columns that fit: those of priority 0 always, then each that still has room."""
    here = of_table(COLUMNS, table)
    wide = {one.name: max(map(cell_len, _words(table, one, rows))) for one in here}
    chosen = {one.name for one in here if not one.priority}
    for one in sorted(here, key=lambda one: (one.priority, not one.main)):
        wanted = chosen | {one.name}
        if one.name == IN_FULL:
            wanted -= {"notes"}
        if sum(wide[name] for name in wanted) + BETWEEN * (len(wanted) - 1) <= width:
            chosen = wanted
    return tuple(one for one in here if one.name in chosen)


def _words(table: Table, column: Column, rows: Sequence[Row]) -> list[str]:
    return [column.title(table), *(visible(column.text(table, row)) for row in rows)]


def _grid(
    table: Table, rows: Sequence[Row], what: str, width: int, columns: Sequence[Column]
) -> Group:
    shown = of_table(columns, table) or fitting(table, rows, width)
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in shown:
        grid.add_column(
            Text(visible(column.title(table))),
            justify="right" if column.right else "left",
            # Where even the most important columns are too wide, long names are broken, not cut.
            overflow="fold",
            no_wrap=column is not KEY and column.name not in ("notes", IN_FULL),
        )
    for row in rows:
        cells = (Text(visible(column.text(table, row))) for column in shown)
        grid.add_row(*cells, style="dim" if row.rank is None else "")
    # As Text, or rich would take the brackets of intervals for markup.
    title = Text(visible(f"{heading(table)}{what}"), style="bold")
    caption = Text(
        visible(_caption(table, of_table(COLUMNS, table) if columns else shown)), style="dim"
    )
    # Not the table's own title and caption, which would be wrapped to its width.
    return Group(title, grid, caption, Text())


def _caption(table: Table, shown: Sequence[Column]) -> str:
    made = ", SYNTHETIC stand-ins" if table.synthetic else ""
    plain = f"{sum(table.counts)} clips"
    clips = plain if table.contract.plain else contract_text(table.contract)
    if sum(table.counts) < table.contract.clips:
        clips = (
            f"{clips}, tested on {sum(table.counts)}" if clips != plain else f"tested on {plain}"
        )
    parts = [f"{clips}, {table.subjects} subjects{made}", table.apart.removesuffix(".")]
    lacking = [
        one.title(table)
        for one in of_table(COLUMNS, table)
        if one.main and one not in shown and one.name != "notes"
    ]
    if lacking:
        parts.append(f"No room for {', '.join(lacking)}: widen the terminal, or use --columns")
    return ". ".join(filter(None, parts))
