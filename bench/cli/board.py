"""`bench board`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bench.board import Board
from bench.board.columns import choose, ordered
from bench.board.publish import FORMATS, Columns, Format, check_publish, publish
from bench.board.terminal import grids
from bench.cache.output import Output, check_output, write_outputs
from bench.cli.board_source import Source
from bench.cli.common import out, workspace
from bench.cli.options import Force, KnownTasks, Plugin, Results, output_option
from bench.core.errors import BenchError
from bench.store import archive

AnyFormat = Literal["terminal", Format]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="The board of this folder, computed again from its predictions where it has them; or "
        "a leaderboard.json, rendered without records.",
    ),
]
WithPredictions = Annotated[
    bool,
    typer.Option(
        "--with-predictions",
        help=f"Also write {archive.NAME} into the folder, for others to compute the board again: "
        "clip ids, true classes, predictions.",
    ),
]


def board(
    results: Results = None,
    tasks: KnownTasks = "all",
    format: Annotated[  # noqa: A002 (the option's name)
        AnyFormat, typer.Option("--format", help="Output format.")
    ] = "terminal",
    columns: Annotated[
        str,
        typer.Option(
            "--columns",
            help="Columns by name, comma-separated (method,uf1,recall); default: those that fit.",
        ),
    ] = "",
    sort: Annotated[
        str, typer.Option("--sort", help="Sort the rows by this column, best first.")
    ] = "rank",
    source: From = None,
    output: Annotated[
        Path | None,
        output_option(
            "Write to this file, in the format of its extension; to a folder: markdown, csv, json, "
            "published results, figures."
        ),
    ] = None,
    with_predictions: WithPredictions = False,
    plugin: Plugin = None,
    force: Force = False,
) -> None:
    """Print the leaderboard of a results folder, or write it to files."""
    if source is not None and results is not None:
        raise BenchError("--from and --results: a board has one source; name one of them")
    # What cannot be written is said before anything is computed.
    registry, settings = workspace(plugin, results)
    chosen = choose(columns, registry.metrics) if columns else ()
    to_folder = output is not None and (output.is_dir() or not (output.suffix or output.exists()))
    if output is not None and to_folder:
        if chosen:
            raise BenchError(f"--columns: -o {output} is a folder, which holds all; name a file")
        check_publish(output, force, with_predictions)
    elif with_predictions:
        raise BenchError("--with-predictions: name a folder with -o")
    elif output is not None:
        format = _format(output, format)  # noqa: A001
        check_output(output, FORMATS[format].mark, force)
    elif format == "parquet":
        raise BenchError("--format parquet is not text: name a file with -o")
    where = Source.of(settings.results, source)
    made, packed = where.board(registry, tasks, with_predictions)
    made = ordered(made, sort)
    if output is not None and to_folder:
        for path in publish(made, output, force, packed):
            # Without soft_wrap, rich would break a long path into two lines that cannot be copied.
            out().say(path)
    else:
        _write(made, format, chosen, output, force)


def _write(
    made: Board,
    format: AnyFormat,  # noqa: A002
    columns: Columns,
    output: Path | None,
    force: bool,
) -> None:
    if format == "terminal":
        for table in made.tables:
            for grid in grids(table, out().width, columns):
                out().print(grid)
        return
    data = FORMATS[format].write(made, columns)
    if output is None:
        # Not by rich, which would wrap long lines and take brackets for markup.
        print(data.decode(), end="")
    else:
        write_outputs([Output(output, data, FORMATS[format].mark)], force)


def _format(output: Path, word: AnyFormat) -> Format:
    """The format of a file: what was asked for, or what its ending says."""
    if word != "terminal":
        return word
    endings = {f".{one.extension}": name for name, one in FORMATS.items()}
    # A terminal, a pipe.
    if not output.suffix:
        return "markdown"
    if output.suffix.lower() not in endings:
        raise BenchError(
            f"-o {output}: expected a file ending in {', '.join(endings)}, or any and --format"
        )
    return endings[output.suffix.lower()]
