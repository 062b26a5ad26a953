"""Clips, and what a method may see of them.

A `Clip` is a row of a dataset's index: who, what, where on disk, no pixels. `Views` is the same
clip as a method sees it: pixels and what was computed from them, with no label, no subject and no
path, so that nothing a method describes can depend on the class it is asked to recognise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray

if TYPE_CHECKING:
    from bench.cache import Cache

Array = NDArray[Any]
Description = Array | dict[str, Array]
"""What a method keeps of one clip: an array, or named arrays."""

ApexSource = Literal["given", "spotted", "middle", "absent"]
Gender = Literal["female", "male"]


@dataclass(frozen=True, slots=True)
class Clip:
    """One micro-expression sample as its dataset's index tells it.

    Attributes:
        database: the database it was filmed for, "casme2"; a composite keeps its clips' own.
        subject: as the database numbers people, "01"; unique within the database only.
        name: the clip's name, unique within the subject.
        emotion: the annotated emotion, lower case, in the database's words.
        folder: where its files lie.
        files: its frames onset..offset in order (or the one flow image), relative to `folder`.
        apex: the apex's position in `files`, None where the table has none.
        apex_source: where `apex` comes from.
        action_units: numbers of the annotated action units, None where the table has none.
        objective: objective (action-unit) class, "I" to "VII", where the table has one.
        gender: of the subject, where the table has a column for it.
        landmarks: the file of its facial landmarks, where there is one.
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
    objective: str | None = None
    gender: Gender | None = None
    landmarks: Path | None = None

    @property
    def id(self) -> str:
        """Unique over all databases: "casme2/01/EP02_01f"."""
        return f"{self.database}/{self.subject}/{self.name}"

    @property
    def person(self) -> str:
        """The subject, prefixed so that ids of two databases never meet: "casme2/01"."""
        return f"{self.database}/{self.subject}"


@dataclass(frozen=True)
class Views:
    """One clip as a method sees it: call the functions of `bench.views` on it.

    Attributes:
        sources: arrays that came with the clip, by view name. "frames" is uint8 (n, h, w) grey or
            (n, h, w, 3) RGB from onset to offset; "flow_image" is uint8 (3, 28, 28); "landmarks" is
            float32 (68, 2), in widths and heights of the onset.
        apex: the apex's position among the frames (the middle one where none is annotated).
        digest: identifies the clip's content; the key under which its views are cached.
        cache: where computed views are kept; None computes them anew each time.
        seen: names of the views asked for so far, for the check that a method declares them.
    """

    sources: Mapping[str, Array]
    apex: int = 0
    digest: str = ""
    cache: Cache | None = None
    seen: set[str] = field(default_factory=set, compare=False)
