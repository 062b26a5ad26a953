"""Logistic regression on the features that a dataset ships."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Facts
from bench.learning.feature_method import LinearFeatureMethod
from bench.plugins.fidelity import OURS

MOST_STEPS = 2000
"""Of L-BFGS: enough to converge on thousands of features, where the default of 100 is not."""


@dataclass(frozen=True)
class FeatureLogistic(LinearFeatureMethod):
    """Standardised features and multinomial logistic regression, L2 penalty with C = 1."""

    name = "featurelogistic"

    sources = {"C": "scikit-learn's default", "balanced": OURS}
    facts = Facts.of_benchmark(
        "features + logistic regression",
        "Features are standardised over the training clips; L2 penalty with C = 1, scikit-learn's "
        "default.",
        reference=False,
    )

    def classifier(self, C: float, weight: str | None) -> Any:
        """A multinomial logistic regression."""
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=C, class_weight=weight, max_iter=MOST_STEPS)
