"""Composites of datasets as data, and training on one database to test on another."""

from __future__ import annotations

import csv
import pickle

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bench import BenchError
from bench.core.names import Protocol
from bench.planning.splits import ImpossibleSplitError, fold_count, folds
from bench.plugins.settings import located, read_settings
from tests.conftest import World

WORDS = {"one": ("sad", "glad", "awe"), "two": ("anger", "glad", "awe")}
MAP = """
[tasks.2.classes]
negative = ["one/sad", "two/anger"]
rest = ["glad", "awe"]
"""


@pytest.fixture
def both(world: World) -> World:
    """Two declared datasets of features, four people each, three clips of everyone."""
    world.patch.delenv("BENCH_CONFIG")
    (world.folder / "bench.toml").unlink()
    for name in WORDS:
        features, rows = drawn(name)
        np.save(world.folder / f"{name}.npy", features)
        with (world.folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("subject", "label"), *rows])
        options = ("--clips", f"{name}.csv", "--features", f"{name}.npy", "-o", f"{name}.toml")
        assert world.bench("new", "dataset", name, *options).code == 0
    (world.folder / "map.toml").write_text(MAP)
    return world


def drawn(name: str) -> tuple[np.ndarray, list[tuple[str, str]]]:
    rng = np.random.default_rng(len(WORDS[name][0]))
    labels = [i % 3 for i in range(12)]
    rows = [(f"p{i // 3}", WORDS[name][label]) for i, label in enumerate(labels)]
    return rng.normal(size=(12, 5)) + np.eye(3)[labels] @ np.eye(3, 5), rows


def predicted(world: World) -> dict[str, int]:
    return {
        clip: int(np.argmax(row))
        for _, _, clips, rows in world.predictions().values()
        for clip, row in zip(clips, rows, strict=True)
    }


def test_a_map_makes_classes_of_the_labels_of_each_part(both):
    ran = both.bench("run", "-d", "one+two", "--map", "map.toml", "-m", "featuresvm",
                     "--protocol", "hde", "--engine", "serial")  # fmt: skip
    assert ran.code == 0, ran.err
    assert "one+two/2, hde" in ran.out
    assert "24 clips, 8 subjects" in ran.out
    found = predicted(both)
    for train, test in (("one", "two"), ("two", "one")):
        sides = [drawn(name) for name in (train, test)]
        labels = [[int(word not in ("sad", "anger")) for _, word in rows] for _, rows in sides]
        model = make_pipeline(StandardScaler(), SVC(kernel="linear", break_ties=True))
        expected = model.fit(sides[0][0], labels[0]).predict(sides[1][0])
        names = [f"{test}/p{i // 3}/row{i + 1}" for i in range(12)]
        assert [found[name] for name in names] == expected.tolist()


def test_a_job_array_of_a_composite_names_its_map(both):
    words = ("-d", "one+two", "--map", "map.toml", "-m", "featuresvm", "--slurm")
    made = both.bench("plan", *words)
    assert made.code == 0, made.err
    assert f"--datasets one+two --map {both.folder / 'map.toml'} " in made.out


def test_training_on_one_database_and_testing_on_another_is_a_protocol_of_its_own(both):
    words = ("run", "-d", "one+two", "--map", "map.toml", "-m", "featuresvm", "--engine", "serial")
    ran = both.bench(*words, "--protocol", "one->two")
    assert ran.code == 0, ran.err
    assert "one+two/2, one→two" in ran.out
    assert "tested on 12 clips, 4 subjects" in ran.out
    assert {clip.split("/")[0] for clip in predicted(both)} == {"two"}
    assert both.bench(*words, "--protocol", "hde").code == 0
    again = both.bench("board")
    assert "one+two/2, one→two" in again.out
    assert "one+two/2, hde" in again.out
    assert both.bench("results", "verify").code == 0


def test_a_composite_is_checked_and_shown_as_it_is_typed(both):
    checked = both.bench("data", "check", "one+two", "--map", "map.toml")
    assert checked.code == 0, checked.err
    assert "24 clips" in checked.out
    assert (
        "maps labels of a composite" in both.bench("data", "check", "one", "--map", "map.toml").err
    )
    text = (both.folder / "bench.toml").read_text()
    maps = MAP.replace("[tasks.", "[composites.pair.tasks.")
    (both.folder / "bench.toml").write_text(
        f'{text}\n[composites.pair]\nparts = ["one", "two"]\n{maps}'
    )
    shown = both.bench("info", "pair").out
    assert "root     none of its own" in shown
    lacking = both.bench("data", "check", "smic+smice")
    assert lacking.code == 2
    assert "smic+smice: smic has no data" in lacking.err
    assert "BENCH_SMIC_ROOT" in lacking.err


