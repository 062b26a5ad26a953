"""The nearest neighbour in the features that a dataset ships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Facts
from bench.learning.feature_method import FeatureMethod
from bench.plugins.fidelity import OURS


@dataclass(frozen=True)
class NearestNeighbour(FeatureMethod):
    """The class of the nearest training clip, by Euclidean distance of the features as they are.

    Attributes:
        neighbours: that vote.
    """

    name = "nearestneighbour"

    neighbours: int = 1

    sources = {"neighbours": OURS}
    facts = Facts.of_benchmark(
        "features + nearest neighbour",
        "Features are not scaled.",
        reference=False,
    )

    def estimator(self) -> Any:
        """scikit-learn's classifier."""
        from sklearn.neighbors import KNeighborsClassifier

        # Compares all pairs: scikit-learn's trees are no data that can be saved, and the choice
        # between them depends on the number of clips.
        return KNeighborsClassifier(self.neighbours, algorithm="brute")
