"""What FACS coders wrote down of the clips of four databases, as features, without any frame."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np

from bench import Array, Clip, Dataset, DatasetFacts, Index, Labelling
from bench.core.clip import UNIT_CODES
from bench.core.dataset import Roots
from bench.core.errors import DataError
from bench.data import megc2019
from bench.data.reading import AGREEMENT, THREE, in_three, unit_codes

PARTS = ("casme2", "samm", "casme3", "dfme")


def _named(database: str, of: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    """Class of each emotion of one database, which stands before it: databases share words."""
    words = of if isinstance(of, Mapping) else {word: word for word in of}
    return {f"{database} {word}": name for word, name in words.items()}


def _by_word(database: str, classes: tuple[str, ...], expected: tuple[int, ...]) -> Labelling:
    return Labelling(classes, _named(database, classes), expected=expected)


@dataclass(frozen=True)
class ActionUnits(Dataset):
    """Coded action units of CASME II, SAMM, CAS(ME)^3 and DFME, from the user's own tables.

    Attributes:
        root: of the first part.
        parts: those of the four that the user has.
    """

    parts: tuple[Dataset, ...] = field(default=())

    name = "actionunits"
    ships = frozenset({"features", UNIT_CODES})
    facts = DatasetFacts(
        title="Action units of four databases",
        paper="the coding tables of CASME II, SAMM, CAS(ME)^3 and DFME",
        year=2024,
        url="",
        licence=AGREEMENT,
        layout="(the folders of casme2, samm, casme3 and dfme; no root of its own)",
        quirks=(
            "It needs no root of its own, and has the clips of those of the four databases that "
            "are configured. Rows of their tables count whether or not the frames are there; the "
            "loader of each still asks for the folder of one subject.",
            "Features are what the coders wrote, not what a program measured: for each unit "
            "whether it is coded, its side and its intensity where they are given.",
            "A clip without coded units has zeros.",
            "SYNTHETIC stand-ins are not read.",
        ),
    )
    labellings = {
        "casme2-5": _by_word(
            "casme2",
            ("disgust", "happiness", "others", "repression", "surprise"),
            (63, 32, 99, 27, 25),
        ),
        "casme2-3": Labelling(
            THREE,
            _named("casme2", in_three("disgust", "repression")),
            without=frozenset({"casme2/04/EP12_01f", "casme2/05/EP09_05f"}),
            expected=(88, 32, 25),
        ),
        "samm-5": _by_word(
            "samm", ("anger", "contempt", "happiness", "other", "surprise"), (57, 12, 26, 26, 15)
        ),
        "samm-3": Labelling(
            THREE,
            _named("samm", in_three("anger", "contempt", "disgust", "fear", "sadness")),
            expected=(92, 26, 15),
        ),
        "casme3-7": _by_word(
            "casme3",
            ("anger", "disgust", "fear", "happy", "others", "sad", "surprise"),
            (64, 250, 86, 55, 161, 57, 187),
        ),
        "casme3-4": Labelling(
            (*THREE, "others"),
            _named(
                "casme3",
                in_three("anger", "disgust", "fear", "sad", positive="happy")
                | {"others": "others"},
            ),
            expected=(457, 55, 187, 161),
        ),
        "dfme-7": _by_word(
            "dfme",
            ("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise"),
            (161, 100, 548, 265, 206, 278, 298),
        ),
    }

    @classmethod
    def locate(cls, roots: Roots) -> Self | None:
        """The databases that the user has."""
        found = [roots.opener(name) if roots.opener else None for name in PARTS]
        parts = tuple(part for part in found if part is not None and not part.synthetic)
        return cls(parts[0].root, parts) if parts else None

    @property
    def synthetic(self) -> bool:
        """Never: stand-ins are no parts."""
        return False

    def index(self) -> Index:
        """The rows of all tables, with and without frames."""
        clips: dict[str, Clip] = {}
        notes: list[str] = []
        refused: list[str] = []
        for part in self.parts:
            try:
                index = part.index()
            except DataError as error:
                refused.append(str(error))
                continue
            home, files = _together(index.tables)
            rows = (*index.missing, *index.clips)
            clips.update((clip.id, _row(clip, home, files)) for clip in rows)
            coded = sum(clip.coded_units is not None for clip in rows)
            notes.append(f"{part.name}: {coded} of {len(rows)} clips have coded action units")
        if not clips:
            raise DataError(f"actionunits: no table was read: {'; '.join(refused)}")
        return Index(
            clips=tuple(clips[name] for name in sorted(clips)),
            notes=tuple(notes),
            refused=tuple(refused),
        )

    def official(self, labelling: str) -> Mapping[str, str]:
        """The clips of MEGC 2019."""
        database, _, word = labelling.partition("-")
        return megc2019.official(database) if word == "3" else {}

    def read(self, clip: Clip) -> dict[str, Array]:
        """Codes (100, 8) of the clip's units, and the same as a vector."""
        codes = unit_codes(clip.coded_units or ())
        return {UNIT_CODES: codes, "features": np.ravel(codes).astype(np.float64)}


def _together(tables: tuple[Path, ...]) -> tuple[Path, tuple[str, ...]]:
    """A folder, and the tables as paths below it: what a clip's features are read from."""
    home = Path(os.path.commonpath([table.parent for table in tables]))
    return home, tuple(table.relative_to(home).as_posix() for table in tables)


def _row(clip: Clip, home: Path, files: tuple[str, ...]) -> Clip:
    """A clip as a row of its table: no frames, and the database before the emotion."""
    return replace(
        clip,
        emotion=f"{clip.database} {clip.emotion}" if clip.emotion else "",
        folder=home,
        files=files,
        apex=None,
        apex_source="absent",
        landmarks=None,
    )
