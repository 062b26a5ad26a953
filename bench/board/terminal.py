"""A compact board for the terminal: as many columns as fit, each of them whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from bench.board.board import Table
from bench.board.columns import COLUMNS, KEY, Column, of_table
from bench.board.contract import contract_text
from bench.board.document import heading
from bench.board.notes import BRIEF
from bench.board.text import TEST_BEST
from bench.core.escape import visible
from bench.evaluation.row import Row

NARROW = 100
"""Characters of a terminal below which other tables leave out what matters least."""
BETWEEN = 2
"""Characters between two columns: the padding, and the line that the box leaves out."""
IN_FULL = "remarks"
"""Takes the place of the notes in brief where there is room left when no other column fits."""
LONGEST_NOTE = BRIEF + len(" +1")
"""Characters of a line of the notes in brief: longer ones go on below, and push no column out."""


def grids(table: Table, width: int, columns: Sequence[Column] = ()) -> Iterator[Group]:
    """One table, for a terminal of so many characters: methods, scores with intervals, notes.

    Rows whose epoch was chosen on the test subjects follow in a grid of their own.

    Args:
        table: what to show.
        width: of the terminal, characters.
        columns: those asked for, however wide; by default as many as fit, by their priority.
    """
    yield _grid(table, table.rows, "", width, columns)
    if table.test_best:
        yield _grid(table, table.test_best, f": {TEST_BEST.lower()}", width, columns)


def fitting(table: Table, rows: Sequence[Row], width: int) -> tuple[Column, ...]:
    """The columns of priority 0, and the others by priority up to the first that has no room.

    Notes are left out where names would have to be broken in a word for them.
    Details that are the same in all rows, with no clip or fold missing, come after all others;
    the notes in full take the place of those in brief only in what room is left.
    """
    here = of_table(COLUMNS, table)
    wide = {one.name: max(map(cell_len, _words(table, one, rows))) for one in here}
    wide["notes"] = min(wide["notes"], LONGEST_NOTE)

    def fit(names: set[str]) -> bool:
        return sum(wide[name] for name in names) + BETWEEN * (len(names) - 1) <= width

    chosen = {one.name for one in here if not one.priority}
    room = _room((one for one in here if one.name in chosen), table, rows, width)
    if room < _longest_word(_words(table, KEY, rows)):
        return tuple(one for one in here if one.name in chosen - {"notes"})
    others = (one for one in here if one.priority and one.name != IN_FULL)
    for one in sorted(others, key=lambda one: (_idle(table, one, rows), one.priority)):
        if not fit(chosen | {one.name}):
            break
        chosen.add(one.name)
    if fit(in_full := chosen - {"notes"} | {IN_FULL}):
        chosen = in_full
    return tuple(one for one in here if one.name in chosen)


def _room(columns: Iterable[Column], table: Table, rows: Sequence[Row], width: int) -> int:
    """Characters left for names where the other columns are whole, notes with a word a line."""
    others = [one for one in columns if one is not KEY]
    taken = sum(
        _longest_word(words) if one.name in ("notes", IN_FULL) else max(map(cell_len, words))
        for one, words in ((one, _words(table, one, rows)) for one in others)
    )
    return width - taken - BETWEEN * len(others)


def _longest_word(texts: Sequence[str]) -> int:
    return max(map(cell_len, " ".join(texts).split()))


def _idle(table: Table, column: Column, rows: Sequence[Row]) -> bool:
    """Whether a detail is the same in all rows, and shows nothing that is missing."""
    whole = table.contract.found == table.contract.expected
    missing = {
        "clips": any(row.clips != row.expected for row in rows) or not whole,
        "folds": any(row.folds != row.of for row in rows),
        "provenance": any(row.provenance != "run" for row in rows),
    }
    alike = len({column.text(table, row) for row in rows}) < 2
    return alike and not column.main and not missing.get(column.name, False)


def _words(table: Table, column: Column, rows: Sequence[Row]) -> list[str]:
    return [column.title(table), *(visible(column.text(table, row)) for row in rows)]


def _grid(
    table: Table, rows: Sequence[Row], what: str, width: int, columns: Sequence[Column]
) -> Group:
    shown = of_table(columns, table) or fitting(table, rows, width)
    names = _words(table, KEY, rows)
    room, whole = _room(shown, table, rows, width), max(map(cell_len, names))
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in shown:
        grid.add_column(
            Text(visible(column.title(table))),
            justify="right" if column.right else "left",
            # Where even the most important columns are too wide, long names are broken, not cut.
            overflow="fold",
            no_wrap=column.name not in ("notes", IN_FULL) and (column is not KEY or whole <= room),
            # At blanks alone, as long as there is room for that.
            width=room if column is KEY and _longest_word(names) <= room < whole else None,
            max_width=LONGEST_NOTE if column.name == "notes" else None,
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
    if not {"notes", IN_FULL} & {one.name for one in shown}:
        lacking.append("notes")
    if lacking:
        parts.append(f"No room for {', '.join(lacking)}: widen the terminal, or use --columns")
    return ". ".join(filter(None, parts))
