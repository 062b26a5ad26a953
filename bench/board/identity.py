"""The identity leak of a row in words, and as numbers for other programs."""

from __future__ import annotations

from typing import Any

from bench.board.text import signed
from bench.evaluation.row import Row


def neighbours_text(row: Row) -> str:
    """Share of clips nearest to one of the same person, and by chance: "99.6 % (5.4 %)"."""
    known = row.identity
    if known is None or known.same_person is None:
        return "–"
    return f"{percent(known.same_person)} ({percent(known.chance)})"


def neighbours_values(row: Row) -> dict[str, Any]:
    """The same as numbers by name."""
    if (known := row.identity) is None or known.same_person is None:
        return {}
    return {"same_person": known.same_person, "same_person_chance": known.chance}


def lovo_text(row: Row) -> str:
    """What leaving out a clip in place of a subject adds: "UF1 +.177, acc. +.175"."""
    gained = row.identity.lovo if row.identity else {}
    short = {"uf1": "UF1", "accuracy": "acc."}
    return ", ".join(f"{short[name]} {signed(value)}" for name, value in gained.items()) or "–"


def lovo_values(row: Row) -> dict[str, Any]:
    """The same as numbers by name."""
    gained = row.identity.lovo if row.identity else {}
    return {f"lovo_minus_loso_{name}": value for name, value in gained.items()}


def percent(share: float) -> str:
    """A share to a tenth of a per cent: "99.6 %"."""
    return f"{100 * share:.1f} %"
