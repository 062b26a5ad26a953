"""A first definition for a table of clips: what its columns are, and which files they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from bench.core.errors import DataError
from bench.data.declared.definition import Columns
from bench.data.declared.rows import PART, found_path, plain_header, put_together
from bench.data.reading.annotations import clean
from bench.data.reading.arrays import KINDS as ARRAYS
from bench.data.reading.arrays import read_arrays
from bench.data.reading.features import feature_matrix, read_features
from bench.data.reading.remarks import some
from bench.data.reading.sheets import sheets
from bench.data.reading.tables import COLUMNS
from bench.data.reading.video import KINDS as VIDEOS

WORDS: Mapping[str, tuple[str, ...]] = {
    "subject": (*COLUMNS["subject"], "person", "subid", "participantid"),
    "label": ("label", "labels", *COLUMNS["emotion"], "class", "expression", "category"),
    "onset": (*COLUMNS["onset"], "onsets", "onsetsec", "onsetseconds", "onsettime", "start"),
    "apex": (*COLUMNS["apex"], "apexs", "apexsec", "apexseconds", "apextime"),
    "offset": (*COLUMNS["offset"], "offsets", "offsetsec", "offsetseconds", "offsettime", "end"),
    "clip": ("clip", "clipname", "clipid", "name"),
    "action_units": COLUMNS["action_units"],
    "objective": COLUMNS["objective"],
    "gender": COLUMNS["gender"],
    "landmarks": ("landmarks", "landmark", "openface"),
    "flow": ("flow", "opticalflow"),
}
"""Headers in use of each column, as `plain_header` spells them."""
LOOKED_AT = 200
"""Rows whose cells are looked for on disk."""
MOST_CLASSES = 50
"""A column of more words is none of classes."""


class Header(NamedTuple):
    """The header of a table, and the cells below each of its words."""

    words: tuple[str, ...]
    cells: dict[str, list[str]]


def detected(table: Path, root: Path, features: Path | None = None) -> dict[str, Any]:
    """What a dataset.toml says of a table; where its files are as paths.

    Args:
        table: of clips, or a file of features that names subjects and labels itself.
        root: the folder that paths in the table start from.
        features: a matrix with a row for each clip.

    Raises:
        DataError: no subjects, labels or files, with what there is instead.
    """
    if table.suffix.lower() in ARRAYS.keys() - {".csv", ".tsv", ".parquet"}:
        labels = read_features(table).labels
        return {"kind": "features", "features": table, "clips": len(labels), **_task(labels, table)}
    header = _header(table)
    columns = {
        field: word
        for field, words in WORDS.items()
        if (word := next((h for w in words for h in header.words if plain_header(h) == w), ""))
    }
    given = [label for label in header.cells[columns["label"]] if label]
    found = {"clips": len(given), **_task(given, table)}
    if features is not None:
        feature_matrix(read_arrays(features), str(features))
        whole = {"kind": "features", "table": table, "features": features}
        return {**whole, "columns": _changed(columns), **found}
    taken = {columns[field] for field in columns if field not in ("clip", "landmarks", "flow")}
    path = _path_column(header, taken, columns["subject"], root)
    if path is None:
        _check_features(table, root, header, taken)
        return {"kind": "features", "features": table, **found}
    columns["path"] = path
    if columns.get("clip") == path:
        del columns["clip"]
    kind = _kind(next(filter(is_there, _named(path, header, root))))
    whole = {} if kind == "frames" else {"kind": kind}
    unit = {"unit": "seconds"} if _in_seconds(header, columns) else {}
    return {**whole, "table": table, **unit, "columns": _changed(columns), **found}


def _header(table: Path) -> Header:
    """The first row that has a subject and a label, wherever it is."""
    seen: list[str] = []
    for cells in sheets(table):
        for at, line in enumerate(cells):
            words = [clean(cell) for cell in line]
            plain = {plain_header(word) for word in words}
            if all(plain.intersection(WORDS[field]) for field in ("subject", "label")):
                below = [[clean(cell) for cell in row] for row in cells[at + 1 :]]
                columns = {
                    word: [row[i] if i < len(row) else "" for row in below]
                    for i, word in enumerate(words)
                    if word
                }
                return Header(tuple(columns), columns)
            seen = seen or [word for word in words if word]
    raise DataError(
        f"{table}: no columns subject and label; rename the two; its first row is "
        f"{', '.join(seen[:12]) or 'empty'}"
    )


def _path_column(header: Header, taken: Iterable[str], subject: str, root: Path) -> str | None:
    """The column whose cells name most files and folders below the root; None where none does.

    Files may lie in a folder for each subject, and videos be named without their end: the path is
    then put together of columns.
    """
    free = [word for word in header.words if word not in taken and not set(word) & set("{}:")]
    ways = [
        *free,
        *(f"{{{word}}}{end}" for word in free for end in sorted(VIDEOS)),
        *(f"{{{subject}}}/{{{word}}}{end}" for word in free for end in ("", *sorted(VIDEOS))),
    ]
    there = {way: list(filter(is_there, _named(way, header, root))) for way in ways}
    # Of columns that name as many the one that tells more of them apart.
    best = max(ways, key=lambda way: (len(there[way]), len(set(there[way]))), default=None)
    return best if best is not None and there[best] else None


def _named(path: str, header: Header, root: Path) -> list[Path]:
    """The paths of the first rows by a column, or put together of several."""
    parts = [match[1] for match in PART.finditer(path)] or [path]
    rows = zip(*(header.cells[part][:LOOKED_AT] for part in parts), strict=True)
    told = [dict(zip(parts, row, strict=True)) for row in rows if all(row)]
    whole = [put_together(path, one) if PART.search(path) else one[path] for one in told]
    return [found_path(root, text) for text in whole]


def is_there(path: Path) -> bool:
    """Whether there is a file or folder of that name."""
    try:
        return path.exists()
    except OSError:  # a name that is too long for any file
        return False


def _check_features(table: Path, root: Path, header: Header, taken: set[str]) -> None:
    """Refuse a table without files whose other columns are no features either."""
    try:
        read_features(table)
    except DataError as error:
        others = [word for word in header.words if word not in taken]
        example = next((f"{w} {c[0]!r}" for w in others if (c := header.cells[w]) and c[0]), "none")
        raise DataError(
            f"{table}: no column names files or folders that are in {root} (looked at "
            f"{', '.join(others) or 'no column'}; the first row has {example}); pass --root FOLDER "
            f"where paths start. As a table of features: {error}"
        ) from error


def _kind(path: Path) -> str:
    """What a file of a clip is, by its name and, of a npy file, its shape."""
    if path.suffix.lower() == ".flo":
        return "flow"
    if path.is_dir() or path.suffix.lower() not in ARRAYS:
        return "frames"
    shapes = [array.shape for array in read_arrays(path).values()]
    return "flow" if len(shapes) == 1 and len(shapes[0]) == 3 else "features"


def _in_seconds(header: Header, columns: Mapping[str, str]) -> bool:
    """Whether spans are times: by their headers, or because some are no whole numbers."""
    spans = [columns[field] for field in ("onset", "apex", "offset") if field in columns]
    said = any(re.search(r"(sec|seconds|time|_s|\(s\)|\[s\])$", word.lower()) for word in spans)
    cells = (cell for word in spans for cell in header.cells[word])
    return said or any(re.fullmatch(r"\d+[.,]\d*[1-9]\d*", cell) for cell in cells)


def _changed(columns: Mapping[str, str]) -> dict[str, str]:
    """Columns whose headers are not those looked for anyway."""
    default = asdict(Columns())
    return {field: word for field, word in columns.items() if word.lower() != default[field]}


def _task(labels: Sequence[str], table: Path) -> dict[str, Any]:
    """One task whose classes are the labels."""
    if not labels:
        raise DataError(f"{table}: no rows below its headers; expected one for each clip")
    words = sorted({label.lower() for label in labels})
    if not 2 <= len(words) <= MOST_CLASSES:
        raise DataError(
            f"{table}: {len(words)} different labels{': ' if words else ''}{some(words)}; expected "
            f"2 to {MOST_CLASSES} classes"
        )
    return {"tasks": {str(len(words)): {"classes": {word: [word] for word in words}}}}
