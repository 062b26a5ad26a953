"""The leaderboard: one `Board` made of records, and one file per format that writes it."""

from bench.board.board import Board, Row, Table
from bench.board.build import build

__all__ = ["Board", "Row", "Table", "build"]
