"""The identity leak of a row in words, and as numbers for other programs."""

from __future__ import annotations

from typing import Any

from bench.board.text import NAMES, signed
from bench.evaluation.row import Row


def identity_text(row: Row) -> str:
    """What is known, "same person 99.6 % (chance 5.4 %); LOVO − LOSO UF1 +.200"; may be empty."""
    known, words = row.identity, []
    if known is not None and known.same_person is not None:
        words.append(f"same person {percent(known.same_person)} (chance {percent(known.chance)})")
    if known is not None and known.lovo:
        each = ", ".join(f"{NAMES[name]} {signed(value)}" for name, value in known.lovo.items())
        words.append(f"LOVO − LOSO {each}")
    return "; ".join(words)


def identity_values(row: Row) -> dict[str, Any]:
    """The same as numbers by name."""
    if (known := row.identity) is None:
        return {}
    measured = known.same_person is not None
    return {
        "same_person": known.same_person,
        "same_person_chance": known.chance if measured else None,
        **{f"lovo_minus_loso_{name}": value for name, value in known.lovo.items()},
    }


def percent(share: float) -> str:
    """A share to a tenth of a per cent: "99.6 %"."""
    return f"{100 * share:.1f} %"
