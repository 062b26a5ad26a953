"""The metrics as functions of the correct clips and the predictions per class, and their bounds.

With n clips, t correct clips and p predictions of a class, N clips and C classes in all:

| name | value |
|---|---|
| accuracy | sum of t / N |
| uar | mean of t / n |
| uf1 | mean of 2 t / (n + p), the macro F1 |
| f1_weighted | sum of n / N · 2 t / (n + p) |
| f1_pr | 2 P R / (P + R), P the mean of t / p (0 for a class never predicted), R the UAR |
| precision | mean of t / p (0 for a class never predicted) |
| f1_pr_present | the same, P over the classes that were predicted |

The F1 pooled over classes (micro) is the accuracy. Everything else about a confusion matrix is
irrelevant to a claim, which is what makes the search tractable.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
F1Kind = Literal["macro", "pr", "weighted", "micro", "unknown"]
"""The definitions of a multi-class F1 in use; "unknown" where the source does not say."""

KINDS: Mapping[F1Kind, tuple[str, ...]] = {
    "macro": ("uf1",),
    "pr": ("f1_pr", "f1_pr_present"),
    "weighted": ("f1_weighted",),
    "micro": ("accuracy",),
    "unknown": ("uf1", "f1_pr", "f1_pr_present", "f1_weighted", "accuracy"),
}
"""Metrics that an F1 of a kind may be."""

METRICS = ("accuracy", "uar", "precision", "uf1", "f1_pr", "f1_pr_present", "f1_weighted")
OF_CORRECT = ("accuracy", "uar")
"""Those that the correct clips alone decide."""

WORDS = {
    "accuracy": "accuracy",
    "uar": "UAR",
    "precision": "macro precision",
    "uf1": "UF1",
    "f1_pr": "F1 (2PR/(P+R))",
    "f1_pr_present": "F1 (2PR/(P+R), P over predicted classes)",
    "f1_weighted": "F1 (weighted)",
}


def score(name: str, clips: Integers, correct: Integers, predicted: Integers) -> Floats:
    """A metric of correct clips and predictions per class (..., c): (...)."""
    if name == "accuracy":
        return np.asarray(correct.sum(axis=-1) / clips.sum())
    recall = (correct / clips).mean(axis=-1)
    if name == "uar":
        return np.asarray(recall)
    if name in ("uf1", "f1_weighted"):
        return np.asarray((weights(name, clips) * 2 * correct / (clips + predicted)).sum(axis=-1))
    total = (correct / np.maximum(predicted, 1)).sum(axis=-1)
    classes = (predicted > 0).sum(axis=-1) if name == "f1_pr_present" else len(clips)
    return (
        np.asarray(total / classes) if name == "precision" else _harmonic(total / classes, recall)
    )


def weights(name: str, clips: Integers) -> Floats:
    """Of the classes' F1 in a mean (c,)."""
    if name == "f1_weighted":
        return np.asarray(clips / clips.sum())
    return np.full(len(clips), 1 / len(clips))


def bounds(name: str, clips: Integers, correct: Integers) -> tuple[Floats, Floats]:
    """Bounds on a metric over all predictions, for correct clips per class (m, c): each (m,).

    For a weighted mean of 2 t / (n + p), whose denominators add up to 2 N, and for the mean of
    t / p, whose denominators add up to N: least by the inequality of Cauchy and Schwarz, most
    with all errors predicted as one class, since the sum is convex in p.
    """
    right = np.ascontiguousarray(correct.T, dtype=np.float64)  # (c, m): long rows are fast
    errors = clips.sum() - right.sum(axis=0)
    share = weights(name, clips)
    precision = name == "precision" or name.startswith("f1_pr")
    roots, clean, loss = np.zeros_like(errors), np.zeros_like(errors), np.inf
    for n, t, w in zip(clips, right, share, strict=True):
        roots += np.sqrt(w * t)
        # A class never predicted counts 0 or not at all: 1 bounds both.
        own = np.full_like(t, w) if precision else w * 2 * t / (n + t)
        one = w * t / np.maximum(t + errors, 1) if precision else w * 2 * t / (n + t + errors)
        clean += own
        loss = np.minimum(loss, own - one)
    least, most = roots**2 / clips.sum(), clean - loss
    if not name.startswith("f1_pr"):
        return least, most
    recall = (right / clips[:, None]).mean(axis=0)
    return _harmonic(least, recall), _harmonic(most, recall)


def _harmonic(precision: Any, recall: Any) -> Floats:
    total = np.asarray(precision + recall)
    return np.asarray(2 * precision * recall / np.where(total > 0, total, 1.0))
