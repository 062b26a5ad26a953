"""`bench results explain`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from bench.cli.common import print_json, surroundings
from bench.evaluation.find_cell import find_record
from bench.store.status import explain as explained
from bench.store.store import Store


def explain(words: str, results: Path | None, plugins: tuple[Path, ...], as_json: bool) -> None:
    """Print in words what a record is worth today."""
    path = Path(words)
    registry, settings = surroundings(plugins, results)
    store = Store(settings.results)
    if path.is_file():
        home = next((p.parent for p in path.absolute().parents if p.name == "records"), None)
        store = Store(home) if home is not None else store
    else:
        path = find_record(store, words)
    found = explained(path, store, registry)
    if as_json:
        print_json(dataclasses.asdict(found) | {"path": str(path)})
        return
    print(f"{path}\n{found.worth}: {' '.join(found.why)}")
    for name, value in found.about.items():
        print(f"  {name}: {value}")
