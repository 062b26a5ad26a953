"""The board as markdown, for `results/leaderboard.md` and for papers' repositories."""

from __future__ import annotations

from tabulate import tabulate

from bench.board.board import Board, Table
from bench.board.text import LEGEND, caption, cells, headers


def markdown(board: Board) -> str:
    """The whole board; the same records give the same bytes."""
    title = "# Leaderboard"
    if board.tables and all(table.synthetic for table in board.tables):
        title += ": SYNTHETIC data"
    parts = [title, LEGEND, *(_section(table) for table in board.tables)]
    if board.machines:
        machines = [f"- `{name}`: {text}" for name, text in board.machines.items()]
        parts.append("## Machines\n\n" + "\n".join(machines))
    return "\n\n".join(parts) + "\n"


def _section(table: Table) -> str:
    rows = [cells(table, row) for row in table.rows]
    body = tabulate(rows, headers(table), tablefmt="github", disable_numparse=True)
    lines = [f"## {table.title}, {table.protocol}", caption(table), body]
    lines += [f"> {note}" for note in table.notes]
    return "\n\n".join(lines)
