"""Annotation tables of the stand-ins, with the owners' columns and oddities."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from .action_units import OBJECTIVE, objective_class
from .plan import CLASSES, THREE, PlannedClip

CASME2_TABLE = "CASME2-coding-20140508.xlsx"
CASME2_OBJECTIVE = "CASME2-ObjectiveClasses.xlsx"
SAMM_TABLE = "SAMM_Micro_FACS_Codes_v2.xlsx"
LIST = "combined_3class_gt.csv"
WARNING = "SYNTHETIC: made by a generator; no image of a person, no annotation of the real dataset"

Cell = str | int | None


def casme2_rows(clips: Sequence[PlannedClip]) -> list[list[Cell]]:
    """Rows of CASME II's first sheet: two columns are blank, one apex is a slash."""
    head: list[Cell] = ["Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame"]
    rows = [[*head, None, "Action Units", "Estimated Emotion"]]
    for clip in clips:
        onset, apex, offset = _moments(clip)
        units: Cell = "+".join(_unit_texts(clip))
        # As in the owners' table: a single unit is a number, several are text.
        if isinstance(units, str) and units.isdigit():
            units = int(units)
        rows.append([clip.person, clip.name, None, onset, apex, offset, None, units, clip.emotion])
    return rows


def casme2_objective_rows(clips: Sequence[PlannedClip]) -> list[list[Cell]]:
    """Rows of the separate table of CASME II's objective classes."""
    rows: list[list[Cell]] = [["Subject", "Filename", "Objective Class"]]
    return rows + [[clip.person, clip.name, _objective(clip)] for clip in clips]


def samm_rows(clips: Sequence[PlannedClip]) -> list[list[Cell]]:
    """Rows of SAMM's sheet MICRO_ONLY: a legend, and the header in row 14."""
    head = "Subject,Filename,Inducement Code,Onset Frame,Apex Frame,Offset Frame,Duration,Micro,"
    head += "Action Units,Estimated Emotion,Objective Classes,Notes"
    legend: list[list[Cell]] = [[WARNING], ["Onset, apex and offset are frame numbers"]]
    legend += [["Objective classes: 1 to 7, by action units"]]
    rows = legend + [[] for _ in range(13 - len(legend))] + [list(head.split(","))]
    for clip in clips:
        onset, apex, offset = _moments(clip)
        emotion = "Other" if clip.emotion == "others" else clip.emotion.capitalize()
        inducement = int(clip.name.split("_")[1])
        row: list[Cell] = [clip.person, clip.name, inducement, onset, apex, offset, clip.frames]
        units = " + ".join(_unit_texts(clip))
        rows.append([*row, "Micro - 1/2", units, emotion, _objective(clip), "SYNTHETIC"])
    return rows


def listed_lines(clips: Sequence[PlannedClip]) -> list[str]:
    """Lines of the list of MEGC 2019: database, subject, clip, label, as its authors spell them."""
    lines = []
    for clip in clips:
        if clip.listed:
            short, padded = f"s{clip.subject}_", f"s{clip.subject:02d}_"
            subject = {
                "smic": padded[:-1],
                "casme2": f"sub{clip.person}",
                "samm": f"{clip.subject}",
            }
            name = clip.name
            # The owners' list pads the subject in SMIC's clip names, which the folders do not.
            if clip.database == "smic":
                name = name.replace(short, padded, 1)
            label = CLASSES.index(THREE[clip.emotion])
            lines.append(f"{clip.database},{subject[clip.database]},{name},{label}")
    return lines


def write_table(path: Path, sheets: dict[str, list[list[Cell]]]) -> None:
    """Write a workbook; the same rows give the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.title = WARNING
    book.properties.creator = "SYNTHETIC"
    # Fixed, since the time of writing would make equal sets differ.
    book.properties.created = datetime(2000, 1, 1)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(_without_times(buffer))


def _moments(clip: PlannedClip) -> tuple[int, Cell, int]:
    """Onset, annotated apex and offset as frame numbers."""
    apex: Cell = "/" if clip.noted is None else clip.first + clip.noted
    return clip.first, apex, clip.first + clip.frames - 1


def _unit_texts(clip: PlannedClip) -> list[str]:
    """Action units in ascending order, one-sided ones as "L12"."""
    return [f"{unit.side}{unit.number}" for unit in sorted(clip.units) if unit.coded]


def _objective(clip: PlannedClip) -> int:
    """The objective class as the owners' tables have it, 1 to 7."""
    name = objective_class(frozenset(unit.number for unit in clip.units if unit.coded))
    return 1 + [*OBJECTIVE, "VII"].index(name)


def _without_times(book: io.BytesIO) -> bytes:
    """Repack a workbook without the time of writing, which Excel files hold twice over."""
    packed = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data
                )
            # A ZipInfo made from a name alone is dated 1980, whatever the clock says.
            new.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
