"""`bench doctor`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from rich.table import Table as Grid

from bench.check.installation import examine
from bench.cli.common import out, print_json, surroundings
from bench.cli.exits import FAILED

COLOURS = {"good": "green", "note": "yellow", "bad": "red"}


def doctor(results: Path | None, plugins: tuple[Path, ...], as_json: bool) -> None:
    """Print what was found; exit 1 where something stops runs."""
    findings = examine(*surroundings(plugins, results))
    if as_json:
        print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        grid = Grid("part", "", "what was found")
        for one in findings:
            grid.add_row(one.part, f"[{COLOURS[one.status]}]{one.status}[/]", one.detail)
        out().print(grid)
    if any(finding.status == "bad" for finding in findings):
        raise SystemExit(FAILED)
