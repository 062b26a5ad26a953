"""Whose clip lies nearest in the features of a run's methods: how much they tell of the person."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bench.cache.cache import Cache
from bench.core.types import Array
from bench.planning.plan import Cell
from bench.running.jobs import description_key
from bench.statistics.neighbours import nearest_same
from bench.store.neighbours import Neighbours, read_neighbours, setting, write_neighbours
from bench.store.store import Store

LARGEST = 50_000_000
"""Numbers of all clips together that are held in memory for it: 400 MB."""


def keep_neighbours(cells: Iterable[Cell], store: Store, cache: Cache) -> None:
    """Write what is not known yet of cells whose features are vectors, all of them in the cache."""
    # The clips, and so their neighbours, are the same whatever the seed.
    for cell in {setting(cell.inputs): cell for cell in cells}.values():
        known = read_neighbours(store.folder, cell.inputs)
        if known is not None and known.features == cell.row.description_key:
            continue
        rows = vectors(cell, cache)
        if rows is not None:
            same = float(nearest_same(rows, cell.task.people).mean())
            found = Neighbours(cell.row.description_key, len(rows), same)
            write_neighbours(store.folder, cell.inputs, found)


def vectors(cell: Cell, cache: Cache) -> Array | None:
    """The features of all clips of a cell, (n, d).

    Returns:
        None where they are not in the cache, are several arrays, differ in shape, are empty, not
        finite or too large, or there are fewer than two clips.
    """
    rows: list[Array] = []
    task = cell.task
    for clip, digest in zip(task.clips, task.digests, strict=True):
        row = cache.array("descriptions", description_key(cell.row, clip, digest))
        if row is None or not row.size or row.size * len(task.clips) > LARGEST:
            return None
        if rows and row.shape != rows[0].shape:
            return None
        rows.append(row)
    if len(rows) < 2:
        return None
    found = np.array(rows, float).reshape(len(rows), -1)
    return found if np.isfinite(found).all() else None
