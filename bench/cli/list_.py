"""`bench list`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer
from rich.table import Table as Grid

from bench.cli.common import err, out, print_json, workspace
from bench.cli.options import Json, Plugin
from bench.core.names import TaskName
from bench.plugins.settings import located


def list_(
    what: Annotated[
        Literal["all", "methods", "datasets"], typer.Argument(help="What to list.")
    ] = "all",
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """List methods and datasets."""
    registry, settings = workspace(plugin)
    have = located(registry, settings.roots)
    methods: list[dict[str, Any]] = [
        {
            "name": name,
            "title": plugin.facts.title,
            "year": plugin.facts.year,
            "fidelity": plugin.facts.fidelity,
            "needs": sorted(plugin.needs),
            "presets": sorted({"paper", *plugin.presets}),
            "variants": sorted(plugin.variants),
            "reference": plugin.facts.reference,
        }
        for name, plugin in registry.methods.items()
    ]
    datasets: list[dict[str, Any]] = [
        {
            "name": name,
            "title": plugin.facts.title,
            "year": plugin.facts.year,
            "tasks": [str(TaskName(name, word)) for word in plugin.labellings],
            "root": str(have[name].root) if name in have else None,
        }
        for name, plugin in registry.datasets.items()
    ]
    if json:
        print_json({"methods": methods, "datasets": datasets, "broken": registry.broken})
        return
    if what != "datasets":
        grid = Grid("method", "title", "year", "fidelity", "needs", "variants", title="methods")
        for row in methods:
            needs, variants = ", ".join(row["needs"]) or "–", " ".join(row["variants"]) or "–"
            year = "" if row["reference"] else str(row["year"])
            grid.add_row(row["name"], row["title"], year, row["fidelity"], needs, variants)
        out().print(grid)
    if what != "methods":
        grid = Grid("dataset", "title", "year", "tasks", "root", title="datasets")
        for row in datasets:
            root = row["root"] or "not configured"
            grid.add_row(row["name"], row["title"], str(row["year"]), " ".join(row["tasks"]), root)
        out().print(grid)
    for name, reason in registry.broken.items():
        err().print(f"{name} fails to import: {reason}", style="red", soft_wrap=True)
