"""MMEW: 300 micro-expressions of 36 subjects at 90 frames a second."""

from __future__ import annotations

import re

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

SEVEN = ("anger", "disgust", "fear", "happiness", "others", "sadness", "surprise")
SIX = tuple(word for word in SEVEN if word != "others")
MEGC_2019 = reading.in_three("anger", "disgust", "fear", "sadness")


class Mmew(reading.FrameDataset):
    """The micro-expressions of MMEW; its macro-expressions are single images."""

    name = "mmew"
    ships = reading.CODED_FRAMES
    facts = DatasetFacts(
        title="MMEW",
        paper="Ben, Ren, Zhang, Wang, Kpalma, Meng, Liu: Video-based Facial Micro-Expression "
        "Analysis: A Survey of Datasets, Features and Algorithms, IEEE Transactions on Pattern "
        "Analysis and Machine Intelligence 44(9)",
        year=2022,
        url="http://www.dpailab.com/database.html",
        licence=reading.AGREEMENT,
        layout="Micro_Expression/happiness/S03-01-002/1.jpg\n"
        "Micro_Expression/S03/happiness/S03-01-002/1.jpg   (some copies)\n"
        "MMEW_Micro_Exp.xlsx",
        quirks=(
            "About 16 rows have no apex; methods that need one get the middle frame.",
            "Macro_Expression contains single images and is not read.",
        ),
    )
    labellings = {
        "7": Labelling.by_word(SEVEN, expected=(8, 72, 16, 36, 66, 13, 89), subjects=36),
        "6": Labelling.by_word(SIX, expected=(8, 72, 16, 36, 13, 89)),
        "3": Labelling(reading.THREE, MEGC_2019, expected=(109, 36, 89)),
    }

    def index(self) -> Index:
        """The clips of the table."""
        require_root(self.root, self.name)
        # By clip alone: names are unique, and the folders above them differ between copies.
        folders = reading.named_folders(self.root, _is_clip, depth=5)
        if not folders:
            raise DataError(f"mmew: no folders like S03-01-002 below {self.root}")
        coding = reading.read_coding(self.root, self.root, "mmew|micro", "MMEW_Micro_Exp.xlsx")
        rows = [_named(row) for row in coding.rows]
        index = reading.build_index(
            self.name,
            rows,
            lambda row: folders.get(row["name"].lower()),
            self.root,
            expected=300,
            words=self.words(),
            rate=90,
        )
        return coding.described(index, rows)


def _is_clip(name: str) -> bool:
    return re.fullmatch(r"s\d+-\d+-\d+", name.strip().lower()) is not None


def _named(row: reading.Row) -> reading.Row:
    number = reading.subject_number(row["subject"], "sub|s")
    return row | {"subject": f"{number:02d}" if number else ""}
