"""Composites: the clips of several datasets as one, by a class map that needs no code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

from bench.core.clip import Clip
from bench.core.dataset import Dataset, DatasetFacts, Index, Labelling, Roots, opened
from bench.core.errors import BenchError, DataError
from bench.core.select import nearest
from bench.core.typed import DamagedError, refuse_unknown
from bench.core.types import Array
from bench.data.declared.definition import TaskTable, labelling, with_tasks


@dataclass(frozen=True)
class CompositeTable:
    """`[composites.NAME]` of bench.toml, or a file of `--map` for its tasks alone.

    Attributes:
        parts: names of the datasets.
        tasks: by the word after the slash; without any, those that all parts have with the same
            classes. A word counts for all parts, "casme2/disgust" for casme2 alone.
        title: for readers.
    """

    parts: list[str] = field(default_factory=list)
    tasks: dict[str, TaskTable] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True)
class Composed:
    """All that a composite is made of: it travels to workers, its class cannot.

    Attributes:
        name: of the composite.
        parts: names of its datasets.
        tasks: its labellings as JSON.
        title: for readers.
        origin: the file that declares it; the parts' names where none does.
    """

    name: str
    parts: tuple[str, ...]
    tasks: str
    title: str
    origin: str


def read_map(raw: Mapping[str, Any], origin: str) -> CompositeTable:
    """A composite, or a map, as a file holds it.

    Raises:
        BenchError: an unknown key, a wrong type, or a task that is none.
    """
    refuse_unknown(raw, CompositeTable, origin)
    return with_tasks({"tasks": {}, **raw}, CompositeTable, origin)


def composed(
    name: str, table: CompositeTable, datasets: Mapping[str, type[Dataset]], origin: str
) -> Composed:
    """A composite of datasets at hand.

    Raises:
        BenchError: no parts, one that there is none of, or no task that all of them have.
    """
    if not table.parts:
        raise DamagedError(origin, 'no parts; write parts = ["casme2", "samm"]')
    for part in table.parts:
        if part not in datasets:
            known = ", ".join(datasets)
            raise DamagedError(origin, f"parts: no dataset {part!r}; known: {known}")
    if len(set(table.parts)) < len(table.parts):
        raise DamagedError(origin, f"parts: a dataset twice: {', '.join(table.parts)}")
    kinds = {part: datasets[part] for part in table.parts}
    tasks = {w: _mapped(task, kinds) for w, task in table.tasks.items()}
    tasks = tasks or _shared(kinds)
    if not tasks:
        raise DamagedError(
            origin, f"{' and '.join(kinds)} have no task with the same classes; give [tasks.NAME]"
        )
    plain = {word: {**asdict(one), "of": dict(one.of)} for word, one in tasks.items()}
    return Composed(name, tuple(kinds), json.dumps(plain, default=sorted), table.title, origin)


def _mapped(task: TaskTable, parts: Mapping[str, type[Dataset]]) -> Labelling:
    """A task of a map, its words those of each part."""
    one = labelling(task)
    of = {part_word: name for w, name in one.of.items() for part_word in _of_parts(w, parts)}
    left = {f"{p}/{w}" for p, kind in parts.items() for w in _words(kind)} - of.keys()
    told = {part_word for w in one.ignored for part_word in _of_parts(w, parts)}
    return replace(one, of=of, ignored=frozenset(told or left))


def _of_parts(word: str, parts: Iterable[str]) -> list[str]:
    """A word as clips of each part have it; "casme2/disgust" is of casme2 alone."""
    # A label may have a slash of its own.
    return [word] if word.partition("/")[0] in parts else [f"{part}/{word}" for part in parts]


def _words(kind: type[Dataset]) -> set[str]:
    """Every label of a dataset's emotions that one of its tasks knows."""
    tasks = (one for one in kind.labellings.values() if one.field == "emotion")
    return {word for one in tasks for word in (*one.of, *one.ignored)}


def _shared(parts: Mapping[str, type[Dataset]]) -> dict[str, Labelling]:
    """The tasks that all parts have with the same classes."""
    first, *others = parts.values()
    found = {}
    for word, one in first.labellings.items():
        same = [kind.labellings.get(word) for kind in parts.values()]
        alike = [s for s in same if s and s.field == "emotion" and s.classes == one.classes]
        if len(alike) == 1 + len(others):
            found[word] = _joined(dict(zip(parts, alike, strict=True)), parts)
    return found


def _joined(tasks: Mapping[str, Labelling], parts: Mapping[str, type[Dataset]]) -> Labelling:
    """One task of the same task of several parts."""
    of = {f"{p}/{word}": name for p, one in tasks.items() for word, name in one.of.items()}
    left = {f"{p}/{word}" for p, kind in parts.items() for word in _words(kind)} - of.keys()
    counted = all(one.expected for one in tasks.values())
    subjects = [one.subjects for one in tasks.values()]
    return Labelling(
        classes=next(iter(tasks.values())).classes,
        of=of,
        without=frozenset[str]().union(*(one.without for one in tasks.values())),
        expected=(
            tuple(map(sum, zip(*(one.expected for one in tasks.values()), strict=True)))
            if counted
            else ()
        ),
        subjects=sum(filter(None, subjects)) if None not in subjects else None,
        ignored=frozenset(left),
    )


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
        "labellings": dict(_labellings(one.tasks)),
        "declared_in": Path(one.origin),
        "composed": one,
    }
    return type(one.name, (Composite,), body)


def _labellings(text: str) -> Iterator[tuple[str, Labelling]]:
    for word, raw in json.loads(text).items():
        yield (
            word,
            Labelling(
                classes=tuple(raw["classes"]),
                of=raw["of"],
                without=frozenset(raw["without"]),
                expected=tuple(raw["expected"]),
                subjects=raw["subjects"],
                ignored=frozenset(raw["ignored"]),
            ),
        )


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
