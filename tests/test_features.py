"""Precomputed features: files of every kind, and the methods that take them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, GroupKFold, LeaveOneGroupOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bench import Context, DataError, Training, Views
from bench.data.reading import read_arrays, read_features
from bench.methods.featurelogistic import FeatureLogistic
from bench.methods.featuresvm import FeatureSVM
from bench.methods.nearestneighbour import NearestNeighbour

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(12, 5))
SUBJECTS = [f"{i:02d}" for i in range(4) for _ in range(3)]
LABELS = ["anger", "joy", "fear"] * 4


def as_csv(path: Path, delimiter: str = ",") -> Path:
    lines = [delimiter.join(["Subject", "Label", "Clip", *(f"f{i}" for i in range(5))])]
    for i, row in enumerate(ROWS):
        told = [SUBJECTS[i], LABELS[i], f"c{i}", *map(repr, map(float, row))]
        lines.append(delimiter.join(told))
    path.write_text("\n".join(lines))
    return path


def as_tsv(path: Path) -> Path:
    return as_csv(path, "\t")


def as_npz(path: Path) -> Path:
    named = {"subject": SUBJECTS, "label": LABELS, "clip": [f"c{i}" for i in range(12)]}
    np.savez(path, features=ROWS, **named)
    return path


def as_mat(path: Path) -> Path:
    """As MATLAB saves it: one clip per column, cell arrays of strings."""
    from scipy.io import savemat

    cells = {
        "subject": np.array(SUBJECTS, object)[:, None],
        "label": np.array(LABELS, object)[:, None],
        "clip": np.array([f"c{i}" for i in range(12)], object)[:, None],
    }
    savemat(path, {"feature": ROWS.T, **cells})
    return path


def as_parquet(path: Path) -> Path:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    named = {"subject": SUBJECTS, "label": LABELS, "clip": [f"c{i}" for i in range(12)]}
    columns = {f"f{i}": ROWS[:, i] for i in range(5)}
    parquet.write_table(arrow.table({**named, **columns}), path)
    return path


def as_parquet_of_lists(path: Path) -> Path:
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    named = {"subject": SUBJECTS, "label": LABELS, "clip": [f"c{i}" for i in range(12)]}
    parquet.write_table(arrow.table({**named, "features": ROWS.tolist()}), path)
    return path


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (as_csv, "a.csv"),
        (as_tsv, "a.tsv"),
        (as_npz, "a.npz"),
        (as_mat, "a.mat"),
        (as_parquet, "a.parquet"),
        (as_parquet_of_lists, "a.parquet"),
    ],
)
def test_every_kind_of_file_holds_the_same_table(tmp_path: Path, write, name: str) -> None:
    table = read_features(write(tmp_path / name))
    np.testing.assert_array_equal(table.rows, ROWS)
    assert table.subjects == tuple(SUBJECTS)
    assert table.labels == tuple(LABELS)
    assert table.names == tuple(f"c{i}" for i in range(12))


def test_a_matrix_alone_takes_subject_and_label_from_the_table_beside_it(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", ROWS.reshape(12, 5, 1))
    lines = ["subject,label", *(f"{s},{w}" for s, w in zip(SUBJECTS, LABELS, strict=True))]
    (tmp_path / "b.csv").write_text("\n".join(lines))
    table = read_features(tmp_path / "a.npy", tmp_path / "b.csv")
    np.testing.assert_array_equal(table.rows, ROWS)
    assert (table.subjects[0], table.names[:2]) == ("00", ("row1", "row2"))
    with pytest.raises(DataError, match=r"a\.npy: no subject; expected a variable or column"):
        read_features(tmp_path / "a.npy")


def test_numbers_of_subjects_are_names(tmp_path: Path) -> None:
    """1.0, as MATLAB stores a whole number, is subject 1; 01 stays 01."""
    np.savez(tmp_path / "a.npz", X=ROWS[:2], y=np.array([0, 1], np.uint8), subject=[1.0, 2.0])
    table = read_features(tmp_path / "a.npz")
    assert (table.subjects, table.labels) == (("1", "2"), ("0", "1"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("label,f\na,1", "no subject; expected a variable or column subject"),
        ("subject,f\n1,1", "no label"),
        ("subject,label\n1,a", "no features; expected"),
        ("subject,label,f\n1,a,1\n2,b,x", "column 'f' has text such as '1'; every column"),
        ("subject,label,f\n1,a,1\n2,b,", "column 'f' has text"),
        ("subject,label,f\n1,a,nan", "row 1 has values that are not finite"),
        ("subject,label,f\n1,a,1\n,b,2", "row 2 has no subject"),
        ("subject,label,f\n1,a,1,2", "row 2 has 4 cells, and 3 columns"),
        ("subject,label,f,f\n1,a,1,2", "two columns are named 'f'"),
        ("subject,label,clip,f\n1,a,x,1\n1,b,x,2", "rows 1 and 2 are both clip 'x' of subject '1'"),
        ("subject,label,f", "expected a row of column names and rows below it"),
    ],
)
def test_a_bad_table_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=r"^[^\n]*a\.csv: [^\n]*$") as error:
        read_features(path)
    assert said in str(error.value)


@pytest.mark.parametrize("kind", ["npz", "npy", "mat", "parquet"])
@pytest.mark.parametrize("data", [b"", b"nonsense" * 20, b"PK\x03\x04" + bytes(50)])
def test_a_damaged_file_is_one_line(tmp_path: Path, kind: str, data: bytes) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data)
    with pytest.raises(DataError, match=rf"^[^\n]*a\.{kind}: [^\n]*$"):
        read_arrays(path)


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(DataError, match=r"a\.txt: expected a file ending in \.npz, \.npy, \.mat"):
        read_arrays(tmp_path / "a.txt")
    with pytest.raises(DataError, match=r"none\.npy: No such file"):
        read_arrays(tmp_path / "none.npy")
    sizes = {"X": ROWS[:3], "y": [0, 1], "subject": [1, 2]}
    np.savez(tmp_path / "a.npz", **sizes)
    with pytest.raises(DataError, match=r"features of shape \(3, 5\)"):
        read_features(tmp_path / "a.npz")


class Trap:
    """Leaves a mark where it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


