"""The bases of methods that fit a scikit-learn classifier: to descriptions, or shipped features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bench.core.types import Array
from bench.learning.choices import Penalty
from bench.learning.sklearn import ClassifierModel, fit
from bench.plugins.context import Context
from bench.plugins.method import Method
from bench.plugins.model import Training
from bench.views.clip_views import Views
from bench.views.features import features

GRID = (1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0)
"""What C is chosen from, for features of variance 1."""
FOLDS = 5
"""Parts of the training subjects that choose it."""


class ClassifierMethod(Method):
    """A scikit-learn classifier: a plugin adds its facts, `describe` and `estimator`."""

    def estimator(self) -> Any:
        """The scikit-learn classifier or pipeline, not fitted."""
        raise NotImplementedError

    def fit(self, train: Training, context: Context) -> ClassifierModel:
        """Fit the classifier."""
        return fit(self.estimator(), train, context)


class FeatureMethod(ClassifierMethod):
    """A classifier of the vectors that a dataset ships: a plugin adds its facts and `estimator`."""

    needs: ClassVar[frozenset[str]] = frozenset({"features"})
    described_by: ClassVar[tuple[str, ...] | None] = ()

    def describe(self, clip: Views) -> Array:
        """The dataset's features, (d,)."""
        return features(clip)


@dataclass(frozen=True)
class LinearFeatureMethod(FeatureMethod):
    """A linear classifier of standardised features: a plugin adds its facts and `classifier`.

    Attributes:
        C: inverse weight of the penalty; "inner" chooses it by macro F1 in five inner folds of the
            training subjects.
        balanced: weight clips by n / (classes · clips of the class).
    """

    C: Penalty = 1.0
    balanced: bool = False

    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "balanced": {"balanced": True},
        "inner": {"C": "inner"},
    }

    def classifier(self, C: float, weight: str | None) -> Any:
        """The classifier, not fitted.

        Args:
            C: inverse weight of the penalty.
            weight: scikit-learn's `class_weight`.
        """
        raise NotImplementedError

    def estimator(self) -> Any:
        """Mean 0 and variance 1 of each feature over the training clips, then the classifier."""
        from sklearn.model_selection import GridSearchCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        chosen = self.C == "inner"
        C = 1.0 if chosen else float(self.C)
        classifier = self.classifier(C, "balanced" if self.balanced else None)
        pipeline = make_pipeline(StandardScaler(), classifier)
        if not chosen:
            return pipeline
        grid = {f"{pipeline.steps[-1][0]}__C": list(GRID)}
        return GridSearchCV(pipeline, grid, scoring="f1_macro", cv=FOLDS)
