"""What the cells of annotation tables say, whatever type a spreadsheet gave them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from bench.core.clip import CodedUnit
from bench.core.types import Gender

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")
# Spreadsheets may give "46.0" for 46. Longer ones are no frame numbers, and 400 digits no float.
NUMBER = re.compile(r"\d{1,9}(\.0*)?")
ACTION_UNIT = re.compile(r"(?<!\d)(\d{1,2})(?:\.0+)?(?!\d)")

SIDED = re.compile(r"(?<![A-Z])(?:AU)?([LR])[ ]?(?:AU)?[ ]?$", re.IGNORECASE)
"""What stands before the number of a one-sided unit: "L10", "R 12", "RAU4", "AUR4"."""
GRADED = re.compile(r"[ ]?([A-E])(?![A-Z])", re.IGNORECASE)
"""What stands after the number of a unit with an intensity: "12C"."""


def clean(cell: object) -> str:
    """A cell as text: 1.0 is "1", full-width and non-breaking characters become plain ones."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split())


def number(text: str) -> int | None:
    """A frame number, None for what is none: "", "/", "?"."""
    return int(float(text)) if NUMBER.fullmatch(text) else None


def subject_number(text: str, prefix: str = "") -> int | None:
    """The number of a subject written with or without prefix and leading zeros.

    Args:
        text: "sub01", "1", "006".
        prefix: regular expression of what may stand before the number.
    """
    match = re.fullmatch(f"(?:{prefix})?0*([1-9][0-9]{{0,3}})", text.strip(), re.IGNORECASE)
    return int(match[1]) if match else None


@lru_cache(maxsize=4096)
def action_units(text: str) -> frozenset[int] | None:
    """Numbers of the action units in an annotation; sides and intensities are left out.

    "L10", "R1+R2", "4+7", "(R6 or R12) + R15", "12C" and "AU4" are all read; alternatives are all
    kept. 0 is the neutral face of FACS: "0" is the empty set.

    Returns:
        None where nothing is annotated: "", "?", "none".
    """
    units = coded_units(text)
    return None if units is None else frozenset(unit.number for unit in units)


# Tables repeat few combinations of units, and an index asks for each clip's three times.
@lru_cache(maxsize=4096)
def coded_units(text: str) -> frozenset[CodedUnit] | None:
    """The same action units with sides and intensities: "L10+4C" is unit 10 left, unit 4 at C.

    Returns:
        None where `action_units` gives None.
    """
    found = list(ACTION_UNIT.finditer(text))
    if not found:
        return None
    units = set()
    for match in found:
        before, after = SIDED.search(text[: match.start()]), GRADED.match(text, match.end())
        side: Literal["", "L", "R"] = ""
        if before:
            side = "L" if before[1].upper() == "L" else "R"
        strength = "ABCDE".index(after[1].upper()) + 1 if after else 0
        if int(match[1]):
            units.add(CodedUnit(int(match[1]), side, strength))
    return frozenset(units)


def gender(text: str) -> Gender | None:
    """Gender from "female", "F", "Male", "m"; None for anything else."""
    words: dict[str, Gender] = {"f": "female", "female": "female", "m": "male", "male": "male"}
    return words.get(text.strip().lower())


def objective_class(text: str) -> str | None:
    """Objective class "I" to "VII" from "3", "III" or "iii"; None for anything else."""
    place = number(text)
    if place is not None:
        return ROMAN[place - 1] if 1 <= place <= len(ROMAN) else None
    return text.upper() if text.upper() in ROMAN else None
