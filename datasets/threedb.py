"""3DB: the composite of SMIC-HS, CASME II and SAMM used in MEGC 2019."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from bench import Array, Clip, Dataset, DatasetFacts, Index, Labelling
from bench.core.dataset import Roots
from bench.core.errors import DataError
from bench.data.reading import THREE

PARTS = ("smic", "casme2", "samm")
LIST = "combined_3class_gt.csv"
Key = tuple[str, str, str]
"""Database, subject and clip, without the prefixes and zeros that differ between copies."""


@dataclass(frozen=True)
class ThreeDB(Dataset):
    """SMIC-HS, CASME II and SAMM in three classes; each dataset reads its own clips.

    Attributes:
        root: the official list, the folder that holds it, or the first part's root.
        parts: SMIC-HS, CASME II and SAMM.
    """

    parts: tuple[Dataset, ...] = field(default=())

    name = "3db"
    facts = DatasetFacts(
        title="3DB composite (MEGC 2019)",
        paper="See, Yap, Li, Hong, Wang: MEGC 2019 - The Second Facial Micro-Expressions Grand "
        "Challenge, FG",
        year=2019,
        url="https://facial-micro-expressiongc.github.io/MEGC2019/",
        licence="Those of SMIC, CASME II and SAMM, each requested from its owners.",
        layout=f"{LIST}   (optional)",
        quirks=(
            "It needs no root of its own and is available when smic, casme2 and samm are. If a "
            "root is set, it is the official list or its folder.",
            "CASME II: disgust and repression are negative; fear, sadness and others are "
            "excluded, and so are 04/EP12_01f and 05/EP09_05f.",
            "SAMM: anger, contempt, disgust, fear and sadness are negative; other is excluded.",
            "Without the official list, these rules give the same 442 clips; with it the list "
            "decides, and every clip on which they differ is reported.",
            "In the list, SAMM's subjects are integers (6), SMIC's are padded (s01), and some "
            "copies contain blank rows; all are handled.",
        ),
    )
    labellings = {"3": Labelling.by_word(THREE, expected=(250, 109, 83), subjects=68)}

    @classmethod
    def locate(cls, roots: Roots) -> Self | None:
        """The composite where the user has all three parts."""
        found = [roots.opener(name) if roots.opener else None for name in PARTS]
        parts = tuple(part for part in found if part is not None)
        if len(parts) < len(PARTS):
            return None
        return cls(roots.folders.get(cls.name, parts[0].root), parts)

    @property
    def synthetic(self) -> bool:
        """True when its parts are stand-ins."""
        return any(part.synthetic for part in self.parts)

    @property
    def sources(self) -> frozenset[str]:
        """What all parts ship."""
        return frozenset.intersection(*(part.sources for part in self.parts))

    def index(self) -> Index:
        """The clips of the parts that have a class, their emotion replaced by it."""
        # Real and SYNTHETIC clips must never share a result.
        if len({part.synthetic for part in self.parts}) > 1:
            made = ", ".join(part.name for part in self.parts if part.synthetic)
            raise DataError(f"3db: {made} SYNTHETIC and the rest real; set all three roots or none")
        indexes = [part.index() for part in self.parts]
        # Clips without frames, too: a task must know which of its own it lacks.
        known = [(*index.clips, *index.missing) for index in indexes]
        ruled = {
            clip.id: part.labellings["3"].classes[label]
            for part, clips in zip(self.parts, known, strict=True)
            for clip in clips
            if (label := part.labellings["3"].label(clip)) is not None
        }
        clips = {clip.id: clip for group in known for clip in group}
        table = _list_at(self.root)
        if table is not None:
            chosen = _listed(table, clips)
        # Without a root of its own it was given the first part's, where no list need be.
        elif self.root in {part.root for part in self.parts}:
            chosen = ruled
        else:
            raise DataError(f"3db: no {LIST} at {self.root}; set its root to the list or to none")
        members = [replace(clips[name], emotion=chosen[name]) for name in sorted(chosen)]
        return Index(
            clips=tuple(clip for clip in members if clip.files),
            repaired=tuple(text for index in indexes for text in index.repaired),
            dropped=tuple(text for index in indexes for text in index.dropped),
            missing=tuple(clip for clip in members if not clip.files),
            expected=442,
            notes=tuple(_differences(ruled, chosen)),
            problems=tuple(text for index in indexes for text in index.problems),
            refused=tuple(text for index in indexes for text in index.refused),
        )

    def read(self, clip: Clip) -> dict[str, Array]:
        """What the clip's own database reads."""
        return self._part(clip).read(clip)

    def read_some(self, clip: Clip, positions: Sequence[int]) -> dict[str, Array] | None:
        """Likewise, some frames alone."""
        return self._part(clip).read_some(clip, positions)

    def _part(self, clip: Clip) -> Dataset:
        return next(part for part in self.parts if part.name == clip.database)


def _list_at(root: Path) -> Path | None:
    table = root / LIST if root.is_dir() else root
    return table if table.is_file() else None


def _key(database: str, subject: str, name: str) -> Key:
    # On disk SAMM's subjects are padded and SMIC's are not; in the list it is the other way round.
    number = re.sub(r"^\D*0*", "", subject)
    return database.lower(), number, re.sub(r"^s0+(?=\d)", "s", name.lower())


def _listed(table: Path, clips: dict[str, Clip]) -> dict[str, str]:
    """Class by clip id as the official list has it; adds listed clips that no table has."""
    ids = {_key(clip.database, clip.subject, clip.name): clip.id for clip in clips.values()}
    chosen: dict[str, str] = {}
    with table.open(encoding="utf-8-sig", newline="") as file:
        for at, cells in enumerate(csv.reader(file), start=1):
            row = [cell.strip() for cell in cells]
            # Some copies hold blank rows, ",,,".
            if not any(row):
                continue
            if len(row) < 4 or row[3] not in {"0", "1", "2"}:
                raise DataError(
                    f"{table}: row {at} is {','.join(cells)!r}; "
                    "expected database, subject, clip and a label 0, 1 or 2"
                )
            emotion = THREE[int(row[3])]
            clip_id = ids.get(_key(row[0], row[1], row[2]))
            if clip_id is None:
                unknown = Clip(row[0], row[1], row[2], emotion, table.parent, ())
                clip_id, clips[unknown.id] = unknown.id, unknown
            chosen[clip_id] = emotion
    return chosen


def _differences(ruled: Mapping[str, str], chosen: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each clip on which the rule and the official list differ."""
    for name in sorted(set(ruled) | set(chosen)):
        rule, listed = ruled.get(name, "left out"), chosen.get(name, "left out")
        if rule != listed:
            yield f"{name}: {listed} by the official list, {rule} by the rule"
