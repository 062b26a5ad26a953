"""The leaderboard: one `Board` made of records, and one file per format that writes it."""

from bench.board.board import Board, Table
from bench.board.build import build
from bench.evaluation.row import Row

__all__ = ["Board", "Row", "Table", "build"]
