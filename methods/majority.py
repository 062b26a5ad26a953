"""The floor: always the training subjects' most frequent class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench.core.types import Array, Description
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views


@dataclass(frozen=True)
class Majority(Method):
    """Scores each class by its share of the training clips, whatever the clip."""

    name: ClassVar[str] = "majority"
    needs: ClassVar[frozenset[str]] = frozenset()
    facts: ClassVar[Facts] = Facts(
        title="majority class",
        paper="a reference of this benchmark",
        year=2025,
        url="",
        fidelity="paper",
        reference=True,
    )

    def describe(self, clip: Views) -> Array:
        """Nothing is looked at."""
        return np.zeros(0)

    def fit(self, train: Training, context: Context) -> Model:
        """Count the classes."""
        return Shares(np.bincount(train.labels, minlength=train.classes) / len(train.labels))


@dataclass(frozen=True)
class Shares(Model):
    """The same scores (classes,) for every clip."""

    shares: Array

    def predict(self, clips: Sequence[Description]) -> Array:
        """(n, classes) shares of the training clips."""
        return np.tile(self.shares, (len(clips), 1))
