"""Tasks: a dataset's clips mapped to classes, "casme2/5"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from bench.cache.cache import Cache
from bench.cache.files import key
from bench.core.clip import Clip
from bench.core.contain import contained
from bench.core.dataset import Dataset, Index, Labelling, opened
from bench.core.errors import BenchError, DataError, in_a_line
from bench.core.names import TaskName
from bench.core.types import ApexPolicy, Array, Gender
from bench.core.words import Annotation
from bench.data.apex import with_apexes
from bench.data.contract import NOTHING, Contract, LeaveOut, make_contract
from bench.data.fingerprint import copies, identities, reading_code, tried_digests
from bench.data.reading import some

NAMED = 5
"""Clips that an error names before it only counts."""


@dataclass(frozen=True)
class Task:
    """Clips and their classes.

    Attributes:
        name: "casme2/5", with revision and subset where there are: "casme2/5@2014 (245 of 246)".
        dataset: what reads the clips.
        classes: names in the order of the label numbers.
        clips: sorted by id.
        labels: (n,) int64.
        digests: identity of each clip: its id, its bytes and the code that reads it.
        contract: which clips it has, against those that it should have.
        rule: identifies its class map and the code of its dataset.
    """

    name: str
    dataset: Dataset
    classes: tuple[str, ...]
    clips: tuple[Clip, ...]
    labels: Array
    digests: tuple[str, ...]
    contract: Contract = field(default_factory=Contract)
    rule: str = ""

    @property
    def synthetic(self) -> bool:
        """Made by the generator: its rows never share a table with real ones."""
        return self.dataset.synthetic

    @cached_property
    def ids(self) -> Array:
        """(n,) id of each clip."""
        return np.array([clip.id for clip in self.clips])

    @cached_property
    def people(self) -> Array:
        """(n,) subject of each clip, prefixed by its database."""
        return np.array([clip.person for clip in self.clips])

    @cached_property
    def subjects(self) -> Array:
        """(n,) number of the subject of each clip, in the order of `people`."""
        return np.unique(self.people, return_inverse=True)[1]

    @cached_property
    def action_units(self) -> tuple[frozenset[int] | None, ...]:
        """Of each clip; None where none are annotated."""
        return tuple(clip.action_units for clip in self.clips)

    @cached_property
    def genders(self) -> tuple[Gender | None, ...]:
        """Of the subject of each clip; None where it is not known."""
        return tuple(clip.gender for clip in self.clips)

    @cached_property
    def frames(self) -> float:
        """Mean number of frames of a clip."""
        return sum(clip.length for clip in self.clips) / max(len(self.clips), 1)

    @cached_property
    def databases(self) -> Array:
        """(n,) database of each clip: the parts of a composite."""
        return np.array([clip.database for clip in self.clips])

    @cached_property
    def fingerprint(self) -> str:
        """Identifies clips, bytes, apexes, labels, class map, contract and the dataset's code."""
        rows = [
            (clip.id, digest, clip.apex, int(label))
            for clip, digest, label in zip(self.clips, self.digests, self.labels, strict=True)
        ]
        return fingerprint(self.classes, rows, self.rule, self.contract, self.synthetic)

    def without(self, unreadable: Collection[str]) -> Task:
        """The task without clips that cannot be read; named so."""
        kept = [i for i, clip in enumerate(self.clips) if clip.id not in unreadable]
        gone = [clip.id for clip in self.clips if clip.id in unreadable]
        if not gone:
            return self
        labels = self.labels[kept]
        tally = np.bincount(labels, minlength=len(self.classes)).tolist() if kept else ()
        contract = self.contract.without(gone, tuple(tally))
        return replace(
            self,
            name=str(replace(TaskName.parse(self.name), subset=contract.subset)),
            clips=tuple(self.clips[i] for i in kept),
            labels=labels,
            digests=tuple(self.digests[i] for i in kept),
            contract=contract,
        )

    def annotated(self, what: Annotation | Literal["coded_units"]) -> str | None:
        """Identifies what is annotated beside the emotion, None where no clip has it."""
        values = [getattr(clip, what) for clip in self.clips]
        if all(one is None for one in values):
            return None
        # Sorted, because the order of a set is not part of what is annotated.
        return key(what, [sorted(one) if isinstance(one, frozenset) else one for one in values])

    @cached_property
    def apex(self) -> str:
        """Where the apexes come from, "given 145" or "middle 70"."""
        if "frames" not in self.dataset.sources:
            return "as shipped"
        sources = [clip.apex_source for clip in self.clips]
        counts = {s: sources.count(s) for s in sorted(set(sources))}
        return ", ".join(f"{s} {n}" for s, n in counts.items())


