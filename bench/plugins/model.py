"""What `fit` is given of the training subjects, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from bench.core.types import Array, Description, Gender
from bench.plugins.state import State, built, flat


@dataclass(frozen=True)
class Training:
    """The training subjects' clips of one fold.

    Attributes:
        clips: what `describe` returned for each, n of them.
        labels: (n,) int64, 0 .. classes - 1; a class may be missing.
        subjects: (n,) whose clip it is, as opaque words.
        classes: number of classes of the task.
        action_units: numbers of the annotated action units, None for a clip without.
        genders: of the clips' subjects, None where not annotated.
        unlabelled: the held-out subject's clips, for a method that states it is transductive;
            None for every other.
    """

    clips: Sequence[Description]
    labels: Array
    subjects: Array
    classes: int
    action_units: Sequence[frozenset[int] | None] = ()
    genders: Sequence[Gender | None] = ()
    unlabelled: Sequence[Description] | None = None

    @classmethod
    def outline(cls, clip: Description, classes: int) -> Self:
        """What the form of a model may depend on: one clip, all of zeros, and no label.

        Args:
            clip: any description; its shape and type are kept.
            classes: number of classes.
        """
        if isinstance(clip, Mapping):
            zeros: Description = {name: np.zeros_like(one) for name, one in clip.items()}
        else:
            zeros = np.zeros_like(clip)
        none = np.zeros(0, np.int64)
        return cls([zeros], none, none, classes)


class Model:
    """A fitted method."""

    parameters: int | None = None
    """Number of trained parameters, where counting them means something."""

    def predict(self, clips: Sequence[Description]) -> Array:
        """Score clips.

        Args:
            clips: n descriptions.

        Returns:
            (n, classes) finite floats; the largest of a row is the predicted class.
        """
        raise NotImplementedError

    def state(self) -> State:
        """What the model consists of: its attributes, unless a model says otherwise.

        Returns:
            arrays, what JSON can hold and fitted scikit-learn estimators by name; whatever the
            method's configuration says need not be in it.
        """
        return flat(self)

    @classmethod
    def from_state(cls, state: State) -> Self:
        """The model that `state` described, where nobody has written another `state`."""
        return built(cls, state)
