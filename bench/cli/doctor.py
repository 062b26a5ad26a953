"""`bench doctor`."""

from __future__ import annotations

import dataclasses

from rich.table import Table as Grid
from rich.text import Text

from bench.check.installation import examine
from bench.cli.common import out, print_json, workspace
from bench.cli.exits import FAILED
from bench.cli.options import Json, Plugin, Results

COLOURS = {"good": "green", "note": "yellow", "bad": "red"}


def doctor(results: Results = None, plugin: Plugin = None, json: Json = False) -> None:
    """Check packages, threads, caches, disk and datasets; exit 1 if runs would fail."""
    findings = examine(*workspace(plugin, results))
    if json:
        print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        grid = Grid("part", "", "details")
        for one in findings:
            grid.add_row(one.part, Text(one.status, COLOURS[one.status]), one.detail)
        out().print(grid)
    if any(finding.status == "bad" for finding in findings):
        raise SystemExit(FAILED)
