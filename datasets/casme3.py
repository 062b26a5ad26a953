"""CAS(ME)^3 part A: 860 micro-expressions of 94 subjects at 30 frames a second."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

SEVEN = ("anger", "disgust", "fear", "happy", "others", "sad", "surprise")
MEGC_2019 = reading.in_three("anger", "disgust", "fear", "sad", positive="happy")
COLUMNS = {**reading.COLUMNS, "kind": ("expressiontype",)}
"""An earlier table holds macro-expressions as well."""
MISTYPED = {("spNO.216", "d", "3647"): "2647"}
"""An onset behind its offset (2694); a digit less puts it before its apex (2668)."""


class Casme3(reading.FrameDataset):
    """Part A of CAS(ME)^3: colour frames, without depth."""

    name = "casme3"
    ships = reading.CODED_FRAMES
    facts = DatasetFacts(
        title="CAS(ME)^3 part A",
        paper="Li, Dong, Lu, Wang, Yan, Ma, Liu, Huang, Fu: CAS(ME)3: A Third Generation Facial "
        "Spontaneous Micro-Expression Database with Depth Information and High Ecological "
        "Validity, IEEE Transactions on Pattern Analysis and Machine Intelligence 45(3)",
        year=2023,
        url="http://casme.psych.ac.cn/casme/e4",
        licence=reading.AGREEMENT,
        layout="part_A/spNO.1/a/color/355.jpg\n"
        "Part_A_ME_clip/frame/spNO.1_a_355/355.jpg   (instead of whole videos)\n"
        "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx   (or in annotation/, annotation/partA/)",
        quirks=(
            "Clips cut with MEB's tool (spNO.1/a, a2, a3) are found by their frame numbers.",
            "Row spNO.214/c spans 3,456 frames; clips over 4 s are named by `bench data check`.",
            "A video contains several clips; a clip is named by its onset frame, a_355.",
            "Two rows have offset 0; their clips end at the apex.",
            "spNO.216/d has onset 3647 and offset 2694; its onset is read as 2647.",
            "spNO.216/e starts at frame 0, which does not exist; it starts at the next frame.",
            "The class others is spelt Others three times; all are lower-cased.",
            "Part B has no labels and is not read.",
            "Part C (mock crime), 165 of the labelled clips, is the dataset casme3c.",
        ),
    )
    labellings = {
        "7": Labelling.by_word(SEVEN, expected=(64, 250, 86, 55, 161, 57, 187), subjects=94),
        "4": Labelling(
            ("negative", "positive", "surprise", "others"),
            {**MEGC_2019, "others": "others"},
            expected=(457, 55, 187, 161),
            subjects=94,
        ),
        "3": Labelling(reading.THREE, MEGC_2019, expected=(457, 55, 187)),
    }

    def index(self) -> Index:
        """The clips of the table of micro-expressions."""
        require_root(self.root, self.name)
        home = reading.find_home(
            self.root, _is_wanted, ("crop", "color", "frame", "part_a"), depth=3
        )
        if home is None:
            raise DataError(
                f"casme3: no folders spNO.1, spNO.2, ... within three levels of {self.root}"
            )
        coding = reading.read_coding(
            self.root,
            home,
            "part_?a_?me_?label",
            "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx",
            columns=COLUMNS,
            never="mae_|part_?[bc]",
            # The counts are those of version 2, next to which an earlier one may lie.
            first="v2",
        )
        micro = [row for row in coding.rows if not row["kind"] or "micro" in row["kind"].lower()]
        rows = [_named(row) for row in micro]
        folders = {folder.name.strip().lower(): folder for folder in reading.subfolders(home)}
        # A video's folders are looked for once, however many clips it has.
        videos = cache(_videos)
        index = reading.build_index(
            self.name,
            rows,
            lambda row: _place(row, folders, videos),
            self.root,
            expected=860,
            words=self.words(),
            rate=30,
        )
        return coding.described(index, rows)


def _is_wanted(name: str) -> bool:
    return re.match(r"spno\.\d+(_|$)", name.lower()) is not None


def _named(row: reading.Row) -> reading.Row:
    key = (row["subject"], row["name"], row["onset"])
    number = reading.subject_number(row["subject"], r"spno\.")
    return row | {
        "subject": f"spNO.{number}" if number else "",
        "name": f"{row['name']}_{row['onset']}" if row["name"] else "",
        "onset": MISTYPED.get(key, row["onset"]),
    }


def _place(
    row: reading.Row, folders: Mapping[str, Path], videos: Callable[[Path, str], list[Path]]
) -> list[Path]:
    """The clip's own folder, or the colour frames of the videos that it may be part of."""
    subject = row["subject"].lower()
    # Cut clips have a folder each; whole videos have one for all of their clips.
    own = folders.get(f"{subject}_{row['name'].lower()}")
    if own is not None or subject not in folders:
        return [own] if own is not None else []
    return videos(folders[subject], row["name"].rpartition("_")[0])


def _videos(subject: Path, name: str) -> list[Path]:
    """The colour frames of a subject's video, which may have been cut into several folders."""
    # Clips cut by MEB lie in a, a2, a3, by their order in the table, with the video's numbers.
    named = [
        folder
        for folder in reading.subfolders(subject)
        if re.fullmatch(f"{re.escape(name)}[0-9]*", folder.name.strip(), re.IGNORECASE)
    ]
    return [reading.subfolder(folder, "color") or folder for folder in named]
