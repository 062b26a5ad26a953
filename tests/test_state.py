"""What is saved of a model: arrays, JSON and scikit-learn estimators, and nothing that runs."""

from __future__ import annotations

import io
import os
import pickle
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from bench import Array, BenchError, Context, Description, Facts, Method, Model, Training
from bench.deploy.coding import pack, unpack

if TYPE_CHECKING:
    from fractions import Fraction

OUTLINE = Training.outline(np.ones(2), 3)


@dataclass(frozen=True)
class Part:
    shift: Array
    names: tuple[str, ...] = ("a", "b")


@dataclass(frozen=True)
class Whole(Model):
    parts: tuple[Part, Part]
    part: Part
    kept: Array
    inverse: float
    estimator: object = None


class Means(Model):
    def __init__(self, means: Array) -> None:
        self.means = means

    def predict(self, clips: Sequence[Description]) -> Array:
        return np.asarray(clips) @ self.means.T


class Plain(Method):
    name = "plain"
    facts = Facts("Plain", "nobody", 2026, "", "original")

    def fit(self, train: Training, context: Context) -> Means:
        return Means(np.ones((train.classes, 2)))


class Vague(Plain):
    name = "vague"

    def fit(self, train: Training, context: Context) -> Model:
        return super().fit(train, context)


class Hidden(Plain):
    name = "hidden"

    def fit(self, train: Fraction, context: Context) -> Means:
        return Means(np.ones(2))


def whole(**changes: object) -> Whole:
    part = Part(np.arange(3.0))
    made = Whole((part, replace(part, names=())), part, np.zeros(()), float("inf"))
    return replace(made, **changes)


def again(state: object) -> object:
    return unpack(pack(state))


def test_a_model_of_nested_parts_comes_back_as_it_was():
    grid = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    first = whole(kept=grid)
    back = Whole.from_state(again(first.state()))
    assert back.parts[0].names == ("a", "b")
    assert back.parts[1].names == ()
    assert back.inverse == float("inf")
    assert back.kept.flags.f_contiguous
    assert back.kept.dtype == grid.dtype
    np.testing.assert_array_equal(back.kept, grid)
    np.testing.assert_array_equal(back.part.shift, first.part.shift)


@pytest.mark.parametrize(
    "array", [np.zeros(()), np.zeros((0, 3)), np.array([True, False]), np.arange(4)[::2]]
)
def test_arrays_of_any_form_come_back(array):
    back = again({"it": array})["it"]
    assert (back.shape, back.dtype) == (array.shape, array.dtype)
    np.testing.assert_array_equal(back, array)
    back[...] = 0


def test_an_estimator_comes_back_and_decides_alike():
    rows = np.random.default_rng(0).normal(size=(20, 3))
    svm = SVC(random_state=0).fit(rows, np.arange(20) % 2)
    back = again({"machine": svm})["machine"]
    np.testing.assert_array_equal(back.decision_function(rows), svm.decision_function(rows))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.array(["a"]), "it is an array of <U1, expected one of numbers"),
        (np.array([object()]), "it is an array of object"),
        (lambda: 0, "it is a function; expected an array, a number"),
        ({1, 2}, "it is a set"),
        (FunctionTransformer(os.getcwd), "which skops would not load again|skops cannot save"),
    ],
)
def test_what_is_no_data_is_refused_when_it_is_saved(value, said):
    with pytest.raises(BenchError, match=said):
        pack({"it": value})


