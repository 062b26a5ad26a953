"""References without flow: the pixels that changed from onset to apex, or the apex's alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench import Array, Facts, Views
from bench.learning.choices import Penalty
from bench.learning.svm_method import SVMMethod
from bench.plugins.fidelity import OURS


@dataclass(frozen=True)
class ApexPixels(SVMMethod):
    """Apex minus onset at 34 x 28 pixels and a linear SVM.

    Attributes:
        C: of the SVM.
        size: height and width the difference is reduced to.
        subtract: take the onset away; without that, pixels mostly show identity.
    """

    name = "apexpixels"

    C: Penalty = 1.0
    size: tuple[int, int] = (34, 28)
    subtract: bool = True

    needs = frozenset({"key_frames"})
    described_by = ("size", "subtract")
    scaling = "standard"
    balanced = True
    variants = {"alone": {"subtract": False}}
    sources = {
        "C": OURS,
        "size": OURS,
        "subtract": OURS,
    }
    facts = Facts.of_benchmark("apex minus onset pixels + SVM", reference=True)

    def describe(self, clip: Views) -> Array:
        """Grey levels of apex minus onset, float32 of `size`, -255..255 (alone: 0..255)."""
        from bench.views.frames import key_frames, resized

        # As floats, since differences of uint8 wrap around.
        onset, apex = key_frames(clip).astype(np.float32)
        pixels = apex - onset if self.subtract else apex
        small: Array = resized(pixels[None], self.size)[0]
        return small
