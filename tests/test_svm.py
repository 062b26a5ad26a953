import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest
from handcrafted_toy import fold
from sklearn.metrics.pairwise import additive_chi2_kernel
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bench import BenchError, Context
from bench.learning.additive import PairMemo
from bench.learning.svm import ABSENT, FOLDS, GRID, SVM, Scaler
from bench.plugins.registry import load
from bench.statistics.metrics import confusion, uar, uf1

FLOWS = Path(__file__).resolve().parents[2] / "shared" / "data" / "htnet"


def blobs(n: int = 60, d: int = 12, classes: int = 3, seed: int = 0) -> tuple:
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    return np.abs(rng.normal(size=(n, d)) + 1.5 * rng.normal(size=(classes, d))[labels]), labels


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SVM(C=2.0), SVC(kernel="linear", C=2.0)),
        (SVM(C=0.1, balanced=True), SVC(kernel="linear", C=0.1, class_weight="balanced")),
        (SVM("rbf", gamma=0.3), SVC(kernel="rbf", gamma=0.3)),
        (
            SVM("polynomial", gamma=0.2, degree=2, offset=1.0),
            SVC(kernel="poly", gamma=0.2, degree=2, coef0=1.0),
        ),
    ],
)
def test_equals_scikit_learn_on_features(ours, theirs):
    rows, labels = blobs()
    held = blobs(seed=1)[0]
    scores = ours.fit(rows, labels, 3).predict(held)
    np.testing.assert_allclose(scores, theirs.fit(rows, labels).decision_function(held), atol=1e-2)


def test_chi2_kernel_is_the_additive_one():
    rows, _ = blobs()
    # scikit-learn's is -Σ (a - b)² / (a + b) = Σ 4ab / (a + b) - Σ (a + b)
    sums = rows.sum(1)
    expected = (additive_chi2_kernel(rows) + sums[:, None] + sums[None]) / 2
    np.testing.assert_allclose(SVM("chi2").gram(rows, rows), expected)


def test_intersection_kernel():
    rows, _ = blobs()
    expected = np.minimum(rows[:, None], rows[None]).sum(2)
    np.testing.assert_allclose(SVM("intersection").gram(rows, rows), expected)


def test_empty_bins_count_nothing():
    rows = np.array([[0.0, 1.0], [0.0, 3.0]])
    np.testing.assert_allclose(SVM("chi2").gram(rows, rows), [[1, 1.5], [1.5, 3]])


def test_additive_kernels_refuse_negative_features():
    with pytest.raises(BenchError, match="features below 0"):
        SVM("chi2").fit(blobs()[0] - 5, blobs()[1], 3)


def test_memo_never_changes_a_value():
    rows, _ = blobs(n=40, d=100)
    fresh = PairMemo("chi2", limit=1000).gram(rows, rows)
    worn = PairMemo("chi2", limit=1000)
    order = np.random.default_rng(0).permutation(40)
    worn.gram(rows[order[:7]], rows[order[5:30]])
    np.testing.assert_array_equal(worn.gram(rows, rows), fresh)
    np.testing.assert_array_equal(fresh, fresh.T)


def test_memo_gives_memory_back():
    memo = PairMemo("intersection", limit=50)
    for seed in range(10):
        rows, _ = blobs(n=30, seed=seed)
        expected = np.minimum(rows[:, None], rows[None]).sum(2)
        np.testing.assert_allclose(memo.gram(rows, rows), expected)
    assert len(memo._places) <= 50


def test_rows_of_other_lengths_do_not_meet():
    memo = PairMemo("intersection", limit=50)
    assert memo.gram(np.ones((1, 3)), np.ones((1, 3)))[0, 0] == 3
    assert memo.gram(np.ones((1, 4)), np.ones((1, 4)))[0, 0] == 4


def test_standard_scaling():
    rows, _ = blobs()
    expected = StandardScaler().fit(rows).transform(rows) / np.sqrt(rows.shape[1])
    np.testing.assert_allclose(Scaler.of(rows, "standard")(rows), expected)


