"""The leak control: a classifier that sees a face before it moves must stay at chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views


@dataclass(frozen=True)
class OnsetControl(Method):
    """HOG of the onset frame and a linear SVM; above chance, it says that something leaks."""

    C: float = 10.0

    name: ClassVar[str] = "onsetcontrol"
    needs: ClassVar[frozenset[str]] = frozenset({"gradient_histograms"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    facts: ClassVar[Facts] = Facts(
        title="onset frame (control)",
        paper="a reference of this benchmark",
        year=2025,
        url="",
        fidelity="paper",
        reference=True,
    )

    def describe(self, clip: Views) -> Array:
        """HOG of the onset frame, (7488,)."""
        from bench.views.hog import gradient_histograms

        return gradient_histograms(clip, "onset")

    def fit(self, train: Training, context: Context) -> Model:
        """Linear SVM on centred features, classes balanced."""
        from bench.learning.svm import SVM

        svm = SVM("linear", self.C, balanced=True, scaling="centre")
        return svm.fit(train.clips, train.labels, train.classes)
