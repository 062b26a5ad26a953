"""DFME: dynamic facial micro-expressions at up to 500 frames a second, in three tables."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

REQUIRED = reading.CODED[:-1]
"""A test table has no emotions."""
SEVEN = ("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")
PARTS = {"train": (1856, 176), "test A": (474, 42), "test B": (299, 41)}
"""Clips and subjects of each table, as the owners' challenge publishes them."""
MEGC_2019 = reading.in_three("anger", "contempt", "disgust", "fear", "sadness")


class Dfme(reading.FrameDataset):
    """The part of DFME released for the owners' challenge: training and two test tables."""

    name = "dfme"
    ships = reading.CODED_FRAMES
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
            "Three tables of 1,856, 474 and 299 clips of 176, 42 and 41 subjects (the paper counts "
            "7,526 clips in total): all in the root or one folder below it are read.",
            "Clips of a test table without emotions belong to no task; the class counts are those "
            "of the training table.",
        ),
    )
    labellings = {
        "7": Labelling.by_word(SEVEN, expected=(161, 100, 548, 265, 206, 278, 298), subjects=176),
        "3": Labelling(reading.THREE, MEGC_2019, expected=(1352, 206, 298), subjects=176),
    }

    def index(self) -> Index:
        """The clips of all tables."""
        require_root(self.root, self.name)
        folders = reading.named_folders(self.root, _is_clip, depth=4)
        if not folders:
            raise DataError(f"dfme: no folders like sub0001_01 within four levels of {self.root}")
        tables = reading.find_tables(self.root, self.root, "")
        # Any name will do, so tables in the folder above may be another dataset's: they count only
        # where there are none inside.
        near = [table for table in tables if table.parent != self.root.parent] or tables
        parts, refused = _parts(near)
        if not parts:
            seen = "".join(f"; {text}" for text in refused)
            raise DataError(
                f"dfme: no annotation table in {self.root}, its folders or its parent folder{seen}"
            )
        rows = [row for part in parts for row in part.rows]
        index = reading.build_index(
            self.name,
            rows,
            lambda row: folders.get(row["name"].lower()),
            self.root,
            expected=sum(PARTS[part.name][0] for part in parts),
            words=self.words(),
            rate=500,
        )
        return replace(
            index,
            notes=(*(part.note for part in parts), *index.notes),
            problems=(*(part.problem for part in parts if part.problem), *index.problems),
            refused=(*refused, *index.refused),
            tables=tuple(part.table for part in parts),
        )


class _Part(NamedTuple):
    """One table, with the part of the dataset that it annotates."""

    table: Path
    name: str
    rows: list[reading.Row]

    @property
    def held(self) -> tuple[int, int]:
        """Clips and subjects."""
        clips = {(row["subject"], row["name"]) for row in self.rows}
        return len(clips), len({subject for subject, _ in clips})

    @property
    def note(self) -> str:
        """What was read."""
        clips, people = self.held
        mark = reading.fingerprint(self.rows)
        return (
            f"annotated by {self.table} ({self.name}): {clips} clips of {people} subjects, "
            f"fingerprint {mark}"
        )

    @property
    def problem(self) -> str:
        """Where the published counts differ, "" where they do not."""
        if self.held == PARTS[self.name]:
            return ""
        clips, people = PARTS[self.name]
        return (
            f"{self.table.name}: {self.held[0]} clips of {self.held[1]} subjects; the published "
            f"table ({self.name}) has {clips} of {people}"
        )


def _parts(tables: list[Path]) -> tuple[list[_Part], tuple[str, ...]]:
    """The parts whose tables are there, and tables with other columns."""
    parts: list[_Part] = []
    refused: list[str] = []
    for table in tables:
        try:
            rows = [_named(row) for row in reading.read_table(table, REQUIRED)]
        except DataError as error:
            refused.append(str(error))
        else:
            parts.append(_Part(table, _part(table, rows), rows))
    return parts, tuple(refused)


def _part(table: Path, rows: list[reading.Row]) -> str:
    """The part that a table annotates: by its name, else by its emotions and its length."""
    word = re.sub("[^a-z]", "", table.stem.lower())
    named = [name for name in PARTS if name.replace(" ", "").lower() in word]
    if named:
        return named[0]
    if any(row["emotion"] for row in rows):
        return "train"
    return min(("test A", "test B"), key=lambda name: abs(PARTS[name][0] - len(rows)))


def _is_clip(name: str) -> bool:
    return re.fullmatch(r"sub\d+_\d+", name.strip().lower()) is not None


def _named(row: reading.Row) -> reading.Row:
    number = reading.subject_number(row["subject"], "sub")
    return row | {"subject": f"{number:04d}" if number else ""}