def test_centre_scaling_keeps_proportions():
    rows, _ = blobs()
    scaled = Scaler.of(rows, "centre")(rows)
    np.testing.assert_allclose(scaled.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose((scaled**2).sum(1).mean(), 1)
    np.testing.assert_allclose(scaled.std(0) / scaled.std(0)[0], rows.std(0) / rows.std(0)[0])


@pytest.mark.parametrize("scaling", ["standard", "centre"])
def test_constant_features_become_nought(scaling):
    rows, _ = blobs()
    rows[:, 2] = 7.1
    scaled = Scaler.of(rows, scaling)(rows + 1)
    assert np.isfinite(scaled).all()
    assert np.isfinite(Scaler.of(np.ones((4, 2)), scaling)(np.zeros((1, 2)))).all()


def test_a_fold_of_one_class_predicts_it():
    rows, _ = blobs()
    scores = SVM().fit(rows, np.full(60, 2), 5).predict(rows[:4])
    np.testing.assert_array_equal(scores.argmax(1), 2)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("present", [(0, 2), (1, 3, 4)])
def test_absent_classes_score_last(present):
    rows, labels = blobs(classes=len(present))
    named = np.array(present)[labels]
    scores = SVM(C=10).fit(rows, named, 5).predict(rows)
    assert (scores.argmax(1) == named).mean() > 0.9
    absent = sorted(set(range(5)) - set(present))
    assert (scores[:, absent] == ABSENT).all()
    assert (scores[:, present] > ABSENT).all()


def test_images_are_flattened():
    rows, labels = blobs()
    flat = SVM().fit(rows, labels, 3).predict(rows)
    shaped = [row.reshape(3, 4) for row in rows]
    np.testing.assert_array_equal(SVM().fit(shaped, labels, 3).predict(shaped), flat)


@pytest.mark.skipif(not FLOWS.is_dir(), reason="the MEGC 2019 flow images are not at ../shared")
def test_known_answer_on_the_megc_2019_flow_images():
    """Any sound evaluator gets these figures to three decimals."""
    import cv2

    images, labels, people, parts = [], [], [], []
    with (FLOWS / "combined_3_class2_for_optical_flow.csv").open() as file:
        for row in csv.DictReader(file):
            name = f"{row['sub']}_{row['filename_o']} .png"
            images.append(
                cv2.imread(str(FLOWS / "datasets" / "STSNet_whole_norm_u_v_os" / name)) / 255
            )
            labels.append(int(row["label"]))
            people.append(row["dataset"] + row["sub"])
            parts.append(row["dataset"])
    labels, people, parts = map(np.array, (labels, people, parts))
    images = np.stack(images)
    assert len(set(people)) == 68
    predicted = np.empty_like(labels)
    for person in set(people):
        held = people == person
        model = SVM(C=0.01, balanced=True).fit(images[~held], labels[~held], 3)
        predicted[held] = model.predict(images[held]).argmax(1)
    found = {}
    for part in ("smic", "casme2", "samm"):
        counts = confusion(labels[parts == part], predicted[parts == part], 3)
        found[part] = (round(float(uf1(counts)), 3), round(float(uar(counts)), 3))
    whole = confusion(labels, predicted, 3)
    assert (round(float(uf1(whole)), 4), round(float(uar(whole)), 4)) == (0.7112, 0.7404)
    assert found == {"smic": (0.664, 0.678), "casme2": (0.850, 0.871), "samm": (0.598, 0.661)}


def noisy(people: int = 20, d: int = 80, seed: int = 3) -> tuple:
    """Two classes a little apart, and as many useless features as a large C needs to overfit."""
    rng = np.random.default_rng(seed)
    subjects = np.repeat(np.arange(people), 6)
    labels = np.tile(np.arange(2), people * 3)
    rows = rng.normal(size=(len(labels), d))
    rows[:, :3] += 0.7 * (2 * labels[:, None] - 1)
    return 0.1 * rows, labels, subjects


def chosen(rows, labels, subjects, seed: int = 0) -> float:
    return SVM(C="inner").fit(rows, labels, 2, Context(seed, subjects)).svm.C


def test_inner_folds_choose_a_penalty_that_serves_unseen_people():
    held, truth, _ = noisy(people=80, seed=99)
    right = {C: [] for C in (*GRID, "inner")}
    for seed in range(6):
        rows, labels, subjects = noisy(seed=seed)
        for C in right:
            model = SVM(C=C).fit(rows, labels, 2, Context(seed, subjects))
            right[C].append((model.predict(held).argmax(1) == truth).mean())
    shares = {C: np.mean(values) for C, values in right.items()}
    assert shares["inner"] > shares[GRID[-1]] + 0.03
    assert shares["inner"] > max(shares[C] for C in GRID) - 0.02


def test_inner_folds_score_what_scikit_learn_scores():
    rows, labels, subjects = noisy(seed=4)
    folds = Context(5, subjects).inner_folds(FOLDS)
    merit = []
    for C in GRID:
        guess = np.empty_like(labels)
        for fit, validate in folds:
            assert not set(subjects[fit]) & set(subjects[validate])
            svc = SVC(kernel="linear", C=C).fit(rows[fit], labels[fit])
            guess[validate] = svc.predict(rows[validate])
        merit.append(float(uf1(confusion(labels, guess, 2))))
    assert len(set(merit)) >= 3
    found = [SVM(C=C).merit(rows @ rows.T, labels, folds) for C in GRID]
    np.testing.assert_allclose(found, merit)
    assert chosen(rows, labels, subjects, seed=5) == GRID[int(np.argmax(merit))]


def test_a_chosen_penalty_is_as_if_asked_for():
    """Training subjects alone have a say: nothing else is given, and the fit is as if asked for."""
    rows, labels, subjects = noisy()
    model = SVM(C="inner").fit(rows, labels, 2, Context(0, subjects))
    plain = SVM(C=model.svm.C).fit(rows, labels, 2)
    held = noisy(seed=9)[0]
    np.testing.assert_array_equal(model.predict(held), plain.predict(held))


def test_a_number_is_kept_whatever_the_fold():
    rows, labels, subjects = noisy()
    held = noisy(seed=9)[0]
    before = SVM(C=3.7).fit(rows, labels, 2).predict(held)
    after = SVM(C=3.7).fit(rows, labels, 2, Context(0, subjects))
    np.testing.assert_array_equal(after.predict(held), before)
    theirs = SVC(kernel="precomputed", C=3.7, random_state=0).fit(rows @ rows.T, labels)
    np.testing.assert_array_equal(before[:, 1], theirs.decision_function(held @ rows.T))


def test_folds_without_a_choice():
    rows, labels, _ = noisy()
    assert chosen(rows, labels, np.zeros(len(labels))) == 1.0
    with pytest.raises(BenchError, match="call fit"):
        SVM(C="inner").fit(rows, labels, 2)
    # each person shows one class only: an inner fold may train on a single one
    assert chosen(rows, labels, labels) in GRID


# Those of shipped features choose C by scikit-learn's search: test_features.
METHODS = [
    method
    for method in load().methods.values()
    if method.variants.get("inner") == {"C": "inner"} and "features" not in method.needs
]


def test_every_method_with_an_svm_of_the_papers_offers_it():
    names = "biwoof distlbprip fhofo lbpfip lbpmop lbpsdg lbpsip lbptop mdmo smdmo stlbpip"
    assert sorted(method.name for method in METHODS) == names.split()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_methods_choose_on_their_training_subjects(method, monkeypatch):
    asked = []
    settled = SVM.settled

    def watched(self, gram, labels, context):
        asked.append((len(gram), context))
        return settled(self, gram, labels, context)

    monkeypatch.setattr(SVM, "settled", watched)
    fields = {"size": (85, 70), "grid": (3, 3), "length": 10, "bins": (8,), "folds": 2, "atoms": 8}
    fields |= {"rounds": 2, "radii": (1, 1, 4), "C": "inner"}
    if method.name in ("biwoof", "fhofo"):
        del fields["bins"]
    known = {f.name for f in dataclasses.fields(method)}
    train, model, held, _ = fold(method(**{n: v for n, v in fields.items() if n in known}))
    assert [n for n, _ in asked] == [len(train.clips)]
    np.testing.assert_array_equal(asked[0][1].subjects, train.subjects)
    assert np.isfinite(model.predict(held)).all()
