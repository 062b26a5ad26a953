"""`bench results explain`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import print_json, workspace
from bench.cli.options import Json, Plugin, Results
from bench.core.errors import BenchError
from bench.evaluation.cells import find_cell
from bench.store.record import safe
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
        home = next((p.parent for p in path.absolute().parents if p.name == "records"), None)
        store = Store(home) if home is not None else store
    else:
        path = _named(record, store)
    found = explained(path, store, registry)
    if json:
        print_json(dataclasses.asdict(found) | {"path": str(path)})
        return
    print(f"{path}\n{found.worth}: {' '.join(found.why)}")
    for name, value in found.about.items():
        print(f"  {name}: {value}")


def _named(words: str, store: Store) -> Path:
    """The record of "cell:fold"; of a whole cell where it has one fold."""
    try:  # a variant's name has a colon, too
        found, fold = find_cell(store, words), ""
    except BenchError:
        cell, _, fold = words.rpartition(":")
        found = find_cell(store, cell or words)
    paths = sorted(found.folder.glob("*.json"))
    named = [path for path in paths if not fold or path.stem == safe(fold)]
    if len(named) != 1:
        folds = ", ".join(path.stem for path in paths[:8])
        raise BenchError(f"{words!r}: expected a record's file, or cell:fold, fold one of {folds}")
    return named[0]
