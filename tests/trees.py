"""Datasets as their owners ship them, of tiny frames: every clip and quirk, no real data."""

from __future__ import annotations

import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from bench import Dataset, Index

Cells = list[Any]
Shape = Callable[[list[Cells]], list[Cells]]

CASME2_EMOTIONS = {
    "others": 99,
    "disgust": 63,
    "happiness": 32,
    "repression": 27,
    "surprise": 25,
    "sadness": 7,
    "fear": 2,
}
CASME2_HEAD = ["Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame", None]
CASME2_HEAD += ["Action Units", "Estimated Emotion"]
CASME2_UNITS = [4, "4+7", "L10", "R1+R2", "?", "12", "4+5+L7", 17]
SAMM_EMOTIONS = {
    "Anger": 57,
    "Other": 26,
    "Happiness": 26,
    "Surprise": 15,
    "Contempt": 12,
    "Disgust": 9,
    "Fear": 8,
    "Sadness": 6,
}
SAMM_THREE = ("Happiness", "Surprise")
SAMM_CLASSES = {1: 24, 2: 13, 3: 20, 4: 8, 5: 3, 6: 7, 7: 84}
SAMM_HEAD = "Subject,Filename,Inducement Code,Onset Frame,Apex Frame,Offset Frame,Duration,Micro,"
SAMM_HEAD += "Action Units,Estimated Emotion,Objective Classes,Notes"
SMIC_TALLY = {
    "s1": (3, 2, 1),
    "s2": (0, 1, 5),
    "s3": (22, 11, 6),
    "s4": (10, 4, 5),
    "s5": (1, 0, 1),
    "s6": (2, 0, 2),
    "s8": (9, 4, 0),
    "s9": (0, 1, 3),
    "s11": (3, 3, 1),
    "s12": (0, 8, 1),
    "s13": (0, 10, 0),
    "s14": (3, 2, 5),
    "s15": (1, 1, 2),
    "s18": (2, 0, 5),
    "s19": (0, 1, 1),
    "s20": (14, 3, 5),
}


def tiny(kind: str = ".jpg") -> bytes:
    """An 8 x 8 image file."""
    import cv2
    import numpy as np

    image = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return cv2.imencode(kind, image)[1].tobytes()


