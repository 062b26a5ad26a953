"""Writing predictions for other tools: whatever is written here, `read` reads back equal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bench.core.errors import BenchError
from bench.core.escape import csv as cell
from bench.store.predictions.content import Content, Matrices, Predictions
from bench.store.predictions.log import write_log
from bench.store.predictions.matrices import write_matrices
from bench.store.predictions.parquet import write_parquet

ExportForm = Literal["csv", "json", "parquet", "megc2019"]


@dataclass(frozen=True)
class About:
    """Where predictions are from.

    Attributes:
        task, data, protocol: name, fingerprint of the clips, "loso".
        method, preset: of the row.
        seed: None for imported predictions.
        selection: how the epoch was chosen.
        provenance: of the least vouched for record; "reported" of imported predictions.
        source: of imported ones; may be empty.
    """

    task: str
    data: str
    protocol: str
    method: str
    preset: str
    seed: int | None
    selection: str
    provenance: str
    source: str


@dataclass(frozen=True)
class Export:
    """All that is written.

    Attributes:
        about: the same for every clip.
        classes: names in the order of the label numbers.
        content: by whole clip ids, or by subjects of the task.
        subjects, folds: (n,) of each clip; empty where no clip is named.
    """

    about: About
    classes: tuple[str, ...]
    content: Content
    subjects: tuple[str, ...] = ()
    folds: tuple[str, ...] = ()


def write(export: Export, form: ExportForm) -> bytes:
    """The file in one of the forms.

    Raises:
        BenchError: the form has no place for what it is asked for, or its package is missing.
    """
    if isinstance(export.content, Matrices):
        if form not in ("csv", "json"):
            raise BenchError(
                f"{form} lists clips, and {export.about.method} counts by subject; use csv or json"
            )
        if form == "csv":
            return write_matrices(export.content, export.classes).encode()
    return WRITERS[form](export)


def _rows(export: Export, content: Predictions) -> Iterator[dict[str, Any]]:
    """A row per clip, its classes by name."""
    for i, clip in enumerate(content.clips):
        row: dict[str, Any] = {
            "clip": clip,
            "subject": export.subjects[i],
            "fold": export.folds[i],
            "truth": export.classes[content.truth[i]],
            "predicted": export.classes[content.predicted[i]],
        }
        if content.scores is not None:
            scores = content.scores[i].tolist()
            row |= {f"score_{n}": s for n, s in zip(export.classes, scores, strict=True)}
        yield row


def flat(export: Export) -> list[dict[str, Any]]:
    """Rows that say in each where they are from, for formats without a place of its own for it."""
    return [row | asdict(export.about) for row in _rows(export, _named(export))]


def _named(export: Export) -> Predictions:
    assert isinstance(export.content, Predictions)
    return export.content


def as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Rows with the same keys as a csv file."""
    out = io.StringIO()
    # csv ends lines in \r\n by default, which would differ from every other file written here.
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(cell, rows[0]))
    writer.writerows([cell(value) for value in row.values()] for row in rows)
    return out.getvalue().encode()


def _json(export: Export) -> bytes:
    content = export.content
    body: dict[str, Any] = asdict(export.about) | {"classes": list(export.classes)}
    if isinstance(content, Matrices):
        body["subjects"] = dict(zip(content.subjects, content.counts.tolist(), strict=True))
    else:
        body["predictions"] = list(_rows(export, content))
    return (json.dumps(body, indent=1) + "\n").encode()


WRITERS: dict[ExportForm, Callable[[Export], bytes]] = {
    "csv": lambda export: as_csv(flat(export)),
    "json": _json,
    "parquet": lambda export: write_parquet(flat(export)),
    "megc2019": lambda export: write_log(_named(export)).encode(),
}
