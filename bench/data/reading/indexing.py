"""From the rows of an annotation table and folders of frames to an index of clips."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.core.clip import Clip
from bench.core.dataset import Index
from bench.core.names import ClipId
from bench.data.reading.alignment import Alignment, align
from bench.data.reading.annotations import (
    action_units,
    coded_units,
    gender,
    number,
    objective_class,
)
from bench.data.reading.duplicates import joined
from bench.data.reading.landmarks import with_landmarks
from bench.data.reading.listing import Frames, Listing, list_frames
from bench.data.reading.remarks import images_refused, shared_frames, unmapped, vanished
from bench.data.reading.spans import Span, repair
from bench.data.reading.spellings import spelt
from bench.data.reading.tables import Row

Place = Callable[[Row], Path | Sequence[Path] | None]
"""The folder of a row's frames, or several that may hold them, likeliest first."""
Key = tuple[str, str]
"""Subject and clip name."""
LONGEST = 4
"""Seconds: no facial expression lasts longer (Ekman 2003), a micro-expression half a second."""


@dataclass
class _Draft:
    """An index in the making."""

    database: str
    root: Path
    words: Collection[str]
    rate: int | None
    clips: list[Clip] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    missing: list[Clip] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, row: Row, span: Span | None, note: str, folder: Path, found: Alignment) -> None:
        """Put the clip of a row where it belongs, and say what there is to say of it."""
        clip_id = str(ClipId(self.database, row["subject"], row["name"]))
        emotion = spelt(row["emotion"], self.words) if self.words else row["emotion"].lower()
        clip = _clip(self.database, row, emotion, folder, found.frames, span)
        if span is None:
            self.problems.append(f"{clip_id}: {note}")
        elif not note and row["apex"] and span.apex is None:
            note = f"apex {row['apex']!r} is not a frame number"
        if emotion in self.words and emotion != row["emotion"].lower():
            self.repaired.append(f"{clip_id}: emotion {row['emotion']!r} read as {emotion}")
        self.problems += [f"{clip_id}: {found.problem}"] if found.problem else []
        if span is None or not found.frames:
            self.missing.append(clip)
            return
        self.clips.append(clip)
        self.repaired += [f"{clip_id}: {text}" for text in (note, found.repaired) if text]
        length = span.offset - span.onset + 1
        if self.rate and length > LONGEST * self.rate:
            self.notes.append(
                f"{clip_id}: annotated as {length} frames, {length / self.rate:.0f} s, longer than "
                "any facial expression"
            )


def build_index(
    database: str,
    rows: Iterable[Row],
    place: Place,
    root: Path,
    expected: int | None = None,
    words: Collection[str] = (),
    rate: int | None = None,
    listed: Callable[[Path], Listing] = list_frames,
) -> Index:
    """Clips of all rows, whatever their order, each with its frames onset..offset.

    Rows without subject or clip name are dropped; rows for the same clip are joined as `joined`
    says; frame numbers are repaired as `repair` says and frames are found as `align` says. A clip
    without a usable onset and offset, or whose rows contradict each other, is missing, like one
    without frames: it belongs to its task, which must not shrink in silence.

    Args:
        database: its name.
        rows: with subject and name as they are to stand in ids.
        place: the folder or folders of a row's frames, None where there is none.
        root: of the dataset, which holds the files of landmarks.
        expected: rows of the owners' table.
        words: the emotions of the dataset; other spellings of them are read as these, and what is
            left is a problem. Nothing is said where they are not given.
        rate: frames a second, to flag clips that last longer than any expression.
        listed: lists the frames in a folder, or in a file that takes the place of one.
    """
    draft = _Draft(database, root, words, rate)
    unique, conflicts = _unique(rows, draft)
    homes = {key: _folders(place(row)) for key, row in unique.items()}
    # Clips of one video share its folder.
    sharing = Counter(folder for group in homes.values() for folder in group)
    listings = {folder: listed(folder) for folder in sharing}
    for key, row in sorted(unique.items()):
        span, note = _span(row, conflicts.get(key, ""))
        folder, found = _best(homes[key], listings, sharing, span)
        draft.add(row, span, note, folder or root, found)
    everyone = [*draft.clips, *draft.missing]
    index = Index(
        clips=tuple(sorted(draft.clips, key=lambda clip: clip.id)),
        repaired=tuple(draft.repaired),
        dropped=tuple(draft.dropped),
        missing=tuple(sorted(draft.missing, key=lambda clip: clip.id)),
        expected=expected,
        notes=tuple(draft.notes),
        problems=(
            *draft.problems,
            *shared_frames(draft.clips),
            *unmapped(everyone, words),
            *vanished(everyone, words),
        ),
        refused=images_refused(root, listings),
    )
    return with_landmarks(index, root)


def _folders(placed: Path | Sequence[Path] | None) -> tuple[Path, ...]:
    if placed is None:
        return ()
    return (placed,) if isinstance(placed, Path) else tuple(placed)


def _best(
    folders: Sequence[Path],
    listings: Mapping[Path, Listing],
    sharing: Mapping[Path, int],
    span: Span | None,
) -> tuple[Path | None, Alignment]:
    """The folder that holds most of a clip, the likelier of equals."""
    if not folders or span is None:
        return None, Alignment([])
    found = [_aligned(listings[folder], span, sharing[folder] > 1) for folder in folders]
    best = max(range(len(folders)), key=lambda i: (len(found[i].frames), -i))
    return folders[best], found[best]


def _aligned(listing: Listing, span: Span, shared: bool) -> Alignment:
    if listing.fault:
        return Alignment([], problem=listing.fault)
    return align(listing.frames, span, shared)


def _span(row: Row, conflict: str) -> tuple[Span | None, str]:
    if conflict:
        return None, conflict
    span, note = repair(number(row["onset"]), number(row["apex"]), number(row["offset"]))
    return span, note if span else f"{note}, in row {row['row']} of the table"


def _unique(rows: Iterable[Row], draft: _Draft) -> tuple[dict[Key, Row], dict[Key, str]]:
    """One row for each subject and name, and in what those that contradict each other do so."""
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        if row["subject"] and row["name"]:
            groups.setdefault((row["subject"], row["name"]), []).append(row)
        elif row["onset"] or row["offset"]:
            said = f"row {row['row']} has no subject or no clip name"
            draft.dropped.append(f"{draft.database}: {said}")
    unique = {key: joined(group) for key, group in groups.items()}
    draft.repaired += [
        f"{draft.database}/{'/'.join(key)}: {one.repaired}"
        for key, one in unique.items()
        if one.repaired
    ]
    return {k: one.row for k, one in unique.items()}, {k: one.conflict for k, one in unique.items()}


def _clip(
    database: str, row: Row, emotion: str, folder: Path, files: Frames, span: Span | None
) -> Clip:
    apex = None
    if span is not None and span.apex is not None and files:
        numbers = [at for at, _ in files]
        # If the apex frame itself is missing, the one before it stands in.
        apex = max(bisect_right(numbers, span.apex) - 1, 0)
    return Clip(
        database=database,
        subject=row["subject"],
        name=row["name"],
        emotion=emotion,
        folder=folder,
        files=tuple(name for _, name in files),
        apex=apex,
        apex_source="absent" if apex is None else "given",
        action_units=action_units(row["action_units"]),
        coded_units=coded_units(row["action_units"]),
        objective=objective_class(row["objective"]),
        gender=gender(row.get("gender", "")),
    )
