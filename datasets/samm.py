"""SAMM: 159 micro-movements of 29 subjects at 200 frames a second, grey."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import megc2019, reading

FIVE = ("anger", "contempt", "happiness", "other", "surprise")
EIGHT = ("anger", "contempt", "disgust", "fear", "happiness", "other", "sadness", "surprise")
OBJECTIVE = ("I", "II", "III", "IV", "V")
MEGC_2019 = reading.in_three("anger", "contempt", "disgust", "fear", "sadness")


class Samm(reading.FrameDataset):
    """SAMM, full frames or cropped (the file names are the same)."""

    name = "samm"
    ships = reading.CODED_FRAMES
    facts = DatasetFacts(
        title="SAMM",
        paper="Davison, Lansley, Costen, Tan, Yap: SAMM: A Spontaneous Micro-Facial Movement "
        "Dataset, IEEE Transactions on Affective Computing 9(1)",
        year=2018,
        url="http://www2.docm.mmu.ac.uk/STAFF/m.yap/dataset.php",
        licence="Free for research under a signed release agreement with the owners; the images "
        "must not be redistributed.",
        layout="006/006_1_2/006_05588.jpg   (or one or two folders deeper, SAMM_CROP/006/...)\n"
        "SAMM_Micro_FACS_Codes_v2.xlsx",
        quirks=(
            "The table's header comes after a legend; it is found by its column names.",
            "Some apexes are outside onset..offset, and that of 028_4_1 differs between copies; "
            "such an apex counts as missing.",
            "Subjects are integers (6) in some copies; all become 006.",
            "Emotions are capitalised, and the remaining class is Other or Others; all are "
            "lower-cased, to other.",
            "Objective classes are the table's; the counts of I to V (68 clips, as in MEGC 2018) "
            "are not confirmed by a public source.",
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
            raise DataError(f"samm: no folders 006, 007, ... within two levels of {self.root}")
        coding = reading.read_coding(
            self.root,
            home,
            "samm|facs|micro",
            "SAMM_Micro_FACS_Codes_v2.xlsx",
            sheet="MICRO_ONLY",
        )
        rows = [_named(row) for row in coding.rows]
        # By clip alone, since the names begin with the subject's number.
        folders = {
            clip.name.strip().lower(): clip
            for person in reading.subfolders(home)
            if _is_subject(person.name)
            for clip in reading.subfolders(person)
        }
        index = reading.build_index(
            self.name,
            rows,
            lambda row: folders.get(row["name"].lower()),
            self.root,
            expected=159,
            words=self.words(),
            rate=200,
        )
        return coding.described(index, rows)

    def official(self, labelling: str) -> Mapping[str, str]:
        """The clips of MEGC 2019."""
        return megc2019.official(self.name) if labelling == "3" else {}


def _is_subject(name: str) -> bool:
    return re.fullmatch(r"\d{3}", name.strip()) is not None


def _named(row: reading.Row) -> reading.Row:
    number = reading.subject_number(row["subject"])
    return row | {"subject": f"{number:03d}" if number else ""}
