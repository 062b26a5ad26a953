"""Tasks: a dataset's clips mapped to classes, "casme2/5"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.cache.cache import Cache
from bench.cache.files import key
from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.errors import DataError
from bench.core.names import TaskName
from bench.core.types import ApexPolicy, Array
from bench.core.words import Annotation
from bench.data.apex import with_apexes
from bench.data.fingerprint import digests


@dataclass(frozen=True)
class Task:
    """Clips and their classes.

    Attributes:
        name: "casme2/5".
        dataset: what reads the clips.
        classes: names in the order of the label numbers.
        clips: sorted by id.
        labels: (n,) int64.
        digests: content digest of each clip.
    """

    name: str
    dataset: Dataset
    classes: tuple[str, ...]
    clips: tuple[Clip, ...]
    labels: Array
    digests: tuple[str, ...]

    @property
    def synthetic(self) -> bool:
        """Made by the generator: its rows never share a table with real ones."""
        return self.dataset.synthetic

    @cached_property
    def people(self) -> Array:
        """(n,) subject of each clip, prefixed by its database."""
        return np.array([clip.person for clip in self.clips])

    @cached_property
    def databases(self) -> Array:
        """(n,) database of each clip: the parts of a composite."""
        return np.array([clip.database for clip in self.clips])

    @cached_property
    def fingerprint(self) -> str:
        """Identifies clips, bytes, apexes and labels together."""
        rows = [
            (clip.id, digest, clip.apex, int(label))
            for clip, digest, label in zip(self.clips, self.digests, self.labels, strict=True)
        ]
        return key("task", self.classes, rows)

    def annotated(self, what: Annotation) -> str | None:
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


def make_tasks(
    dataset: Dataset,
    words: list[str],
    cache: Cache,
    apex: ApexPolicy = "given",
    threads: int = 1,
) -> list[Task]:
    """The tasks of one dataset, from one reading of its index.

    Args:
        dataset: located on disk.
        words: labelling names, "3".
        cache: where digests and spotted apexes are remembered.
        apex: "given", "middle" or "spotted".
        threads: for spotting.

    Raises:
        DataError: clips without frames (all named), or a labelling without clips.
    """
    index = dataset.index()
    if index.missing:
        first = ", ".join(clip.id for clip in index.missing[:5])
        some = first + (", ..." if len(index.missing) > 5 else "")
        raise DataError(
            f"{dataset.name}: {len(index.missing)} clips of its table have no frames on disk: "
            f"{some}; `bench data check {dataset.name}` lists all of them"
        )
    # Sorted whatever a plugin returns: labels, folds and the fingerprint rest on this order.
    clips = sorted(index.clips, key=lambda clip: clip.id)
    marks = digests(clips, cache, dataset.name)
    clips = with_apexes(dataset, clips, marks, apex, cache, threads)
    tasks = []
    for word in words:
        name, labelling = str(TaskName(dataset.name, word)), dataset.labellings[word]
        rows = [
            (clip, label, mark)
            for clip, mark in zip(clips, marks, strict=True)
            if (label := labelling.label(clip)) is not None
        ]
        if not rows:
            raise DataError(
                f"{TaskName(dataset.name, word)}: none of its {len(clips)} clips belongs to a class"
            )
        chosen, labels, kept = zip(*rows, strict=True)
        tasks.append(Task(name, dataset, labelling.classes, chosen, np.array(labels), kept))
    return tasks
