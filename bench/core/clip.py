"""Clips: a row of a dataset's index says who, what, and where on disk, and holds no pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from bench.core.names import ClipId, Person
from bench.core.types import ApexSource, Gender

UNIT_CODES = "action_unit_codes"
"""The array in which a clip's coded action units reach the methods that declare it, and no others:
for references that show what the annotation is worth, since they are what people saw in the clip.
"""


class CodedUnit(NamedTuple):
    """One action unit as a FACS coder wrote it down: "L12B".

    Attributes:
        number: in FACS, 1 to 99.
        side: of the person: "L", "R", or "" for both, or where the table does not say.
        strength: 1 to 5 for the intensities A to E; 0 where the table does not say.
    """

    number: int
    side: Literal["", "L", "R"] = ""
    strength: int = 0


@dataclass(frozen=True, slots=True)
class Clip:
    """One micro-expression sample as its dataset's index tells it.

    Attributes:
        database: the database it was filmed for, "casme2"; a composite keeps its clips' own.
        subject: as the database numbers people, "01"; unique within the database only.
        name: the clip's name, unique within the subject.
        emotion: the annotated emotion, lower case, in the database's words.
        folder: where its files lie.
        files: its frames onset..offset in order (or the one flow image), relative to `folder`;
            several clips may share a file, such as a long video: their ids tell them apart.
        span: numbers of its first and last frame where the one file is a video; else None.
        apex: the apex's position among its frames, None where the table has none.
        apex_source: where `apex` comes from.
        action_units: numbers of the annotated action units, None where the table has none.
        coded_units: the same with sides and intensities; None where the table has none.
        objective: objective (action-unit) class, "I" to "VII", where the table has one.
        gender: of the subject, where the table has a column for it.
        landmarks: the file of its facial landmarks, where there is one.
        flow: the file of its optical flow from onset to apex, where there is one.
    """

    database: str
    subject: str
    name: str
    emotion: str
    folder: Path
    files: tuple[str, ...]
    apex: int | None = None
    apex_source: ApexSource = "absent"
    action_units: frozenset[int] | None = None
    coded_units: frozenset[CodedUnit] | None = None
    objective: str | None = None
    gender: Gender | None = None
    landmarks: Path | None = None
    flow: Path | None = None
    span: tuple[int, int] | None = None

    @property
    def length(self) -> int:
        """How many frames it has; 1 where one file holds them all and nobody says how many."""
        return len(self.files) if self.span is None else self.span[1] - self.span[0] + 1

    @property
    def onset(self) -> int:
        """The number of its first frame within its video; 0 where its files are its frames."""
        return 0 if self.span is None else self.span[0]

    @property
    def beside(self) -> dict[str, Path]:
        """Files of views that were computed elsewhere, by view."""
        files = {"landmarks": self.landmarks, "optical_flow": self.flow}
        return {view: path for view, path in files.items() if path is not None}

    @property
    def id(self) -> str:
        """Unique over all databases: "casme2/01/EP02_01f"."""
        return str(ClipId(self.database, self.subject, self.name))

    @property
    def person(self) -> str:
        """The subject, prefixed so that ids of two databases never meet: "casme2/01"."""
        return str(Person(self.database, self.subject))
