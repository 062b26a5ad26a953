"""4DME: micro-expressions of the grey camera of a database with four kinds of recordings."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

FIVE = ("negative", "positive", "surprise", "repression", "others")
MIXED = {"/".join(sorted(pair)): pair for pair in combinations(FIVE, 2)}
"""Two emotions in one cell, by the word that this loader makes of them."""
COLUMNS = {
    **reading.COLUMNS,
    "subject": ("subid", *reading.COLUMNS["subject"]),
    "name": ("foldname", *reading.COLUMNS["name"]),
}
TABLE = "4DME_Labelling_Micro_release v1.xlsx"
BLINKS = re.compile(r"\+?\s*(AU)?\s*[LR]?\d+\(k\)", re.IGNORECASE)
"""Units marked (k) belong to an eye blink, not to the expression."""


def _in_classes(of: dict[str, str]) -> Labelling:
    """A task; two emotions in one cell count where both are of one class."""
    classes = tuple(dict.fromkeys(of.values()))
    joined = {w: of[a] for w, (a, b) in MIXED.items() if a in of and of[a] == of.get(b)}
    return Labelling(classes, {**of, **joined}, ignored=frozenset({*FIVE, *MIXED}))


class FourDME(reading.FrameDataset):
    """The grey recordings, which MEB's authors distribute as `gray_micro`."""

    name = "4dme"
    ships = reading.CODED_FRAMES
    facts = DatasetFacts(
        title="4DME",
        paper="Li, Cheng, Li, Behzad, Shen, Zafeiriou, Pantic, Zhao: 4DME: A Spontaneous 4D "
        "Micro-Expression Dataset With Multimodalities, IEEE Trans. Affective Computing 14(4)",
        year=2023,
        url="https://www.oulu.fi/en/university/faculties-and-units/"
        "faculty-information-technology-and-electrical-engineering/"
        "center-machine-vision-and-signal-analysis",
        licence=reading.AGREEMENT,
        layout=f"gray_micro/1/1_1_clip/00100.jpg   (or gray_micro_crop)\n{TABLE}",
        quirks=(
            "Layout and columns are those that the public code of MEB reads; we have not seen the "
            "table, and no counts are checked.",
            "Some cells hold two emotions (Negative/Repression). Such a clip is in a task only if "
            "both are of one class there.",
            "Action units marked (k) belong to a blink and are left out.",
            "Other recordings (4D meshes, colour, depth) are not read.",
        ),
    )
    labellings = {
        "3": _in_classes(
            {
                "negative": "negative",
                "repression": "negative",
                "positive": "positive",
                "surprise": "surprise",
            }
        ),
        "5": _in_classes({word: word for word in FIVE}),
    }

    def index(self) -> Index:
        """The clips of the table of micro-expressions."""
        require_root(self.root, self.name)
        home = reading.find_home(
            self.root, lambda name: name.strip().isdigit(), ("gray_micro_crop", "gray_micro")
        )
        if home is None:
            raise DataError(
                f"4dme: no folders 1, 2, ... of subjects within two levels of {self.root}; expected"
                " gray_micro or gray_micro_crop"
            )
        coding = reading.read_coding(
            self.root, home, "4dme.*micro|4dme", TABLE, columns=COLUMNS, never="macro"
        )
        people = {
            int(folder.name): folder
            for folder in reading.subfolders(home)
            if folder.name.strip().isdigit()
        }
        rows = [_read(row) for row in coding.rows]

        def place(row: reading.Row) -> Path | None:
            folder = people.get(int(row["subject"] or -1))
            return None if folder is None else reading.subfolder(folder, row["name"])

        index = reading.build_index(self.name, rows, place, self.root, words=self.words())
        return coding.described(index, rows)

    @classmethod
    def words(cls) -> frozenset[str]:
        """The emotions, alone and two at a time."""
        return frozenset({*FIVE, *MIXED})


def _read(row: reading.Row) -> reading.Row:
    number = reading.subject_number(row["subject"])
    words = [reading.spelt(word, FIVE) for word in re.split(r"[/,;+&]", row["emotion"]) if word]
    return row | {
        "subject": str(number) if number else "",
        "emotion": "/".join(sorted(dict.fromkeys(words))),
        "action_units": BLINKS.sub("", row["action_units"]),
    }
