"""`bench list`."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Annotated, Any, Literal

import typer
from rich.table import Table as Grid
from rich.text import Text

from bench.cli.common import err, out, print_json, workspace
from bench.cli.options import Json, Plugin
from bench.core.names import TaskName
from bench.plugins.docstrings import about
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, located
from bench.views.catalog import CATALOG


def list_(
    what: Annotated[
        Literal["all", "methods", "datasets", "metrics", "views"],
        typer.Argument(help="What to list; all: methods, datasets and metrics of plugins."),
    ] = "all",
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """List methods, datasets, metrics of plugins, or the views that methods use."""
    registry, settings = workspace(plugin)
    if what == "views":
        listed = {"views": _views()}
    else:
        listed = {
            "methods": _methods(registry),
            "datasets": _datasets(registry, settings),
            # Of those that have none, no empty table.
            **({"metrics": _metrics(registry)} if registry.metrics or what == "metrics" else {}),
        }
    if json:
        print_json({**listed, "broken": registry.broken})
        return
    for name, rows in listed.items():
        if what in ("all", name):
            out().print(_grid(name, rows))
    for name, reason in registry.broken.items():
        err().say(f"{name} is left out: {reason}", style="red")


def _methods(registry: Registry) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": plugin.facts.title,
            "year": plugin.facts.year,
            "fidelity": plugin.facts.fidelity.weakest,
            "needs": sorted(plugin.needs),
            "presets": sorted({"paper", *plugin.presets}),
            "variants": sorted(plugin.variants),
            "reference": plugin.facts.reference,
        }
        for name, plugin in registry.methods.items()
    ]


def _datasets(registry: Registry, settings: Settings) -> list[dict[str, Any]]:
    have = located(registry, settings.folders)
    return [
        {
            "name": name,
            "title": plugin.facts.title,
            "year": plugin.facts.year,
            "tasks": [str(TaskName(name, word)) for word in plugin.labellings],
            "root": str(have[name].root) if name in have else None,
        }
        for name, plugin in registry.datasets.items()
    ]


def _metrics(registry: Registry) -> list[dict[str, Any]]:
    return [
        {"name": name, "about": about(plugin), "file": inspect.getfile(plugin)}
        for name, plugin in registry.metrics.items()
    ]


def _views() -> list[dict[str, Any]]:
    import_module("bench.views")  # fills the catalog
    return [
        {
            "name": name,
            "of": sorted(spec.of),
            "version": spec.version,
            "about": spec.about,
            "module": spec.module,
        }
        for name, spec in sorted(CATALOG.items())
    ]


def _grid(what: str, rows: list[dict[str, Any]]) -> Grid:
    """A table of methods, datasets or views."""
    if what == "views":
        grid = Grid(title=what)
        grid.add_column("view", no_wrap=True)
        grid.add_column("computed from", no_wrap=True)
        grid.add_column("what it is")
        for row in rows:
            view = Text.assemble(row["name"], "\n", (row["module"], "dim"))
            grid.add_row(view, "\n".join(row["of"]), row["about"])
    elif what == "metrics":
        grid = Grid("metric", "what it is", "file", title=what)
        for row in rows:
            grid.add_row(row["name"], row["about"], row["file"])
    elif what == "methods":
        grid = Grid(title=what)
        for name in ("method", "title", "year", "fidelity", "needs", "variants"):
            grid.add_column(name, no_wrap=name in ("method", "fidelity"), overflow="fold")
        for row in rows:
            needs, variants = ", ".join(row["needs"]) or "–", " ".join(row["variants"]) or "–"
            year = "" if row["reference"] else str(row["year"])
            grid.add_row(row["name"], row["title"], year, row["fidelity"], needs, variants)
    else:
        grid = Grid("dataset", "title", "year", "tasks", "root", title=what)
        for row in rows:
            root = row["root"] or "not configured"
            grid.add_row(
                row["name"], row["title"], str(row["year"] or ""), " ".join(row["tasks"]), root
            )
    return grid
