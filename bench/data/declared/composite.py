"""Composites: the clips of several datasets as one, by a class map that needs no code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

from bench.core.clip import Clip
from bench.core.dataset import Dataset, DatasetFacts, Index, Labelling, Roots
from bench.core.errors import BenchError, DataError
from bench.core.select import nearest
from bench.core.typed import DamagedError
from bench.data.composite import CompositeDataset, joined, open_parts
from bench.data.declared.class_map import Composed, CompositeTable, composed, labellings


class Composite(CompositeDataset):
    """The composite that a class map describes.

    Attributes:
        composed: by which it is described.
    """

    composed: ClassVar[Composed]

    @classmethod
    def locate(cls, roots: Roots) -> Self | None:
        """The composite where the user has all of its parts."""
        parts = open_parts(roots, cls.composed.parts)
        return cls(parts[0].root, parts) if parts else None

    def index(self) -> Index:
        """The clips of all parts; their labels begin with the name of the part."""
        indexes = self.indexes()
        whole = joined(indexes)
        clips = [_of(p, c) for p, i in zip(self.parts, indexes, strict=True) for c in i.clips]
        missing = [_of(p, c) for p, i in zip(self.parts, indexes, strict=True) for c in i.missing]
        _check_apart(self.name, [*clips, *missing])
        counts = [index.expected for index in indexes]
        return replace(
            whole,
            clips=tuple(sorted(clips, key=lambda clip: clip.id)),
            missing=tuple(sorted(missing, key=lambda clip: clip.id)),
            expected=sum(n for n in counts if n) if None not in counts else None,
            notes=tuple(text for index in indexes for text in index.notes),
            problems=(*whole.problems, *_misspelt(self.labellings, [*clips, *missing])),
            revision="+".join(index.revision for index in indexes if index.revision),
            tables=tuple(path for index in indexes for path in index.tables),
        )

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
        "labellings": labellings(one),
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
