"""The floor: always the training subjects' most frequent class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench import Array, Context, Description, Facts, Method, Model, Training, Views


@dataclass(frozen=True)
class Majority(Method):
    """Scores each class by its share of the training clips, the same for every clip."""

    name = "majority"

    needs = frozenset()
    facts = Facts.of_benchmark("majority class", reference=True)

    def describe(self, clip: Views) -> Array:
        """Empty: the clip is not used."""
        return np.zeros(0)

    def fit(self, train: Training, context: Context) -> Shares:
        """Count the classes."""
        return Shares(np.bincount(train.labels, minlength=train.classes) / len(train.labels))


@dataclass(frozen=True)
class Shares(Model):
    """The same scores (classes,) for every clip."""

    shares: Array

    def predict(self, clips: Sequence[Description]) -> Array:
        """(n, classes) shares of the training clips."""
        return np.tile(self.shares, (len(clips), 1))