class Planted:
    """What runs code where it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def archive(schema: str) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as made:
        made.writestr("schema.json", schema)
    return file.getvalue()


CALLS = """{"__class__": "mkdir", "__module__": "os", "__loader__": "FunctionNode", "__id__": 1,
"content": {"module_path": "os", "function": "mkdir"}, "protocol": 2, "_skops_version": "0.13"}"""


@pytest.mark.parametrize("data", [pickle.dumps(Planted()), b"", b"PK", archive(CALLS)])
def test_a_strangers_estimator_runs_nothing(data, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    packed = replace(pack({}), estimators={"machine": data})
    with pytest.raises(BenchError, match="machine: skops does not load it"):
        unpack(packed)
    assert not (tmp_path / "unpickled").exists()


def test_weights_that_are_none_are_refused():
    with pytest.raises(BenchError, match="no safetensors"):
        unpack(replace(pack({}), weights=pickle.dumps(Planted())))


def test_the_annotation_of_fit_says_what_is_restored():
    model = Plain().fit(OUTLINE, Context(0, np.arange(1)))
    back = Plain().restore(again(model.state()), OUTLINE)
    assert isinstance(back, Means)
    np.testing.assert_array_equal(back.means, model.means)


@pytest.mark.parametrize(
    ("kind", "said"),
    [(Vague, "annotate fit with the class of its models"), (Hidden, "Fraction, which is imported")],
)
def test_an_annotation_that_names_no_model_says_what_to_write(kind, said):
    with pytest.raises(BenchError, match=said):
        kind().restore({}, OUTLINE)


def test_a_state_that_lacks_a_field_is_refused():
    state = whole().state()
    with pytest.raises(BenchError, match="the state of a Part lacks 'shift'"):
        Whole.from_state({n: v for n, v in state.items() if n != "part.shift"})


def test_the_outline_of_a_fold_holds_a_clip_of_zeros_and_no_label():
    outline = Training.outline({"a": np.ones((2, 3), np.uint8), "b": np.ones(1)}, 5)
    (clip,) = outline.clips
    assert {name: (one.shape, one.dtype, one.any()) for name, one in clip.items()} == {
        "a": ((2, 3), np.uint8, False),
        "b": ((1,), np.float64, False),
    }
    assert (len(outline.labels), len(outline.subjects), outline.classes) == (0, 0, 5)


def test_a_gender_stream_comes_back():
    """GEME's network has one where genders are annotated; a state says which it is of."""
    from bench.methods.geme import GEME

    method = GEME(epochs=1, size=32, batch_size=4)
    clips = [np.full((32, 32), 20 * at, np.uint8) for at in range(6)]
    subjects = np.arange(6) // 2
    train = Training(
        clips,
        np.arange(6) % 2,
        subjects,
        2,
        genders=("female", "female", "male", "male", None, None),
    )
    model = method.fit(train, Context(0, subjects))
    assert any(name.startswith("gender") for name in model.state())
    back = method.restore(again(model.state()), Training.outline(clips[0], 2))
    np.testing.assert_array_equal(back.predict(clips), model.predict(clips))


def test_a_file_that_training_started_from_may_be_gone():
    from bench.methods.timm import Timm

    method = Timm(epochs=1, size=32, batch_size=4)
    clips = [np.full((2, 32, 32), 20 * at, np.uint8) for at in range(4)]
    model = method.fit(Training(clips, np.arange(4) % 2, np.arange(4), 2), Context(0, np.arange(4)))
    started = replace(method, weights="0123abcd", weights_sha256="0123abcd")
    back = started.restore(again(model.state()), Training.outline(clips[0], 2))
    np.testing.assert_array_equal(back.predict(clips), model.predict(clips))


def test_weights_of_another_network_are_refused():
    from bench.methods.ststnet import STSTNet

    with pytest.raises(BenchError, match="the weights are not of this network"):
        STSTNet().restore({"a": np.zeros(2)}, Training.outline(np.zeros((3, 28, 28)), 3))


def test_trees_are_loaded_by_their_own_user_alone():
    """scikit-learn reads whatever memory a forged node names."""
    rows = np.random.default_rng(0).normal(size=(40, 3))
    trees = RandomForestClassifier(3, random_state=0).fit(rows, rows[:, 0] > 0)
    packed = pack({"trees": trees})
    back = unpack(packed, own=True)["trees"]
    np.testing.assert_array_equal(back.predict_proba(rows), trees.predict_proba(rows))
    with pytest.raises(BenchError, match="decision trees are loaded only by the user who trained"):
        unpack(packed)
