"""Support vector machines on one Gram matrix a fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.core.errors import BenchError
from bench.core.types import Array, Description
from bench.learning.choices import Kernel, Penalty, Scaling
from bench.plugins.context import Context
from bench.plugins.model import Model
from bench.statistics.metrics import confusion, uf1

GRID = (0.01, 0.1, 1.0, 10.0, 100.0, 1e3, 1e4)
"""What C is chosen from."""
FOLDS = 5
"""Parts of the training subjects that choose it."""

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
        is 1, so that C means the same at every d. A constant feature becomes 0.
        """
        if scaling == "none":
            return cls(np.zeros(()), np.ones(()))
        spread = rows.std(axis=0)
        if scaling == "centre":
            spread = np.sqrt(np.mean(spread**2, keepdims=True))
        # Relative to the largest value: rounding leaves constant features a deviation above 0.
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
        C: penalty of slack; "inner" chooses it from `GRID` on the training subjects, see `settled`.
        balanced: weight C by n / (classes · clips of the class), so that rare classes count.
        scaling: of the features, fitted on the training clips; see `Scaler.of`.
        gamma: of the polynomial and rbf kernels.
        degree: of the polynomial kernel.
        offset: of the polynomial kernel.
    """

    kernel: Kernel = "linear"
    C: Penalty = 1.0
    balanced: bool = False
    scaling: Scaling = "none"
    gamma: float = 1.0
    degree: int = 3
    offset: float = 0.0

    def fit(
        self,
        clips: Sequence[Description],
        labels: Array,
        classes: int,
        context: Context | None = None,
    ) -> SVMModel:
        """Fit to training clips.

        Args:
            clips: n of them, each an array of one shape.
            labels: (n,), below `classes`.
            classes: number of classes.
            context: of the fold; where C is "inner", its inner folds choose it.
        """
        rows = flattened(clips)
        scaler = Scaler.of(rows, self.scaling)
        rows = scaler(rows)
        present = np.unique(labels)
        # scikit-learn refuses a single class.
        if len(present) == 1:
            return SVMModel(self, scaler, rows, present, classes, None)
        gram = self.gram(rows, rows)
        svm = self.settled(gram, labels, context) if self.C == "inner" else self
        return SVMModel(svm, scaler, rows, present, classes, svm.machine(gram, labels))

    def settled(self, gram: Array, labels: Array, context: Context | None) -> SVM:
        """This classifier with the C of `GRID` that serves unseen training subjects best.

        The score is UF1 over the inner folds pooled; of equals the smallest C is taken, and 1 where
        there is a single subject. All inner folds are parts of one Gram matrix: what was fitted to
        make it (a scaling, a dictionary) has seen all training subjects, and no others.

        Args:
            gram: (n, n) of the training clips.
            labels: (n,).
            context: of the fold, with the clips' subjects.
        """
        if context is None:
            raise BenchError('C="inner" needs the fold: call fit(..., context)')
        folds = context.inner_folds(FOLDS)
        if not folds:
            return replace(self, C=1.0)
        merit = []
        for svm in (replace(self, C=C) for C in GRID):
            context.check_deadline()
            merit.append(svm.merit(gram, labels, folds))
        # Rounded, so that equal scores tie on every machine and the smallest C wins.
        return replace(self, C=GRID[int(np.argmax(np.round(merit, 9)))])

    def merit(self, gram: Array, labels: Array, folds: Sequence[tuple[Array, Array]]) -> float:
        """UF1 over pairs (fit, validate) of positions in the Gram matrix, pooled."""
        classes = int(labels.max()) + 1
        counts = np.zeros((classes, classes), np.int64)
        for fit, validate in folds:
            # Where the inner training part has one class there is nothing to fit.
            guess = np.full(len(validate), labels[fit[0]])
            if (labels[fit] != labels[fit[0]]).any():
                machine = self.machine(gram[np.ix_(fit, fit)], labels[fit])
                found = decisions(machine, gram[np.ix_(validate, fit)])
                guess = machine.classes_[found.argmax(axis=1)]
            counts += confusion(labels[validate], guess, classes)
        return float(uf1(counts))

    def machine(self, gram: Array, labels: Array) -> Any:
        """A fitted scikit-learn SVC from the Gram matrix (n, n) of the training clips."""
        from sklearn.svm import SVC

        # Precomputed, so that inner folds and every C reuse parts of one Gram matrix.
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
            # Rounding can make the squared distance of a row to itself negative.
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
        scores[:, self.present] = decisions(self.machine, gram)
        return scores


def decisions(machine: Any, gram: Array) -> Array:
    """Values (n, classes it knows) of a fitted SVC, from kernels with its training clips."""
    found: Array = machine.decision_function(gram)
    # Of two classes scikit-learn gives one value, in favour of the second.
    return np.stack([-found, found], axis=1) if found.ndim == 1 else found


def flattened(clips: Sequence[Description]) -> Array:
    """Descriptions of one shape as rows: (n, d) float64, contiguous."""
    rows = np.stack([np.ravel(np.asarray(clip)) for clip in clips])
    # `PairMemo` hashes rows by their bytes, which must lie side by side.
    return np.ascontiguousarray(rows, np.float64)
