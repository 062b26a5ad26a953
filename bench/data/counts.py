"""Whether a dataset on disk is what its papers count: everything listed, every frame read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from bench.core.clip import Clip
from bench.core.dataset import Dataset, Index, Labelling
from bench.core.errors import DataError
from bench.core.machine import cores
from bench.core.names import TaskName


@dataclass(frozen=True)
class TaskCount:
    """Clips of one task, found and expected.

    Attributes:
        task: "casme2/5".
        classes: names.
        found: clips per class.
        expected: clips per class that the papers count; () where they are not compared.
        subjects: found.
        expected_subjects: that the papers count, None where they are not compared.
    """

    task: str
    classes: tuple[str, ...]
    found: tuple[int, ...]
    expected: tuple[int, ...]
    subjects: int
    expected_subjects: int | None

    @property
    def empty(self) -> bool:
        """No clip has a class, as where an optional table is absent."""
        return not any(self.found)

    @property
    def good(self) -> bool:
        """True when nothing differs from the papers."""
        if self.empty:
            return True
        right = self.expected in ((), self.found)
        return right and self.expected_subjects in (None, self.subjects)

    def __str__(self) -> str:
        """One line: "casme2/3: negative 88, positive 32, surprise 25; 24 subjects"."""
        if self.empty:
            return f"{self.task}: no clip belongs to a class"
        words = [f"{name} {n}" for name, n in zip(self.classes, self.found, strict=True)]
        line = f"{self.task}: {', '.join(words)}; {self.subjects} subjects"
        if self.good:
            return line
        people = "" if self.expected_subjects is None else f"; {self.expected_subjects} subjects"
        return f"{line}: expected {', '.join(map(str, self.expected))}{people}"


@dataclass(frozen=True)
class Report:
    """What a dataset's folder holds.

    Attributes:
        dataset: its name.
        root: the folder.
        synthetic: a stand-in: its counts are not compared.
        clips: with frames on disk.
        expected: rows the owners' table has, None where unknown or not compared.
        repaired: what was repaired by a stated rule, a sentence a clip.
        dropped: what was left out and why.
        missing: ids of clips without frames on disk.
        unreadable: a sentence for each clip with a frame that cannot be read.
        notes: what else there is to say.
        tasks: counts of every task.
    """

    dataset: str
    root: str
    synthetic: bool
    clips: int
    expected: int | None
    repaired: tuple[str, ...]
    dropped: tuple[str, ...]
    missing: tuple[str, ...]
    unreadable: tuple[str, ...]
    notes: tuple[str, ...]
    tasks: tuple[TaskCount, ...]

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """What must be fixed before results mean what they say, a line each."""
        return tuple(self._problems())

    @property
    def good(self) -> bool:
        """True when there are no problems."""
        return not self.problems

    def _problems(self) -> Iterator[str]:
        if self.missing:
            yield f"{len(self.missing)} clips have no frames on disk"
        if self.unreadable:
            yield f"{len(self.unreadable)} clips cannot be read"
        if self.expected is not None and self.clips + len(self.missing) != self.expected:
            yield f"{self.clips} clips found, {self.expected} expected"
        if all(task.empty for task in self.tasks):
            yield "every task is empty"
        yield from (str(task) for task in self.tasks if not task.good)

    def __str__(self) -> str:
        """The whole report, for reading."""
        made = ", SYNTHETIC" if self.synthetic else ""
        of = "" if self.expected is None else f" of {self.expected}"
        lines = [f"{self.dataset} at {self.root}{made}: {self.clips}{of} clips"]
        lines += [f"  {task}" for task in self.tasks]
        for title in ("repaired", "dropped", "missing", "unreadable", "notes"):
            entries: tuple[str, ...] = getattr(self, title)
            if entries:
                lines += [f"{title}, {len(entries)}:", *(f"  {entry}" for entry in entries)]
        lines += ["problems:", *(f"  {p}" for p in self.problems)] if self.problems else ["OK"]
        return "\n".join(lines)


def check(dataset: Dataset, pixels: bool = True) -> Report:
    """Index a dataset, read every clip, compare the counts with the papers'.

    Stand-ins are made in any size, so their counts are not compared.

    Args:
        dataset: located on disk.
        pixels: read every frame too; False takes the index's word.

    Raises:
        DataError: the dataset cannot even be indexed.
    """
    index = dataset.index()
    return Report(
        dataset=dataset.name,
        root=str(dataset.root),
        synthetic=dataset.synthetic,
        clips=len(index.clips),
        expected=None if dataset.synthetic else index.expected,
        repaired=index.repaired,
        dropped=index.dropped,
        missing=tuple(clip.id for clip in index.missing),
        unreadable=_unreadable(dataset, index) if pixels else (),
        notes=index.notes,
        tasks=tuple(
            _count(str(TaskName(dataset.name, word)), labelling, index.clips, dataset.synthetic)
            for word, labelling in dataset.labellings.items()
        ),
    )


def _unreadable(dataset: Dataset, index: Index) -> tuple[str, ...]:
    def said(clip: Clip) -> str:
        try:
            dataset.read(clip)
        except DataError as error:
            return f"{clip.id}: {error}"
        return ""

    # Decoders let other threads run, so threads do where processes would copy every frame.
    with ThreadPoolExecutor(cores()) as pool:
        return tuple(filter(None, pool.map(said, index.clips)))


def _count(task: str, labelling: Labelling, clips: tuple[Clip, ...], synthetic: bool) -> TaskCount:
    labels = {clip: label for clip in clips if (label := labelling.label(clip)) is not None}
    tally = Counter(labels.values())
    return TaskCount(
        task=task,
        classes=labelling.classes,
        found=tuple(tally[i] for i in range(len(labelling.classes))),
        expected=() if synthetic else labelling.expected,
        subjects=len({clip.person for clip in labels}),
        expected_subjects=None if synthetic else labelling.subjects,
    )
