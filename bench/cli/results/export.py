"""`bench results export`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from bench.cache.output import Output, write_outputs
from bench.cli.common import err, workspace
from bench.cli.options import CellPath, Force, Results, output_option
from bench.core.errors import BenchError
from bench.evaluation.export import export_of
from bench.evaluation.find_cell import find_result
from bench.store.predictions import Predictions
from bench.store.predictions.export import ExportForm, write
from bench.store.store import Store

MARKS = {
    "csv": re.compile(rb"\Aclip,subject,fold,truth,predicted"),
    "json": re.compile(rb'\A\{\n "task": '),
}
"""How files begin that were written here; those of the other formats begin like any other."""


def export(
    cell: CellPath,
    format: Annotated[  # noqa: A002 (the option's name)
        ExportForm, typer.Option("--format", help="Output format.")
    ] = "csv",
    output: Annotated[Path | None, output_option("File to write; default: print.")] = None,
    results: Results = None,
    force: Force = False,
) -> None:
    """Write the predictions of a cell, or imported ones, for other tools."""
    if format == "parquet" and output is None:
        raise BenchError("--format parquet is not text: name a file with -o")
    _, settings = workspace(None, results)
    found = find_result(Store(settings.results), cell)
    exported = export_of(found)
    content = exported.content
    if isinstance(content, Predictions) and (
        lacking := len(found.task.labels) - len(content.clips)
    ):
        err().say(f"{cell}: {lacking} clips have no prediction")
    text = write(exported, format)
    if output is None:
        # Not by rich, which would wrap long lines.
        print(text.decode(), end="")
    else:
        write_outputs([Output(output, text, MARKS.get(format))], force)
