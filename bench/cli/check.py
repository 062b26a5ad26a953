"""`bench check`."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid
from rich.text import Text

from bench.check import Examination, Result, each_check
from bench.check.examination import brief
from bench.cli.common import err, out, print_json, workspace
from bench.cli.complete import complete_methods
from bench.cli.exits import FAILED
from bench.cli.options import Json, Plugin
from bench.core.errors import BenchError
from bench.plugins.configure import Configured, configure
from bench.plugins.method import Method
from bench.plugins.registry import Registry

COLOURS = {
    "passed": "green",
    "failed": "red",
    "noted": "yellow",
    "skipped": "dim",
    "blocked": "dim",
}


def check(
    methods: Annotated[
        str,
        typer.Argument(
            metavar="METHOD",
            help="Method names, globs, all, or the path of a plugin.",
            autocompletion=complete_methods,
        ),
    ],
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Check methods against the plugin contract.

    Tests seeds, leaks of held-out labels, folds with missing classes, declared views, and whether
    the method learns. Exits with 1 when a check fails.
    """
    rows = _chosen(methods, tuple(plugin or ()))
    results = [result for row in rows for result in _checked(row, json)]
    if json:
        print_json([dataclasses.asdict(result) for result in results])
    if any(result.status == "failed" for result in results):
        raise SystemExit(FAILED)


def _chosen(words: str, plugins: tuple[Path, ...]) -> list[Configured]:
    """Methods meant by names, `all`, or the path of a plugin."""
    path = Path(words)
    if path.suffix != ".py" and not path.is_dir():
        return configure(workspace(plugins)[0], words, "quick")
    registry, _ = workspace((*plugins, path))
    names = [name for name, plugin in registry.methods.items() if _lies_in(plugin, path.resolve())]
    if not names:
        raise BenchError(
            f"{path} contains no method; expected a subclass of bench.Method with a name of "
            'its own: name = "mymethod"'
        )
    return configure(_only(registry, names), "all", "quick")


def _lies_in(plugin: type[Method], path: Path) -> bool:
    file = Path(inspect.getfile(plugin)).resolve()
    return file == path or (path.is_dir() and file.is_relative_to(path))


def _only(registry: Registry, names: list[str]) -> Registry:
    return dataclasses.replace(registry, methods={n: registry.methods[n] for n in names})


def _checked(row: Configured, as_json: bool) -> list[Result]:
    """Results of one method; printed as a table unless they become JSON."""
    examination = Examination(brief(row.method), row.method)
    with err().status(Text(row.label)) as shown:
        results = []
        for result in each_check(examination):
            result = dataclasses.replace(result, method=row.label)
            shown.update(Text(f"{row.label}: {result.check}"))
            results.append(result)
    if not as_json:
        grid = Grid("check", "verdict", "details", "s", title=row.label, title_style="bold")
        for one in results:
            verdict = Text(one.status, COLOURS[one.status])
            grid.add_row(one.check, verdict, one.detail, f"{one.seconds:.1f}")
        out().print(grid)
    return results
