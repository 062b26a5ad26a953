"""`bench board`."""

from __future__ import annotations

from pathlib import Path

from bench.board import build
from bench.board.publish import FORMATS, publish
from bench.board.terminal import grid
from bench.cache.files import write_atomically
from bench.cli.common import out, surroundings
from bench.core.errors import BenchError
from bench.core.select import choose, unknown
from bench.evaluation.external import read_external
from bench.store.store import Store


def show(
    results: Path | None, tasks: str, form: str, output: Path | None, plugins: tuple[Path, ...]
) -> None:
    """Print or write the board of a results folder."""
    if form not in ("terminal", *FORMATS):
        raise unknown("--format", form, ("terminal", *FORMATS))
    registry, settings = surroundings(plugins, results)
    store = Store(settings.results)
    found = {name: raw["task"] for name, raw in store.tasks().items()}
    if not found:
        raise BenchError(f"no results in {settings.results}; run `bench run` first")
    names = choose(tasks, sorted(set(found.values())), "task")
    records = list(store.records())
    only = {
        (record.inputs["data"], record.inputs["protocol"])
        for record in records
        if found.get(record.inputs["data"]) in names
    }
    only |= {(o.data, o.protocol) for o in read_external(store.folder) if o.task in names}
    board = build(store, registry, only, records)
    if output is not None and not output.suffix:
        for path in publish(board, output):
            out().print(path, soft_wrap=True)
    elif form == "terminal" and output is None:
        for table in board.tables:
            out().print(grid(table))
    else:
        text = FORMATS["markdown" if form == "terminal" else form][1](board)
        if output is None:
            print(text, end="")
        else:
            write_atomically(output, text.encode())
