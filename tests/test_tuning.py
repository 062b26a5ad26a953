"""Values that every fold chooses on its training subjects, and fields in a list of methods."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, ParameterGrid, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import bench
from bench import Context, Method, Model, Training
from bench.core.errors import BenchError
from bench.methods.featurelogistic import FeatureLogistic
from bench.plugins.assignments import joined
from bench.plugins.configure import configure, with_tuning
from bench.plugins.registry import Registry, load
from bench.plugins.tuning import Tuning
from bench.running.tuning import chosen
from tests.toy import FACTS

GRID = (1e-4, 1e-2, 1.0, 100.0)
TUNING = Tuning((("C", GRID),), 5)


def fold(seed: int, noise: float = 3.0) -> tuple[Training, Context]:
    """Eight people with six clips each, of three classes that overlap."""
    rng = np.random.default_rng(seed)
    subjects = np.repeat(np.arange(8), 6)
    labels = np.tile([0, 1, 2], 16)
    rows = rng.normal(size=(48, 6)) * noise + np.eye(3, 6)[labels] * 4 + rng.normal(size=(8, 6))[
        subjects
    ]  # fmt: skip
    return Training(list(rows), labels, subjects, 3), Context(seed=seed, subjects=subjects)


def pipeline(C: float = 1.0):
    # As the method's own, with scikit-learn's defaults.
    return make_pipeline(StandardScaler(), FeatureLogistic().classifier(C, None))


@pytest.mark.parametrize("seed", range(6))
def test_a_linear_method_chooses_as_scikit_learn_does(seed):
    """On the same folds of whole people, scored by macro F1 of all predictions pooled."""
    train, context = fold(seed)
    rows, splits = np.array(train.clips), context.inner_folds(5)
    assert all(not set(train.subjects[a]) & set(train.subjects[b]) for a, b in splits)
    scores = []
    for option in ParameterGrid({"C": list(GRID)}):
        guess = cross_val_predict(pipeline(option["C"]), rows, train.labels, cv=splits)
        scores.append(round(f1_score(train.labels, guess, average="macro"), 9))
    expected = GRID[int(np.argmax(scores))]
    assert chosen(FeatureLogistic(), TUNING, train, context) == {"C": expected}


def test_it_is_what_grid_search_chooses_where_the_folds_agree():
    train, context = fold(1, noise=1.0)
    name = f"{pipeline().steps[-1][0]}__C"
    search = GridSearchCV(
        pipeline(), {name: [1e-5, 1.0]}, scoring="f1_macro", cv=context.inner_folds(5)
    ).fit(np.array(train.clips), train.labels)
    tuning = Tuning((("C", (1e-5, 1.0)),), 5)
    assert chosen(FeatureLogistic(), tuning, train, context) == {"C": search.best_params_[name]}
    assert isinstance(pipeline().steps[-1][1], LogisticRegression)


@dataclass(frozen=True)
class Seen(Method):
    """Remembers with which labels and seeds it was fitted."""

    name = "seen"
    needs = frozenset({"frames"})
    facts = FACTS
    described_by = ()
    rate: float = 0.1
    steps: int = 1
    grid: tuple[int, int] = (2, 2)
    C: float | str = 1.0

    def fit(self, train, context):
        FITS.append((self.rate, len(train.clips), context.seed, context._held_out))
        return Half(train.classes, self.rate)


class Half(Model):
    def __init__(self, classes, rate):
        self.classes, self.rate = classes, rate

    def predict(self, clips):
        return np.tile(np.eye(self.classes)[0], (len(clips), 1))


FITS: list[tuple] = []


def test_equal_values_leave_the_first_and_seeds_differ_by_fold_alone():
    FITS.clear()
    train, context = fold(0)
    context._held_out = ["held out"]
    tuning = Tuning((("rate", (0.3, 0.1)),), 4)
    assert chosen(Seen(), tuning, train, context) == {"rate": 0.3}
    assert len(FITS) == 8
    assert all(held is None for *_, held in FITS), "no checkpoint of an inner fit is scored"
    seeds = [seed for _, _, seed, _ in FITS]
    assert seeds[:4] == seeds[4:]
    assert len({*seeds, context.seed}) == 5
    one = np.zeros(len(train.labels), int)
    alone = Context(seed=0, subjects=one)
    assert chosen(Seen(), tuning, train, alone) == {"rate": 0.3}, "no inner folds, the first"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a,b:c", ["a", "b:c"]),
        ("a:x=1,y=2,b", ["a:x=1+y=2", "b"]),
        ("a,x=1, y=2", ["a:x=1+y=2"]),
        ("a:v,x=1|2", ["a:v+x=1|2"]),
    ],
)
def test_a_field_after_a_comma_is_of_the_method_before_it(words, expected):
    assert joined(words) == expected


REGISTRY = Registry({"seen": Seen}, {}, {}, {})


def row(words: str):
    (found,) = configure(REGISTRY, words, "paper")
    return found


def test_one_grid_has_one_name_and_its_own_key():
    same = {row(words).label for words in ("seen:rate=.1|1e-3", "seen:tune=5+rate=0.1|0.001")}
    assert same == {"seen:rate=0.1|0.001+tune=5"}
    found = row("seen:rate=.1|1e-3,grid=3x4,tune=3")
    assert found.label == "seen:grid=3x4+rate=0.1|0.001+tune=3"
    assert found.config["rate"] == (0.1, 0.001)
    assert found.method == Seen(grid=(3, 4))
    assert found.tuning == Tuning((("rate", (0.1, 0.001)),), 3)
    assert row(found.label) == found, "a row's name says it again"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("rate=1", "a field without a method; expected METHOD:rate=1"),
        ("seen:rate=1|x", "rate=x: expected a number"),
        ("seen:rate=1|1.0", "a value twice"),
        ("seen:tune=5", "nothing to choose from; expected FIELD=VALUE|VALUE"),
        ("seen:rate=1|2,tune=1", "expected a number of inner folds, 2 to 99"),
        ("seen:grid=3", "2 numbers with an x between, such as 2x2"),
    ],
)
def test_a_wrong_grid_is_one_line(words, said):
    with pytest.raises(BenchError) as raised:
        row(words)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_field_that_changes_the_description_is_not_tuned():
    with pytest.raises(BenchError, match="size changes what describe returns"):
        configure(load(), "apexpixels:size=34x28|17x14", "paper")


@pytest.mark.parametrize(
    ("grids", "said"),
    [
        (["rate"], "expected FIELD=VALUE,VALUE"),
        (["rate=1"], "expected FIELD=VALUE,VALUE"),
        (["rate=1,2", "rate=3,4"], "tuned twice"),
        (["rte=1,2"], "unknown --tune: field 'rte'; did you mean rate"),
    ],
)
def test_a_wrong_option_is_one_line(grids, said):
    with pytest.raises(BenchError) as raised:
        with_tuning(REGISTRY, "seen", grids, 5)
    assert said in str(raised.value)


def test_methods_without_the_field_stay_as_they_are():
    registry = load()
    words = with_tuning(registry, "majority,flowsvm", ["C=0.1,1"], 3)
    assert words == "majority,flowsvm:C=0.1|1+tune=3"


SCALED = '''
"""A nearest mean whose second field matters."""

from dataclasses import dataclass

import numpy as np

from bench import Facts, Method, Model
from bench.views.catalog import provided


class Means(Model):
    def __init__(self, means, flip):
        self.means, self.flip = means, flip

    def predict(self, clips):
        far = np.linalg.norm(np.array(clips)[:, None] - self.means, axis=2)
        return far if self.flip else -far


@dataclass(frozen=True)
class Flipped(Method):
    """Predicts the farthest class where it is flipped."""

    name = "flipped"
    needs = frozenset({"numbers"})
    described_by = ()
    facts = Facts("Flipped", "nobody", 2026, "", "original")
    flip: bool = True

    def describe(self, clip):
        return provided(clip, "numbers")

    def fit(self, train, context) -> Means:
        rows = np.array(train.clips)
        means = [
            rows[train.labels == c].mean(0) if (train.labels == c).any() else np.full(2, 99.0)
            for c in range(train.classes)
        ]
        return Means(np.array(means), self.flip)
'''
RUN = ("run", "-m", "flipped", "-d", "toy", "--plugin", "flipped.py", "--engine", "serial")


def run(world, *more):
    (world.folder / "flipped.py").write_text(SCALED)
    done = world.bench(*RUN, *more)
    assert done.code == 0, done.err
    return done


def test_each_fold_records_what_it_chose_and_the_row_says_so(world):
    plain = run(world)
    assert ".000" in plain.out
    done = run(world, "--tune", "flip=true,false", "--inner", "3")
    records = [one for one in world.records().values() if "tune" in one["inputs"]]
    assert len(records) == 6
    assert {json.dumps(one["chosen"]) for one in records} == {'{"flip": false}'}
    assert {one["label"] for one in records} == {"flipped:flip=true|false+tune=3"}
    assert records[0]["inputs"]["config"] == {"flip": [True, False]}
    assert "1.000" in done.out
    board = json.loads((world.folder / "results" / "leaderboard.json").read_text())
    (tuned,) = [r for r in board["tables"][0]["rows"] if "tune" in r["label"]]
    assert tuned["selection"] == "inner"
    assert board["tables"][0]["variants"] == [], "it is no configuration to compare with others"
    assert tuned["rank"] == 1
    (note,) = [note for note in tuned["notes"] if note["kind"] == "tuned"]
    assert note["chosen"] == {"flip=False": 6}
    again = run(world, "--tune", "flip=true,false", "--inner", "3")
    assert "6 reused" in again.err
    other = run(world, "--tune", "flip=true,false", "--inner", "2")
    assert "0 reused" in other.err, "another number of folds is another row"


def test_held_out_labels_play_no_role(world):
    """Whatever the held-out person's clips are called, that fold chooses and predicts the same."""
    run(world, "--tune", "flip=true,false", "--inner", "3")
    before = {one["fold"]: one for one in world.records().values()}
    home = world.folder / "data" / "p0"
    low, high = home / "c0-low.json", home / "c2-high.json"
    # The same bytes under swapped classes.
    low.rename(home / "c0-high.json")
    high.rename(home / "c2-low.json")
    world.patch.chdir(world.folder)
    run(world, "--tune", "flip=true,false", "--inner", "3", "--results", "again")
    files = (world.folder / "again" / "records").rglob("*.json")
    after = {one["fold"]: one for one in (json.loads(file.read_text()) for file in files)}
    assert after["toy/p0"]["chosen"] == before["toy/p0"]["chosen"]
    swapped = dict(zip(after["toy/p0"]["clips"], after["toy/p0"]["scores"], strict=True))
    for clip, scores in zip(before["toy/p0"]["clips"], before["toy/p0"]["scores"], strict=True):
        name = {"toy/p0/c0-low": "toy/p0/c0-high", "toy/p0/c2-high": "toy/p0/c2-low"}.get(
            clip, clip
        )
        assert swapped[name] == scores
    assert after["toy/p1"]["scores"] != before["toy/p1"]["scores"], "there they are training labels"


