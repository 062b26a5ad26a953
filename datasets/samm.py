"""SAMM: 159 micro-movements of 29 subjects at 200 frames a second, grey."""

from __future__ import annotations

import re

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

FIVE = ("anger", "contempt", "happiness", "other", "surprise")
EIGHT = ("anger", "contempt", "disgust", "fear", "happiness", "other", "sadness", "surprise")
OBJECTIVE = ("I", "II", "III", "IV", "V")
MEGC_2019 = reading.in_three("anger", "contempt", "disgust", "fear", "sadness")


class Samm(reading.FrameDataset):
    """SAMM, full frames or cropped: both are named alike."""

    name = "samm"
    facts = DatasetFacts(
        title="SAMM",
        paper="Davison, Lansley, Costen, Tan, Yap: SAMM: A Spontaneous Micro-Facial Movement "
        "Dataset, IEEE Transactions on Affective Computing 9(1)",
        year=2018,
        url="http://www2.docm.mmu.ac.uk/STAFF/m.yap/dataset.php",
        licence="Free for research: a signed release agreement is sent to the owners, and the "
        "images must not be passed on.",
        layout="006/006_1_2/006_05588.jpg   (or one or two folders deeper, SAMM_CROP/006/...)\n"
        "SAMM_Micro_FACS_Codes_v2.xlsx",
        quirks=(
            "The table's header stands below a legend: it is found by its words.",
            "Some apexes are outside onset..offset, and that of 028_4_1 differs by copy: an "
            "outlying apex is no apex.",
            "Subjects are integers (6) in some copies: all become 006.",
            "Emotions are capitalised, and the rest class is Other or Others: all become lower "
            "case, other.",
            "Objective classes are the table's; the counts of I to V, 68 clips as in MEGC 2018, "
            "were not confirmed by a public source.",
        ),
    )
    labellings = {
        "5": Labelling.by_word(FIVE, expected=(57, 12, 26, 26, 15)),
        "3": Labelling(
            classes=reading.THREE,
            of=MEGC_2019,
            expected=(92, 26, 15),
            subjects=28,
        ),
        "8": Labelling.by_word(EIGHT, expected=(57, 12, 9, 8, 26, 26, 6, 15), subjects=29),
        "objective": Labelling.by_word(OBJECTIVE, "objective", expected=(24, 13, 20, 8, 3)),
    }

    def index(self) -> Index:
        """The clips of the table of micro-movements."""
        require_root(self.root, self.name)
        home = reading.find_home(self.root, _is_subject, ("crop", "samm"))
        if home is None:
            raise DataError(f"samm: no folders 006, 007, ... in {self.root} or two below it")
        tables = reading.find_tables(
            self.root, home, "samm|facs|micro", "SAMM_Micro_FACS_Codes_v2.xlsx"
        )
        rows = [
            _named(row)
            for row in reading.read_annotations(tables, reading.CODED, sheet="MICRO_ONLY")
        ]
        folders = {
            clip.name.strip(): clip
            for person in reading.subfolders(home)
            if _is_subject(person.name)
            for clip in reading.subfolders(person)
        }
        return reading.build_index(
            self.name, rows, lambda row: folders.get(row["name"]), self.root, expected=159
        )


def _is_subject(name: str) -> bool:
    return re.fullmatch(r"\d{3}", name.strip()) is not None


def _named(row: reading.Row) -> reading.Row:
    number = reading.subject_number(row["subject"])
    emotion = row["emotion"].lower()
    return row | {
        "subject": f"{number:03d}" if number else "",
        "emotion": "other" if emotion == "others" else emotion,
    }