def fingerprint(
    classes: Sequence[str],
    rows: Sequence[tuple[str, str, int | None, int]],
    rule: str,
    contract: Contract,
    synthetic: bool,
) -> str:
    """The fingerprint of a task, from which a file of it can be proven.

    Args:
        classes: names.
        rows: id, identity, apex and label number of each clip, sorted by id.
        rule: see `Task`.
        contract: see `Task`.
        synthetic: see `Task`.
    """
    return key("task", classes, rows, rule, contract.identity, synthetic)


def _index(dataset: Dataset) -> Index:
    try:
        with contained():
            return dataset.index()
    except (BenchError, OSError, MemoryError):
        raise
    except Exception as error:  # a plugin may raise anything
        raise DataError(
            f"{dataset.name}: index() of its plugin fails: {in_a_line(error)}"
        ) from error


@dataclass(frozen=True)
class Made:
    """The tasks of one dataset.

    Attributes:
        tasks: those that can be run.
        lacking: why others cannot, an error each.
        known: ids of all clips of the dataset's table.
        remarks: what a user should know of the clips' files, a sentence each.
    """

    tasks: tuple[Task, ...]
    lacking: tuple[DataError, ...]
    known: frozenset[str]
    remarks: tuple[str, ...] = ()

    def all(self) -> tuple[Task, ...]:
        """Every task asked for; raises the first `DataError` of those that cannot be run."""
        if self.lacking:
            raise self.lacking[0]
        return self.tasks


def read_tasks(
    dataset: Dataset,
    words: Sequence[str],
    cache: Cache,
    apex: ApexPolicy = "given",
    threads: int = 1,
    leave_out: LeaveOut = NOTHING,
) -> Made:
    """The tasks of one dataset, from one reading of its index.

    Only clips of a task count: one without frames that has no class there stops nothing.

    Args:
        dataset: located on disk.
        words: labelling names, "3".
        cache: where digests and spotted apexes are remembered.
        apex: "given", "middle" or "spotted".
        threads: for spotting.
        leave_out: what the user agrees to do without.

    Raises:
        DataError: the dataset cannot be indexed.
    """
    index = _index(dataset)
    labellings = [dataset.labellings[word] for word in words]
    left_out = leave_out.excluded | leave_out.absent
    # Sorted whatever a plugin returns: labels, folds and the fingerprint rest on this order.
    clips = [
        clip
        for clip in sorted(index.clips, key=lambda clip: clip.id)
        if clip.id not in left_out and any(one.label(clip) is not None for one in labellings)
    ]
    usable = _usable(dataset, clips, cache, apex, threads)
    tasks: list[Task] = []
    lacking: list[DataError] = []
    for word in words:
        try:
            tasks.append(_task(dataset, word, index, usable, leave_out))
        except DataError as error:
            lacking.append(error)
    known = frozenset(clip.id for clip in (*index.clips, *index.missing))
    return Made(tuple(tasks), tuple(lacking), known, usable.remarks)


