"""The leak control: a classifier that sees a face before it moves must stay at chance."""

from __future__ import annotations

from dataclasses import dataclass

from bench import Array, Facts, Views
from bench.learning.choices import Penalty
from bench.learning.svm_method import SVMMethod
from bench.plugins.fidelity import OURS


@dataclass(frozen=True)
class OnsetControl(SVMMethod):
    """HOG of the onset frame and a linear SVM; above chance, it says that something leaks."""

    name = "onsetcontrol"

    C: Penalty = 10.0

    needs = frozenset({"gradient_histograms"})
    described_by = ()
    scaling = "centre"
    balanced = True
    sources = {
        "C": OURS,
    }
    facts = Facts.of_benchmark("onset frame (control)", reference=True)

    def describe(self, clip: Views) -> Array:
        """HOG of the onset frame, (7488,)."""
        from bench.views.hog import gradient_histograms

        return gradient_histograms(clip, "onset")
