"""The board for papers and pages: latex and html."""

from __future__ import annotations

from html import escape

from tabulate import tabulate

from bench.board.board import Board, Table
from bench.board.text import LEGEND, caption, cells, headers


def latex(board: Board) -> str:
    """A booktabs tabular per table, with its caption as a comment above it."""
    return "\n".join(
        f"% {table.title}, {table.protocol}. {caption(table)}\n{_grid(table, 'latex_booktabs')}\n"
        for table in board.tables
    )


def html(board: Board) -> str:
    """One page without style of its own."""
    title = "Leaderboard"
    if board.tables and all(table.synthetic for table in board.tables):
        title += ": SYNTHETIC data"
    sections = (
        f"<h2>{escape(table.title)}, {escape(table.protocol)}</h2>\n"
        f"<p>{escape(caption(table))}</p>\n{_grid(table, 'html')}"
        for table in board.tables
    )
    head = f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>'
    return "\n".join(
        [head, f"<h1>{title}</h1>", f"<p>{escape(LEGEND)}</p>", *sections, "</html>\n"]
    )


def _grid(table: Table, form: str) -> str:
    rows = [cells(table, row) for row in table.rows]
    return str(tabulate(rows, headers(table), tablefmt=form, disable_numparse=True))
