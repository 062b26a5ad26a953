"""`bench results verify`."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from bench.cli.common import err, out, print_json, workspace
from bench.cli.exits import FAILED
from bench.cli.options import Json, Results
from bench.core.errors import BenchError
from bench.core.sealed import is_sealed
from bench.core.typed import DamagedError
from bench.store.files import KINDS
from bench.store.scan import scan

STATES = ("sound", "unsealed", "faulty")


def verify(
    folder: Annotated[
        Path | None, typer.Argument(help="A results folder; default: the configured one.")
    ] = None,
    results: Results = None,
    json: Json = False,
) -> None:
    """Check every file of a results folder against its seal and its schema.

    Nothing is changed. Exits with 1 when a file is faulty.
    """
    home = folder or workspace(None, results)[1].results
    if not home.is_dir():
        raise BenchError(f"{home}: no such folder")
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    faults = []
    for found in scan(home):
        if (error := found.error) is None:
            counts[found.kind]["sound" if is_sealed(found.path) else "unsealed"] += 1
            continue
        counts[found.kind]["faulty"] += 1
        fault, cure = str(error).removeprefix(f"{found.path}: "), ""
        if isinstance(error, DamagedError):
            fault, cure = error.fault, error.cure
        faults.append({"file": str(found.path), "fault": fault, "cure": cure})
    if json:
        table = {kind: {state: counts[kind][state] for state in STATES} for kind in KINDS}
        print_json({"files": table, "faults": faults})
    else:
        _print(home, counts, faults)
    if faults:
        raise SystemExit(FAILED)


def _print(home: Path, counts: dict[str, Counter[str]], faults: list[dict[str, str]]) -> None:
    grid = Grid("files", *STATES, title=str(home))
    for kind in KINDS:
        grid.add_row(kind, *(str(counts[kind][state]) for state in STATES))
    out().print(grid)
    if sum(counts[kind]["unsealed"] for kind in KINDS):
        out().print("unsealed: of a format without a seal; nothing tells whether it was changed.")
    for one in faults:
        cure = f"; {one['cure']}" if one["cure"] else ""
        err().say(f"{one['file']}: {one['fault']}{cure}")
