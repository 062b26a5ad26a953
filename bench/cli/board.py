"""`bench board`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bench.board import build
from bench.board.publish import FORMATS, Format, check_publish, publish
from bench.board.terminal import grids
from bench.cache.output import Output, check_output, write_outputs
from bench.cli.common import name_damaged, out, workspace
from bench.cli.options import Force, KnownTasks, Plugin, Results, output_option
from bench.core.errors import BenchError
from bench.core.select import choose_tasks
from bench.store.store import Store


def board(
    results: Results = None,
    tasks: KnownTasks = "all",
    format: Annotated[  # noqa: A002 (the option's name)
        Literal["terminal", Format], typer.Option("--format", help="Output format.")
    ] = "terminal",
    output: Annotated[
        Path | None,
        output_option(
            "Write to this file, in the format of its extension; to a folder: markdown, csv, json, "
            "figures."
        ),
    ] = None,
    plugin: Plugin = None,
    force: Force = False,
) -> None:
    """Print the leaderboard of a results folder, or write it to files."""
    # What cannot be written is said before anything is computed.
    to_folder = output is not None and (output.is_dir() or not (output.suffix or output.exists()))
    if output is not None and to_folder:
        check_publish(output, force)
    elif output is not None:
        format = _format(output, format)  # noqa: A001
        check_output(output, FORMATS[format].mark, force)
    registry, settings = workspace(plugin, results)
    store = Store(settings.results)
    contents = store.contents()
    name_damaged(contents.damaged, "left out")
    found = {name: one.task for name, one in store.tasks().items()}
    if not found:
        raise BenchError(f"no results in {settings.results}; run `bench run` first")
    names = choose_tasks(tasks, sorted(set(found.values())))
    records = contents.records
    only = {
        (record.inputs["data"], record.inputs["protocol"])
        for record in records
        if found.get(record.inputs["data"]) in names
    }
    only |= {(o.data, o.protocol) for o in store.externals() if o.task in names}
    if not only:
        raise BenchError(f"no results of {tasks} in {settings.results}; run `bench run` first")
    made = build(store, registry, only, records)
    if output is not None and to_folder:
        for path in publish(made, output, force):
            # Without soft_wrap, rich would break a long path into two lines that cannot be copied.
            out().say(path)
    elif format == "terminal":
        for table in made.tables:
            for grid in grids(table, out().width):
                out().print(grid)
    else:
        _, text, mark = FORMATS[format]
        if output is None:
            # Not by rich, which would wrap long lines and take brackets for markup.
            print(text(made), end="")
        else:
            write_outputs([Output(output, text(made).encode(), mark)], force)


def _format(output: Path, word: Literal["terminal", Format]) -> Format:
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
