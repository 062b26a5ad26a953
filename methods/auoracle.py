"""What the annotated action units are worth: a reference for methods that see the pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bench import Array, Context, Facts, Method, Model, Training, Views
from bench.core.clip import UNIT_CODES
from bench.learning.choices import Penalty
from bench.learning.sklearn import ClassifierModel
from bench.learning.svm_method import Columns, Transformed
from bench.plugins.fidelity import OURS
from bench.plugins.state import State, built, under

GRID = (0.1, 1.0, 10.0, 100.0)
"""What C is chosen from."""
FOLDS = 5
"""Parts of the training subjects that choose it."""
ITERATIONS = 1000


@dataclass(frozen=True)
class ActionUnitOracle(Method):
    """Logistic regression on the coded action units, their sides and intensities.

    Attributes:
        C: inverse strength of the L2 penalty; "inner" chooses it by inner folds over the training
            subjects.
    """

    C: Penalty = "inner"

    name = "auoracle"
    version = 2
    needs = frozenset({UNIT_CODES})
    described_by = ()
    sources = {
        "C": OURS,
    }
    facts = Facts.of_benchmark(
        "coded action units (ceiling)",
        "It sees what certified coders saw in the clip, held-out clips too, and no pixels.",
        "It is no strict bound: a video holds more than its codes (timing, strength, units below "
        "the coders' threshold). A method above it needs an explanation, though.",
        reference=True,
    )

    def describe(self, clip: Views) -> Array:
        """One-hot codes, (100, 8); see `bench.data.reading.units`."""
        from bench.views.catalog import provided

        return provided(clip, UNIT_CODES)

    def fit(self, train: Training, context: Context) -> Model:
        """Multinomial logistic regression on the codes that occur in training."""
        from sklearn.linear_model import LogisticRegression

        from bench.learning import sklearn

        codes = sklearn.as_rows(train.clips)
        # Of 800 codes all but some dozens are 0 throughout; one stays where all are.
        kept = np.flatnonzero(codes.any(axis=0)) if codes.any() else np.arange(1)
        rows = codes[:, kept]
        C = settled(rows, train.labels, context) if self.C == "inner" else self.C
        learner = LogisticRegression(C=C, max_iter=ITERATIONS)
        model = sklearn.fit(learner, replace(train, clips=list(rows)), context)
        return Transformed(model, Columns(kept))

    def restore(self, state: State, outline: Training) -> Model:
        """The regression, and the codes that it looks at."""
        model = ClassifierModel.from_state(under("model", state))
        return Transformed(model, built(Columns, under("transform", state)))


def settled(rows: Array, labels: Array, context: Context) -> float:
    """The C of `GRID` with the best UF1 over the inner folds pooled; the smallest of equals.

    Args:
        rows: (n, d) codes of the training clips.
        labels: (n,).
        context: of the fold; 1 is taken where it has no inner folds.
    """
    from sklearn.linear_model import LogisticRegression

    from bench.statistics.metrics import confusion, uf1

    folds = context.inner_folds(FOLDS)
    if not folds or len(np.unique(labels)) == 1:
        return 1.0
    merit = []
    for C in GRID:
        context.check_deadline()
        counts = np.zeros((labels.max() + 1,) * 2, np.int64)
        for fit, validate in folds:
            # Where the inner training part has one class there is nothing to fit.
            guess = np.full(len(validate), labels[fit[0]])
            if (labels[fit] != labels[fit[0]]).any():
                learner = LogisticRegression(C=C, max_iter=ITERATIONS).fit(rows[fit], labels[fit])
                guess = learner.predict(rows[validate])
            counts += confusion(labels[validate], guess, len(counts))
        merit.append(float(uf1(counts)))
    # Rounded, so that equal scores tie on every machine.
    return GRID[int(np.argmax(np.round(merit, 9)))]