@pytest.mark.parametrize("save", [np.save, np.savez])
def test_no_file_runs_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, save) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / ("a.npy" if save is np.save else "a.npz")
    save(path, np.array([Trap()], object))
    with pytest.raises(DataError, match="Object arrays cannot be loaded"):
        read_arrays(path)
    assert not (tmp_path / "unpickled").exists()


def test_parquet_without_pyarrow_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.parquet").touch()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match=r"needs pyarrow: pip install 'mer-bench\[parquet\]'"):
        read_arrays(tmp_path / "a.parquet")


X = RNG.normal(size=(80, 30)) * RNG.uniform(0.1, 10, 30)
Y = RNG.integers(4, size=80)
X[:, :4] += 2 * np.eye(4)[Y] * X[:, :4].std(axis=0)
GROUPS = np.sort(RNG.integers(9, size=80))


def loso(method) -> np.ndarray:
    """What the harness predicts of every held-out clip."""
    clips = [method.describe(Views({"features": row})) for row in X]
    guess = np.empty(len(Y), np.int64)
    for fit, held in LeaveOneGroupOut().split(X, Y, GROUPS):
        train = Training([clips[i] for i in fit], Y[fit], GROUPS[fit], 4)
        model = method.fit(train, Context(seed=3, subjects=GROUPS[fit]))
        guess[held] = model.predict([clips[i] for i in held]).argmax(axis=1)
    return guess


def standardised(classifier):
    return make_pipeline(StandardScaler(), classifier)


@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        (FeatureSVM(), standardised(SVC(kernel="linear", break_ties=True))),
        (
            FeatureSVM(C=0.01, balanced=True),
            standardised(SVC(kernel="linear", C=0.01, class_weight="balanced", break_ties=True)),
        ),
        (FeatureLogistic(), standardised(LogisticRegression(max_iter=2000))),
        (FeatureLogistic(C=10.0), standardised(LogisticRegression(C=10, max_iter=2000))),
        (NearestNeighbour(), KNeighborsClassifier(1)),
        (NearestNeighbour(neighbours=5), KNeighborsClassifier(5)),
    ],
)
def test_predictions_are_those_of_scikit_learns_own_loso(method, theirs) -> None:
    expected = cross_val_predict(theirs, X, Y, groups=GROUPS, cv=LeaveOneGroupOut())
    np.testing.assert_array_equal(loso(method), expected)
    assert f1_score(Y, expected, average="macro") > 0.3, "the classes can be told apart"


def test_an_inner_choice_of_c_never_sees_a_subject_on_both_sides() -> None:
    method = FeatureSVM(C="inner")
    search = method.estimator()
    assert isinstance(search, GridSearchCV)
    fit = GROUPS[0] != GROUPS
    train = Training(list(X[fit]), Y[fit], GROUPS[fit], 4)
    context = Context(seed=3, subjects=GROUPS[fit])
    model = method.fit(train, context)
    for inner, outer in model.estimator.cv:
        assert not set(GROUPS[fit][inner]) & set(GROUPS[fit][outer])
    assert len(model.estimator.cv) == GroupKFold(5).get_n_splits()
