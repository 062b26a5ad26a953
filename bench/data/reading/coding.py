"""The coding table of a dataset: which of the tables near its frames it is, and its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bench.core.dataset import Index
from bench.core.errors import DataError
from bench.data.reading.folders import find_tables, other_tables
from bench.data.reading.revisions import fingerprint
from bench.data.reading.tables import COLUMNS, Row, read_table

CODED = ("subject", "name", "onset", "apex", "offset", "emotion")
"""Columns that a coding table must have."""


class Coding(NamedTuple):
    """A coding table that was read.

    Attributes:
        table: its path.
        rows: of the table.
        refused: other tables next to it, each with the reason.
    """

    table: Path
    rows: list[Row]
    refused: tuple[str, ...] = ()

    def described(self, index: Index, rows: Iterable[Row]) -> Index:
        """An index with what there is to say of its table.

        Args:
            index: of the clips.
            rows: with subjects, names and emotions as they stand in clips.
        """
        rows = list(rows)
        note = f"annotated by {self.table}: {len(rows)} rows, fingerprint {fingerprint(rows)}"
        return replace(
            index,
            notes=(note, *index.notes),
            refused=(*self.refused, *index.refused),
            tables=(self.table,),
        )


def read_coding(
    root: Path,
    home: Path,
    pattern: str,
    what: str,
    required: Iterable[str] = CODED,
    sheet: str = "",
    columns: Mapping[str, tuple[str, ...]] = COLUMNS,
    never: str = "(?!)",
    first: str = "",
) -> Coding:
    """The coding table of a dataset: one with its usual name, else any whose columns fit.

    Args:
        root: the folder that the user named.
        home: the folder of the subjects.
        pattern: regular expression of the usual name, searched in the lower-case name.
        what: the owners' name of the table, for the error.
        required: fields that must have a column with values.
        sheet: the sheet to look into first.
        columns: header words of each field.
        never: names of tables of the owners' other parts, which have the same columns.
        first: of several tables with a usual name, those whose names match are tried first.

    Raises:
        DataError: no table, or none with the columns; names those that were seen.
    """
    usual = sorted(
        find_tables(root, home, pattern),
        key=lambda path: re.search(first, path.name.lower()) is None,
    )
    others = [table for table in other_tables(root, home) if table not in usual]
    failed: list[DataError] = []
    refused: list[str] = []
    coding: Coding | None = None
    for table in (*usual, *others):
        if re.search(never, table.name.lower()):
            refused.append(f"{table}: a table of another part")
        elif coding is not None:
            if table in usual:
                refused.append(f"{table}: {coding.table.name} is read instead")
        else:
            try:
                coding = Coding(table, read_table(table, required, columns, sheet))
            except DataError as error:
                failed.append(error)
    if coding is None:
        raise _no_table(root, what, usual, failed)
    refused += [str(error) for error in failed]
    return coding._replace(refused=tuple(refused))


def _no_table(root: Path, what: str, usual: list[Path], failed: list[DataError]) -> DataError:
    if usual and failed:
        return failed[0]
    seen = "".join(f"; {error}" for error in failed)
    return DataError(
        f"no annotation table in {root} or its parent folder; expected a file like {what}{seen}"
    )
