"""The identity leak: whose clip lies nearest, and what training on the same people adds."""

import csv
import json
from itertools import product

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from bench.statistics.neighbours import expected_same, nearest_same
from bench.store.neighbours import Neighbours, write_neighbours

NEAREST = """
from dataclasses import dataclass
import numpy as np
from bench import Facts, Method, Model
from bench.views.catalog import provided


class Nearby(Model):
    def __init__(self, rows, labels, classes):
        self.rows, self.labels, self.classes = rows, labels, classes

    def predict(self, clips):
        far = np.linalg.norm(np.array(clips)[:, None] - self.rows, axis=2)
        return np.eye(self.classes)[self.labels[far.argmin(1)]]


@dataclass(frozen=True)
class Near(Method):
    "The class of the nearest training clip."

    name = "near"
    needs = frozenset({"numbers"})
    facts = Facts("Near", "nobody", 2026, "https://example.org", "code")

    def describe(self, clip):
        return provided(clip, "numbers")

    def fit(self, train, context):
        return Nearby(np.array(train.clips), train.labels, train.classes)


@dataclass(frozen=True)
class Parts(Near):
    "The same from a dict of features, which is no vector."

    name = "parts"

    def describe(self, clip):
        return {"one": provided(clip, "numbers")}

    def fit(self, train, context):
        return Flat(np.array([c["one"] for c in train.clips]), train.labels, train.classes)


class Flat(Nearby):
    def predict(self, clips):
        return super().predict([clip["one"] for clip in clips])
"""


@pytest.mark.parametrize("offset", [0.0, 1e4])
@pytest.mark.parametrize("seed", range(3))
def test_neighbours_are_those_of_scikit_learn(seed, offset):
    rng = np.random.default_rng(seed)
    rows, groups = offset + rng.normal(size=(300, 7)), rng.integers(0, 9, 300)
    nearest = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(rows - offset)
    chosen = nearest.kneighbors(return_distance=False)[:, 0]
    assert nearest_same(rows, groups).tolist() == (groups[chosen] == groups).tolist()


def test_equally_near_neighbours_count_the_same():
    """Two of three neighbours at distance 1 are of the same person, whatever the order of rows."""
    rows = np.array([[0.0, 0.0], [1, 0], [0, 1], [-1, 0], [9, 9]])
    groups = np.array(["a", "a", "a", "b", "b"])
    for order in (range(5), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3)):
        order = np.array(order)
        share = nearest_same(rows[order], groups[order])
        assert share[np.flatnonzero(order == 0)[0]] == pytest.approx(2 / 3)


@pytest.mark.parametrize("sizes", [(5, 3, 1), (1, 1), (4,), (36, 2, 2, 7)])
def test_rows_that_tell_nothing_have_the_share_of_chance(sizes):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    same = nearest_same(np.ones((len(groups), 3)), groups)
    assert same.mean() == pytest.approx(expected_same(groups))


def test_chance_is_that_of_every_draw():
    """Counted over all ways to draw one other row for each of two rows and more."""
    groups = np.array([0, 0, 0, 1, 1, 2])
    others = [[j for j in range(6) if j != i] for i in range(6)]
    draws = [np.mean(groups[list(draw)] == groups) for draw in product(*others)]
    assert expected_same(groups) == pytest.approx(np.mean(draws))
    assert expected_same(groups) == pytest.approx((3 * 2 + 2 * 1 + 0) / (6 * 5))


def test_a_single_row_has_no_neighbour():
    for function in (
        lambda: nearest_same(np.ones((1, 2)), np.array([0])),
        lambda: expected_same([0]),
    ):
        with pytest.raises(ValueError, match="1 rows, expected two or more"):
            function()


def drawn(world, spread):
    """Six people of five clips; each shows one class most of the time.

    Args:
        spread: how far people lie apart, in standard deviations of their clips.
    """
    (world.folder / "near.py").write_text(NEAREST)
    (world.folder / "bench.toml").write_text(
        'plugins = ["toy.py", "near.py"]\n[roots]\ntoy = "data"\n'
    )
    rng = np.random.default_rng(1)
    words = ("low", "mid", "high")
    for person in range(6):
        folder = world.folder / "data" / f"p{person}"
        for file in folder.iterdir():
            file.unlink()
        centre = rng.normal(0, spread, 8)
        for i in range(5):
            word = words[(person + (i == 4)) % 3]
            (folder / f"c{i}-{word}.json").write_text(
                json.dumps((centre + rng.normal(size=8)).tolist())
            )
    for protocol in ("loso", "lovo"):
        assert world.run("--protocol", protocol, methods="near").code == 0


