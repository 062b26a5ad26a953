"""scikit-learn's estimators as learners: against scikit-learn's own results."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, RandomizedSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from bench import BenchError, Context, Training
from bench.core.seeds import derived_seed
from bench.learning import sklearn

SEED = derived_seed("test")
RNG = np.random.default_rng(0)
LABELS = np.tile(np.arange(3), 12)
CLIPS = RNG.normal(size=(36, 4, 5)) + LABELS[:, None, None]
SUBJECTS = np.repeat(np.arange(6), 6)
ROWS = CLIPS.reshape(36, 20)


def fold(keep=slice(None), classes: int = 3) -> tuple[Training, Context]:
    training = Training(list(CLIPS[keep]), LABELS[keep], SUBJECTS[keep], classes)
    return training, Context(SEED, SUBJECTS[keep])


@pytest.mark.parametrize(
    ("estimator", "scored"),
    [
        (SVC(kernel="linear"), "decision_function"),
        (make_pipeline(StandardScaler(), LinearSVC(random_state=1)), "decision_function"),
        (KNeighborsClassifier(3), "predict_proba"),
        (make_pipeline(PCA(5, random_state=0), LinearDiscriminantAnalysis()), "decision_function"),
        (VotingClassifier([("a", SVC()), ("b", KNeighborsClassifier())]), None),
        (SVC(decision_function_shape="ovo"), None),
    ],
)
def test_scores_are_those_of_scikit_learn(estimator, scored):
    assert SEED > 2**32
    model = sklearn.fit(estimator, *fold())
    theirs = clone(estimator).fit(ROWS, LABELS)
    found = model.predict(list(CLIPS))
    assert found.shape == (36, 3)
    assert (found.argmax(1) == theirs.predict(ROWS)).all()
    if scored:
        np.testing.assert_allclose(found, getattr(theirs, scored)(ROWS), rtol=1e-12)
    assert not hasattr(estimator, "classes_"), "the estimator itself stays unfitted"
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(list(CLIPS)), found)


@pytest.mark.parametrize(
    "estimator", [SVC(), KNeighborsClassifier(2), SVC(decision_function_shape="ovo")]
)
def test_classes_missing_in_a_fold_are_never_predicted(estimator):
    keep = np.flatnonzero(LABELS != 1)
    model = sklearn.fit(estimator, *fold(keep, classes=4))
    scores = model.predict(list(CLIPS))
    assert scores.shape == (36, 4)
    assert np.isfinite(scores).all()
    assert (scores[:, [1, 3]] <= scores[:, [0, 2]].min(1, keepdims=True)).all()
    theirs = clone(estimator).fit(ROWS[keep], LABELS[keep])
    assert (scores.argmax(1) == theirs.predict(ROWS)).all()


def test_a_fold_of_one_class_predicts_it():
    model = sklearn.fit(SVC(), *fold(np.flatnonzero(LABELS == 2)))
    np.testing.assert_array_equal(model.predict(list(CLIPS[:2])), [[0, 0, 1], [0, 0, 1]])


def test_seeds_reach_nested_estimators_and_leave_global_states_alone():
    estimator = make_pipeline(
        PCA(5), VotingClassifier([("a", RandomForestClassifier(7))], voting="soft")
    )
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = (sklearn.fit(estimator, *fold()) for _ in range(2))
    np.testing.assert_array_equal(first.predict(list(CLIPS)), second.predict(list(CLIPS)))
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002
    seeds = [v for n, v in first.estimator.get_params().items() if n.endswith("random_state")]
    assert len(set(seeds)) == len(seeds) == 2
    training, _ = fold()
    other = sklearn.fit(estimator, training, Context(SEED + 1, SUBJECTS))
    assert (other.predict(list(CLIPS)) != first.predict(list(CLIPS))).any()
    kept = sklearn.fit(SGDClassifier(random_state=3), *fold())
    assert kept.estimator.random_state == 3


@pytest.mark.parametrize(("cv", "parts"), [(None, 5), (3, 3)])
def test_a_search_is_split_by_training_subject(cv, parts):
    grid = {"svc__C": [1e-4, 0.1, 10.0]}
    pipe = make_pipeline(StandardScaler(), SVC())
    training, context = fold()
    model = sklearn.fit(GridSearchCV(pipe, grid, cv=cv, n_jobs=-1), training, context)
    used = model.estimator.cv
    assert len(used) == parts
    for fit, validate in used:
        assert not set(SUBJECTS[fit]) & set(SUBJECTS[validate])
    assert model.estimator.n_jobs == 1
    theirs = GridSearchCV(pipe, grid, cv=context.inner_folds(parts)).fit(ROWS, LABELS)
    assert model.estimator.best_params_ == theirs.best_params_
    np.testing.assert_array_equal(model.predict(list(CLIPS)), theirs.decision_function(ROWS))


def test_a_search_inside_a_pipeline_and_a_splitter_of_its_own():
    search = RandomizedSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, n_iter=2)
    model = sklearn.fit(make_pipeline(StandardScaler(), search), *fold())
    (step,) = (s for n, s in model.estimator.steps if n == "randomizedsearchcv")
    assert len(step.cv) == 5
    for splitter in (GroupKFold(3), StratifiedKFold(3, shuffle=True)):
        twice = [sklearn.fit(GridSearchCV(SVC(), {"C": [1]}, cv=splitter), *fold()) for _ in "ab"]
        first, second = (one.estimator.cv for one in twice)
        assert len(first) == 3
        assert all((a[0] == b[0]).all() for a, b in zip(first, second, strict=True))


def test_a_search_in_a_search_is_refused_where_it_would_split_by_clip():
    inner = GridSearchCV(SVC(), {"C": [1, 10]})
    with pytest.raises(BenchError, match="estimator__cv is inside another search"):
        sklearn.fit(CalibratedClassifierCV(inner), *fold())
    given = GridSearchCV(SVC(), {"C": [1, 10]}, cv=StratifiedKFold(2))
    scores = sklearn.fit(CalibratedClassifierCV(given, cv=2), *fold()).predict(list(CLIPS))
    np.testing.assert_allclose(scores.sum(1), 1)


def test_more_components_than_clips_are_lowered_with_a_warning():
    keep = np.arange(9)
    with pytest.warns(UserWarning, match=r"pca__n_components=20, but a fit has only 9 training cl"):
        model = sklearn.fit(make_pipeline(PCA(20), SVC()), *fold(keep))
    assert model.estimator.named_steps["pca"].n_components == 9
    search = GridSearchCV(make_pipeline(PCA(20), SVC()), {"svc__C": [1.0]}, cv=3)
    with pytest.warns(UserWarning, match="only 12 training clips"):
        model = sklearn.fit(search, *fold(np.arange(18)))
    assert model.estimator.best_estimator_.named_steps["pca"].n_components == 12
    assert np.isfinite(model.estimator.cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize(
    ("estimator", "said"),
    [
        (LinearRegression(), "LinearRegression is not a scikit-learn classifier"),
        (PCA(2), "PCA is not a scikit-learn classifier"),
        ("svm", "str is not a scikit-learn classifier"),
    ],
)
def test_what_is_no_classifier_is_refused(estimator, said):
    with pytest.raises(BenchError, match=said):
        sklearn.fit(estimator, *fold())


def test_descriptions_that_make_no_rows_are_refused():
    _, context = fold()
    ragged = Training([np.zeros(3), np.zeros(4)], LABELS[:2], SUBJECTS[:2], 3)
    with pytest.raises(BenchError, match=r"shapes \(3,\) and \(4,\)"):
        sklearn.fit(SVC(), ragged, context)
    named = Training([{"a": np.zeros(3)}] * 2, LABELS[:2], SUBJECTS[:2], 3)
    with pytest.raises(BenchError, match="returns a dict"):
        sklearn.fit(SVC(), named, context)
