"""From the rows of an annotation table and folders of frames to an index of clips."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.core.clip import Clip
from bench.core.dataset import Index
from bench.core.errors import DataError
from bench.data.reading.annotations import action_units, gender, number, objective_class
from bench.data.reading.folders import numbered_frames
from bench.data.reading.landmarks import with_landmarks
from bench.data.reading.spans import Span, repair
from bench.data.reading.tables import Row, read_table

Frames = list[tuple[int, str]]


def read_annotations(paths: Sequence[Path], required: Iterable[str], sheet: str = "") -> list[Row]:
    """The rows of the first of several tables that has the columns; else the first one's error."""
    required = tuple(required)
    errors: list[DataError] = []
    for path in paths:
        try:
            return read_table(path, required, sheet=sheet)
        except DataError as error:
            errors.append(error)
    raise errors[0]


@dataclass
class _Draft:
    """An index in the making."""

    clips: list[Clip] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    missing: list[Clip] = field(default_factory=list)


def build_index(
    database: str,
    rows: Iterable[Row],
    place: Callable[[Row], Path | None],
    root: Path,
    expected: int | None = None,
) -> Index:
    """Clips of all rows, whatever their order, each with its frames onset..offset.

    Rows without subject or clip name are dropped; of rows for the same clip the one with most
    filled cells stays; frame numbers are repaired as `repair` says. Frames numbered from another
    start are taken when the folder holds exactly onset..offset of them.

    Args:
        database: its name.
        rows: with subject and name as they are to stand in ids.
        place: the folder of a row's frames, None where there is none.
        root: of the dataset, which holds the files of landmarks.
        expected: rows of the owners' table.
    """
    draft = _Draft()
    listings: dict[Path, Frames] = {}
    for (subject, name), row in sorted(_unique(database, rows, draft).items()):
        clip_id = f"{database}/{subject}/{name}"
        span, note = repair(number(row["onset"]), number(row["apex"]), number(row["offset"]))
        if span is None:
            draft.dropped.append(f"{clip_id}: {note}")
            continue
        folder = place(row)
        # Clips of one video share its folder.
        if folder is not None and folder not in listings:
            listings[folder] = numbered_frames(folder)
        files, gaps = _between(listings[folder] if folder else [], span)
        if folder is None or not files:
            draft.missing.append(_clip(database, row, folder or root, [], span))
            continue
        if not note and row["apex"] and span.apex is None:
            note = f"apex {row['apex']!r} is not a frame number"
        draft.repaired += [f"{clip_id}: {text}" for text in (note, gaps) if text]
        draft.clips.append(_clip(database, row, folder, files, span))
    index = Index(
        clips=tuple(sorted(draft.clips, key=lambda clip: clip.id)),
        repaired=tuple(draft.repaired),
        dropped=tuple(draft.dropped),
        missing=tuple(sorted(draft.missing, key=lambda clip: clip.id)),
        expected=expected,
    )
    return with_landmarks(index, root)


def _unique(database: str, rows: Iterable[Row], draft: _Draft) -> Mapping[tuple[str, str], Row]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["subject"] and row["name"]:
            groups.setdefault((row["subject"], row["name"]), []).append(row)
        elif row["onset"] or row["offset"]:
            draft.dropped.append(f"{database}: row {row['row']} has no subject or no clip name")
    kept = {}
    for key, group in groups.items():
        cells = [{f: v for f, v in row.items() if f != "row" and v} for row in group]
        # Among equally complete rows, one that does not depend on their order in the table.
        best = max(range(len(group)), key=lambda i: (len(cells[i]), sorted(cells[i].items())))
        kept[key] = group[best]
        if len(group) > 1:
            equal = all(c == cells[0] for c in cells)
            how = "identical rows" if equal else "different rows, the most complete kept"
            draft.repaired.append(f"{database}/{'/'.join(key)}: {len(group)} {how}")
    return kept


def _between(frames: Frames, span: Span) -> tuple[Frames, str]:
    """Frames onset..offset, and what is odd about them."""
    # An empty name sorts before all others, so that numbers alone are compared.
    first = bisect_left(frames, (span.onset, ""))
    last = bisect_right(frames, (span.offset + 1, ""))
    files = frames[first:last]
    length = span.offset - span.onset + 1
    if not files and len(frames) == length:
        renumbered = [(span.onset + i, name) for i, (_, name) in enumerate(frames)]
        said = f"frames {frames[0][0]}..{frames[-1][0]} renumbered as"
        return renumbered, f"{said} {span.onset}..{span.offset}"
    if files and len(files) < length:
        return files, f"{length - len(files)} of {length} frames onset..offset are not on disk"
    return files, ""


def _clip(database: str, row: Row, folder: Path, files: Frames, span: Span) -> Clip:
    apex = None
    if span.apex is not None and files:
        numbers = [at for at, _ in files]
        # If the apex frame itself is missing, the one before it stands in.
        apex = max(bisect_right(numbers, span.apex) - 1, 0)
    return Clip(
        database=database,
        subject=row["subject"],
        name=row["name"],
        emotion=row["emotion"].lower(),
        folder=folder,
        files=tuple(name for _, name in files),
        apex=apex,
        apex_source="absent" if apex is None else "given",
        action_units=action_units(row["action_units"]),
        objective=objective_class(row["objective"]),
        gender=gender(row.get("gender", "")),
    )
