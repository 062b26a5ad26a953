"""3DB: the composite of SMIC-HS, CASME II and SAMM used in MEGC 2019."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Self

from bench import Clip, DatasetFacts, Index, Labelling
from bench.core.dataset import Roots
from bench.core.errors import DataError
from bench.core.names import ClipId
from bench.data import megc2019
from bench.data.composite import CompositeDataset, joined, open_parts
from bench.data.reading import THREE

PARTS = ("smic", "casme2", "samm")
LIST = "combined_3class_gt.csv"
"""The organisers' name of their list."""


class ThreeDB(CompositeDataset):
    """SMIC-HS, CASME II and SAMM in three classes; each dataset reads its own clips.

    Attributes:
        root: a list, the folder that holds one, or the first part's root.
        parts: SMIC-HS, CASME II and SAMM.
    """

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
        parts = open_parts(roots, PARTS)
        return cls(roots.folders.get(cls.name, parts[0].root), parts) if parts else None

    def index(self) -> Index:
        """The clips of the parts that have a class, their emotion replaced by it."""
        indexes = self.indexes()
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
        return replace(
            joined(indexes),
            clips=tuple(clip for clip in members if clip.files),
            missing=tuple(clip for clip in members if not clip.files),
            expected=len(chosen),
            notes=(*notes, *_differences(ruled, chosen)),
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
