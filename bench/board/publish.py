"""Writing the files of a board."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from bench.board.board import Board
from bench.board.markdown import markdown
from bench.board.markup import html, latex
from bench.board.plain import to_csv, to_json
from bench.cache.output import MARK, Output, check_output, write_outputs

Format = Literal["markdown", "csv", "json", "latex", "html"]


class Written(NamedTuple):
    """How a format is written to a file.

    Attributes:
        extension: of the file, without its dot.
        text: writes the board.
        mark: what every such file begins with.
    """

    extension: str
    text: Callable[[Board], str]
    mark: re.Pattern[bytes]


FORMATS: dict[Format, Written] = {
    "markdown": Written("md", markdown, re.compile(rb"\A# Leaderboard")),
    "csv": Written("csv", to_csv, re.compile(rb"\Atask,protocol,synthetic,")),
    "json": Written("json", to_json, re.compile(rb'\A\{\n "machines": \{')),
    "latex": Written("tex", latex, re.compile(rb"\A% Leaderboard\n")),
    "html": Written("html", html, re.compile(rb"\A<!doctype html>\n.*<title>Leaderboard")),
}
FOLDER: tuple[Format, ...] = ("markdown", "csv", "json")
"""What a folder of a board holds, besides figures."""


def check_publish(folder: Path, force: bool = False) -> None:
    """Refuse a folder that has files of these names which bench did not write.

    Raises:
        BenchError: names the first.
    """
    for name in FOLDER:
        extension, _, mark = FORMATS[name]
        check_output(folder / f"leaderboard.{extension}", mark, force)


def publish(board: Board, folder: Path, force: bool = False) -> list[Path]:
    """Write `leaderboard.md`, `.csv`, `.json` and figures of traced rows; returns their paths.

    Raises:
        BenchError: a file is in the way that bench did not write; none is written then.
    """
    outputs = []
    for name in FOLDER:
        extension, write, mark = FORMATS[name]
        text = markdown(board, pictures=True) if name == "markdown" else write(board)
        outputs.append(Output(folder / f"leaderboard.{extension}", text.encode(), mark))
    if any(row.epochs for table in board.tables for row in table.rows):
        # Imported late: matplotlib takes long to load, and only traced rows have figures.
        from bench.board.epochs import pictures

        figures = [Output(folder / name, data, MARK) for name, data in pictures(board)]
        check_publish(folder, force)
        # Figures of a board that is there are ours, also those of before they bore a mark.
        write_outputs(figures, force or outputs[-1].path.is_file())
    else:
        figures = []
    write_outputs(outputs, force)
    return [one.path for one in (*outputs, *figures)]
