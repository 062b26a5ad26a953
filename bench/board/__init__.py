"""The leaderboard: `build` makes a `Board` from records; one module per format writes it."""

from bench.board.board import Board, Table
from bench.board.build import build
from bench.evaluation.row import Row

__all__ = ["Board", "Row", "Table", "build"]
