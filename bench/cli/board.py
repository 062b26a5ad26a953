"""`bench board`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from bench.board import build
from bench.board.publish import FORMATS, Format, publish
from bench.board.terminal import grids
from bench.cache.files import write_atomically
from bench.cli.common import name_damaged, out, workspace
from bench.cli.options import KnownTasks, Plugin, Results
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
        typer.Option(
            "--output", "-o", help="Write to this file; to a folder: markdown, csv, json, figures."
        ),
    ] = None,
    plugin: Plugin = None,
) -> None:
    """Print the leaderboard of a results folder, or write it to files."""
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
    if output is not None and not output.suffix:
        for path in publish(made, output):
            # Without soft_wrap, rich would break a long path into two lines that cannot be copied.
            out().say(path)
    elif format == "terminal" and output is None:
        for table in made.tables:
            for grid in grids(table, out().width):
                out().print(grid)
    else:
        text = FORMATS["markdown" if format == "terminal" else format][1](made)
        if output is None:
            # Not by rich, which would wrap long lines and take brackets for markup.
            print(text, end="")
        else:
            write_atomically(output, text.encode())
