"""Support vector machines on one Gram matrix a fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bench.clip import Array, Description
from bench.errors import BenchError
from bench.method import Model

Kernel = Literal["linear", "polynomial", "rbf", "chi2", "intersection"]
Scaling = Literal["none", "standard", "centre"]

ABSENT = -1e6
"""Score of a class that no training clip has: finite, and below every other."""


@dataclass(frozen=True)
class Scaler:
    """x -> (x - shift) / width, both (d,) or scalar, taken from training clips."""

    shift: Array
    width: Array

    @classmethod
    def of(cls, rows: Array, scaling: Scaling) -> Scaler:
        """Fit to training rows (n, d).

        "standard" gives every feature variance 1 / d, "centre" gives all of them together a mean
        square of 1 / d and keeps their proportions: either way a clip's expected squared length
        is 1, so that C means the same at every d. A constant feature becomes nought.
        """
        if scaling == "none":
            return cls(np.zeros(()), np.ones(()))
        spread = rows.std(axis=0)
        if scaling == "centre":
            spread = np.sqrt(np.mean(spread**2, keepdims=True))
        constant = spread <= 1e-12 * max(1.0, float(np.abs(rows).max()))
        width = np.where(constant, np.inf, spread * np.sqrt(rows.shape[1]))
        return cls(rows.mean(axis=0), width)

    def __call__(self, rows: Array) -> Array:
        """Scale rows (n, d)."""
        scaled: Array = (rows - self.shift) / self.width
        return scaled


@dataclass(frozen=True)
class SVM:
    """A support vector classifier (LIBSVM: one against one), not yet fitted.

    Attributes:
        kernel: "linear" a·b; "polynomial" (gamma a·b + offset)^degree; "rbf" exp(-gamma |a - b|²);
            "chi2" Σ 2ab / (a + b) and "intersection" Σ min(a, b), both of histograms.
        C: penalty of slack.
        balanced: weight C by n / (classes · clips of the class), so that rare classes count.
        scaling: of the features, fitted on the training clips; see `Scaler.of`.
        gamma: of the polynomial and rbf kernels.
        degree: of the polynomial kernel.
        offset: of the polynomial kernel.
    """

    kernel: Kernel = "linear"
    C: float = 1.0
    balanced: bool = False
    scaling: Scaling = "none"
    gamma: float = 1.0
    degree: int = 3
    offset: float = 0.0

    def fit(self, clips: Sequence[Description], labels: Array, classes: int) -> SVMModel:
        """Fit to n training clips, each an array of one shape, and labels (n,) below `classes`."""
        rows = flattened(clips)
        scaler = Scaler.of(rows, self.scaling)
        rows = scaler(rows)
        present = np.unique(labels)
        if len(present) == 1:
            return SVMModel(self, scaler, rows, present, classes, None)
        return SVMModel(
            self, scaler, rows, present, classes, self.machine(self.gram(rows, rows), labels)
        )

    def machine(self, gram: Array, labels: Array) -> Any:
        """A fitted scikit-learn SVC from the Gram matrix (n, n) of the training clips."""
        from sklearn.svm import SVC

        weight = "balanced" if self.balanced else None
        # libsvm draws nothing here, but without a seed scikit-learn takes one from numpy's global
        # generator, and so moves it.
        svc = SVC(kernel="precomputed", C=self.C, class_weight=weight, random_state=0)
        return svc.fit(gram, labels)

    def gram(self, a: Array, b: Array) -> Array:
        """(n, m) kernel values of rows a (n, d) and b (m, d)."""
        if self.kernel in ("chi2", "intersection"):
            return self._additive(a, b)
        products: Array = a @ b.T
        if self.kernel == "polynomial":
            products = (self.gamma * products + self.offset) ** self.degree
        elif self.kernel == "rbf":
            apart = (a**2).sum(1)[:, None] + (b**2).sum(1)[None] - 2 * products
            products = np.exp(-self.gamma * np.maximum(apart, 0))
        return products

    def _additive(self, a: Array, b: Array) -> Array:
        from bench.learning.additive import MEMOS

        if min(a.min(), b.min()) < 0:
            raise BenchError(
                f"the {self.kernel} kernel takes histograms: got features below 0; "
                "expected none (scaling must be 'none')"
            )
        return MEMOS[self.kernel].gram(a, b)


@dataclass(frozen=True)
class SVMModel(Model):
    """A fitted `SVM`; `machine` is None where the training clips are all of one class."""

    svm: SVM
    scaler: Scaler
    rows: Array
    present: Array
    classes: int
    machine: Any

    def predict(self, clips: Sequence[Description]) -> Array:
        """(n, classes) decision values; `ABSENT` for classes without training clips."""
        scores = np.full((len(clips), self.classes), ABSENT)
        if self.machine is None:
            scores[:, self.present] = 0
            return scores
        gram = self.svm.gram(self.scaler(flattened(clips)), self.rows)
        found = self.machine.decision_function(gram)
        if found.ndim == 1:
            found = np.stack([-found, found], axis=1)
        scores[:, self.present] = found
        return scores


def flattened(clips: Sequence[Description]) -> Array:
    """Descriptions of one shape as rows: (n, d) float64, contiguous."""
    rows = np.stack([np.ravel(np.asarray(clip)) for clip in clips])
    return np.ascontiguousarray(rows, np.float64)
