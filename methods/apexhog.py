"""A texture reference: what the apex frame alone tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views


@dataclass(frozen=True)
class ApexHOG(Method):
    """HOG of the apex frame and a linear SVM; set beside `onsetcontrol`, the gain is expression."""

    C: float = 10.0

    name: ClassVar[str] = "apexhog"
    needs: ClassVar[frozenset[str]] = frozenset({"gradient_histograms"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    facts: ClassVar[Facts] = Facts(
        title="apex HOG + SVM",
        paper="a reference of this benchmark",
        year=2025,
        url="",
        fidelity="paper",
        reference=True,
    )

    def describe(self, clip: Views) -> Array:
        """HOG of the apex frame, (7488,)."""
        from bench.views.hog import gradient_histograms

        return gradient_histograms(clip, "apex")

    def fit(self, train: Training, context: Context) -> Model:
        """Linear SVM on centred features, classes balanced."""
        from bench.learning.svm import SVM

        svm = SVM("linear", self.C, balanced=True, scaling="centre")
        return svm.fit(train.clips, train.labels, train.classes)
