"""The board as LaTeX and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tabulate import tabulate

from bench.board.ablation import grids
from bench.board.board import Board, Table
from bench.board.notes import note_text
from bench.board.text import LEGEND, TEST_BEST, TEST_BEST_NOTE, caption, cells, headers


def latex(board: Board) -> str:
    """A booktabs tabular per table and per group of variants, its caption in a comment."""
    return "\n".join(part for table in board.tables for part in _tabulars(table))


def _tabulars(table: Table) -> Iterator[str]:
    head = f"% {table.title}, {table.protocol}"
    rows = [cells(table, row) for row in table.rows]
    yield f"{head}. {caption(table)}\n{_grid(rows, headers(table), 'latex_booktabs')}\n"
    if table.test_best:
        chosen = [cells(table, row) for row in table.test_best]
        yield f"{head}. {TEST_BEST}.\n{_grid(chosen, headers(table), 'latex_booktabs')}\n"
    for group in table.variants:
        notes = "".join(f" {note_text(note)}" for note in group.notes)
        for grid in grids(group):
            about = f"{head}. Variants of {group.name}. {grid.about}{notes}"
            yield f"{about}\n{_grid(grid.lines, grid.names, 'latex_booktabs')}\n"


def html(board: Board) -> str:
    """One HTML page without styling."""
    title = "Leaderboard"
    if board.tables and all(table.synthetic for table in board.tables):
        title += ": SYNTHETIC data"
    sections = (part for table in board.tables for part in _section(table))
    head = f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>'
    return "\n".join(
        [head, f"<h1>{title}</h1>", f"<p>{escape(LEGEND)}</p>", *sections, "</html>\n"]
    )


def _section(table: Table) -> Iterator[str]:
    yield f"<h2>{escape(table.title)}, {escape(table.protocol)}</h2>"
    yield f"<p>{escape(caption(table))}</p>"
    yield _grid([cells(table, row) for row in table.rows], headers(table), "html")
    if table.test_best:
        yield f"<h3>{TEST_BEST}</h3>"
        yield f"<p>{TEST_BEST_NOTE}</p>"
        yield _grid([cells(table, row) for row in table.test_best], headers(table), "html")
    for group in table.variants:
        yield f"<h3>Variants of {escape(group.name)}</h3>"
        for grid in grids(group):
            yield f"<p>{escape(grid.about)}</p>"
            yield _grid(grid.lines, grid.names, "html")
        yield from (f"<p>{escape(note_text(note))}</p>" for note in group.notes)


def _grid(rows: list[list[str]], names: Sequence[str], form: str) -> str:
    # tabulate escapes the cells of both formats itself; numbers must stay as they are written.
    return str(tabulate(rows, list(names), tablefmt=form, disable_numparse=True))
