"""The board as markdown, for `leaderboard.md`."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from tabulate import tabulate

from bench.board.ablation import grids
from bench.board.board import Board, Table
from bench.board.notes import note_text
from bench.board.text import (
    ELSEWHERE,
    LEGEND,
    PUBLISHED,
    TEST_BEST,
    TEST_BEST_NOTE,
    beside,
    caption,
    cells,
    elsewhere,
    headers,
    picture_name,
)
from bench.core.escape import markdown as escape
from bench.evaluation.row import Row


def markdown(board: Board, pictures: bool = False) -> str:
    """Write the whole board; the same records give the same bytes.

    Args:
        board: what to write.
        pictures: link the figures of traced rows, which `publish` writes to the same folder.
    """
    title = "# Leaderboard"
    if board.tables and all(table.synthetic for table in board.tables):
        title += ": SYNTHETIC data"
    parts = [title, LEGEND, *(_section(table, pictures) for table in board.tables)]
    if board.machines:
        machines = [f"- {escape(name)}: {escape(text)}" for name, text in board.machines.items()]
        parts.append("## Machines\n\n" + "\n".join(machines))
    return "\n\n".join(parts) + "\n"


def _section(table: Table, pictures: bool) -> str:
    body = _grid([cells(table, row) for row in table.rows], headers(table))
    lines = [f"## {escape(f'{table.title}, {table.protocol}')}", escape(caption(table)), body]
    if table.test_best:
        chosen = [cells(table, row) for row in table.test_best]
        lines += [f"### {TEST_BEST}", TEST_BEST_NOTE, _grid(chosen, headers(table))]
    for group in table.variants:
        lines += [f"### Variants of {escape(group.name)}"]
        for grid in grids(group):
            lines += [escape(grid.about), _grid(grid.lines, grid.names)]
        lines += [f"> {escape(note_text(note))}" for note in group.notes]
    if pictures and (traced := [row for row in table.rows if row.epochs is not None]):
        lines += ["### UF1 against epoch", "\n".join(map(_picture, traced))]
    if rows := beside(table):
        lines += [
            "### Published results of methods run here",
            PUBLISHED_NOTE,
            _grid(rows, PUBLISHED),
        ]
    if rows := elsewhere(table):
        lines += ["### Published results of other methods", _grid(rows, ELSEWHERE)]
    return "\n\n".join(lines)


def _picture(row: Row) -> str:
    # Brackets are no markup elsewhere, but here one would end the alternative text.
    name = escape(row.name).replace("[", "&#91;").replace("]", "&#93;")
    return f"![UF1 of {name} against epoch]({quote(picture_name(row))})"


PUBLISHED_NOTE = (
    "As printed in their sources, on the real data; never ranked with ours. `epoch` is how the "
    "source chose its epoch: last, test-best (on the test subjects), unknown, or n/a. The "
    "difference is ours minus theirs, with the interval of ours."
)


def _grid(rows: list[list[str]], names: Sequence[str]) -> str:
    # Of a published result, the source is to be followed: the last column.
    clean = [[escape(cell, names[i] == "source") for i, cell in enumerate(row)] for row in rows]
    # Without disable_numparse, tabulate reads ".621" as a number and prints 0.621.
    # The column of ranks is ours, and readable as it is.
    heads = [name if name == "#" else escape(name) for name in names]
    return str(tabulate(clean, heads, tablefmt="github", disable_numparse=True))
