"""Composites: the clips of several datasets as one, by a class map that needs no code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

from bench.core.clip import Clip
from bench.core.dataset import Dataset, DatasetFacts, Index, Labelling, Roots, opened
from bench.core.errors import BenchError, DataError
from bench.core.select import nearest
from bench.core.typed import DamagedError
from bench.core.types import Array
from bench.data.declared.class_map import Composed, CompositeTable, composed, labellings


@dataclass(frozen=True)
class Composite(Dataset):
    """Several datasets as one; each reads its own clips.

    Attributes:
        root: the first part's.
        parts: the datasets.
    """

    parts: tuple[Dataset, ...] = ()

    composed: ClassVar[Composed]

    @classmethod
    def locate(cls, roots: Roots) -> Self | None:
        """The composite where the user has all of its parts."""
        found = [roots.opener(name) if roots.opener else None for name in cls.composed.parts]
        parts = tuple(part for part in found if part is not None)
        return cls(parts[0].root, parts) if len(parts) == len(found) else None

    @property
    def synthetic(self) -> bool:
        """True when its parts are stand-ins."""
        return any(part.synthetic for part in self.parts)

    @property
    def sources(self) -> frozenset[str]:
        """What all parts ship."""
        return frozenset.intersection(*(part.sources for part in self.parts))

    def index(self) -> Index:
        """The clips of all parts; their labels begin with the name of the part."""
        # Real and SYNTHETIC clips must never share a result.
        if len({part.synthetic for part in self.parts}) > 1:
            made = ", ".join(part.name for part in self.parts if part.synthetic)
            raise DataError(f"{self.name}: {made} SYNTHETIC and the rest real")
        indexes = [part.index() for part in self.parts]
        clips = [_of(p, c) for p, i in zip(self.parts, indexes, strict=True) for c in i.clips]
        missing = [_of(p, c) for p, i in zip(self.parts, indexes, strict=True) for c in i.missing]
        _check_apart(self.name, [*clips, *missing])
        counts = [index.expected for index in indexes]
        return Index(
            clips=tuple(sorted(clips, key=lambda clip: clip.id)),
            missing=tuple(sorted(missing, key=lambda clip: clip.id)),
            expected=sum(n for n in counts if n) if None not in counts else None,
            repaired=tuple(text for index in indexes for text in index.repaired),
            dropped=tuple(text for index in indexes for text in index.dropped),
            notes=tuple(text for index in indexes for text in index.notes),
            problems=(
                *(text for index in indexes for text in index.problems),
                *_misspelt(self.labellings, [*clips, *missing]),
            ),
            refused=tuple(text for index in indexes for text in index.refused),
            revision="+".join(index.revision for index in indexes if index.revision),
            tables=tuple(path for index in indexes for path in index.tables),
        )

    def read(self, clip: Clip) -> dict[str, Array]:
        """What the clip's own dataset reads."""
        return self._part(clip).read(clip)

    def read_some(self, clip: Clip, positions: Sequence[int]) -> dict[str, Array] | None:
        """Likewise, some frames alone."""
        return self._part(clip).read_some(clip, positions)

    def _part(self, clip: Clip) -> Dataset:
        """The part that has a clip: by its database, or else by its folder."""
        for part in self.parts:
            if any(one.name == clip.database for one in opened(part)):
                return part
        return next(part for part in self.parts if clip.folder.is_relative_to(part.root))

    def __reduce__(self) -> tuple[Any, ...]:
        # Its class has no module where a worker could find it.
        return _opened, (self.composed, self.root, self.parts)


def _of(part: Dataset, clip: Clip) -> Clip:
    return replace(clip, emotion=f"{part.name}/{clip.emotion}" if clip.emotion else "")


def _misspelt(labellings: Mapping[str, Labelling], clips: Sequence[Clip]) -> Iterator[str]:
    """A sentence for each word of a task that no clip has though some have nearly the same."""
    present = {clip.emotion.partition("/")[2] for clip in clips if clip.emotion}
    for task, one in labellings.items():
        mapped = {word.partition("/")[2] for word in one.of}
        for word in sorted(mapped - present):
            if near := nearest(word, sorted(present - mapped)):
                yield f"task {task}: no clip has the label {word!r}; did you mean {near[0]!r}?"


def _check_apart(name: str, clips: Sequence[Clip]) -> None:
    seen: set[str] = set()
    for clip in clips:
        if clip.id in seen:
            raise DataError(f"{name}: two of its parts have clip {clip.id}; leave one part out")
        seen.add(clip.id)


@cache
def composite_dataset(one: Composed) -> type[Composite]:
    """The class of a composite."""
    title = one.title or " + ".join(one.parts)
    body = {
        "__doc__": f"{title}: several datasets as one.",
        "__module__": __name__,
        "name": one.name,
        "facts": DatasetFacts(
            title=title,
            paper="a composite of one's own",
            year=0,
            url="",
            licence="Those of its parts.",
            layout=f"none of its own: the parts {', '.join(one.parts)}",
        ),
        "labellings": dict(labellings(one.tasks)),
        "declared_in": Path(one.origin),
        "composed": one,
    }
    return type(one.name, (Composite,), body)


def _opened(one: Composed, root: Path, parts: tuple[Dataset, ...]) -> Composite:
    return composite_dataset(one)(root, parts)


def typed_composite(
    word: str, datasets: Mapping[str, type[Dataset]], given: CompositeTable | None
) -> type[Composite]:
    """The composite that a user types: "casme2+samm", its tasks by a map where there is one.

    Raises:
        BenchError: as `composed`.
    """
    parts = word.split("+")
    table = replace(given or CompositeTable(), parts=parts)
    try:
        return composite_dataset(composed(word, table, datasets, f"--datasets {word}"))
    except DamagedError as error:
        raise BenchError(f"--datasets {word}: {error.fault}") from error
