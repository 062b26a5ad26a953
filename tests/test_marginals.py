"""Scores of resamples from TP and marginals, against scikit-learn on the clips themselves."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from bench.statistics import resample_weights
from bench.statistics.marginals import marginals_of
from bench.statistics.metrics import METRICS, per_group_confusions, uf1

# `bench.statistics.bootstrap` is the function of that name.
bootstrap = importlib.import_module("bench.statistics.bootstrap")
SUBJECTS, CLIPS, CLASSES = 9, 120, 3


def drawn(seeds):
    """Subject and class of each clip, and predictions of some seeds."""
    rng = np.random.default_rng(seeds)
    subject = np.sort(rng.integers(0, SUBJECTS, CLIPS))
    truth = rng.integers(0, CLASSES, CLIPS)
    return subject, truth, rng.integers(0, CLASSES, (seeds, CLIPS))


def cell_of(subject, truth, predictions):
    return np.array([per_group_confusions(truth, one, subject, CLASSES) for one in predictions])


@pytest.mark.parametrize("seeds", [1, 2, 40])
def test_scores_of_resamples_are_those_of_scikit_learn_on_the_resampled_clips(seeds):
    subject, truth, predictions = drawn(seeds)
    cell = cell_of(subject, truth, predictions)
    weights = resample_weights(SUBJECTS, 20, np.random.default_rng(0))
    assert marginals_of(cell, list(METRICS.values()))
    found = dict(
        zip(METRICS, bootstrap._weighted_scores(cell, weights, *METRICS.values()), strict=True)
    )
    for i, row in enumerate(weights):
        clips = np.repeat(np.arange(CLIPS), row[subject].astype(int))
        each = [(truth[clips], one[clips]) for one in predictions]
        macro = np.mean([f1_score(*pair, average="macro") for pair in each])
        assert_allclose(found["uf1"][i], macro)
        assert_allclose(found["f1"][i], macro)
        assert_allclose(found["uar"][i], np.mean([balanced_accuracy_score(*p) for p in each]))
        assert_allclose(found["accuracy"][i], np.mean([accuracy_score(*pair) for pair in each]))


@pytest.mark.parametrize("seeds", [1, 7, 147])
@pytest.mark.parametrize("rare", [False, True])
def test_they_are_those_of_the_whole_matrices_to_the_last_bit(monkeypatch, seeds, rare):
    subject, truth, predictions = drawn(seeds)
    if rare:
        # So that many resamples have no clip of the class.
        truth[subject > 0] %= CLASSES - 1
    cell = cell_of(subject, truth, predictions)
    weights = resample_weights(SUBJECTS, 3_000, np.random.default_rng(0))
    fast = bootstrap._weighted_scores(cell, weights, *METRICS.values())
    monkeypatch.setattr(bootstrap, "marginals_of", lambda *_: None)
    whole = bootstrap._weighted_scores(cell, weights, *METRICS.values())
    assert (fast == whole).all()


def test_what_the_marginals_do_not_give_is_left_to_the_metrics():
    cell = cell_of(*drawn(3))
    assert marginals_of(cell, [uf1])
    assert marginals_of(cell, [uf1, lambda counts: counts[..., 0, 0]]) is None
    wide = np.zeros((1, 4, 8, 8), int)
    assert marginals_of(wide, [uf1]) is None
    # A seed that lacks a clip.
    cell[0, 0] = np.maximum(cell[0, 0] - 1, 0)
    assert marginals_of(cell, [uf1]) is None
