"""The document that markdown and html write: its parts in order, without any markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bench.board.ablation import grids
from bench.board.blocks import Block, Bullets, Details, Grid, Heading, Link, Paragraph, Picture
from bench.board.board import Board, Table
from bench.board.columns import DETAILS, MAIN, Column, every, of_table
from bench.board.notes import note_text
from bench.board.text import (
    COMPARED,
    ELSEWHERE,
    LEGEND,
    PUBLISHED,
    READING,
    TEST_BEST,
    TEST_BEST_NOTE,
    beside,
    caption,
    compared,
    elsewhere,
    number,
    picture_name,
    place_name,
)
from bench.evaluation.notes import Reconstructed
from bench.evaluation.row import Row

LITERATURE = "literature.md"
FEWEST = 3
"""Rows of a forest plot: fewer are read more easily in the table."""
PUBLISHED_NOTE = (
    "As printed in their sources, with predictions of leave-one-subject-out unless a source says "
    "otherwise; never ranked with ours. `epoch` is how the source chose its epoch: last, test-best "
    "(on the test subjects), unknown, or n/a. The difference is ours minus theirs, with the "
    "interval of ours."
)
COMPARED_NOTE = (
    "Of the same method on the same clips, never ranked with ours. `epoch`: how the source chose "
    "it; test-best is on the test subjects."
)


def title(board: Board) -> str:
    """Heading of the whole document."""
    synthetic = bool(board.tables) and all(table.synthetic for table in board.tables)
    return "Leaderboard: SYNTHETIC data" if synthetic else "Leaderboard"


def document(
    board: Board,
    columns: Sequence[Column] = (),
    beside_files: bool = False,
    forests: bool = False,
) -> Iterator[Block]:
    """The whole board.

    Args:
        board: what to write.
        columns: those asked for, in place of both tables of a task.
        beside_files: pictures and the published results are in files beside the document.
        forests: it shows the forest plots.
    """
    yield Heading(title(board), 1)
    yield Paragraph(LEGEND, ours=True)
    if len(board.tables) > 1:
        items = tuple((heading(table), _leader(table)) for table in board.tables)
        yield Bullets(items, tuple(anchor(i) for i in range(len(items))))
    for i, table in enumerate(board.tables):
        yield from _section(table, anchor(i), columns, beside_files, forests)
    yield Heading("How to read the tables")
    yield Bullets(tuple(READING.items()), ours=True)
    if board.machines:
        yield Heading("Machines")
        yield Bullets(tuple(board.machines.items()))


def literature(board: Board) -> Iterator[Block]:
    """Published results of every task that has some, in full."""
    yield Heading("Published results", 1)
    yield Paragraph(PUBLISHED_NOTE, ours=True)
    for i, table in enumerate(board.tables):
        if not table.published:
            continue
        yield Heading(heading(table), 2, anchor(i))
        if rows := beside(table):
            yield Heading("Methods run here", 3)
            yield Grid("", list(PUBLISHED), rows)
        if rows := elsewhere(table):
            yield Heading("Other methods", 3)
            yield Grid("", list(ELSEWHERE), rows)


def heading(table: Table) -> str:
    """Of a table: SYNTHETIC casme2/5, loso."""
    return f"{table.title}, {table.protocol}"


def plotted(table: Table) -> list[Row]:
    """The rows of a forest plot: those with an interval, which incomplete ones lack."""
    scores = ((row, row.scores.get("uf1")) for row in table.rows)
    return [row for row, score in scores if score is not None and score.low is not None]


def has_forest(table: Table) -> bool:
    """Whether the table has a forest plot."""
    return len(plotted(table)) >= FEWEST


def forest_name(table: Table) -> str:
    """File name of the forest plot, unique in a folder of boards."""
    return f"forest-{place_name(table)}.svg"


def anchor(position: int) -> str:
    """Of a section: not made of its heading, which each program spells in its own way."""
    return f"table-{position + 1}"


def grid(table: Table, columns: Iterable[Column], rows: Sequence[Row], about: str = "") -> Grid:
    """Some columns of some rows."""
    shown = of_table(columns, table)
    return Grid(
        about,
        [column.title(table) for column in shown],
        [[column.text(table, row) for column in shown] for row in rows],
        frozenset(i for i, column in enumerate(shown) if column.right),
        frozenset(i for i, row in enumerate(rows) if row.rank is None),
    )


def stand_ins(table: Table) -> dict[str, str]:
    """Titles of methods whose source leaves gaps, and what fills them."""
    return {
        row.title: note.what
        for row in every(table)
        for note in row.notes
        if isinstance(note, Reconstructed) and note.what
    }


def _leader(table: Table) -> str:
    """Who is first, and who cannot be told from it."""
    first = [row for row in table.rows if row.rank == 1]
    if not first:
        return "no ranked method"
    best = f"{first[0].name} {number(first[0].scores['uf1'].value)}"
    return f"{best} and {len(first) - 1} more share rank 1" if len(first) > 1 else best


def _section(
    table: Table, place: str, columns: Sequence[Column], beside_files: bool, forests: bool
) -> Iterator[Block]:
    yield Heading(heading(table), 2, place)
    yield Paragraph(caption(table))
    yield grid(table, columns or MAIN, table.rows)
    if forests and has_forest(table):
        yield Picture(f"Forest plot of UF1 on {heading(table)}", forest_name(table))
    if not columns and table.rows:
        summary = "Intervals, recall, time, provenance and notes in full"
        yield Details(summary, (grid(table, DETAILS, table.rows),))
    if names := stand_ins(table):
        summary = f"What reconstructed names stand for ({len(names)})"
        yield Details(summary, (Bullets(tuple(names.items())),))
    if rows := compared(table):
        yield Heading("Published results of these methods", 3)
        yield Paragraph(COMPARED_NOTE, ours=True)
        yield Grid("", list(COMPARED), rows)
    if beside_files and table.published:
        yield Link("Sources, parts of composites and other methods", LITERATURE, place)
    if table.test_best:
        yield Heading(TEST_BEST, 3)
        yield Paragraph(TEST_BEST_NOTE, ours=True)
        yield grid(table, columns or MAIN, table.test_best)
        if not columns:
            yield Details("More columns", (grid(table, DETAILS, table.test_best),))
    for group in table.variants:
        yield Heading(f"Variants of {group.name}", 3)
        yield from grids(group)
        yield from (Paragraph(note_text(note), quoted=True) for note in group.notes)
    traced = [row for row in table.rows if row.epochs is not None]
    if beside_files and traced:
        pictures = [
            Picture(f"UF1 of {row.name} against epoch", picture_name(row)) for row in traced
        ]
        yield Details(f"UF1 against epoch ({len(traced)} figures)", tuple(pictures))
