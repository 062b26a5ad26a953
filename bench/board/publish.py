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

Format = Literal["markdown", "csv", "json", "latex", "html"]
FORMATS: dict[Format, tuple[str, Callable[[Board], str]]] = {
    "markdown": ("md", markdown),
    "csv": ("csv", to_csv),
    "json": ("json", to_json),
    "latex": ("tex", latex),
    "html": ("html", html),
}
"""File extension and writer of each format."""


def publish(board: Board, folder: Path) -> list[Path]:
    """Write `leaderboard.md`, `.csv`, `.json` and figures of traced rows; returns their paths."""
    files = {
        "leaderboard.md": markdown(board, pictures=True).encode(),
        "leaderboard.csv": to_csv(board).encode(),
        "leaderboard.json": to_json(board).encode(),
    }
    if any(row.epochs for table in board.tables for row in table.rows):
        # Imported late: matplotlib takes long to load, and only traced rows have figures.
        from bench.board.epochs import pictures

        files |= pictures(board)
    for name, content in files.items():
        write_atomically(folder / name, content)
    return [folder / name for name in files]
