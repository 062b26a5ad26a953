"""CASME: 195 micro-expressions of 19 subjects at 60 frames a second, filmed in two settings."""

from __future__ import annotations

from pathlib import Path

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

EIGHT = (
    "contempt",
    "disgust",
    "fear",
    "happiness",
    "repression",
    "sadness",
    "surprise",
    "tense",
)
FOUR = ("disgust", "repression", "surprise", "tense")


class Casme(reading.FrameDataset):
    """The original CASME, raw or cropped."""

    name = "casme"
    ships = reading.CODED_FRAMES
    facts = DatasetFacts(
        title="CASME",
        paper="Yan, Wu, Liu, Wang, Fu: CASME Database: A Dataset of Spontaneous Micro-Expressions "
        "Collected From Neutralized Faces, FG",
        year=2013,
        url="http://casme.psych.ac.cn/casme/e1",
        licence=reading.AGREEMENT,
        layout="Cropped/sub01/EP01_12/reg_EP01_12-1.jpg\n"
        "Section A/sub01/EP01_12/EP01_12-1.jpg   (and Section B, instead of Cropped)\n"
        "a table with Subject, Filename, OnsetF, ApexF1, OffsetF, AUs, Emotion",
        quirks=(
            "Subjects are split into two sections; both are read.",
            "Some clips have two apexes; the first is used.",
            "The paper and the owners' page give 195 clips, other papers as few as 171, and no "
            "source confirms the class counts; none are checked.",
        ),
    )
    labellings = {
        "4": Labelling.by_word(FOUR),
        "8": Labelling.by_word(EIGHT),
    }

    def index(self) -> Index:
        """The clips of the coding table."""
        require_root(self.root, self.name)
        folders = _folders(self.root)
        if not folders:
            raise DataError(f"casme: no folders sub01, sub02, ... within two levels of {self.root}")
        coding = reading.read_coding(self.root, self.root, "casme|cod", "CASME's coding table")
        rows = [row | {"subject": _subject(row["subject"])} for row in coding.rows]
        index = reading.build_index(
            self.name,
            rows,
            lambda row: folders.get((row["subject"], row["name"].lower())),
            self.root,
            expected=195,
            words=self.words(),
            rate=60,
        )
        return coding.described(index, rows)


def _subject(text: str) -> str:
    number = reading.subject_number(text, "sub(?:ject)?[ _-]?|s")
    return f"{number:02d}" if number else ""


def _folders(root: Path) -> dict[tuple[str, str], Path]:
    """Clip folders by subject and clip, of all sections; cropped ones where there are any."""
    inner = reading.subfolders(root)
    homes = [root, *inner, *(deep for folder in inner for deep in reading.subfolders(folder))]
    cropped = [home for home in homes if "crop" in "/".join(home.relative_to(root).parts).lower()]
    # Raw frames only where no cropped folder holds a clip.
    for group in (cropped, homes):
        found = {
            (subject, clip.name.strip().lower()): clip
            for home in group
            for person in reading.subfolders(home)
            if (subject := _subject(person.name))
            for clip in reading.subfolders(person)
        }
        if found:
            return found
    return {}
