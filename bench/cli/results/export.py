"""`bench results export`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from bench.cache.files import write_atomically
from bench.cli.common import err, workspace
from bench.cli.options import CellPath, Results
from bench.cli.results.predictions import Format
from bench.evaluation.find_cell import find_cell
from bench.store.predictions import Predictions, write_log, write_table
from bench.store.store import Store

WRITERS: dict[Format, Callable[[Predictions], str]] = {"megc2019": write_log, "csv": write_table}


def export(
    cell: CellPath,
    format: Annotated[  # noqa: A002 (the option's name)
        Format, typer.Option("--format", help="Output format.")
    ] = "csv",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; default: print.")
    ] = None,
    results: Results = None,
) -> None:
    """Write the predictions of a cell for other tools."""
    _, settings = workspace(None, results)
    found = find_cell(Store(settings.results), cell)
    done = [record for record in found.records if record.status == "ok"]
    predicted = {
        clip: int(np.argmax(scores))
        for record in done
        for clip, scores in zip(record.clips, record.scores, strict=True)
    }
    lacking = len(found.task.labels) - len(predicted)
    if lacking:
        err().say(f"{found.folder}: {lacking} clips have no prediction")
    clips = [clip for clip in found.task.position if clip in predicted]
    labels = found.task.labels[[found.task.position[clip] for clip in clips]]
    text = WRITERS[format](
        Predictions(tuple(clips), labels, np.array([predicted[clip] for clip in clips], np.int64))
    )
    if output is None:
        # Not by rich, which would wrap long lines.
        print(text, end="")
    else:
        write_atomically(output, text.encode())
