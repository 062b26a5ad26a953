"""What a submission says of its cells, computed from their records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from bench.core.file_names import safe
from bench.evaluation.build_row import finished
from bench.evaluation.export import export_of
from bench.evaluation.find_cell import CellRecords
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth, truth
from bench.planning.splits import fold_count
from bench.statistics.metrics import METRICS
from bench.store.cell_path import CellPath
from bench.store.predictions.export import as_csv, flat
from bench.store.record import Record
from bench.store.store import Store
from bench.submission.manifest import DECIMALS

Column = type[str] | type[int] | type[float]


def cells_of(store: Store) -> dict[str, CellRecords]:
    """All cells of a results folder by their paths below `records/`, with the tasks it knows."""
    tasks = {name: truth(raw) for name, raw in store.tasks().items()}
    grouped: dict[str, list[Record]] = defaultdict(list)
    for record in store.records():
        if record.inputs["data"] in tasks:
            grouped[str(CellPath.of_record(record))].append(record)
    return {
        path: CellRecords(
            store.folder / "records" / path, records, tasks[records[0].inputs["data"]]
        )
        for path, records in sorted(grouped.items())
    }


def lacking(cell: CellRecords) -> str:
    """Why a cell is not complete, "17 of 26 folds, 2 failed"; empty where it is."""
    protocol, task = cell.records[0].inputs["protocol"], cell.task
    total = fold_count(protocol, task.people, task.databases, task.ids)
    done = len(finished(cell.records))
    if done == total:
        return ""
    failed = len(cell.records) - done
    return f"{done} of {total} folds" + (f", {failed} failed" if failed else "")


def class_counts(task: Truth) -> dict[str, int]:
    """Clips by class."""
    counts = np.bincount(task.labels, minlength=len(task.classes)).tolist()
    return dict(zip(task.classes, counts, strict=True))


def pooled_scores(cell: CellRecords) -> dict[str, float]:
    """The scores of all clips together, rounded as a manifest has them."""
    counts = confusions(cell.task, finished(cell.records)).sum((0, 1))
    return {name: round(float(metric(counts)), DECIMALS) for name, metric in METRICS.items()}


def tables(cells: Iterable[CellRecords]) -> dict[str, tuple[bytes, Mapping[str, Column]]]:
    """A csv file for each task: its content and the types of its columns, by path.

    Who has run a record depends on who asks, so it is not among the columns.
    """
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for cell in cells:
        name = f"predictions/{safe(cell.task.task)}-{cell.task.fingerprint[:12]}.csv"
        rows[name] += [
            {key: value for key, value in row.items() if key not in ("provenance", "source")}
            for row in flat(export_of(cell))
        ]
    return {name: (as_csv(of_task), _types(of_task)) for name, of_task in sorted(rows.items())}


def _types(rows: Sequence[Mapping[str, Any]]) -> dict[str, Column]:
    kinds: tuple[Column, ...] = (int, float)
    return {
        name: next((kind for kind in kinds if isinstance(value, kind)), str)
        for name, value in rows[0].items()
    }
