"""Class maps: the labels of several datasets as the classes of one task."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bench.core.dataset import Dataset, Labelling
from bench.core.select import unknown
from bench.core.typed import DamagedError, refuse_unknown, typed
from bench.data.declared.definition import TaskTable, known_words, labelling, with_tasks


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
            raise DamagedError(origin, f"parts: {unknown('dataset', part, datasets)}")
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
    left = {f"{p}/{w}" for p, kind in parts.items() for w in known_words(kind)} - of.keys()
    told = {part_word for w in one.ignored for part_word in _of_parts(w, parts)}
    return replace(one, of=of, ignored=frozenset(told or left))


def _of_parts(word: str, parts: Iterable[str]) -> list[str]:
    """A word as clips of each part have it; "casme2/disgust" is of casme2 alone."""
    # A label may have a slash of its own.
    return [word] if word.partition("/")[0] in parts else [f"{part}/{word}" for part in parts]


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
    left = {f"{p}/{word}" for p, kind in parts.items() for word in known_words(kind)} - of.keys()
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


def labellings(one: Composed) -> dict[str, Labelling]:
    """The tasks of a composite, by the word after the slash."""
    return typed(json.loads(one.tasks), dict[str, Labelling], one.origin)