def test_a_model_is_tuned_too(world):
    (world.folder / "flipped.py").write_text(SCALED)
    words = ("flipped:flip=true|false", "-d", "toy", "--plugin", "flipped.py", "-o", "m")
    done = world.bench("fit", *words)
    assert done.code == 0, done.err
    assert "Inner folds of the training subjects chose flip=False." in done.out
    words = ("flipped", *words[1:], "--tune", "flip=true,false", "--force")
    assert "chose flip=False" in world.bench("fit", *words).out
    again = world.bench("fit", *words, "--inner", "3").out
    assert "flipped:flip=true|false+tune=3 (" in again
    made = world.bench("predict", "m", "-d", "toy", "--plugin", "flipped.py")
    assert made.code == 0, made.err
    own = ["toy.py", "flipped.py"]
    same = bench.fit("flipped", "toy", tune="flip=true,false", inner=3, plugins=own)
    assert same.card.label == "flipped:flip=true|false+tune=3"
    assert same.card.chosen == {"flip": False}


def test_a_config_file_tunes_too(world):
    (world.folder / "flipped.py").write_text(SCALED)
    (world.folder / "run.toml").write_text(
        'methods = "flipped"\ndatasets = "toy"\nplugin = ["flipped.py"]\ninner = 3\n'
        'tune = ["flip=true,false"]\n'
    )
    done = world.bench("plan", "--config", "run.toml", "--json")
    assert [row["method"] for row in json.loads(done.out)] == ["flipped:flip=true|false+tune=3"]
