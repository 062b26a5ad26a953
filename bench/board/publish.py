"""Writing a board's files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.board.board import Board
from bench.board.markdown import markdown
from bench.board.markup import html, latex
from bench.board.plain import to_csv, to_json
from bench.cache import write_atomically

FORMATS: dict[str, tuple[str, Callable[[Board], str]]] = {
    "markdown": ("md", markdown),
    "csv": ("csv", to_csv),
    "json": ("json", to_json),
    "latex": ("tex", latex),
    "html": ("html", html),
}
"""File ending and writer by format name."""


def publish(board: Board, folder: Path) -> list[Path]:
    """Write `leaderboard.md`, `.csv`, `.json` into a folder; returns the paths."""
    paths = []
    for name in ("markdown", "csv", "json"):
        ending, write = FORMATS[name]
        path = folder / f"leaderboard.{ending}"
        write_atomically(path, write(board).encode())
        paths.append(path)
    return paths
