"""CAS(ME)^3 part C: micro-expressions of a mock crime, 165 labelled rows."""

from __future__ import annotations

from pathlib import Path

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

SEVEN = ("anger", "disgust", "fear", "happy", "others", "sad", "surprise")
COLUMNS = {**reading.COLUMNS, "name": ("count", *reading.COLUMNS["name"])}


class Casme3C(reading.FrameDataset):
    """Part C of CAS(ME)^3: colour frames, without depth."""

    name = "casme3c"
    ships = reading.CODED_FRAMES
    facts = DatasetFacts(
        title="CAS(ME)^3 part C",
        paper="Li, Dong, Lu, Wang, Yan, Ma, Liu, Huang, Fu: CAS(ME)3: A Third Generation Facial "
        "Spontaneous Micro-Expression Database with Depth Information and High Ecological "
        "Validity, IEEE Transactions on Pattern Analysis and Machine Intelligence 45(3)",
        year=2023,
        url="http://casme.psych.ac.cn/casme/e4",
        licence=reading.AGREEMENT,
        layout="01/1/color/355.jpg   (or 01/color/355.jpg, the whole video)\n"
        "annotation/partC/...xlsx   (sub, count, onset, offset, au)",
        quirks=(
            "165 rows without an apex; methods that need one get the middle frame.",
            "Layout and columns are those that the public code of MEB reads; we have not seen the "
            "table. Labels that are none of part A's are reported, and counts are not checked.",
            "Clips are named by their number in the table, and found in a folder of that number or "
            "in the frames of their subject's video.",
        ),
    )
    labellings = {
        "7": Labelling.by_word(SEVEN),
        "3": Labelling(
            reading.THREE, reading.in_three("anger", "disgust", "fear", "sad", positive="happy")
        ),
    }

    def index(self) -> Index:
        """The clips of the table."""
        require_root(self.root, self.name)
        home = reading.find_home(self.root, _is_subject, ("part_c", "partc", "color"), depth=3)
        if home is None:
            raise DataError(f"casme3c: no folders 01, 02, ... within three levels of {self.root}")
        coding = reading.read_coding(
            self.root,
            home,
            "part_?c",
            "CAS(ME)^3's table of part C",
            ("subject", "name", "onset", "offset"),
            columns=COLUMNS,
            never="mae_|part_?[ab]",
        )
        rows = [row | {"subject": _subject(row["subject"])} for row in coding.rows]
        people = {_subject(folder.name): folder for folder in reading.subfolders(home)}
        index = reading.build_index(
            self.name,
            rows,
            lambda row: _places(people.get(row["subject"]), row["name"]),
            self.root,
            expected=165,
            words=self.words(),
            rate=30,
        )
        return coding.described(index, rows)


def _subject(text: str) -> str:
    number = reading.subject_number(text, r"sp(?:no)?\.?|sub|s")
    return f"{number:02d}" if number else ""


def _is_subject(name: str) -> bool:
    return bool(_subject(name))


def _places(person: Path | None, clip: str) -> list[Path]:
    """The clip's own folder, else the video that it is part of; of each the colour frames."""
    if person is None:
        return []
    found = [folder for folder in (reading.subfolder(person, clip), person) if folder is not None]
    return [reading.subfolder(folder, "color") or folder for folder in found]
