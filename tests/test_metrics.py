import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import metrics as sk

from bench.statistics import metrics


def labels(rng, n, classes, absent=()):
    truth = rng.choice([c for c in range(classes) if c not in absent], n)
    predicted = np.where(rng.random(n) < 0.5, truth, rng.integers(0, classes, n))
    return truth, predicted


@pytest.mark.parametrize("classes", [2, 3, 5, 7])
@pytest.mark.parametrize("seed", range(5))
def test_scores_agree_with_scikit_learn(classes, seed):
    truth, predicted = labels(np.random.default_rng(seed), 200, classes)
    counts = metrics.confusion(truth, predicted, classes)
    got = metrics.scores(counts)
    assert np.array_equal(counts, sk.confusion_matrix(truth, predicted, labels=range(classes)))
    assert_allclose(got["accuracy"], sk.accuracy_score(truth, predicted), atol=1e-12)
    assert_allclose(got["uf1"], sk.f1_score(truth, predicted, average="macro"), atol=1e-12)
    assert_allclose(got["f1"], got["uf1"], atol=1e-12)
    assert_allclose(got["uar"], sk.balanced_accuracy_score(truth, predicted), atol=1e-12)
    assert_allclose(got["recall"], sk.recall_score(truth, predicted, average=None), atol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_absent_classes_leave_the_mean_but_their_false_alarms_still_cost(seed):
    truth, predicted = labels(np.random.default_rng(seed), 60, 5, absent=(1, 4))
    counts = metrics.confusion(truth, predicted, 5)
    got = metrics.scores(counts)
    present = [0, 2, 3]
    assert metrics.absent(counts).tolist() == [False, True, False, False, True]
    assert np.isnan(got["recall"]).tolist() == metrics.absent(counts).tolist()
    kept = {"labels": present, "average": "macro"}
    assert_allclose(got["uf1"], sk.f1_score(truth, predicted, **kept), atol=1e-12)
    assert_allclose(got["uar"], sk.recall_score(truth, predicted, **kept), atol=1e-12)
    assert_allclose(
        got["f1"], sk.f1_score(truth, predicted, average="macro", zero_division=0), atol=1e-12
    )
    assert got["f1"] < got["uf1"]


def test_a_class_neither_true_nor_predicted_is_outside_every_mean():
    got = metrics.scores(metrics.confusion([0, 1, 1], [0, 1, 0], 4))
    expected = sk.f1_score([0, 1, 1], [0, 1, 0], average="macro")
    assert_allclose([got["uf1"], got["f1"]], expected, atol=1e-12)


def test_a_fold_of_one_class():
    truth, predicted = [2, 2, 2, 2], [2, 2, 0, 2]
    got = metrics.scores(metrics.confusion(truth, predicted, 3))
    kept = {"labels": [2], "average": "macro"}
    assert_allclose(got["uf1"], sk.f1_score(truth, predicted, **kept), atol=1e-12)
    assert_allclose(got["uar"], sk.recall_score(truth, predicted, **kept), atol=1e-12)
    assert_allclose(got["uar"], 0.75)
    assert_allclose(got["uf1"], 6 / 7)
    assert_allclose(got["f1"], 3 / 7)


def test_no_clips_is_nan_without_a_warning():
    got = metrics.scores(np.zeros((2, 3, 3), dtype=int))
    assert all(np.isnan(value).all() for value in got.values())


def test_rows_are_the_truth_so_swapped_arguments_show():
    truth, predicted = labels(np.random.default_rng(3), 300, 3)
    right = metrics.uar(metrics.confusion(truth, predicted, 3))
    swapped = metrics.uar(metrics.confusion(predicted, truth, 3))
    precision = sk.precision_score(truth, predicted, average="macro")
    assert_allclose(swapped, precision, atol=1e-12)
    assert_allclose(right, sk.recall_score(truth, predicted, average="macro"), atol=1e-12)
    assert abs(right - precision) > 1e-3


def test_groups_are_pooled_not_averaged_and_parts_are_sums_of_their_subjects():
    rng = np.random.default_rng(4)
    truth, predicted = labels(rng, 300, 3)
    subjects = rng.choice(["smic/s1", "smic/s2", "casme2/01", "samm/006", "samm/007"], 300)
    by_subject = metrics.per_group_confusions(truth, predicted, subjects, 3)
    names = np.unique(subjects)
    for name, counts in zip(names, by_subject, strict=True):
        own = subjects == name
        assert np.array_equal(counts, metrics.confusion(truth[own], predicted[own], 3))
    parts = np.array([name.split("/")[0] for name in subjects])
    by_part = metrics.per_group_confusions(truth, predicted, parts, 3)
    part_of = np.array([name.split("/")[0] for name in names])
    for part, counts in zip(np.unique(parts), by_part, strict=True):
        assert np.array_equal(by_subject[part_of == part].sum(0), counts)
        mine = truth[parts == part], predicted[parts == part]
        assert_allclose(metrics.uf1(counts), sk.f1_score(*mine, average="macro"), atol=1e-12)
        assert_allclose(metrics.uar(counts), sk.balanced_accuracy_score(*mine), atol=1e-12)
    pooled = metrics.uf1(by_subject.sum(0))
    assert_allclose(pooled, sk.f1_score(truth, predicted, average="macro"), atol=1e-12)
    assert abs(pooled - metrics.uf1(by_subject).mean()) > 1e-3


def test_leading_axes_are_scored_one_by_one():
    counts = np.random.default_rng(5).integers(0, 9, (4, 6, 3, 3))
    counts[0, 0, 1] = 0
    whole = metrics.scores(counts)
    for index in np.ndindex(4, 6):
        for name, value in metrics.scores(counts[index]).items():
            assert_allclose(whole[name][index], value, atol=1e-12)


@pytest.mark.parametrize(
    ("truth", "predicted", "word"),
    [([0, 1], [0], "equally long"), ([0, 3], [0, 1], "truth"), ([0, 1], [0.5, 1], "predicted")],
)
def test_wrong_labels_are_refused(truth, predicted, word):
    with pytest.raises(ValueError, match=word):
        metrics.confusion(truth, predicted, 3)


def test_groups_of_another_length_are_refused():
    with pytest.raises(ValueError, match="one group per clip"):
        metrics.per_group_confusions([0, 1], [0, 1], ["a"], 3)