def test_composites_of_the_settings_file(both):
    with (both.folder / "bench.toml").open("a") as file:
        file.write('\n[composites.pair]\nparts = ["one", "two"]\n')
        file.write(MAP.replace("[tasks", "[composites.pair.tasks"))
    registry, settings = read_settings()
    pair = located(registry, settings.folders)["pair"]
    same = pickle.loads(pickle.dumps(pair))
    assert type(same) is type(pair)
    assert len(same.index().clips) == 24
    for clip in same.index().clips:
        part = located(registry, settings.folders)[clip.database]
        np.testing.assert_array_equal(same.read(clip)["features"], part.read(clip)["features"])
    checked = both.bench("data", "check", "pair")
    assert "pair/2: negative 8, rest 16; 8 subjects" in checked.out
    assert both.bench("run", "-d", "pair", "-m", "featuresvm", "--jobs", "2").code == 0


def test_tasks_that_all_parts_have_need_no_map(both):
    assert (
        "one and two have no task with the same classes"
        in both.bench("plan", "-d", "one+two", "-m", "featuresvm").err
    )
    text = (both.folder / "two.toml").read_text()
    (both.folder / "two.toml").write_text(text.replace("anger = [", "sad = ["))
    one = (both.folder / "one.toml").read_text()
    (both.folder / "one.toml").write_text(
        one[: one.index("[tasks")]
        + text[text.index("[tasks") :].replace('anger = ["anger"]', 'sad = ["sad"]')
    )
    assert both.bench("plan", "-d", "one+two", "-m", "featuresvm").code == 0
    shown = both.bench("info", "one+two").out
    assert "one+two/3: sad, awe, glad" in shown
    assert "ships    features" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-d", "one+three", "--map", "map.toml"), "unknown dataset 'three'"),
        (("-d", "one+one", "--map", "map.toml"), "a dataset twice"),
        (("-d", "one", "--map", "map.toml"), "maps labels of a composite"),
        (("-d", "one+two", "--map", "gone.toml"), "gone.toml: no such file"),
        (("-d", "one", "--protocol", "one->two"), "needs clips of two"),
        (("-d", "one", "--protocol", "one->one"), "names a database twice"),
        (("-d", "one", "--protocol", "one->"), "expected databases"),
        (("-d", "one", "--protocol", "cross"), "unknown protocol"),
    ],
)
def test_what_cannot_be_put_together_is_one_line(both, words, said):
    ran = both.bench("plan", "-m", "featuresvm", *words)
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_label_that_is_nearly_one_of_a_part_is_named(both):
    (both.folder / "bench.toml").open("a").write(
        '\n[composites.pair]\nparts = ["one", "two"]\n[composites.pair.tasks.2.classes]\n'
        'a = ["sad", "anger"]\nb = ["gladd"]\n'
    )
    assert (
        "no clip has the label 'gladd'; did you mean 'glad'?"
        in both.bench("data", "check", "pair").out
    )


def test_databases_that_take_no_part_are_left_out():
    databases = np.array(["a", "b", "c", "b"])
    people = np.array(["a/1", "b/1", "c/1", "b/2"])
    (one,) = folds("a→b", people, databases, people)
    assert (one.name, one.train.tolist(), one.test.tolist()) == ("b", [0], [1, 3])
    assert fold_count("a→b", people, databases, people) == 1
    (one,) = folds("c+a->b", people, databases, people)
    assert one.train.tolist() == [0, 2]
    with pytest.raises(ImpossibleSplitError, match="needs clips of d"):
        folds("a→d", people, databases, people)


def test_the_order_of_databases_to_train_on_makes_no_difference():
    assert str(Protocol.parse("b+a->c")) == str(Protocol.parse("a+b→c")) == "a+b→c"
    with pytest.raises(BenchError, match="twice"):
        Protocol.parse("a+a→b")
