"""`bench results`."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from rich.table import Table as Grid

from bench.cache.files import write_atomically
from bench.cli.common import err, out, print_json, surroundings
from bench.core.errors import BenchError
from bench.store.store import Store


def show(results: Path | None, as_json: bool) -> None:
    """Print what a results folder holds, cell by cell."""
    _, settings = surroundings((), results)
    store = Store(settings.results)
    cells: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for record in store.records():
        where = (record.inputs["task"], record.label, record.preset, record.inputs["protocol"])
        cells[(*where, record.inputs["seed"], record.family)][record.status] += 1
    names = ("task", "method", "preset", "protocol", "seed", "family")
    rows = [dict(zip(names, cell, strict=True)) | dict(n) for cell, n in sorted(cells.items())]
    if as_json:
        print_json(rows)
        return
    grid = Grid(*names, "folds", title=str(store.folder))
    for cell, counts in sorted(cells.items()):
        folds = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        grid.add_row(*map(str, cell), folds)
    out().print(grid)
    for path in store.damaged():
        err().print(f"set aside as damaged: {path}", soft_wrap=True)


def merge(source: Path, results: Path | None) -> None:
    """Copy another machine's records, tasks and environments; ours win where both have one."""
    _, settings = surroundings((), results)
    if not source.exists():
        raise BenchError(f"{source}: there is no such file or folder")
    if not (source / "records").is_dir():
        raise BenchError(f"{source} is no results folder: it has no records/ in it")
    theirs, ours = Store(source), Store(settings.results)
    ours.check_writable()
    taken: Counter[str] = Counter()
    for pattern in ("records/*/*/*/*/*.json", "tasks/*.json", "environments/*.json"):
        for path in sorted(source.glob(pattern)):
            target = ours.folder / path.relative_to(source)
            taken[_take(path, target, theirs, ours)] += 1
    counts = ", ".join(f"{count} {word}" for word, count in sorted(taken.items()))
    out().print(counts or "nothing to take", soft_wrap=True)


def _take(path: Path, target: Path, theirs: Store, ours: Store) -> str:
    data = path.read_bytes()
    if path.is_relative_to(theirs.folder / "records"):
        try:
            status = json.loads(data)["status"]
        except (ValueError, KeyError, TypeError):
            err().print(f"damaged, left out: {path}", soft_wrap=True)
            return "damaged"
        mine = ours.read(target)
        if mine is not None and (mine.status == "ok" or status != "ok"):
            return "already here"
    elif target.is_file():
        return "already here"
    write_atomically(target, data)
    return "taken"
