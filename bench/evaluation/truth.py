"""The clips of a task and their true classes, as the results folder keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.core.types import Array


@dataclass(frozen=True)
class Truth:
    """The clips of a task and their true classes, from the results folder.

    Attributes:
        task, fingerprint, classes, synthetic, apex: of the task.
        position: of each clip id in the arrays.
        people, databases, labels: (n,) of each clip.
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


def truth(raw: Mapping[str, Any]) -> Truth:
    """From the JSON that `Store.write_task` wrote."""
    clips = raw["clips"]
    people, databases, labels = zip(*clips.values(), strict=True)
    return Truth(
        task=raw["task"],
        fingerprint=raw["fingerprint"],
        classes=tuple(raw["classes"]),
        synthetic=raw["synthetic"],
        apex=raw["apex"],
        position={clip: i for i, clip in enumerate(clips)},
        people=np.array(people),
        databases=np.array(databases),
        labels=np.array(labels),
    )
