"""Writing the files of a board."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from bench.board.board import Board
from bench.board.markdown import markdown
from bench.board.markup import html, latex
from bench.board.plain import to_csv, to_json
from bench.cache.files import write_atomically
from bench.core.errors import BenchError

Format = Literal["markdown", "csv", "json", "latex", "html"]
FORMATS: dict[Format, tuple[str, Callable[[Board], str]]] = {
    "markdown": ("md", markdown),
    "csv": ("csv", to_csv),
    "json": ("json", to_json),
    "latex": ("tex", latex),
    "html": ("html", html),
}
"""File extension and writer of each format."""


PUBLISHED = ("leaderboard.md", "leaderboard.csv", "leaderboard.json")


def refuse_folders(folder: Path) -> None:
    """See before a run that its board can be written after it.

    Raises:
        BenchError: a folder has the name of one of the board's files.
    """
    for path in (folder / name for name in PUBLISHED):
        if path.is_dir():
            raise BenchError(f"{path} is a folder, and the board is written to a file of that name")


def publish(board: Board, folder: Path) -> list[Path]:
    """Write `leaderboard.md`, `.csv`, `.json` and figures of traced rows; returns their paths."""
    texts = (markdown(board, pictures=True), to_csv(board), to_json(board))
    files = {name: text.encode() for name, text in zip(PUBLISHED, texts, strict=True)}
    if any(row.epochs for table in board.tables for row in table.rows):
        # Imported late: matplotlib takes long to load, and only traced rows have figures.
        from bench.board.epochs import pictures

        files |= pictures(board)
    for name, content in files.items():
        write_atomically(folder / name, content)
    return [folder / name for name in files]
