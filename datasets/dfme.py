"""DFME: dynamic facial micro-expressions at up to 500 frames a second, in three tables."""

from __future__ import annotations

import re

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

REQUIRED = reading.CODED[:-1]
"""A test table has no emotions."""
SEVEN = ("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")
MEGC_2019 = reading.in_three("anger", "contempt", "disgust", "fear", "sadness")


class Dfme(reading.FrameDataset):
    """The part of DFME released for the owners' challenge: training and two test tables."""

    name = "dfme"
    facts = DatasetFacts(
        title="DFME",
        paper="Zhao, Tang, Mao, Liu, Zhang, Wang, Xu, Chen: DFME: A New Benchmark for Dynamic "
        "Facial Micro-Expression Recognition, IEEE Transactions on Affective Computing 15(3)",
        year=2024,
        url="https://mea-lab-421.github.io",
        licence=reading.AGREEMENT,
        layout="sub0001/sub0001_01/1.jpg   (clip folders up to four deep)\n"
        "one table per part, with Subject, Filename, OnsetFrame, ApexFrame, OffsetFrame, "
        "Emotion, AU",
        quirks=(
            "Three tables of 1,856, 474 and 299 clips (not confirmed by a public source; the paper "
            "counts 7,526 in total): all in the root or one folder below it are read. Class counts "
            "are not checked.",
            "Clips of a test table without emotions belong to no task.",
        ),
    )
    labellings = {
        "7": Labelling.by_word(SEVEN),
        "3": Labelling(reading.THREE, MEGC_2019),
    }

    def index(self) -> Index:
        """The clips of all tables."""
        require_root(self.root, self.name)
        folders = reading.named_folders(self.root, _is_clip, depth=4)
        if not folders:
            raise DataError(f"dfme: no folders like sub0001_01 within four levels of {self.root}")
        tables = reading.find_tables(self.root, self.root, "", "DFME's annotations")
        # Any name will do, so tables in the folder above may be another dataset's: they count only
        # where there are none inside.
        near = [table for table in tables if table.parent != self.root.parent]
        rows: list[reading.Row] = []
        for table in near or tables:
            rows += map(_named, reading.read_table(table, REQUIRED))
        return reading.build_index(
            self.name, rows, lambda row: folders.get(row["name"].lower()), self.root, expected=2629
        )


def _is_clip(name: str) -> bool:
    return re.fullmatch(r"sub\d+_\d+", name.strip().lower()) is not None


def _named(row: reading.Row) -> reading.Row:
    number = reading.subject_number(row["subject"], "sub")
    return row | {"subject": f"{number:04d}" if number else ""}
