"""Several rows for one clip: joined where they agree, and never chosen among where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bench.data.reading.tables import Row


class Joined(NamedTuple):
    """One row made of several, and what there is to say of them, without the clip's name.

    Attributes:
        row: of contradicting rows it holds the first value of each cell.
        repaired: how they were joined, "" for a single row.
        conflict: in what they contradict each other, "" where they do not.
    """

    row: Row
    repaired: str
    conflict: str


def joined(rows: Sequence[Row]) -> Joined:
    """The row that all of them together say; blank cells are filled from the other rows.

    Letter case makes no difference. The result does not depend on the order of the rows.
    """
    if len(rows) == 1:
        return Joined(rows[0], "", "")
    rows = sorted(rows, key=lambda row: sorted(row.items()))
    said = {field: _values(field, rows) for field in rows[0] if field != "row"}
    row: Row = {field: next(iter(values), "") for field, values in said.items()}
    numbers = sorted((one.get("row", "") for one in rows), key=lambda text: (len(text), text))
    row["row"] = numbers[0]
    differing = [f"{field} {' or '.join(v)}" for field, v in said.items() if len(v) > 1]
    if differing:
        which = ", ".join(numbers[:-1]) + f" and {numbers[-1]}"
        return Joined(row, "", f"rows {which} contradict each other: {'; '.join(differing)}")
    equal = all({**one, "row": ""} == {**rows[0], "row": ""} for one in rows)
    how = "identical rows" if equal else "rows, joined as they complete each other"
    return Joined(row, f"{len(rows)} {how}", "")


def _values(field: str, rows: Sequence[Row]) -> list[str]:
    """The values of a field without blanks and repetitions."""
    found = {row[field].casefold(): row[field] for row in rows if row.get(field)}
    return sorted(found.values(), key=str.casefold)
