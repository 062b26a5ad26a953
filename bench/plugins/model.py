"""What `fit` is given of the training subjects, and what it returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.core.types import Array, Description, Gender


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
