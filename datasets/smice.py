"""SMIC-E: the same micro-expressions as SMIC within longer clips; three cameras."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

CODES = {"ne": "negative", "po": "positive", "sur": "surprise"}
CAMERAS = frozenset({"hs", "vis", "nir"})
COLUMNS = {
    **reading.COLUMNS,
    "onset2": ("onset2f", "onsetf2"),
    "offset2": ("offset2f", "offsetf2"),
    "onset3": ("onset3f", "onsetf3"),
    "offset3": ("offset3f", "offsetf3"),
}
"""Of clips with two or three micro-expressions the later ones stand in further columns."""


def _facts(camera: str) -> DatasetFacts:
    return DatasetFacts(
        title=f"SMIC-E-{camera}",
        paper="Li, Pfister, Huang, Zhao, Pietikäinen: A Spontaneous Micro-expression Database: "
        "Inducement, Collection and Baseline, FG; its extended clips",
        year=2013,
        url="https://www.oulu.fi/cmvs/node/41319",
        licence=reading.AGREEMENT,
        layout=f"{camera}_long/SMIC-{camera}-E/s03/s3_ne_01/image308866.jpg\n"
        f"{camera}_long/SMIC-{camera}-E_annotation.xlsx   (or _annotation_2019)",
        quirks=(
            "Only the annotated frames, onset to offset, are a clip; the frames before and after "
            "are not used.",
            "A second or third micro-expression of a long clip is a clip of its own, s3_ne_01_2.",
            "Its table has 157 or 162 rows by revision and is not that of SMIC (164 clips): no "
            "counts are checked. Columns are those that public code reads.",
            "No apex is annotated; methods that need one get the middle frame.",
        ),
    )


class SmicE(reading.FrameDataset):
    """SMIC-E-HS, 100 frames a second."""

    name = "smice"
    camera = "HS"
    rate = 100
    facts = _facts("HS")
    labellings = {"3": Labelling.by_word(reading.THREE)}

    def index(self) -> Index:
        """The micro-expressions of the table."""
        require_root(self.root, self.name)
        home = reading.find_home(self.root, _is_subject, (self.camera.lower(),), depth=4)
        if home is None or not self._is_ours(home):
            raise DataError(
                f"{self.name}: no folders s01, s02, ... of camera {self.camera} within four levels "
                f"of {self.root}"
            )
        camera = self.camera.lower()
        coding = reading.read_coding(
            self.root,
            home,
            f"{camera}.*e_annotation|{camera}.*annotation",
            f"SMIC-{self.camera}-E_annotation.xlsx",
            ("subject", "name", "onset", "offset"),
            columns=COLUMNS,
        )
        rows = [one for row in coding.rows for one in _expressions(row)]
        people = {_number(folder.name): folder for folder in reading.subfolders(home)}

        def place(row: reading.Row) -> Path | None:
            folder = people.get(_number(row["subject"]))
            return None if folder is None else reading.subfolder(folder, row["video"])

        index = reading.build_index(
            self.name, rows, place, self.root, words=self.words(), rate=self.rate
        )
        return coding.described(index, rows)

    def _is_ours(self, home: Path) -> bool:
        """Whether the folder is of this camera, or of none that is named."""
        parts = home.relative_to(self.root.parent).parts
        named = CAMERAS.intersection(re.split(r"[^a-z]+", "/".join(parts).lower()))
        return not named or self.camera.lower() in named


class SmicEVis(SmicE):
    """SMIC-E-VIS, 25 frames a second."""

    name = "smicevis"
    camera = "VIS"
    rate = 25
    facts = _facts("VIS")


class SmicENir(SmicE):
    """SMIC-E-NIR, 25 frames a second, near infrared."""

    name = "smicenir"
    camera = "NIR"
    rate = 25
    facts = _facts("NIR")


def _number(text: str) -> int | None:
    return reading.subject_number(text, "s")


def _is_subject(name: str) -> bool:
    return _number(name) is not None


def _expressions(row: reading.Row) -> Iterator[reading.Row]:
    """A row for each micro-expression of a row of the table."""
    number = _number(row["subject"])
    subject = f"s{number}" if number else ""
    code = re.fullmatch(r"s\d+_(ne|po|sur)[a-z]*_\d+", row["name"].strip().lower())
    emotion = row["emotion"] or (CODES[code[1]] if code else "")
    shared = {"subject": subject, "emotion": emotion, "video": row["name"], "apex": ""}
    for at, end in (("", ""), ("2", "_2"), ("3", "_3")):
        onset, offset = row[f"onset{at}"], row[f"offset{at}"]
        if not at or reading.number(onset) is not None:
            name = f"{row['name']}{end}" if row["name"] else ""
            yield {**row, **shared, "name": name, "onset": onset, "offset": offset}
