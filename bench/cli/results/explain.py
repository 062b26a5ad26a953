"""`bench results explain`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import out, print_json, workspace
from bench.cli.options import Json, Plugin, Results
from bench.evaluation.find_cell import find_record
from bench.store.status import explain as explained
from bench.store.store import Store


def explain(
    record: Annotated[str, typer.Argument(help="A record's file, or task/method:fold.")],
    results: Results = None,
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Explain whether a record is fresh, stale, foreign or damaged."""
    path = Path(record)
    registry, settings = workspace(plugin, results)
    store = Store(settings.results)
    if path.is_file():
        # A file belongs to the results folder it lies in, whose tasks and machines describe it.
        home = next((p.parent for p in path.absolute().parents if p.name == "records"), None)
        store = Store(home) if home is not None else store
    else:
        path = find_record(store, record)
    found = explained(path, store, registry)
    if json:
        print_json(dataclasses.asdict(found) | {"path": str(path)})
        return
    out().say(path)
    out().say(f"{found.state}: {' '.join(found.why)}")
    for name, value in found.about.items():
        out().say(f"  {name}: {value}")
