"""Whether a dataset on disk is what its papers count, and what to do where it is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.core.clip import Clip
from bench.core.dataset import Dataset, Index
from bench.core.deferred import load
from bench.core.errors import DataError
from bench.core.machine import cores
from bench.core.threads import side_by_side
from bench.data.contract import clip_of
from bench.data.counts import Difference, TaskCount, count
from bench.data.declared.dataset import Declared
from bench.data.elsewhere import elsewhere, instead, one_line, setting
from bench.data.fingerprint import copied
from bench.data.reading import some

NAMED = 10
"""Names listed in full; of more only the first few, all of them in the report's JSON."""
AT_ONCE = 64
"""Frames of a clip decoded together."""


@dataclass(frozen=True)
class Report:
    """What a dataset's folder holds.

    Attributes:
        dataset: its name.
        root: the folder.
        synthetic: a stand-in: its counts are not compared.
        clips: with frames on disk.
        expected: rows the owners' table has, None where unknown or not compared.
        revision: of the annotation table; empty where there is only one.
        repaired: what was repaired by a stated rule, a sentence a clip.
        dropped: what was left out and why.
        refused: files, folders and tables seen and not used, each with its reason.
        missing: ids of clips without frames on disk.
        unreadable: a sentence for each clip with a frame that cannot be read.
        faults: the index's own problems: gaps, frames of several clips, unknown emotions.
        notes: what else there is to say.
        tasks: counts of every task.
        layout: the tree expected below the root.
        elsewhere: a folder that holds more of the dataset, None where none was found.
        declared_in: the file of a dataset without code, whose counts are its user's own.
    """

    dataset: str
    root: str
    synthetic: bool
    clips: int
    expected: int | None
    revision: str
    repaired: tuple[str, ...]
    dropped: tuple[str, ...]
    refused: tuple[str, ...]
    missing: tuple[str, ...]
    unreadable: tuple[str, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    tasks: tuple[TaskCount, ...]
    layout: str
    elsewhere: Path | None = None
    declared_in: Path | None = None

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """What must be fixed or accepted before results mean what they say, a line each."""
        return tuple(self._problems())

    @property
    def good(self) -> bool:
        """True when there are no problems."""
        return not self.problems

    def _problems(self) -> Iterator[str]:
        if self.missing:
            yield f"clips without usable frames on disk: {len(self.missing)}"
        if self.unreadable:
            yield f"clips that cannot be read: {len(self.unreadable)}"
        yield from self.faults
        if self.expected is not None and self.clips + len(self.missing) != self.expected:
            yield f"{self.clips} clips found, {self.expected} expected"
        if all(task.empty for task in self.tasks):
            yield "every task is empty"
        said = f"{self.declared_in} expects" if self.declared_in else "the papers count"
        for task in self.tasks:
            if not task.good and task.counted:
                yield (
                    f"{task.task}: {sum(task.found)} clips of {task.subjects} subjects, other than "
                    f"{said}"
                )

    @cached_property
    def remedies(self) -> tuple[str, ...]:
        """What to do about the problems: a command or a line of bench.toml each."""
        return tuple(self._remedies())

    def _remedies(self) -> Iterator[str]:
        if self.elsewhere is not None:
            yield setting(self.dataset, self.elsewhere)
        elif self.clips <= len(self.missing) and self.declared_in:
            yield f"correct root in {self.declared_in}, or the paths in its table"
        elif self.clips <= len(self.missing):
            yield f"compare the folder with the layout expected: {one_line(self.layout)}"
        if self.refused and self.missing:
            yield "follow the advice on the refused files above"
        if self.clips and (self.missing or self.unreadable):
            archive = "" if self.declared_in else " from the owners' archive"
            yield (
                f"copy the clips without usable frames{archive} again, or run without them: "
                f"`bench run --datasets {self.dataset} --incomplete`"
            )
        if self.faults:
            yield (
                "correct the frames or the table, or leave clips out by name, one per "
                f"line: `bench run --datasets {self.dataset} --exclude FILE`"
            )
        if any(self._unexplained(t) for t in self.tasks if t.counted and not t.good):
            yield (
                f"correct the table, or expected and subjects in {self.declared_in}"
                if self.declared_in
                else "compare the annotation table with the owners' (its name, rows and "
                f"fingerprint are in the notes); what is known of it: `bench info {self.dataset}`"
            )

    def _unexplained(self, task: TaskCount) -> bool:
        """Whether a task would differ from the papers even with its missing clips."""
        gone = {*self.missing}
        back = {one.name: len(gone.intersection(one.lacks)) for one in task.differences}
        pairs = zip(task.classes, task.found, strict=True)
        return tuple(n + back.get(name, 0) for name, n in pairs) != task.expected

    def _missing(self) -> Iterator[str]:
        """Missing clips, with the reason where no problem says it."""
        explained = set(map(clip_of, self.faults))
        for clip in self.missing:
            yield clip if clip in explained else f"{clip}: no files on disk"

    def __str__(self) -> str:
        """The whole report, for reading."""
        made = ", SYNTHETIC" if self.synthetic else ""
        of = "" if self.expected is None else f" of {self.expected}"
        lines = [f"{self.dataset} at {self.root}{made}: {self.clips}{of} clips"]
        for task in self.tasks:
            lines += [f"  {task}", *(f"    {_said(one)}" for one in task.differences)]
        for title in ("repaired", "dropped", "refused", "missing", "unreadable", "notes"):
            entries = tuple(self._missing()) if title == "missing" else getattr(self, title)
            if entries:
                lines += [f"{title}, {len(entries)}:", *(f"  {e}" for e in _folded(entries))]
        if self.good:
            return "\n".join([*lines, "OK"])
        lines += ["problems:", *(f"  {problem}" for problem in _folded(self.problems))]
        if self.remedies:
            lines += ["what to do:", *(f"  {remedy}" for remedy in self.remedies)]
        return "\n".join(lines)


def check(dataset: Dataset, pixels: bool = True) -> Report:
    """Index a dataset, read every clip, compare the counts with the papers'.

    Args:
        dataset: located on disk.
        pixels: read every frame too; False takes the index's word.

    Raises:
        DataError: the dataset cannot even be indexed; with what the folder holds instead.
    """
    try:
        index = dataset.index()
    except DataError as error:
        raise DataError(f"{error}; {instead(dataset)}") from error
    few = not index.clips or len(index.clips) < len(index.missing)
    return Report(
        dataset=dataset.name,
        root=str(dataset.root),
        synthetic=dataset.synthetic,
        clips=len(index.clips),
        expected=None if dataset.synthetic else index.expected,
        revision=index.revision,
        repaired=index.repaired,
        dropped=index.dropped,
        refused=index.refused,
        missing=tuple(clip.id for clip in index.missing),
        unreadable=_unreadable(dataset, index) if pixels else (),
        faults=index.problems,
        notes=(*index.notes, *(copied(index.clips) if pixels else ())),
        tasks=tuple(count(dataset, word, index) for word in dataset.labellings),
        layout=dataset.facts.layout,
        elsewhere=elsewhere(dataset, len(index.clips)) if few else None,
        declared_in=dataset.declared_in if isinstance(dataset, Declared) else None,
    )


def _unreadable(dataset: Dataset, index: Index) -> tuple[str, ...]:
    def said(clip: Clip) -> str:
        try:
            _decode(dataset, clip)
        except DataError as error:
            return f"{clip.id}: {error}"
        return ""

    load("numpy")
    return tuple(filter(None, side_by_side(said, index.clips, threads=cores())))


def _decode(dataset: Dataset, clip: Clip) -> None:
    """Read all frames of a clip, in parts where the dataset can: some have gigabytes."""
    length = clip.length
    parts = (range(at, min(at + AT_ONCE, length)) for at in range(0, length, AT_ONCE))
    if any(dataset.read_some(clip, part) is None for part in parts):
        dataset.read(clip)


def _said(one: Difference) -> str:
    """A class with its clips that the list has elsewhere or not at all, and the other way round."""
    lacks = f"{len(one.lacks)} not here: {_few(one.lacks)}" if one.lacks else ""
    extra = f"{len(one.extra)} not in the list: {_few(one.extra)}" if one.extra else ""
    return f"{one.name}: {'; '.join(filter(None, (lacks, extra)))}"


def _few(names: tuple[str, ...]) -> str:
    """All of a few names, the first of many."""
    return some(names, NAMED) if len(names) <= NAMED else some(names)


def _folded(sentences: Iterable[str]) -> Iterator[str]:
    """Sentences on single clips, those that say the same of several in one with their number."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for sentence in sentences:
        # A clip's id alone is a whole sentence.
        clip = clip_of(sentence) if ": " in sentence else ""
        groups[sentence.removeprefix(f"{clip}: ")].append(clip)
    for said, clips in groups.items():
        if len(clips) > 1 and clips[0]:
            yield f"{len(clips)} clips: {said} ({some(clips)})"
        else:
            yield f"{clips[0]}: {said}" if clips[0] else said
