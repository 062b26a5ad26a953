"""Other people's predictions on the board: scored as ours are, never ranked as reproduced."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.evaluation.notes import ExternalPredictions
from bench.evaluation.row import Row
from bench.evaluation.scoring import by_subject, parts, scores
from bench.evaluation.truth import Truth
from bench.planning.splits import folds
from bench.statistics.metrics import recall
from bench.store.record import safe


@dataclass(frozen=True)
class External:
    """Predictions that were made elsewhere, of every clip of a task.

    Attributes:
        name: of its row.
        task: "casme2/5".
        data: fingerprint of the task.
        protocol: as its authors state it.
        origin: the file it was read from.
        predicted: label number by clip id.
    """

    name: str
    task: str
    data: str
    protocol: str
    origin: str
    predicted: dict[str, int]


def external_path(results: Path, one: External) -> Path:
    """Where it lies in a results folder."""
    return results / "external" / safe(one.task) / f"{safe(one.name)}.json"


def write_external(results: Path, one: External) -> Path:
    """Keep predictions; refuses to replace others of the same name."""
    path = external_path(results, one)
    data = json.dumps(asdict(one)).encode()
    if path.is_file() and path.read_bytes() != data:
        raise BenchError(
            f"{path} already has other predictions; choose another --label or remove it"
        )
    write_atomically(path, data)
    return path


def read_external(results: Path) -> Iterator[External]:
    """All external predictions of a results folder."""
    for path in sorted((results / "external").glob("*/*.json")):
        try:
            yield External(**json.loads(path.read_bytes()))
        except (ValueError, TypeError) as error:
            raise BenchError(f"{path} is damaged ({error}); import the file again") from error


def external_row(task: Truth, one: External) -> Row:
    """A row without a rank."""
    where = np.array([task.position[clip] for clip in one.predicted])
    counts = by_subject(task, where, np.array(list(one.predicted.values())))[None]
    total = len(folds(one.protocol, task.people, task.databases))
    return Row(
        label=one.name,
        preset="paper",
        family="external",
        title=one.name,
        fidelity="external",
        selection="unknown",
        folds=total,
        of=total,
        seeds=(),
        scores=scores(counts, complete=True),
        recall=recall(counts.sum((0, 1))).tolist(),
        parts=parts(task, counts),
        oracle=None,
        fit_seconds=None,
        parameters=None,
        reference=True,
        notes=(ExternalPredictions(),),
    )
