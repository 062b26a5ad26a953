"""The organisers' public list of MEGC 2019: 442 clips of SMIC-HS, CASME II and SAMM in 3 classes.

`megc2019.csv` is `combined_3class_gt.csv` of https://facial-micro-expressiongc.github.io/MEGC2019/
as they publish it: database, subject, clip, and 0 negative, 1 positive, 2 surprise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bench.core.errors import DataError
from bench.core.names import ClipId
from bench.data.reading.annotations import subject_number
from bench.data.reading.coded import THREE
from bench.data.reading.sheets import read_csv

LIST = Path(__file__).with_suffix(".csv")
SUBJECTS = {"smic": "s{}", "casme2": "{:02d}", "samm": "{:03d}"}
"""How each database writes the number of a subject; the list pads SMIC's, and SAMM's not."""
HEADER = (
    {"database", "dataset", "db"},
    {"sub", "subject"},
    {"clip", "filename", "filenameo", "video"},
    {"class", "label"},
)
"""Words above the columns of lists that have a header."""


@cache
def official(database: str = "") -> Mapping[str, str]:
    """Class of each clip of the list, by clip id, of one database or of all three."""
    listed = read_list(LIST)
    return {clip: word for clip, word in listed.items() if clip.startswith(database)}


def read_list(path: Path) -> dict[str, str]:
    """Class by clip id of a list in the organisers' form, with or without a header.

    Raises:
        DataError: names a row with something else.
    """
    found: dict[str, str] = {}
    places = (0, 1, 2, 3)
    for at, cells in enumerate(read_csv(path), start=1):
        row = [cell.strip() for cell in cells]
        # Some copies hold blank rows, ",,,".
        if not any(row):
            continue
        header = None if found else _header(row)
        if header is not None:
            places = header
            continue
        entry = _entry(row, places)
        if entry is None:
            raise DataError(
                f"{path}: row {at} is {','.join(cells)[:80]!r}; expected database "
                f"({', '.join(SUBJECTS)}), subject, clip and a label 0, 1 or 2"
            )
        clip, word = entry
        if found.setdefault(clip, word) != word:
            raise DataError(f"{path}: row {at}: {clip} is {word}, and {found[clip]} in another row")
    return found


def clip_id(database: str, subject: str, name: str) -> str | None:
    """The id of a clip as its database has it, from the spellings in use; None for any other.

    Args:
        database: "casme2", "samm" or "smic", in any case.
        subject: "sub01", "1"; "006", "6"; "s01", "s1".
        name: of the clip; SMIC's may begin with a padded subject, "s01_ne_01".
    """
    form = SUBJECTS.get(database.lower())
    number = subject_number(subject, "[^0-9]*")
    if form is None or number is None or not name:
        return None
    # On disk SMIC's subjects are not padded.
    return str(ClipId(database.lower(), form.format(number), re.sub(r"^s0+(?=\d)", "s", name)))


def _header(row: list[str]) -> tuple[int, int, int, int] | None:
    """Where a header names database, subject, clip and label."""
    words = [re.sub("[^a-z]", "", cell.lower()) for cell in row]
    hits = [[i for i, word in enumerate(words) if word in known] for known in HEADER]
    if not all(hits):
        return None
    database, subject, clip, label = (hit[0] for hit in hits)
    return database, subject, clip, label


def _entry(row: list[str], places: tuple[int, int, int, int]) -> tuple[str, str] | None:
    """Clip id and class of a row, None where it is not of that form."""
    if len(row) <= max(places):
        return None
    database, subject, name, label = (row[place] for place in places)
    clip = clip_id(database, subject, name)
    if clip is None or label not in {"0", "1", "2"}:
        return None
    return clip, THREE[int(label)]
