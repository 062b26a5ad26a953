"""Any scikit-learn classifier, pipeline or search as the learner of a method.

    def fit(self, train: Training, context: Context) -> ClassifierModel:
        from sklearn.svm import SVC

        return sklearn.fit(SVC(kernel="linear"), train, context)

What a fold asks beyond `estimator.fit(X, y)` is done here: seeds within 32 bits, a column of scores
for classes that no training clip has, and searches whose folds are split by training subject.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.core.errors import BenchError
from bench.core.seeds import derived_seed
from bench.core.types import Array, Description
from bench.plugins.context import Context
from bench.plugins.model import Model, Training
from bench.plugins.state import State, flat

INNER_FOLDS = 5
"""Folds of a search that says no number, scikit-learn's default."""


def fit(estimator: Any, train: Training, context: Context) -> ClassifierModel:
    """Fit a copy of an estimator to the training clips of a fold.

    - Every `random_state` that is None, of nested estimators too, gets a seed of the fold's.
    - Every `cv` that is None or a number K becomes `context.inner_folds(K)`: no subject is on both
      sides. A splitter of your own is asked with the subjects as groups.
    - Every `n_jobs` that is set becomes the threads that the fold may use.
    - Every `n_components` above the number of clips that it is fitted to, in the smallest fold of a
      search, is lowered to it, with a warning: small folds occur, in the checks above all.
    - With training clips of one class alone there is nothing to fit: that class is predicted.

    Args:
        estimator: not fitted; a classifier, a pipeline that ends in one, or a search over either.
        train: the training clips, each described by one array; arrays are flattened.
        context: the fold's seed, subjects and threads.

    Raises:
        BenchError: no classifier, or descriptions that do not make rows of one length.
    """
    from sklearn.base import clone, is_classifier

    if not (hasattr(estimator, "get_params") and is_classifier(estimator)):
        raise BenchError(
            f"{type(estimator).__name__} is not a scikit-learn classifier; expected a classifier, "
            "or a pipeline or search that ends in one"
        )
    rows = as_rows(train.clips)
    present = np.unique(train.labels)
    if len(present) == 1:
        return ClassifierModel(None, present, train.classes)
    context.check_deadline()
    # A copy: the caller's estimator stays unfitted for the next fold.
    estimator = clone(estimator)
    with context.seeded(with_torch=False):  # splitters and plain functions draw from numpy's own
        estimator.set_params(**_settings(estimator, rows, train.labels, context))
        estimator.fit(rows, train.labels)
    return ClassifierModel(estimator, np.asarray(estimator.classes_), train.classes)


@dataclass(frozen=True)
class ClassifierModel(Model):
    """A fitted classifier; `estimator` is None where the training clips are all of one class.

    Attributes:
        estimator: fitted.
        present: (k,) the classes it knows.
        classes: of the task.
    """

    estimator: Any
    present: Array
    classes: int

    def predict(self, clips: Sequence[Description]) -> Array:
        """(n, classes) decision values, or probabilities, or 1 for the predicted class.

        Classes without training clips score below all others, with probabilities 0.
        """
        if self.estimator is None:
            return np.tile(np.isin(np.arange(self.classes), self.present) * 1.0, (len(clips), 1))
        known, absent = self._known(as_rows(clips))
        scores = np.repeat(absent[:, None], self.classes, axis=1)
        scores[:, self.present] = known
        return scores

    def state(self) -> State:
        """The fitted classifier; of a search the one that it chose, which alone predicts."""
        chosen = getattr(self.estimator, "best_estimator_", self.estimator)
        return {**flat(self), "estimator": chosen}

    def _known(self, rows: Array) -> tuple[Array, Array]:
        """Scores (n, k) of the classes it knows, and (n,) of all others."""
        if hasattr(self.estimator, "decision_function"):
            values = np.asarray(self.estimator.decision_function(rows), np.float64)
            # Of two classes scikit-learn gives one value, in favour of the second.
            if values.ndim == 1:
                values = np.stack([-values, values], axis=1)
            # Decision values have no lower bound, so that no constant is below all of them.
            return values, values.min(axis=1) - 1
        if hasattr(self.estimator, "predict_proba"):
            return np.asarray(self.estimator.predict_proba(rows), np.float64), np.zeros(len(rows))
        guess = np.asarray(self.estimator.predict(rows))
        return (guess[:, None] == self.present).astype(np.float64), np.zeros(len(rows))


def as_rows(clips: Sequence[Description]) -> Array:
    """Descriptions as the rows (n, d) of a matrix, float64.

    Raises:
        BenchError: a description by name, or arrays of several shapes.
    """
    if any(isinstance(clip, Mapping) for clip in clips):
        raise BenchError("describe returns a dict; scikit-learn needs one array for each clip")
    shapes = sorted({np.asarray(clip).shape for clip in clips})
    if len(shapes) > 1:
        raise BenchError(
            f"describe returns arrays of shapes {shapes[0]} and {shapes[1]}; scikit-learn needs "
            "one shape: use a view with size=..., or a fixed number of frames"
        )
    return np.stack([np.ravel(np.asarray(clip)) for clip in clips]).astype(np.float64)


def _settings(estimator: Any, rows: Array, labels: Array, context: Context) -> dict[str, Any]:
    """Parameters of an estimator, nested ones too, that a fold sets."""
    given = estimator.get_params(deep=True)
    found: dict[str, Any] = _searches(given, rows, labels, context)
    smallest = min([len(rows), *(len(fit) for folds in found.values() for fit, _ in folds)])
    for name, value in sorted(given.items()):
        word = name.rpartition("__")[2]
        if word == "random_state" and value is None:
            # Nested estimators each get a seed of their own; scikit-learn takes 32 bits.
            found[name] = derived_seed(context.seed, name) % 2**32
        elif word == "n_jobs" and value is not None:
            found[name] = context.threads
        elif word == "decision_function_shape":
            found[name] = "ovr"  # "ovo" has a value for each pair of classes, not for each class
        elif word == "n_components" and _is_count(value) and value > smallest:
            warnings.warn(
                f"{name}={value}, but a fit has only {smallest} training clips: using {smallest}",
                stacklevel=3,
            )
            found[name] = smallest
    return found


def _searches(
    given: Mapping[str, Any], rows: Array, labels: Array, context: Context
) -> dict[str, list[tuple[Array, Array]]]:
    """Folds by subject for every `cv`, the outermost first."""
    found: dict[str, list[tuple[Array, Array]]] = {}
    owners: list[str] = []
    for name in sorted(given, key=lambda name: name.count("__")):
        owner, _, word = name.rpartition("__")
        if word == "cv":
            nested = any(not above or owner.startswith(f"{above}__") for above in owners)
            owners.append(owner)
            if folds := _folds(name, given[name], nested, rows, labels, context):
                found[name] = folds
    return found


def _is_count(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _folds(
    name: str, cv: Any, nested: bool, rows: Array, labels: Array, context: Context
) -> list[tuple[Array, Array]]:
    """What stands in for a `cv`; nothing where it stays, as with a single training subject."""
    if hasattr(cv, "split"):
        if nested:  # asked for parts of the training clips, whose subjects nobody tells it
            return []
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The groups parameter is ignored")
            return list(cv.split(rows, labels, groups=context.subjects))
    # A list of splits or a word such as "prefit" is the plugin's own choice.
    if not (cv is None or _is_count(cv)):
        return []
    if nested:
        raise BenchError(
            f"{name} is inside another search, whose folds cannot be split by subject again; "
            "search in one place, or give it a splitter of its own"
        )
    return context.inner_folds(INNER_FOLDS if cv is None else int(cv))
