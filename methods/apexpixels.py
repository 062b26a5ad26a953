"""A motion reference without flow: the pixels that changed from onset to apex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench.clip import Array, Views
from bench.context import Context
from bench.method import Facts, Method, Model, Training


@dataclass(frozen=True)
class ApexPixels(Method):
    """Apex minus onset at 34 x 28 pixels and a linear SVM."""

    C: float = 1.0
    size: tuple[int, int] = (34, 28)

    name: ClassVar[str] = "apexpixels"
    needs: ClassVar[frozenset[str]] = frozenset({"key_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ("size",)
    facts: ClassVar[Facts] = Facts(
        title="apex minus onset pixels + SVM",
        paper="a reference of this benchmark",
        year=2025,
        url="",
        fidelity="paper",
        reference=True,
    )

    def describe(self, clip: Views) -> Array:
        """Grey levels of apex minus onset, float32 of `size`, -255..255."""
        from bench.views.frames import key_frames, resized

        onset, apex = key_frames(clip).astype(np.float32)
        change: Array = resized((apex - onset)[None], self.size)[0]
        return change

    def fit(self, train: Training, context: Context) -> Model:
        """Linear SVM on standardised features, classes balanced."""
        from bench.learning.svm import SVM

        svm = SVM("linear", self.C, balanced=True, scaling="standard")
        return svm.fit(train.clips, train.labels, train.classes)
