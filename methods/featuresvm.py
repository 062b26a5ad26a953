"""A linear SVM on the features that a dataset ships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Facts
from bench.learning.feature_method import LinearFeatureMethod
from bench.plugins.fidelity import OURS


@dataclass(frozen=True)
class FeatureSVM(LinearFeatureMethod):
    """Standardised features and scikit-learn's linear SVC (LIBSVM, one against one), C = 1."""

    name = "featuresvm"

    sources = {"C": "scikit-learn's default", "balanced": OURS}
    facts = Facts.of_benchmark(
        "features + linear SVM",
        "Features are standardised over the training clips; C = 1, scikit-learn's default; "
        "among classes with equal votes the larger decision value wins.",
        reference=False,
    )

    def classifier(self, C: float, weight: str | None) -> Any:
        """A linear SVC."""
        from sklearn.svm import SVC

        # Equal votes go to the larger decision value, so that predictions are those of the scores.
        return SVC(kernel="linear", C=C, class_weight=weight, break_ties=True)