def rows_of(world):
    found = json.loads(world.bench("board", "--format", "json").out)["tables"]
    return {table["protocol"]: table["rows"][0] for table in found}


CHANCE = 6 * 5 * 4 / (30 * 29)


def test_where_people_cluster_the_meter_shows_it(world):
    drawn(world, spread=50)
    found = rows_of(world)
    known = found["loso"]["identity"]
    assert known["same_person"] == 1
    assert known["chance"] == pytest.approx(CHANCE)
    # The nearest clip is of the same person: right but for the odd clip and those nearest to it.
    for name in ("uf1", "accuracy"):
        scores = [found[p]["scores"][name]["value"] for p in ("lovo", "loso")]
        assert known["lovo"][name] == pytest.approx(scores[0] - scores[1])
        assert known["lovo"][name] > 0.2
    assert found["lovo"]["identity"] == known | {"lovo": {}}
    text = world.bench("board", "--format", "markdown").out
    assert f"100.0 % ({100 * CHANCE:.1f} %)" in text
    assert f"UF1 {known['lovo']['uf1']:+.3f}".replace("0.", ".") in text
    first, *_ = csv.DictReader(world.bench("board", "--format", "csv").out.splitlines())
    assert float(first["same_person"]) == 1
    assert float(first["lovo_minus_loso_accuracy"]) == known["lovo"]["accuracy"]
    assert world.bench("explain", "near", "-t", "toy/3").code == 0
    page = (world.results / "explain/near-toy-3/index.html").read_text()
    assert "100.0 % of 30 clips" in page
    assert f"{100 * CHANCE:.1f} %" in page
    assert "UF1: LOVO − LOSO" in page


def test_where_people_are_alike_it_stays_near_chance(world):
    drawn(world, spread=0)
    known = rows_of(world)["loso"]["identity"]
    # Three standard deviations of the mean of 30 draws.
    assert abs(known["same_person"] - CHANCE) < 3 * np.sqrt(CHANCE * (1 - CHANCE) / 30)
    assert abs(known["lovo"]["accuracy"]) < 0.3


def test_what_is_not_known_is_not_shown(world):
    drawn(world, spread=50)
    world.run(methods="mean")
    rows = json.loads(world.bench("board", "--format", "json").out)["tables"][0]["rows"]
    (alone,) = (row["identity"] for row in rows if row["label"] == "mean")
    assert (alone["same_person"], alone["lovo"]) == (1, {})
    assert world.bench("explain", "mean", "-t", "toy/3", "--seconds", "0").code == 0
    page = (world.results / "explain/mean-toy-3/index.html").read_text()
    assert "bench run -m mean --tasks toy/3 --protocol lovo" in page


def test_features_that_are_no_vector_are_not_measured(world):
    drawn(world, spread=50)
    world.run(methods="parts")
    rows = json.loads(world.bench("board", "--format", "json").out)["tables"][0]["rows"]
    assert [row["identity"] for row in rows if row["label"] == "parts"] == [None]


def test_a_damaged_measure_is_made_again(world):
    """It is derived: boards do without it, nothing else is affected, and a run restores it."""
    drawn(world, spread=50)
    files = sorted((world.results / "derived/neighbours").iterdir())
    (file,) = files
    sound = file.read_bytes()
    for damage in (
        sound[:20],
        sound.replace(b"1.0", b"0.5"),
        b"[]",
        sound.replace(b'"format":1', b'"format":9'),
    ):
        assert damage != sound
        file.write_bytes(damage)
        assert rows_of(world)["loso"]["identity"]["same_person"] is None
        assert world.bench("results", "verify").code == 0
        world.run(methods="near")
        assert file.read_bytes() == sound


def test_features_of_other_code_are_measured_again(world):
    drawn(world, spread=50)
    (file,) = (world.results / "derived/neighbours").iterdir()
    sound, inputs = file.read_bytes(), next(iter(world.records().values()))["inputs"]
    write_neighbours(world.results, inputs, Neighbours("other code", 30, 0.5))
    assert rows_of(world)["loso"]["identity"]["same_person"] == 0.5
    world.run(methods="near")
    assert file.read_bytes() == sound
