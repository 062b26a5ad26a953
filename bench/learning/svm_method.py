"""The base of methods that describe a clip by a vector or histograms and fit an SVM to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from bench.core.errors import BenchError
from bench.core.types import Array, Description
from bench.learning.choices import Kernel, Penalty, Scaling
from bench.plugins.context import Context
from bench.plugins.method import Method
from bench.plugins.model import Model, Training
from bench.plugins.state import State, built, flat, prefixed, returned, under

if TYPE_CHECKING:
    from bench.learning.svm import SVM

Transform = Callable[[Description], Array]

INNER: Mapping[str, Mapping[str, Any]] = {"inner": {"C": "inner"}}
"""The variant that chooses C on the training subjects of each fold."""


@dataclass(frozen=True)
class SVMMethod(Method):
    """An SVM on descriptors: a plugin adds its facts, `describe` and the kernel.

    Attributes:
        C: penalty of the SVM; "inner" chooses it by inner folds over the training subjects, also
            where a plugin names no such variant.
    """

    C: Penalty = 1.0

    kernel: ClassVar[Kernel] = "linear"
    scaling: ClassVar[Scaling] = "none"
    balanced: ClassVar[bool] = False

    def svm(self) -> SVM:
        """The classifier, not yet fitted; see `bench.learning.svm.SVM`."""
        from bench.learning.svm import SVM

        return SVM(self.kernel, self.C, self.balanced, self.scaling)

    def transform(self, train: Training, context: Context) -> Transform | None:
        """What turns a description into the SVM's row, learned from training clips; None: nothing.

        A frozen dataclass with `__call__`; its fields are saved with the model. Its class is read
        off the annotation of this function when a model is restored.
        """
        return None

    def fit(self, train: Training, context: Context) -> Model:
        """Learn the transform, then fit the SVM."""
        context.check_deadline()
        transform = self.transform(train, context)
        rows = train.clips if transform is None else [transform(clip) for clip in train.clips]
        model = self.svm().fit(rows, train.labels, train.classes, context)
        return model if transform is None else Transformed(model, transform)

    def restore(self, state: State, outline: Training) -> Model:
        """The SVM, and the transform where the method has one."""
        from bench.learning.svm import SVMModel

        inner = under("model", state)
        if not inner:
            return SVMModel.from_state(state)
        kind = returned(type(self).transform)
        if kind is None or not dataclasses.is_dataclass(kind):
            raise BenchError(
                f"{self.name} cannot restore a model: annotate transform with the dataclass that "
                "it returns"
            )
        transform: Any = built(kind, under("transform", state))
        return Transformed(SVMModel.from_state(inner), transform)


@dataclass(frozen=True)
class Transformed(Model):
    """A model of transformed descriptions."""

    model: Model
    transform: Transform

    def predict(self, clips: Sequence[Description]) -> Array:
        """Scores (n, classes) of n descriptions."""
        return self.model.predict([self.transform(clip) for clip in clips])

    def state(self) -> State:
        """That of the model, and the fields of the transform.

        Raises:
            BenchError: a transform that is no dataclass.
        """
        if not dataclasses.is_dataclass(self.transform):
            raise BenchError(
                f"the transform is a {type(self.transform).__name__}; expected a frozen dataclass "
                "with __call__, whose fields can be saved"
            )
        model, transform = self.model.state(), flat(self.transform)
        return {**prefixed("model", model), **prefixed("transform", transform)}


@dataclass(frozen=True)
class Columns:
    """Some columns of a flat description.

    Attributes:
        chosen: their positions.
    """

    chosen: Array

    def __call__(self, clip: Description) -> Array:
        """One row."""
        row: Array = np.ravel(np.asarray(clip))[self.chosen]
        return row
