"""`bench results explain`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import out, print_json, workspace
from bench.cli.options import Json, Plugin, Results
from bench.evaluation.find_cell import find_external, find_record
from bench.store.external import external_path
from bench.store.status import explain as explained
from bench.store.status import explain_external
from bench.store.store import Store


def explain(
    record: Annotated[
        str,
        typer.Argument(help="A file of records/ or external/, task/method:fold, or task/name."),
    ],
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
    elif (external := find_external(store, record)) is not None:
        path = external_path(store.folder, external)
    else:
        path = find_record(store, record)
    imported = path.absolute().parent.parent.name == "external"
    found = explain_external(path) if imported else explained(path, store, registry)
    if json:
        print_json(dataclasses.asdict(found) | {"path": str(path)})
        return
    out().say(path)
    out().say(f"{found.state}: {' '.join(found.why)}")
    for name, value in found.about.items():
        out().say(f"  {name}: {value}")
