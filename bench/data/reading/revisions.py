"""Which revision of an annotation table a user has, told by its rows and not by its name."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.core.errors import DataError
from bench.data.reading.annotations import action_units, number, objective_class
from bench.data.reading.spellings import spelt
from bench.data.reading.tables import Row

UNKNOWN = "unknown"
"""The revision of a table that is none of those known."""


@dataclass(frozen=True)
class Revision:
    """One revision of a dataset's annotation table.

    Attributes:
        name: as tasks carry it, "2014".
        table: the owners' name of the file.
        emotions: the clips by which it is recognised, "24/EP07_01", with their emotion.
        fingerprints: of its normalised rows; empty where nobody has recorded one.
    """

    name: str
    table: str
    emotions: Mapping[str, str]
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recognised:
    """What is known of a user's table.

    Attributes:
        name: of the revision, "unknown" for none of those known.
        notes: what to say of it, a sentence each.
        problems: where it contradicts all that is known.
    """

    name: str
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def load_revisions(path: Path) -> tuple[Revision, ...]:
    """The revisions in a toml file, in its order.

    Raises:
        DataError: not such a file.
    """
    try:
        with path.open("rb") as file:
            return tuple(
                Revision(name, one["table"], one["emotions"], tuple(one["fingerprints"]))
                for name, one in tomllib.load(file).items()
            )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise DataError(f"{path}: not a file of table revisions: {error}") from error


def fingerprint(rows: Iterable[Row]) -> str:
    """16 hexadecimal digits that identify what a table says, whatever its format.

    Args:
        rows: with subject, name and emotion as they stand in clips. Order and repetition of rows,
            columns that are not read, and ways to write the same do not matter.
    """
    lines = sorted({"\t".join(_said(row)) for row in rows if row["subject"] and row["name"]})
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _said(row: Row) -> Iterator[str]:
    yield from (row["subject"], row["name"].lower())
    for field in ("onset", "apex", "offset"):
        at = number(row[field])
        yield "" if at is None else str(at)
    yield "+".join(map(str, sorted(action_units(row["action_units"]) or ())))
    yield from (row["emotion"].lower(), objective_class(row["objective"]) or "")


def recognise(rows: Sequence[Row], revisions: Sequence[Revision]) -> Recognised:
    """The revision that says the same of its distinguishing clips as a table does.

    Args:
        rows: with subject, name and emotion as they stand in clips.
        revisions: those known, the one that papers count first.
    """
    words = {emotion for one in revisions for emotion in one.emotions.values()}
    said = {f"{row['subject']}/{row['name']}": spelt(row["emotion"], words) for row in rows}
    telling = sorted({clip for one in revisions for clip in one.emotions})
    absent = [clip for clip in telling if clip not in said]
    if absent:
        missing = f"{', '.join(absent)} {'is' if len(absent) == 1 else 'are'} not in it"
        return Recognised(UNKNOWN, (f"revision of the table: unknown, {missing}",))
    for one in revisions:
        if all(said[clip] == emotion for clip, emotion in one.emotions.items()):
            return Recognised(one.name, tuple(_notes(one, revisions, fingerprint(rows))))
    found = ", ".join(f"{clip} {said[clip]}" for clip in telling)
    known = " or ".join(one.name for one in revisions)
    return Recognised(UNKNOWN, problems=(f"the table is not a known revision ({known}): {found}",))


def _notes(own: Revision, revisions: Sequence[Revision], mark: str) -> Iterator[str]:
    yield f"revision of the table: {own.name} ({own.table})"
    if own.fingerprints and mark not in own.fingerprints:
        yield (
            f"its rows have the fingerprint {mark}, those of {own.table} {own.fingerprints[0]}: "
            "some row was changed"
        )
    for other in revisions:
        clips = [clip for clip in own.emotions if own.emotions[clip] != other.emotions.get(clip)]
        if clips:
            differing = ", ".join(
                f"{clip} ({own.emotions[clip]}, not {other.emotions.get(clip, 'there')})"
                for clip in sorted(clips)
            )
            yield f"revision {other.name} ({other.table}) differs in {differing}"
