"""A texture reference: how far the apex frame alone gets."""

from __future__ import annotations

from dataclasses import dataclass

from bench import Array, Facts, Views
from bench.learning.choices import Penalty
from bench.learning.svm_method import SVMMethod
from bench.plugins.fidelity import OURS


@dataclass(frozen=True)
class ApexHOG(SVMMethod):
    """HOG of the apex frame and a linear SVM; what it gains over `onsetcontrol` is expression."""

    name = "apexhog"

    C: Penalty = 10.0

    needs = frozenset({"gradient_histograms"})
    described_by = ()
    scaling = "centre"
    balanced = True
    sources = {
        "C": OURS,
    }
    facts = Facts.of_benchmark("apex HOG + SVM", reference=True)

    def describe(self, clip: Views) -> Array:
        """HOG of the apex frame, (7488,)."""
        from bench.views.hog import gradient_histograms

        return gradient_histograms(clip, "apex")
