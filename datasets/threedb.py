"""3DB: the composite of SMIC-HS, CASME II and SAMM used in MEGC 2019."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from bench import Array, Clip, Dataset, DatasetFacts, Index, Labelling
from bench.core.dataset import Roots
from bench.core.errors import DataError
from bench.core.names import ClipId
from bench.data import megc2019
from bench.data.reading import THREE

PARTS = ("smic", "casme2", "samm")
LIST = "combined_3class_gt.csv"
"""The organisers' name of their list."""


@dataclass(frozen=True)
class ThreeDB(Dataset):
    """SMIC-HS, CASME II and SAMM in three classes; each dataset reads its own clips.

    Attributes:
        root: a list, the folder that holds one, or the first part's root.
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
            "root is set, it is a list in the organisers' form or its folder.",
            "CASME II: disgust and repression are negative; fear, sadness and others are "
            "excluded, and so are 04/EP12_01f and 05/EP09_05f.",
            "SAMM: anger, contempt, disgust, fear and sadness are negative; other is excluded.",
            "It is always the 442 clips of the organisers' list, which is part of this package, "
            "with the classes in it: where a table says otherwise, as that of CASME II of 2019 "
            "does of three clips, the list decides and the clips are named.",
            "Another list, such as the organisers' second one of 441 clips (with a header), is "
            "read where the root is set to it; results carry it in their name (3db/3@own).",
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
        own = self._own_list()
        # Stand-ins have clips of their own.
        chosen = own or (ruled if self.synthetic else self.official("3"))
        members = [
            replace(clips.get(name) or _unknown(name, self.root), emotion=chosen[name])
            for name in sorted(chosen)
        ]
        revision, notes = "", list[str]()
        if own is not None and not self.synthetic:
            revision, notes = _compared(own, self.official("3"))
        return Index(
            clips=tuple(clip for clip in members if clip.files),
            repaired=tuple(text for index in indexes for text in index.repaired),
            dropped=tuple(text for index in indexes for text in index.dropped),
            missing=tuple(clip for clip in members if not clip.files),
            expected=len(chosen),
            notes=(*notes, *_differences(ruled, chosen)),
            problems=tuple(text for index in indexes for text in index.problems),
            refused=tuple(text for index in indexes for text in index.refused),
            revision=revision,
        )

    def official(self, labelling: str) -> Mapping[str, str]:
        """The 442 clips of MEGC 2019."""
        del labelling
        return megc2019.official()

    def _own_list(self) -> Mapping[str, str] | None:
        """The user's list, None where none is set."""
        table = self.root / LIST if self.root.is_dir() else self.root
        if table.is_file():
            return megc2019.read_list(table)
        # Without a root of its own it was given the first part's, where no list need be.
        if self.root in {part.root for part in self.parts}:
            return None
        raise DataError(f"3db: no {LIST} at {self.root}; set its root to a list, or remove it")

    def read(self, clip: Clip) -> dict[str, Array]:
        """What the clip's own database reads."""
        return self._part(clip).read(clip)

    def read_some(self, clip: Clip, positions: Sequence[int]) -> dict[str, Array] | None:
        """Likewise, some frames alone."""
        return self._part(clip).read_some(clip, positions)

    def _part(self, clip: Clip) -> Dataset:
        return next(part for part in self.parts if part.name == clip.database)


def _unknown(name: str, root: Path) -> Clip:
    """A listed clip that no table has."""
    one = ClipId.parse(name)
    return Clip(one.database, one.subject, one.name, "", root, ())


def _compared(own: Mapping[str, str], official: Mapping[str, str]) -> tuple[str, list[str]]:
    """The revision that a user's list is, and the clips in which it differs from the official."""
    if own == official:
        return "", []
    differing = [
        f"{name}: {own.get(name, 'absent')} in the list at its root, "
        f"{official.get(name, 'absent')} in that of MEGC 2019"
        for name in sorted(set(own) | set(official))
        if own.get(name) != official.get(name)
    ]
    note = f"the list at its root has {len(own)} clips, that of MEGC 2019 {len(official)}"
    return "own", [f"{note}; they differ in {len(differing)}", *differing]


def _differences(ruled: Mapping[str, str], chosen: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each clip on which the tables and the list differ."""
    for name in sorted(set(ruled) | set(chosen)):
        rule, listed = ruled.get(name, "left out"), chosen.get(name, "left out")
        if rule != listed:
            yield f"{name}: {listed} by the list, {rule} by the tables; the list decides"