def write_frames(folder: Path, names: Iterable[str], data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(data)


def write_xlsx(path: Path, sheets: dict[str, Sequence[Cells]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def patch_sheets(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Rewrite the xml of a workbook's sheets."""
    with zipfile.ZipFile(path) as book:
        files = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in files.items():
            book.writestr(name, change(data) if "worksheets/" in name else data)


def as_formulas(path: Path, cached: bool) -> None:
    """Turn every number of a workbook into a formula, with or without its stored value."""
    value = rb"<v>\1</v>" if cached else b""
    pattern = re.compile(rb't="n"><v>(\d+)</v>')
    patch_sheets(path, lambda xml: pattern.sub(rb"><f>\1+0</f>" + value, xml))


def casme2_rows() -> list[Cells]:
    """All 255 rows of CASME II: its counts, subjects and oddities.

    Clips of three classes have the names of the public list; the others' are invented.
    """
    special = {("04", "EP12_01f"): "disgust", ("05", "EP09_05f"): "disgust"}
    words = {
        "negative": ["disgust"] * 61 + ["repression"] * 27,
        "positive": ["happiness"] * 32,
        "surprise": ["surprise"] * 25,
    }
    clips = [*special.items()]
    for subject, name, word in listed("casme2"):
        clips.append(((subject, name), words[word].pop()))
    clips += [(("24", name), "sadness") for name in ("EP07_01", "EP07_04f", "EP10_03")]
    rest = ["others"] * 99 + ["sadness"] * 4 + ["fear"] * 2
    for i, emotion in enumerate(rest):
        name = [f"EP{60 + i}_{i % 9}", f"EP{60 + i}f", f"EP{60 + i}_02_0{i % 9}"][i % 3]
        clips.append(((f"{1 + (i + 9) % 26:02d}", name), emotion))
    rows = []
    for i, ((subject, name), emotion) in enumerate(sorted(clips)):
        onset = 9 + i % 95  # so that numbers of one, two and three digits meet in a clip
        apex: Any = onset + 1
        if (subject, name) == ("04", "EP12_01f"):
            apex = "/"
        if (subject, name) == ("05", "EP09_05f"):
            apex = onset
        units = CASME2_UNITS[i % len(CASME2_UNITS)]
        rows.append([subject, name, None, onset, apex, onset + 3, None, units, emotion])
    return rows


def casme2_2019(rows: list[Cells]) -> list[Cells]:
    """The same table as its revision of 2019 has it."""
    changed = {("24", "EP07_01"), ("24", "EP07_04f"), ("24", "EP10_03")}
    return [[*r[:8], "surprise"] if (r[0], r[1]) in changed else r for r in rows]


def listed(database: str) -> list[tuple[str, str, str]]:
    """Subject, clip and class of a database's clips in the public list of MEGC 2019."""
    table = Path(__file__).parents[1] / "bench/data/megc2019.csv"
    rows = [line.split(",") for line in table.read_text().splitlines()]
    classes = ("negative", "positive", "surprise")
    return [
        (subject.removeprefix("sub").zfill(3 if database == "samm" else 2), name, classes[int(at)])
        for owner, subject, name, at in rows
        if owner == database
    ]


def casme2_images(root: Path, cropped: bool = True, lack: Iterable[str] = ()) -> Path:
    """Frames of every row, two beyond onset..offset on both sides, and a clip no table knows."""
    home, prefix = ("Cropped", "reg_img") if cropped else ("CASME2_RAW_selected", "img")
    data = tiny()
    for row in casme2_rows():
        if f"{row[0]}/{row[1]}" not in lack:
            names = [f"{prefix}{n}.jpg" for n in range(row[3] - 2, row[5] + 3)]
            write_frames(root / home / f"sub{row[0]}" / row[1], names, data)
    write_frames(root / home / "sub01" / "EP99_99", [f"{prefix}1.jpg"], data)
    return root


def casme2_table(path: Path, shape: Shape = lambda rows: rows) -> Path:
    rows = shape([CASME2_HEAD, *casme2_rows()])
    return write_xlsx(path, {"Sheet1": rows, "Sheet2": [], "Sheet3": []})


def samm_rows() -> list[Cells]:
    """All 159 rows of SAMM: its counts, subjects and oddities.

    Clips of three classes have the names of the public list; the others' are invented.
    """
    negative = {w: n for w, n in SAMM_EMOTIONS.items() if w not in {"Other", *SAMM_THREE}}
    words = {
        "negative": [word for word, n in negative.items() for _ in range(n)],
        "positive": ["Happiness"] * SAMM_EMOTIONS["Happiness"],
        "surprise": ["Surprise"] * SAMM_EMOTIONS["Surprise"],
    }
    clips = [(subject, name, words[word].pop()) for subject, name, word in listed("samm")]
    # One subject of 29 has clips of the class Other only.
    everyone = [*sorted({subject for subject, *_ in clips}), "038"]
    for i in range(SAMM_EMOTIONS["Other"]):
        subject = everyone[-1 - i % 29]
        clips.append((subject, f"{subject}_9_{i}", "Other"))
    classes = [c for c, n in SAMM_CLASSES.items() for _ in range(n)]
    random.Random(0).shuffle(classes)
    rows = []
    for i, (subject, name, emotion) in enumerate(clips):
        onset = 9_996 + i
        apex = onset + 2 if i % 40 else onset - 5
        units = ["4", "R12", "(R6 or R12) + R15", "17 and L14", 7][i % 5]
        head = [subject, name, i % 7, onset, apex, onset + 4, 5, "Micro - 1/2"]
        rows.append([*head, units, emotion, classes[i], None])
    return rows


def samm_images(root: Path) -> Path:
    data = tiny()
    for row in samm_rows():
        names = [f"{row[0]}_{n:05d}.jpg" for n in range(row[3] - 1, row[5] + 2)]
        write_frames(root / row[0] / row[1], names, data)
    return root


def samm_table(path: Path, shape: Shape = lambda rows: rows) -> Path:
    legend = [["SAMM codes"], *[[None, "legend", "Onset"] for _ in range(12)]]
    rows = [*legend, SAMM_HEAD.split(","), *shape(samm_rows())]
    macro = [SAMM_HEAD.split(","), *([*row[:9], "Macro", *row[10:]] for row in samm_rows())]
    sheets = {"Notes": [["Subject of this table"]], "MACRO": macro, "MICRO_ONLY": rows}
    return write_xlsx(path, sheets)


def smic_clips() -> list[tuple[str, str, str]]:
    """Subject, class and name of all 164 clips."""
    words = (("ne", "negative"), ("po", "positive"), ("sur", "surprise"))
    return [
        (person, word, f"{person}_{code}_{i:02d}")
        for person, counts in SMIC_TALLY.items()
        for (code, word), count in zip(words, counts, strict=True)
        for i in range(1, count + 1)
    ]


def smic_images(
    root: Path, micro: str = "micro", cropped: bool = True, lack: Iterable[str] = ()
) -> Path:
    prefix, home = ("reg_image", "SMIC_all_cropped/HS") if cropped else ("image", "HS")
    data = tiny(".bmp")
    for person, word, name in smic_clips():
        if name not in lack:
            names = [f"{prefix}{n:06d}.bmp" for n in range(99_998, 100_002)]
            write_frames(root / home / person / micro / word / name, names, data)
    write_frames(root / home / "s1" / "non_micro" / "s1_non_01", ["image000001.bmp"], data)
    return root


def official_list(path: Path, clips: Iterable[tuple[str, str, str, int]]) -> Path:
    """The list of MEGC 2019 with its oddities, from (database, subject, clip, label)."""
    lines = []
    for database, subject, name, label in clips:
        if database == "smic":
            padded = f"s{int(subject[1:]):02d}"
            subject, name = padded, name.replace(f"{subject}_", f"{padded}_", 1)
        elif database == "casme2":
            subject = f"sub{subject}"
        else:
            subject = str(int(subject))
        lines.append(f"{database},{subject},{name},{label}")
        if len(lines) % 50 == 0:
            lines.append(",,,")
    path.write_text("\ufeff" + "\r\n".join(lines) + "\r\n", encoding="utf-8")
    return path


def counts(kind: type[Dataset], index: Index, word: str) -> tuple[tuple[int, ...], int]:
    """Clips per class and subjects of a task."""
    labelling = kind.labellings[word]
    labels = {c: label for c in index.clips if (label := labelling.label(c)) is not None}
    tally = Counter(labels.values())
    numbers = tuple(tally[i] for i in range(len(labelling.classes)))
    return numbers, len({c.subject for c in labels})


def missing(index: Index) -> tuple[str, ...]:
    """Ids of the clips that have no frames on disk."""
    return tuple(clip.id for clip in index.missing)
