"""The board as LaTeX and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.board.ablation import grids
from bench.board.board import Board, Table
from bench.board.notes import note_text
from bench.board.text import LEGEND, TEST_BEST, TEST_BEST_NOTE, caption, cells, headers
from bench.core import escape


def latex(board: Board) -> str:
    """A booktabs tabular per table and per group of variants, its caption in a comment."""
    parts = (part for table in board.tables for part in _tabulars(table))
    return "\n".join(["% Leaderboard", *parts])


def _tabulars(table: Table) -> Iterator[str]:
    head = f"{table.title}, {table.protocol}"
    rows = [cells(table, row) for row in table.rows]
    yield _tabular(f"{head}. {caption(table)}", rows, headers(table))
    if table.test_best:
        chosen = [cells(table, row) for row in table.test_best]
        yield _tabular(f"{head}. {TEST_BEST}.", chosen, headers(table))
    for group in table.variants:
        notes = "".join(f" {note_text(note)}" for note in group.notes)
        for grid in grids(group):
            about = f"{head}. Variants of {group.name}. {grid.about}{notes}"
            yield _tabular(about, grid.lines, grid.names)


def _tabular(about: str, rows: Sequence[Sequence[str]], names: Sequence[str]) -> str:
    # By hand: tabulate escapes too little (line breaks), and does not let cells be escaped before.
    lines = [" & ".join(map(escape.latex, row)) + r" \\" for row in (names, *rows)]
    head = rf"\begin{{tabular}}{{{'l' * len(names)}}}"
    body = [head, r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule", r"\end{tabular}"]
    return "\n".join([f"% {escape.visible(about)}", *body, ""])


def html(board: Board) -> str:
    """One HTML page without styling."""
    title = "Leaderboard"
    if board.tables and all(table.synthetic for table in board.tables):
        title += ": SYNTHETIC data"
    sections = (part for table in board.tables for part in _section(table))
    head = f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>'
    return "\n".join([head, f"<h1>{title}</h1>", _element("p", LEGEND), *sections, "</html>\n"])


def _section(table: Table) -> Iterator[str]:
    yield _element("h2", f"{table.title}, {table.protocol}")
    yield _element("p", caption(table))
    yield html_table([headers(table), *(cells(table, row) for row in table.rows)])
    if table.test_best:
        yield _element("h3", TEST_BEST)
        yield _element("p", TEST_BEST_NOTE)
        yield html_table([headers(table), *(cells(table, row) for row in table.test_best)])
    for group in table.variants:
        yield _element("h3", f"Variants of {group.name}")
        for grid in grids(group):
            yield _element("p", grid.about)
            yield html_table([grid.names, *grid.lines])
        yield from (_element("p", note_text(note)) for note in group.notes)


def html_table(rows: Sequence[Sequence[str]]) -> str:
    """A table whose first line is its heading."""
    tags = ["th"] + ["td"] * (len(rows) - 1)
    lines = (
        _element("tr", "".join(_element(tag, word) for word in row), escaped=True)
        for tag, row in zip(tags, rows, strict=True)
    )
    return "\n".join(["<table>", *lines, "</table>"])


def _element(tag: str, text: str, escaped: bool = False) -> str:
    return f"<{tag}>{text if escaped else escape.html(text)}</{tag}>"
