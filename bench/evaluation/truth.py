"""The clips of a task and their true classes, as the results folder keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bench.core.types import Array
from bench.data.contract import Contract
from bench.store.task_file import TaskFile


@dataclass(frozen=True)
class Truth:
    """The clips of a task and their true classes, from the results folder.

    Attributes:
        task, fingerprint, classes, synthetic, apex: of the task.
        position: index of each clip id in the arrays.
        people, databases, labels: (n,) subject, database and label number of each clip.
        contract: which clips it has, against those that it should have.
    """

    task: str
    fingerprint: str
    classes: tuple[str, ...]
    synthetic: bool
    apex: str
    position: Mapping[str, int]
    people: Array
    databases: Array
    labels: Array
    contract: Contract = field(default_factory=Contract)

    @cached_property
    def subject(self) -> Array:
        """(n,) number of the subject of each clip, in the order of `np.unique(people)`."""
        return np.unique(self.people, return_inverse=True)[1]

    @cached_property
    def ids(self) -> Array:
        """(n,) id of each clip."""
        return np.array(list(self.position))


def truth(task: TaskFile) -> Truth:
    """The arrays of a task file."""
    people, databases, labels = zip(*task.clips.values(), strict=True)
    return Truth(
        task=task.task,
        fingerprint=task.fingerprint,
        classes=tuple(task.classes),
        synthetic=task.synthetic,
        apex=task.apex,
        position={clip: i for i, clip in enumerate(task.clips)},
        people=np.array(people),
        databases=np.array(databases),
        labels=np.array(labels),
        contract=task.contract,
    )
