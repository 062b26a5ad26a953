"""`bench fit`, the folder of a model, and `bench predict` on clips of a dataset."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from drawn import drawn_model

import bench
from bench import BenchError
from bench.check.toydata import toy_clips
from bench.core import code_hash
from bench.core.sealed import seal
from bench.deploy.folder import CARD, MODEL, WEIGHTS, load
from bench.plugins.registry import load as load_registry

CLASSES = ("low", "mid", "high")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def scores(path: Path) -> list[list[float]]:
    return [[float(row[f"score_{name}"]) for name in CLASSES] for row in rows(path)]


def resealed(folder: Path, **changes: object) -> None:
    """Change what a model says of itself as a forger would: with a seal that fits."""
    content = json.loads((folder / CARD).read_text())
    (folder / CARD).write_bytes(seal(MODEL, {**content, **changes}))


def test_left_out_people_score_as_in_their_folds(world):
    assert world.bench("run", "-m", "mean", "-d", "toy", "--engine", "serial").code == 0
    for fold in ("p0", "p4"):
        done = world.bench("fit", "mean", "-d", "toy", "--without", fold, "-o", f"m{fold}")
        assert done.code == 0, done.err
        assert "UF1 1.000" in done.out, "the score of the results at hand"
        done = world.bench("predict", f"m{fold}", "-d", "toy", "--subjects", fold, "-o", fold)
        assert done.code == 0, done.err
        (record,) = [one for one in world.records().values() if one["fold"] == f"toy/{fold}"]
        assert scores(world.folder / fold / "predictions.csv") == record["scores"]
        assert [row["clip"] for row in rows(world.folder / fold / "predictions.csv")] == (
            record["clips"]
        )


def test_all_subjects_are_trained_on_unless_some_are_named(world):
    done = world.bench("fit", "mean", "-d", "toy", "-o", "m")
    assert "18 clips (low 6, mid 6, high 6) of 6 subjects" in done.out
    assert "LOSO score: not known" in done.out
    card = json.loads((world.folder / "m" / CARD).read_text())
    assert (card["fold"], len(card["subjects"]), card["left_out"]) == ("all", 6, [])
    again = world.bench("predict", "m", "-d", "toy")
    assert "18 of the 18 clips are of subjects that the model was trained on" in again.out
    world.bench("fit", "mean", "-d", "toy", "--subjects", "p[0-2],toy/p4", "-o", "some")
    card = json.loads((world.folder / "some" / CARD).read_text())
    assert card["left_out"] == ["toy/p3", "toy/p5"]
    assert card["counts"] == [4, 4, 4]


def test_the_same_command_writes_the_same_model(world):
    for name in ("one", "two"):
        assert world.bench("fit", "mean", "-d", "toy", "--seed", "3", "-o", name).code == 0
    one, two = (json.loads((world.folder / name / CARD).read_text()) for name in ("one", "two"))
    assert one["inputs"]["seed"] == 3
    assert one["state"] == two["state"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mean", "-o", "m"), "--dataset: expected the name of a dataset"),
        (("men", "-d", "toy", "-o", "m"), "unknown method 'men'; did you mean mean"),
        (("mean", "-d", "toi", "-o", "m"), "unknown dataset 'toi'; did you mean toy"),
        (("mean", "-d", "toy", "-t", "9", "-o", "m"), "matches none of the datasets' tasks"),
        (("mean", "-d", "toy", "-t", "2,3", "-o", "m"), "several tasks: toy/2, toy/3; name one"),
        (("mean*", "-d", "toy", "-o", "m"), "nothing to train: mean*: expected one method"),
        (("mean:*", "-d", "toy", "-o", "m"), "several rows: mean, mean:noisy; name one"),
        (("ststnet", "-d", "toy", "-o", "m"), "needs flow_image"),
        (("mean", "-d", "toy", "--without", "p9", "-o", "m"), "unknown subject 'p9'"),
        (("mean", "-d", "toy", "--without", "all", "-o", "m"), "nobody is left to train on"),
        (("mean", "-d", "toy", "-o", "toy.py"), "a file, expected a folder"),
        (("mean", "-d", "toy", "-o", "data"), "not empty, and no model"),
        (("mean", "-d", "toy", "-o", "m", "--inner", "3"), "--inner: expected --tune"),
    ],
)
def test_what_cannot_be_trained_is_one_line(world, words, said):
    done = world.bench("fit", *words)
    assert done.code == 2, done.out
    assert said in done.err
    assert "Traceback" not in done.err


def test_what_could_not_be_restored_is_not_trained(world):
    text = world.plugin.read_text()
    assert "context) -> Nearest:" in text
    world.plugin.write_text(text.replace("context) -> Nearest:", "context):"))
    done = world.bench("fit", "mean", "-d", "toy", "-o", "m")
    assert done.code == 2
    assert "annotate fit with the class of its models" in done.err
    assert not list((world.folder / "cache").rglob("descriptions"))


def test_a_model_is_replaced_only_by_force(world):
    words = ("fit", "mean", "-d", "toy", "-o", "m")
    assert world.bench(*words).code == 0
    refused = world.bench(*words)
    assert (refused.code, "--force replaces it" in refused.err) == (2, True)
    assert world.bench(*words, "--force").code == 0


@pytest.fixture
def model(tmp_path) -> Path:
    """A model of drawn clips."""
    return drawn_model(tmp_path, toy_clips(3, 1))


def loaded(folder: Path) -> object:
    return load(folder, load_registry())


def test_a_model_says_what_it_is_and_reads_back(model):
    card = json.loads((model / CARD).read_text())
    assert (card["kind"], card["format"]) == ("model", 1)
    assert card["method"] == "apexpixels"
    assert card["holds_clips"] is True
    assert set(card["state"]["sha256"]) == {WEIGHTS, "machine.skops"}
    assert loaded(model).card.classes == ("0", "1", "2")


def cut(folder: Path) -> None:
    data = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(data[:-8])


def lost(folder: Path) -> None:
    (folder / "machine.skops").unlink()


def pipe(folder: Path) -> None:
    (folder / WEIGHTS).unlink()
    os.mkfifo(folder / WEIGHTS)


def flipped(folder: Path) -> None:
    text = (folder / CARD).read_text()
    (folder / CARD).write_text(text.replace('"apexpixels"', '"apexhog"', 1))


def newer(folder: Path) -> None:
    content = json.loads((folder / CARD).read_text())
    content["format"] = 99
    content.pop("seal"), content.pop("signature", None)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    content["seal"] = hashlib.sha256(text.encode()).hexdigest()
    (folder / CARD).write_text(json.dumps(content))


def elsewhere(folder: Path) -> None:
    state = json.loads((folder / CARD).read_text())["state"]
    state["estimators"]["machine"] = "../machine.skops"
    state["sha256"]["../machine.skops"] = state["sha256"].pop("machine.skops")
    shutil.move(folder / "machine.skops", folder.parent)
    resealed(folder, state=state)


def stranger(folder: Path) -> None:
    resealed(folder, method="theirs")


def other_class(folder: Path) -> None:
    resealed(folder, method_class="Path")


def other_method(folder: Path) -> None:
    resealed(folder, method="majority", method_class="Majority")


def other_field(folder: Path) -> None:
    inputs = json.loads((folder / CARD).read_text())["inputs"]
    resealed(folder, inputs={**inputs, "config": {**inputs["config"], "gone": 1}})


def other_type(folder: Path) -> None:
    inputs = json.loads((folder / CARD).read_text())["inputs"]
    resealed(folder, inputs={**inputs, "config": {**inputs["config"], "size": "large"}})


def no_weights(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"\x08" + 7 * b"\0" + b"{}junk  ")
    state = json.loads((folder / CARD).read_text())["state"]
    state["sha256"][WEIGHTS] = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    resealed(folder, state=state)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut, "weights.safetensors: its content is not what model.json was written with"),
        (lost, "machine.skops: No such file or directory; copy the folder again"),
        (pipe, "weights.safetensors: not a file; copy the folder again"),
        (flipped, "model.json: its content does not match its seal"),
        (newer, "format 99, and this version of bench reads formats up to 1"),
        (elsewhere, "names a file '../machine.skops'"),
        (stranger, "unknown method 'theirs'.*--plugin"),
        (other_class, "unknown class of apexpixels 'Path'"),
        (other_method, "not restored by|has no field 'C'"),
        (other_field, "apexpixels has no field 'gone' any more"),
        (other_type, "size: 'large', expected a list"),
        (no_weights, "not restored by apexpixels: no safetensors"),
    ],
)
def test_a_folder_that_is_not_as_written_is_one_line(model, damage, said):
    damage(model)
    with pytest.raises(BenchError, match=said) as error:
        loaded(model)
    assert "\n" not in str(error.value)


def test_from_python(world):
    trained = bench.fit("mean", "toy", without="p0", plugins=["toy.py"])
    trained.save("m")
    again = bench.load_model("m", plugins=["toy.py"])
    clips = [np.zeros(2), np.ones(2)]
    np.testing.assert_array_equal(again.scores(clips), trained.scores(clips))
    with pytest.raises(BenchError, match="needs numbers, which a video or a folder of frames"):
        again.predict("data/p0")


FOREST = """
from dataclasses import dataclass
from bench import Facts
from bench.learning.feature_method import ClassifierMethod
from bench.views.catalog import provided