@dataclass(frozen=True)
class _Usable:
    """Clips whose files could be read, and why others could not.

    Attributes:
        clips: with the apex that is meant.
        digests: identity of each.
        lost: what is wrong with the others, by id.
        remarks: on their files, a sentence each.
    """

    clips: tuple[Clip, ...]
    digests: tuple[str, ...]
    lost: dict[str, str]
    remarks: tuple[str, ...]


def _usable(
    dataset: Dataset, clips: Sequence[Clip], cache: Cache, apex: ApexPolicy, threads: int
) -> _Usable:
    lost: dict[str, str] = {}
    tried = zip(clips, tried_digests(clips, cache, dataset.name), strict=True)
    readable: list[Clip] = []
    marks: list[str] = []
    for clip, mark in tried:
        if isinstance(mark, DataError):
            lost[clip.id] = str(mark)
        else:
            readable.append(clip)
            marks.append(mark)
    names = identities(dataset, readable, marks)
    spotted = with_apexes(dataset, readable, names, apex, cache, threads)
    kept: list[tuple[Clip, str]] = []
    for clip, name, one in zip(readable, names, spotted, strict=True):
        if isinstance(one, DataError):
            lost[clip.id] = str(one)
        else:
            kept.append((one, name))
    return _Usable(
        clips=tuple(clip for clip, _ in kept),
        digests=tuple(name for _, name in kept),
        lost=lost,
        remarks=tuple(copies(readable, marks)),
    )


def _task(dataset: Dataset, word: str, index: Index, usable: _Usable, leave_out: LeaveOut) -> Task:
    labelling = dataset.labellings[word]
    members = {
        clip.id: clip
        for clip in (*index.missing, *index.clips)
        if labelling.label(clip) is not None
    }
    revision = "" if dataset.synthetic else index.revision
    name = TaskName(dataset.name, word, revision)
    if not members:
        raise DataError(f"{name}: none of its {len(index.clips)} clips belongs to a class")
    rows = [
        (clip, digest)
        for clip, digest in zip(usable.clips, usable.digests, strict=True)
        if clip.id in members
    ]
    settled = leave_out.excluded.union(clip.id for clip, _ in rows)
    excluded = [clip for one, clip in members.items() if one in leave_out.excluded]
    absent = {one: clip for one, clip in members.items() if one not in settled}
    if absent and not (leave_out.incomplete and rows):
        reasons = {one: usable.lost.get(one, "no usable frames") for one in sorted(absent)}
        raise DataError(_lacking(str(name), dataset.name, len(members), reasons))
    if not rows:
        raise DataError(f"{name}: --exclude leaves out all of its {len(members)} clips")
    clips, marks = zip(*rows, strict=True)
    contract = make_contract(
        dataset, index, labelling, clips, absent.values(), excluded, dataset.official(word)
    )
    return Task(
        name=str(replace(name, subset=contract.subset)),
        dataset=dataset,
        classes=labelling.classes,
        clips=clips,
        labels=np.array([labelling.label(clip) for clip in clips]),
        digests=marks,
        contract=contract,
        rule=_rule(dataset, labelling),
    )


def _rule(dataset: Dataset, labelling: Labelling) -> str:
    """Identifies the class map and the code of the plugins that index and read the dataset."""
    code = {one.name: reading_code(type(one)) for one in opened(dataset)}
    words = sorted(labelling.of.items()), sorted(labelling.without), labelling.field
    return key("rule", labelling.classes, words, code)


def _lacking(task: str, dataset: str, whole: int, reasons: dict[str, str]) -> str:
    """Which clips a task lacks, and what can be done, in a line."""
    named = some((f"{clip} ({why})" for clip, why in reasons.items()), NAMED)
    cure = "a copy without any frames cannot be run"
    if len(reasons) < whole:
        cure = "--incomplete runs those that are there, --exclude FILE leaves clips out by name"
    return (
        f"{task} lacks {len(reasons)} of its {whole} clips: {named}; {cure}; "
        f"`bench data check {dataset}` lists all"
    )
