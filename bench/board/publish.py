"""Writing the files of a board."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from bench.board.board import Board
from bench.board.columns import Column
from bench.board.document import LITERATURE, forest_name, has_forest
from bench.board.html import html
from bench.board.latex import latex
from bench.board.markdown import literature, markdown
from bench.board.plain import to_csv, to_json, to_parquet
from bench.board.text import picture_name
from bench.cache.output import MARK, Output, check_output, write_outputs, wrote
from bench.core.errors import BenchError
from bench.store import archive

Format = Literal["markdown", "html", "latex", "csv", "json", "parquet"]
Columns = Sequence[Column]


class Written(NamedTuple):
    """How a format is written to a file.

    Attributes:
        extension: of the file, without its dot.
        write: the board, with some of its columns or all.
        mark: what every such file begins with.
    """

    extension: str
    write: Callable[[Board, Columns], bytes]
    mark: re.Pattern[bytes]


def _text(write: Callable[[Board, Columns], str]) -> Callable[[Board, Columns], bytes]:
    return lambda board, columns: write(board, columns).encode()


def _json(board: Board, columns: Columns) -> bytes:
    if columns:
        raise BenchError("--columns: json holds the whole board; use csv or parquet")
    return to_json(board).encode()


FORMATS: dict[Format, Written] = {
    "markdown": Written("md", _text(markdown), re.compile(rb"\A# Leaderboard")),
    "html": Written("html", _text(html), re.compile(rb"\A<!doctype html>\n.*<title>Leaderboard")),
    "latex": Written("tex", _text(latex), re.compile(rb"\A% Leaderboard\n")),
    "csv": Written("csv", _text(to_csv), re.compile(rb"\Atask,protocol,synthetic,")),
    "json": Written("json", _json, re.compile(rb'\A\{\n( "format": \d+,\n)? "machines": \{')),
    "parquet": Written("parquet", to_parquet, re.compile(rb"(?s)\APAR1.*mer-bench")),
}
FOLDER: tuple[Format, ...] = ("markdown", "csv", "json")
"""What a folder of a board holds, besides figures and published results."""
PUBLISHED_MARK = re.compile(rb"\A# Published results\n")


def check_publish(folder: Path, force: bool = False, predictions: bool = False) -> None:
    """Refuse a folder that has files of these names which bench did not write.

    Raises:
        BenchError: names the first; or there are predictions, and none would take their place.
    """
    packed = folder / archive.NAME
    if predictions:
        check_output(packed, archive.MARK, force)
    elif packed.exists():
        raise BenchError(
            f"{packed} would not be of the new board: add --with-predictions, or remove it"
        )
    for name in FOLDER:
        extension, _, mark = FORMATS[name]
        check_output(folder / f"leaderboard.{extension}", mark, force)
    check_output(folder / LITERATURE, PUBLISHED_MARK, force)


def of_board(path: Path) -> bool:
    """Whether a file is of a board that bench wrote into its folder."""
    marks = {f"leaderboard.{one.extension}": one.mark for one in map(FORMATS.get, FOLDER) if one}
    marks |= {LITERATURE: PUBLISHED_MARK, archive.NAME: archive.MARK}
    board = path.with_name("leaderboard.json")
    figure = path.name.startswith(("forest-", "epochs-")) and path.suffix in (".svg", ".png")
    mark = MARK if figure else marks.get(path.name)
    return mark is not None and wrote(board, marks[board.name]) and wrote(path, mark)


def publish(
    board: Board,
    folder: Path,
    force: bool = False,
    predictions: bytes | None = None,
    redraw: bool = True,
) -> list[Path]:
    """Write `leaderboard.md`, `.csv` and `.json`, `literature.md` and figures; returns their paths.

    Args:
        board: what to write.
        folder: where to.
        force: replace files that bench did not write.
        predictions: of the board, packed by `bench.store.archive`; written beside it.
        redraw: draw figures also where all of the board is there already, figures included.

    Raises:
        BenchError: a file is in the way that bench did not write; none is written then.
    """
    outputs = []
    for name in FOLDER:
        extension, write, mark = FORMATS[name]
        data = (
            markdown(board, beside_files=True).encode() if name == "markdown" else write(board, ())
        )
        outputs.append(Output(folder / f"leaderboard.{extension}", data, mark))
    if any(table.published for table in board.tables):
        outputs.append(Output(folder / LITERATURE, literature(board).encode(), PUBLISHED_MARK))
    names = [folder / name for name in _figure_names(board)]
    figures = []
    if redraw or not (all(map(Path.is_file, names)) and _unchanged(outputs)):
        figures = [Output(folder / name, data, MARK) for name, data in _figures(board)]
    if predictions is not None:
        outputs.append(Output(folder / archive.NAME, predictions, archive.MARK))
    check_publish(folder, force, predictions is not None)
    # Figures of a board that is there are ours, also those of before they bore a mark.
    write_outputs(figures, force or (folder / "leaderboard.json").is_file())
    write_outputs(outputs, force)
    return [*(one.path for one in outputs), *names]


def _unchanged(outputs: Iterable[Output]) -> bool:
    """Whether the files are there with this very content."""
    return all(one.path.is_file() and one.path.read_bytes() == one.data for one in outputs)


def _figure_names(board: Board) -> Iterator[str]:
    for table in board.tables:
        if has_forest(table):
            yield from (forest_name(table), forest_name(table).replace(".svg", ".png"))
    for table in board.tables:
        yield from (picture_name(row) for row in table.rows if row.epochs)


def _figures(board: Board) -> Iterator[tuple[str, bytes]]:
    """File names and bytes of all figures."""
    # Imported late: matplotlib takes long to load, and many boards have no figure.
    if any(map(has_forest, board.tables)):
        from bench.board.forest import forests

        yield from forests(board)
    if any(row.epochs for table in board.tables for row in table.rows):
        from bench.board.epochs import pictures

        yield from pictures(board)
