"""`bench results list`."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from rich.table import Table as Grid

from bench.cli.common import err, out, print_json, workspace
from bench.cli.options import Json, Results
from bench.core.errors import BenchError
from bench.evaluation.external import EXTERNAL
from bench.store.external import External
from bench.store.store import Store


def list_(results: Results = None, json: Json = False) -> None:
    """List the contents of a results folder, one row per cell."""
    _, settings = workspace(None, results)
    store = Store(settings.results)
    cells: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    made: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    contents = store.contents()
    for record in contents.records:
        where = (record.inputs["task"], record.label, record.preset, record.inputs["protocol"])
        cell = (*where, record.inputs["seed"], record.family)
        cells[cell][record.status] += 1
        made[cell][record.provenance] += 1
    names = ("task", "method", "preset", "protocol", "seed", "family")
    rows = [
        dict(zip(names, cell, strict=True)) | dict(n) | {"provenance": dict(made[cell])}
        for cell, n in sorted(cells.items())
    ]
    external = store.externals()
    rows += [_external(one) for one in external]
    for line in contents.damaged:
        err().say(f"damaged: {line}")
    if json:
        print_json(rows)
        return
    if not rows and not contents.damaged:
        raise BenchError(f"no results in {store.folder}; run `bench run` first")
    grid = Grid(*names, "folds", title=str(store.folder))
    for cell, counts in sorted(cells.items()):
        folds = _counted(counts)
        if made[cell].keys() != {"run"}:
            folds += f"; {_counted(made[cell])}"
        grid.add_row(*map(str, cell), folds)
    for one in external:
        grid.add_row(*_external_cells(one))
    out().print(grid)
    for path in store.set_aside():
        err().say(f"replaced by a run: {path}")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))


def _external(one: External) -> dict[str, Any]:
    """Imported predictions for other programs, in the keys of a cell as far as they have them."""
    return {
        "task": one.task,
        "method": one.name,
        "preset": EXTERNAL,
        "protocol": one.protocol,
        "seed": None,
        "family": EXTERNAL,
        "clips": len(one.predicted) or sum(sum(map(sum, m)) for m in one.matrices.values()),
        "partial": one.partial,
        "selection": one.selection,
        "source": one.source,
        "provenance": {"reported": 1},
    }


def _external_cells(one: External) -> tuple[str, ...]:
    row = _external(one)
    clips = f"{row['clips']} clips" + (", partial" if one.partial else "")
    return (one.task, one.name, EXTERNAL, one.protocol, "–", one.selection, clips)
