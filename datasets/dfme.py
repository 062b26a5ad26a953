"""DFME: dynamic facial micro-expressions at up to 500 frames a second, in three tables."""

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
    read_clip,
    read_table,
    subject_number,
)

CODED = ("subject", "name", "onset", "apex", "offset")
SEVEN = ("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")
THREE = {
    **dict.fromkeys(("anger", "contempt", "disgust", "fear", "sadness"), "negative"),
    "happiness": "positive",
    "surprise": "surprise",
}


class Dfme(Dataset):
    """The part of DFME released for the owners' challenge: training and two test tables."""

    name: ClassVar[str] = "dfme"
    facts: ClassVar[DatasetFacts] = DatasetFacts(
        title="DFME",
        paper="Zhao, Tang, Mao, Liu, Zhang, Wang, Xu, Chen: DFME: A New Benchmark for Dynamic "
        "Facial Micro-Expression Recognition, IEEE Transactions on Affective Computing 15(3)",
        year=2024,
        url="https://mea-lab-421.github.io",
        licence="Free for academic research under a signed licence agreement with the owners; the "
        "images must not be redistributed.",
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
    labellings: ClassVar[Mapping[str, Labelling]] = {
        "7": Labelling(SEVEN, {c: c for c in SEVEN}),
        "3": Labelling(("negative", "positive", "surprise"), THREE),
    }

    def index(self) -> Index:
        """The clips of all tables."""
        require_root(self.root, self.name)
        folders = named_folders(self.root, _is_clip, depth=4)
        if not folders:
            raise DataError(f"dfme: no folders like sub0001_01 within four levels of {self.root}")
        tables = find_tables(self.root, self.root, "", "DFME's annotations")
        near = [table for table in tables if table.parent != self.root.parent]
        rows: list[Row] = []
        for table in near or tables:
            rows += map(_named, read_table(table, CODED))
        return build_index(
            self.name, rows, lambda row: folders.get(row["name"].lower()), self.root, expected=2629
        )

    def read(self, clip: Clip) -> dict[str, Array]:
        """Frames, uint8."""
        return read_clip(self, clip)


def _is_clip(name: str) -> bool:
    return re.fullmatch(r"sub\d+_\d+", name.strip().lower()) is not None


def _named(row: Row) -> Row:
    number = subject_number(row["subject"], "sub")
    return row | {"subject": f"{number:04d}" if number else ""}