@dataclass(frozen=True)
class Forest(ClassifierMethod):
    name = "forest"
    facts = Facts("Forest", "nobody", 2026, "", "original")
    needs = frozenset({"numbers"})

    def describe(self, clip):
        return provided(clip, "numbers")

    def estimator(self):
        from sklearn.ensemble import RandomForestClassifier
        return RandomForestClassifier(3)
"""


def test_a_forest_is_loaded_by_its_own_user_alone(world):
    (world.folder / "forest.py").write_text(FOREST)
    words = ("-d", "toy", "--plugin", "forest.py")
    assert world.bench("fit", "forest", *words, "-o", "m").code == 0
    done = world.bench("predict", "m", *words)
    assert done.code == 0, done.err
    resealed(world.folder / "m")
    done = world.bench("predict", "m", *words, "--force")
    assert done.code == 2, done.out
    assert "decision trees are loaded only by the user who trained them" in done.err


def test_an_edit_of_the_method_is_said(world):
    assert world.bench("fit", "mean", "-d", "toy", "-o", "m").code == 0
    toy = world.folder / "toy.py"
    toy.write_text(toy.read_text().replace("1e-6", "1e-5"))
    code_hash.forget()
    done = world.bench("predict", "m", "-d", "toy")
    assert "Since it was trained, its method's code changed" in done.out


def test_clips_without_a_class_are_predicted(world):
    """As those of a challenge's test set, which no task has."""
    assert world.bench("fit", "mean", "-d", "toy", "-o", "m").code == 0
    none = world.bench("predict", "m", "-d", "toy", "--part", "unlabelled")
    assert (none.code, "no clip to predict" in none.err) == (2, True)
    (world.folder / "data" / "p9").mkdir()
    (world.folder / "data" / "p9" / "c1-unknown.json").write_text("[4.0, 4.0]")
    done = world.bench("predict", "m", "-d", "toy", "--part", "unlabelled")
    assert done.code == 0, done.err
    (row,) = rows(world.folder / "predictions" / "toy" / "predictions.csv")
    assert (row["clip"], row["predicted"], row["trained_on"]) == (
        "toy/p9/c1-unknown",
        "high",
        "False",
    )
    labelled = world.bench("predict", "m", "-d", "toy", "--part", "labelled", "-o", "p2")
    assert labelled.code == 0
    assert len(rows(world.folder / "p2" / "predictions.csv")) == 18


def test_what_challenges_ask_for_is_written_and_its_assumptions_said(world):
    assert world.bench("fit", "mean", "-d", "toy", "-o", "m").code == 0
    done = world.bench("predict", "m", "-d", "toy", "--submission", "dfme", "--json")
    said = json.loads(done.out)
    assert any("Assumed of DFME's challenge" in line for line in said["remarks"])
    lines = (world.folder / "predictions" / "toy" / "dfme.csv").read_text().splitlines()
    assert lines[:2] == ["Filename,Emotion", "c0-low,low"]
    assert len(lines) == 19
    refused = world.bench("predict", "m", "-d", "toy", "--submission", "megc", "-o", "p2")
    assert (refused.code, "expected clips with frames" in refused.err) == (2, True)
