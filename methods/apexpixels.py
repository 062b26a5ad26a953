"""References without flow: the pixels that changed from onset to apex, or the apex's alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views


@dataclass(frozen=True)
class ApexPixels(Method):
    """Apex minus onset at 34 x 28 pixels and a linear SVM.

    Attributes:
        C: of the SVM.
        size: height and width the difference is reduced to.
        subtract: take the onset away; without that a face is mostly whose it is.
    """

    C: float = 1.0
    size: tuple[int, int] = (34, 28)
    subtract: bool = True

    name: ClassVar[str] = "apexpixels"
    needs: ClassVar[frozenset[str]] = frozenset({"key_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ("size", "subtract")
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {"alone": {"subtract": False}}
    facts: ClassVar[Facts] = Facts(
        title="apex minus onset pixels + SVM",
        paper="a reference of this benchmark",
        year=2025,
        url="",
        fidelity="paper",
        reference=True,
    )

    def describe(self, clip: Views) -> Array:
        """Grey levels of apex minus onset, float32 of `size`, -255..255 (alone: 0..255)."""
        from bench.views.frames import key_frames, resized

        onset, apex = key_frames(clip).astype(np.float32)
        pixels = apex - onset if self.subtract else apex
        small: Array = resized(pixels[None], self.size)[0]
        return small

    def fit(self, train: Training, context: Context) -> Model:
        """Linear SVM on standardised features, classes balanced."""
        from bench.learning.svm import SVM

        svm = SVM("linear", self.C, balanced=True, scaling="standard")
        return svm.fit(train.clips, train.labels, train.classes)
