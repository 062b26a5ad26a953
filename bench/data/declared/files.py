"""Clips of a table that are rows of a file of features, or a file each of features or flow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from bench.core.clip import Clip
from bench.core.dataset import Index
from bench.core.errors import DataError
from bench.core.types import Array
from bench.data.declared.definition import Definition, Located
from bench.data.declared.rows import found_path, named_apart, table_rows
from bench.data.reading.annotations import gender
from bench.data.reading.arrays import read_arrays
from bench.data.reading.features import as_matrix, feature_matrix, read_features
from bench.data.reading.remarks import unmapped, vanished
from bench.data.reading.spellings import spelt
from bench.data.reading.tables import Row


def index_features(dataset: Located) -> Index:
    """The clips of a dataset of features.

    Raises:
        DataError: a table or a file of features that cannot be read, or rows that do not match.
    """
    definition, home = dataset.definition, dataset.home
    if not definition.features:
        return index_files(dataset)
    files = tuple(filter(None, (definition.features, definition.table)))
    rows = _feature_rows(definition, home)
    if definition.table:
        _matrix(home / definition.features, len(rows))
    return _index(dataset, [_clip(dataset, row, home, files) for row in rows], [])


def index_files(dataset: Located) -> Index:
    """The clips of a dataset whose table names a file for each.

    Raises:
        DataError: a table that cannot be read.
    """
    definition, home, root = dataset.definition, dataset.home, dataset.root
    rows = table_rows(definition, home, ("subject", "label", "path"))
    whole = [{**row, "path": str(found_path(root, row["path"]))} for row in rows]
    rows = _checked(named_apart(whole, root), home / definition.table)
    clips, missing = [], []
    for row in rows:
        path = Path(row["path"])
        if path.is_file():
            clips.append(_clip(dataset, row, path.parent, (path.name,)))
        else:
            missing.append(_clip(dataset, row, path.parent, ()))
    return _index(dataset, clips, missing)


def vectors(name: str, definition: Definition, home: Path, path: Path) -> Mapping[str, Array]:
    """The row of features of every clip, by its id."""
    rows = _feature_rows(definition, home)
    matrix = _matrix(path, len(rows)) if definition.table else read_features(path).rows
    ids = (f"{name}/{row['subject']}/{row['name']}" for row in rows)
    return dict(zip(ids, matrix, strict=True))


def read_vector(path: Path) -> Array:
    """A file of one clip's features: (d,) float64, finite."""
    found = list(read_arrays(path).values())
    if not found or any(one.dtype.kind not in "fiub" for one in found):
        raise DataError(f"{path}: expected numbers alone, the features of one clip")
    whole = np.concatenate([np.ravel(one) for one in found]).astype(np.float64)
    vector: Array = as_matrix(whole[None], 1, str(path))[0]
    return vector


def _feature_rows(definition: Definition, home: Path) -> list[Row]:
    """Subject, name and label of each row of features."""
    if definition.table:
        rows = table_rows(definition, home, ("subject", "label"))
        named = [{**row, "name": row["name"] or f"row{i + 1}"} for i, row in enumerate(rows)]
    else:
        table = read_features(home / definition.features)
        told = zip(table.subjects, table.names, table.labels, strict=True)
        named = [
            {"subject": subject, "name": clip, "emotion": label, "row": str(i + 1)}
            for i, (subject, clip, label) in enumerate(told)
        ]
    rows = named_apart([{"path": "", "onset": row["row"], **row} for row in named], home)
    return _checked(rows, home / (definition.table or definition.features))


def _checked(rows: list[Row], table: Path) -> list[Row]:
    """Rows that say whose clips they are, each another clip."""
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        if not row["subject"]:
            raise DataError(f"{table}: row {row['row']} has no subject")
        first = seen.setdefault((row["subject"], row["name"]), row["row"])
        if first != row["row"]:
            raise DataError(
                f"{table}: rows {first} and {row['row']} are both clip {row['name']!r} of subject "
                f"{row['subject']!r}; expected one row per clip"
            )
    return rows


def _matrix(path: Path, clips: int) -> Array:
    return as_matrix(feature_matrix(read_arrays(path), str(path)), clips, str(path))


def _clip(dataset: Located, row: Row, folder: Path, files: tuple[str, ...]) -> Clip:
    words = dataset.words
    return Clip(
        database=dataset.name,
        subject=row["subject"],
        name=row["name"],
        emotion=spelt(row["emotion"], words) if words else row["emotion"].lower(),
        folder=folder,
        files=files,
        gender=gender(row.get("gender", "")),
    )


def _index(dataset: Located, clips: Iterable[Clip], missing: Iterable[Clip]) -> Index:
    words = dataset.words
    clips = sorted(clips, key=lambda clip: clip.id)
    missing = sorted(missing, key=lambda clip: clip.id)
    return Index(
        clips=tuple(clips),
        missing=tuple(missing),
        expected=dataset.definition.clips,
        problems=(
            *unmapped([*clips, *missing], words),
            *vanished([*clips, *missing], words),
        ),
    )
