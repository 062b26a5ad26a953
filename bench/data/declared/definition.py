"""What a dataset.toml may say, checked and turned into labellings and facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from bench.core.dataset import Dataset, DatasetFacts, Labelling
from bench.core.errors import BenchError
from bench.core.typed import DamagedError, read_toml, refuse_unknown, typed

Tasked = TypeVar("Tasked", bound="HasTasks")

FILE = "dataset.toml"
"""The usual name; `[datasets.NAME]` of bench.toml names one by `file`, or holds the same keys."""


@dataclass(frozen=True)
class Columns:
    """Headers of a table's columns, in any letter case; by default the words themselves.

    Attributes:
        subject: whose clip it is.
        label: its class, as annotated.
        path: below the root, a folder of frames or a video; or a file of features or of flow. It
            may be put together: "sub{subject:02}/{clip}.avi".
        clip: its name; without one it is called after its file.
        onset, apex, offset: frame numbers or seconds.
        action_units, objective, gender: further annotations.
        landmarks, flow: files of them, computed elsewhere, of clips that are frames.
    """

    subject: str = "subject"
    label: str = "label"
    path: str = "path"
    clip: str = "clip"
    onset: str = "onset"
    apex: str = "apex"
    offset: str = "offset"
    action_units: str = ""
    objective: str = "objective"
    gender: str = "gender"
    landmarks: str = "landmarks"
    flow: str = "flow"


@dataclass(frozen=True)
class TaskTable:
    """One task.

    Attributes:
        classes: the annotated words of each class, which are in this order.
        expected: clips per class, for `bench data check`.
        subjects: how many it should have.
        without: ids of clips that are left out.
        ignored: words that are left out on purpose.
    """

    classes: dict[str, list[str]]
    expected: list[int] = field(default_factory=list)
    subjects: int | None = None
    without: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


class HasTasks(Protocol):
    """A file with tasks."""

    @property
    def tasks(self) -> dict[str, TaskTable]:
        """By the word after the slash."""


@dataclass(frozen=True)
class Definition:
    """A dataset as its dataset.toml describes it.

    Attributes:
        tasks: by the word after the slash: "mylab/3".
        kind: what clips are; "flow" is optical flow from onset to apex.
        table: of the clips; a file of features may take its place.
        root: the folder that paths in the table start from; else the folder of the file.
        features: a file with a row of features for each clip.
        columns: of the table.
        unit: of onset, apex and offset.
        first_frame: number that the table gives the first frame of a video.
        rate: frames a second of folders of frames, for spans in seconds.
        clips: rows that the table should have.
        title, paper, year, url, licence: for readers.
    """

    tasks: dict[str, TaskTable]
    kind: Literal["frames", "features", "flow"] = "frames"
    table: str = ""
    root: str = "."
    features: str = ""
    columns: Columns = field(default_factory=Columns)
    unit: Literal["frames", "seconds"] = "frames"
    first_frame: int = 0
    rate: float = 0
    clips: int | None = None
    title: str = ""
    paper: str = ""
    year: int = 0
    url: str = ""
    licence: str = ""

    @property
    def labellings(self) -> dict[str, Labelling]:
        """The tasks as datasets have them."""
        return {word: labelling(task) for word, task in self.tasks.items()}

    def facts(self, name: str) -> DatasetFacts:
        """What readers are told of it."""
        own = "a dataset of one's own, declared without code"
        return DatasetFacts(
            title=self.title or name,
            paper=self.paper or own,
            year=self.year,
            url=self.url,
            licence=self.licence or "not stated",
            layout="\n".join(filter(None, (self.table, self.features))),
        )


@dataclass(frozen=True)
class Located:
    """A definition with where its files are.

    Attributes:
        name: of the dataset.
        definition: of it.
        home: the folder that the table is relative to.
        root: the folder of the clips.
        words: every label that a task knows.
    """

    name: str
    definition: Definition
    home: Path
    root: Path
    words: frozenset[str]


def labelling(task: TaskTable) -> Labelling:
    """A task of a file; words count in any letter case, as they are annotated."""
    return Labelling(
        classes=tuple(task.classes),
        of={word.lower(): name for name, words in task.classes.items() for word in words},
        without=frozenset(task.without),
        expected=tuple(task.expected),
        subjects=task.subjects,
        ignored=frozenset(word.lower() for word in task.ignored),
    )


def known_words(kind: type[Dataset]) -> frozenset[str]:
    """Every label of a dataset's emotions that one of its tasks knows or ignores."""
    tasks = (one for one in kind.labellings.values() if one.field == "emotion")
    return frozenset(word for one in tasks for word in (*one.of, *one.ignored))


def read_definition(path: Path) -> dict[str, Any]:
    """What a dataset.toml holds, checked.

    Raises:
        BenchError: no file, or something in it that is wrong, in one line.
    """
    try:
        raw = read_toml(path)
    except FileNotFoundError:
        raise BenchError(f"{path}: no such file; `bench new dataset` writes one") from None
    parse(raw, path)
    return raw


def parse(raw: Mapping[str, Any], origin: Path | str) -> Definition:
    """A definition from what a file holds.

    Raises:
        BenchError: an unknown key (did you mean), a wrong type, or a task that is none.
    """
    refuse_unknown(raw, Definition, origin)
    if isinstance(columns := raw.get("columns"), Mapping):
        refuse_unknown(columns, Columns, f"{origin}: columns")
    definition = with_tasks(raw, Definition, origin)
    if not (definition.table or definition.features):
        raise DamagedError(origin, 'no table; write table = "clips.csv"')
    if definition.features and definition.kind != "features":
        raise DamagedError(origin, 'features of another kind; write kind = "features"')
    for word in ("subject", "label", "path"):
        if not getattr(definition.columns, word):
            raise DamagedError(origin, f"columns.{word}: empty, expected a header")
    if "columns" in raw and not definition.table:
        said = "columns are those of a table; a file of features has its own names: subject, label"
        raise DamagedError(origin, said)
    return definition


def with_tasks(raw: Mapping[str, Any], kind: type[Tasked], origin: Path | str) -> Tasked:
    """Typed data with `tasks`, each of them checked; `BenchError` as `parse`."""
    tasks = raw.get("tasks")
    for word, task in (tasks if isinstance(tasks, Mapping) else {}).items():
        if isinstance(task, Mapping):
            refuse_unknown(task, TaskTable, f"{origin}: tasks.{word}")
    found = typed(raw, kind, origin)
    for word, task in found.tasks.items():
        if said := _fault(word, task):
            raise DamagedError(origin, f"tasks.{word}: {said}")
    return found


def _fault(word: str, task: TaskTable) -> str:
    """Why a task is none; "" for a good one."""
    if not word or set(word) & set("/@ "):
        return "expected a word without blank, slash or @, such as 3"
    if len(task.classes) < 2:
        return f"{len(task.classes)} classes; expected two or more: classes = {{name = [words]}}"
    owner: dict[str, str] = {}
    for name, words in task.classes.items():
        if not words:
            return f"class {name!r} has no words"
        for one in words:
            if owner.setdefault(one.lower(), name) != name:
                return f"{one!r} is in classes {owner[one.lower()]!r} and {name!r}"
    if task.expected and len(task.expected) != len(task.classes):
        return f"expected has {len(task.expected)} numbers for {len(task.classes)} classes"
    return ""
