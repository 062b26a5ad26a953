"""How many clips a task has, class by class, against those that the papers count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bench.core.clip import Clip
from bench.core.dataset import Dataset, Index
from bench.core.names import TaskName


@dataclass(frozen=True)
class Difference:
    """One class whose clips are not those of the published list.

    Attributes:
        name: of the class.
        lacks: ids of clips that should be in it.
        extra: ids of clips that should not.
    """

    name: str
    lacks: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


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
        differences: classes with other clips than the published list, or than the table where
            no list is public.
    """

    task: str
    classes: tuple[str, ...]
    found: tuple[int, ...]
    expected: tuple[int, ...]
    subjects: int
    expected_subjects: int | None
    differences: tuple[Difference, ...] = ()

    @property
    def empty(self) -> bool:
        """No clip has a class, as where an optional table is absent."""
        return not any(self.found)

    @property
    def counted(self) -> bool:
        """There are counts to compare with."""
        return bool(self.expected) or self.expected_subjects is not None

    @property
    def good(self) -> bool:
        """True when nothing differs from the papers."""
        if self.empty:
            return True
        right = self.expected in ((), self.found) and not self.differences
        return right and self.expected_subjects in (None, self.subjects)

    def __str__(self) -> str:
        """One line: "casme2/3: negative 88, positive 32, surprise 25; 24 subjects"."""
        if self.empty:
            return f"{self.task}: no clip belongs to a class"
        words = [f"{name} {n}" for name, n in zip(self.classes, self.found, strict=True)]
        line = f"{self.task}: {', '.join(words)}; {self.subjects} subjects"
        people = "" if self.expected_subjects is None else f"; {self.expected_subjects} subjects"
        wanted = f": expected {', '.join(map(str, self.expected))}{people}"
        return line if self.good or not self.expected else line + wanted


def count(dataset: Dataset, word: str, index: Index) -> TaskCount:
    """The counts of one task. Stand-ins are made in any size, so theirs are not compared.

    Args:
        dataset: of the task.
        word: its labelling.
        index: of the dataset.
    """
    labelling = dataset.labellings[word]
    labels = {clip: label for clip in index.clips if (label := labelling.label(clip)) is not None}
    tally = Counter(labels.values())
    found = tuple(tally[i] for i in range(len(labelling.classes)))
    real = not dataset.synthetic
    return TaskCount(
        task=str(TaskName(dataset.name, word)),
        classes=labelling.classes,
        found=found,
        expected=labelling.counts(index.revision, found) if real else (),
        subjects=len({clip.person for clip in labels}),
        expected_subjects=labelling.subjects if real else None,
        differences=_differences(dataset, word, index) if real and any(found) else (),
    )


def _differences(dataset: Dataset, word: str, index: Index) -> tuple[Difference, ...]:
    labelling = dataset.labellings[word]
    held = _classes(dataset, word, index.clips)
    listed = dataset.official(word)
    # A later revision of the table has other clips by right.
    if not listed or labelling.counts(index.revision) != labelling.expected:
        listed = {**held, **_classes(dataset, word, index.missing)}
    found = (
        Difference(
            name,
            lacks=tuple(sorted(c for c in listed if listed[c] == name != held.get(c))),
            extra=tuple(sorted(c for c in held if held[c] == name != listed.get(c))),
        )
        for name in labelling.classes
    )
    return tuple(one for one in found if one.lacks or one.extra)


def _classes(dataset: Dataset, word: str, clips: tuple[Clip, ...]) -> dict[str, str]:
    """Class by clip id."""
    labelling = dataset.labellings[word]
    labels = {clip.id: labelling.label(clip) for clip in clips}
    return {clip: labelling.classes[at] for clip, at in labels.items() if at is not None}
