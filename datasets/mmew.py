"""MMEW: 300 micro-expressions of 36 subjects at 90 frames a second."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from bench import Array, Clip, Dataset, DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data.reading import (
    Row,
    build_index,
    find_tables,
    named_folders,
    read_annotations,
    read_clip,
    subject_number,
)

CODED = ("subject", "name", "onset", "apex", "offset", "emotion")
SEVEN = ("anger", "disgust", "fear", "happiness", "others", "sadness", "surprise")
SIX = tuple(word for word in SEVEN if word != "others")
THREE = {
    **dict.fromkeys(("anger", "disgust", "fear", "sadness"), "negative"),
    "happiness": "positive",
    "surprise": "surprise",
}


class Mmew(Dataset):
    """The micro-expressions of MMEW; its macro-expressions are single images."""

    name: ClassVar[str] = "mmew"
    facts: ClassVar[DatasetFacts] = DatasetFacts(
        title="MMEW",
        paper="Ben, Ren, Zhang, Wang, Kpalma, Meng, Liu: Video-based Facial Micro-Expression "
        "Analysis: A Survey of Datasets, Features and Algorithms, IEEE Transactions on Pattern "
        "Analysis and Machine Intelligence 44(9)",
        year=2022,
        url="http://www.dpailab.com/database.html",
        licence="Free for academic research under a signed licence agreement with the owners; the "
        "images must not be redistributed.",
        layout="Micro_Expression/happiness/S03-01-002/1.jpg\n"
        "Micro_Expression/S03/happiness/S03-01-002/1.jpg   (some copies)\n"
        "MMEW_Micro_Exp.xlsx",
        quirks=(
            "About 16 rows have no apex; methods that need one get the middle frame.",
            "Macro_Expression contains single images and is not read.",
        ),
    )
    labellings: ClassVar[Mapping[str, Labelling]] = {
        "7": Labelling(
            SEVEN, {c: c for c in SEVEN}, expected=(8, 72, 16, 36, 66, 13, 89), subjects=36
        ),
        "6": Labelling(SIX, {c: c for c in SIX}, expected=(8, 72, 16, 36, 13, 89)),
        "3": Labelling(("negative", "positive", "surprise"), THREE, expected=(109, 36, 89)),
    }

    def index(self) -> Index:
        """The clips of the table."""
        require_root(self.root, self.name)
        folders = named_folders(self.root, _is_clip, depth=5)
        if not folders:
            raise DataError(f"mmew: no folders like S03-01-002 below {self.root}")
        tables = find_tables(self.root, self.root, "mmew|micro", "MMEW_Micro_Exp.xlsx")
        rows = [_named(row) for row in read_annotations(tables, CODED)]
        return build_index(
            self.name, rows, lambda row: folders.get(row["name"].lower()), self.root, expected=300
        )

    def read(self, clip: Clip) -> dict[str, Array]:
        """Frames, uint8."""
        return read_clip(self, clip)


def _is_clip(name: str) -> bool:
    return re.fullmatch(r"s\d+-\d+-\d+", name.strip().lower()) is not None


def _named(row: Row) -> Row:
    number = subject_number(row["subject"], "sub|s")
    return row | {"subject": f"{number:02d}" if number else ""}
