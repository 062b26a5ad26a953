"""Coded action units as an array, the form in which methods get what is known of a clip."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bench.core.clip import Clip, CodedUnit
from bench.core.errors import DataError
from bench.core.types import Array

NUMBERS = 100
"""FACS numbers units below this."""
COLUMNS = ("any", "L", "R", "A", "B", "C", "D", "E")
"""What is 1 of a unit: that it is coded, its side and its intensity where they are given."""


def unit_codes(units: Iterable[CodedUnit]) -> Array:
    """One-hot codes: float32 (100, 8), a row for each number in FACS and `COLUMNS`."""
    codes = np.zeros((NUMBERS, len(COLUMNS)), np.float32)
    for unit in units:
        codes[unit.number, 0] = 1
        if unit.side:
            codes[unit.number, COLUMNS.index(unit.side)] = 1
        if unit.strength:
            codes[unit.number, COLUMNS.index("A") + unit.strength - 1] = 1
    return codes


def true_units(root: Path, clip: Clip) -> list[CodedUnit]:
    """What the annotators of a SYNTHETIC clip saw, from its file of truth.

    SMIC's stand-in has it too, though SMIC is not coded.
    """
    path = root / "truth" / f"{clip.subject}_{clip.name}.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            units = file["units"]
            # Before version 3 of the generator all were coded.
            coded = file["coded"] if "coded" in file else np.ones(len(units), bool)
            return [
                CodedUnit(int(number), ("", "L", "R")[int(side)])
                for (number, side, _), seen in zip(units, coded, strict=True)
                if seen
            ]
    except (OSError, KeyError, ValueError, IndexError, EOFError) as error:
        raise DataError(
            f"{path}: cannot read the true action units of {clip.id}: {error}"
        ) from error
