"""The rows of a table of clips, with the files that they name and the frames that they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.data.declared.definition import Definition
from bench.data.declared.source import Source
from bench.data.reading.annotations import number
from bench.data.reading.tables import Row, read_table
from bench.data.reading.video import KINDS

SPAN = ("onset", "apex", "offset")
PART = re.compile(r"\{([^{}:]+)(?::0?(\d)d?)?\}")
"""A column's header in a path that is put together: "sub{subject:02}/{clip}.avi"."""
NEVER = "0"
"""Stands for onset and offset of a clip without frames, whose problem is another."""


def table_rows(definition: Definition, home: Path, required: Sequence[str]) -> list[Row]:
    """The rows of a definition's table, by field.

    Raises:
        DataError: as `read_table`, and for a column that the definition names and the table lacks.
    """
    words = {name: word for name, word in asdict(definition.columns).items() if word}
    columns = {name: (plain_header(word),) for name, word in words.items()}
    parts = [match[1] for match in PART.finditer(definition.columns.path)]
    if parts:
        columns |= {f"path {part}": (plain_header(part),) for part in parts}
        del columns["path"]
    # A column that holds paths names no clips.
    names = columns.pop("clip", None)
    if names is not None and names != columns.get("path"):
        columns["name"] = names
    # A column that the file names must be there.
    named = ["name" if name == "clip" else name for name, word in words.items() if word != name]
    every = dict.fromkeys([*required, *named, *(f"path {part}" for part in parts)])
    rows = read_table(home / definition.table, [name for name in every if name in columns], columns)
    for row in rows if parts else ():
        cells = {part: row.pop(f"path {part}", "") for part in dict.fromkeys(parts)}
        row["path"] = put_together(definition.columns.path, cells)
    blank = dict.fromkeys(("name", "action_units"), "")
    return [{**blank, **row, "emotion": row["label"]} for row in rows]


def put_together(path: str, cells: Mapping[str, str]) -> str:
    """A path with the cells of a row in the places of their headers; numbers padded by zeros."""
    return PART.sub(lambda match: cells[match[1]].zfill(int(match[2] or 0)), path)


def plain_header(header: str) -> str:
    """A header as `read_table` compares it."""
    return "".join(c for c in header.lower() if c.isalnum())


def found_path(root: Path, text: str) -> Path:
    """The file or folder that a cell names, below the root.

    A video may be there as a folder of its frames, with its name but for the end.
    """
    path = root / text.replace("\\", "/")
    folder = path.with_suffix("")
    try:
        return folder if _is_video(text) and not path.exists() and folder.is_dir() else path
    except OSError:  # a name that is too long for any file
        return path


def framed(
    rows: Sequence[Row], definition: Definition, root: Path
) -> tuple[list[Row], dict[Path, Source]]:
    """Rows with onset and offset as numbers of frames and names that tell clips apart.

    Returns:
        the rows, whose `path` is the whole path, and what they name.
    """
    sources: dict[Path, Source] = {}
    done: list[Row] = []
    for row in rows:
        path = found_path(root, row["path"])
        source = sources.setdefault(path, Source(path, definition.first_frame))
        span = _span(row, source, definition)
        name = row["name"]
        # Whether or not the video has other clips today: a name must not change with the table.
        if not name and _is_video(row["path"]) and row["onset"]:
            name = f"{_stem(row['path'])}_{span['onset']}"
        done.append({**row, **span, "name": name, "path": str(path)})
    return named_apart(done, root), sources


def _span(row: Row, source: Source, definition: Definition) -> dict[str, str]:
    """Onset, apex and offset of a row as frame numbers, its whole file where it has no span."""
    span = {name: row[name] for name in SPAN}
    if definition.unit == "seconds":
        span = {name: _number(text, source, definition.rate) for name, text in span.items()}
    span = {name: str(number(text) or text) for name, text in span.items()}
    frames = source.listing.frames
    if not (row["onset"] or row["offset"]):
        ends = (str(frames[0][0]), str(frames[-1][0])) if frames else (NEVER, NEVER)
        span["onset"], span["offset"] = ends
    return span


def _number(text: str, source: Source, rate: float) -> str:
    """Seconds as the number of a frame; what is no time is left as it is, to be reported."""
    if not re.fullmatch(r"\d{1,7}([.,]\d*)?", text):
        return text
    at = source.number(float(text.replace(",", ".")), rate)
    return NEVER if at is None else str(at)


def named_apart(rows: Sequence[Row], root: Path) -> list[Row]:
    """Rows whose names tell clips apart, however many of them one file or one name has.

    Clips of a subject that share a name get the folder of their file where it differs, and then
    their onset.
    """
    named = [
        {**row, "subject": _word(row["subject"]), "name": _word(row["name"] or _stem(row["path"]))}
        for row in rows
    ]
    for group in _sharing(named):
        if len({row["path"] for row in group}) > 1:
            for row in group:
                row["name"] = _word(f"{_parent(row['path'], root)}_{row['name']}")
    for group in _sharing(named):
        if len({row["onset"] for row in group}) > 1:
            for row in group:
                row["name"] += f"_{row['onset']}"
    return named


def _sharing(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows in groups of one subject and one name."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["subject"], row["name"]), []).append(row)
    return list(groups.values())


def _stem(path: str) -> str:
    """The name of a file or folder, without the end of a video's."""
    return Path(path).stem if _is_video(path) else Path(path).name


def _is_video(path: str) -> bool:
    return Path(path).suffix.lower() in KINDS


def _parent(path: str, root: Path) -> str:
    """The folder that a file is in, from the root."""
    folder = Path(path).parent
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def _word(text: str) -> str:
    """A cell as a part of a clip's id, in which slashes divide."""
    return re.sub(r"[\s/\\]+", "_", text.strip())
