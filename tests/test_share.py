"""Sharing a plan between machines: shards, named folds, and the order in which folds start."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from bench.core.errors import BenchError
from bench.planning.plan import Cell, Plan
from bench.planning.share import Shard, shard_of, with_folds
from bench.planning.splits import Fold
from bench.plugins.configure import Configured


@dataclass
class Clips:
    """As much of a task as an estimate asks for."""

    name: str = "toy/3"
    frames: float = 10.0


@dataclass(frozen=True)
class Estimated:
    """As much of a method: `each` seconds a training clip."""

    each: float | None
    facts = SimpleNamespace(reference=False)

    def seconds(self, clips, frames):
        assert frames == 10 * clips
        return None if self.each is None else clips * self.each


def fold(name, clips):
    return Fold(name, np.arange(clips), np.arange(1))


def plan_of(*rates, folds=13, seeds=2):
    """Cells of methods by their seconds per clip; fold i trains on 20 + i clips."""
    split = tuple(fold(f"toy/p{i:02d}", 20 + i) for i in range(folds))
    task = Clips()
    rows = [Configured(Estimated(rate), f"m{i}", "paper") for i, rate in enumerate(rates)]
    return Plan(tuple(Cell(row, task, "loso", s, split) for row in rows for s in range(seeds)))


def names(plan):
    return [(u.cell.row.label, u.cell.seed, u.fold.name) for u in plan.units]


def load(plan):
    return sum(
        u.cell.row.method.seconds(len(u.fold.train), 10 * len(u.fold.train)) for u in plan.units
    )


@pytest.mark.parametrize("parts", [1, 2, 7, 52, 60])
def test_shards_are_the_plan_each_unit_once(parts):
    plan = plan_of(3.0, None)
    shards = [shard_of(plan, Shard(n, parts)) for n in range(1, parts + 1)]
    assert sorted(name for one in shards for name in names(one)) == sorted(names(plan))
    assert shards[0].shard == f"1/{parts}"


def test_shards_take_about_equally_long():
    plan = plan_of(100.0, 1.0, 0.01)
    loads = [load(shard_of(plan, Shard(n, 8))) for n in range(1, 9)]
    # Longest-processing-time-first is within 4/3 of the best (Graham 1969).
    assert max(loads) < 4 / 3 * max(sum(loads) / 8, 100.0 * 32)
    counts = [len(shard_of(plan_of(None), Shard(n, 4)).units) for n in range(1, 5)]
    assert max(counts) - min(counts) <= 1, "without estimates as many folds each"


def test_long_folds_start_first_in_a_shard_and_one_of_every_cell_elsewhere():
    plan = plan_of(1.0, 5.0)
    first = names(plan)[:4]
    assert {(label, seed) for label, seed, _ in first} == {
        (m, s) for m in ("m0", "m1") for s in (0, 1)
    }
    lengths = [20 + int(name[-2:]) for label, _, name in names(plan)[4:] if label == "m1"]
    assert lengths == sorted(lengths, reverse=True)
    shard = names(shard_of(plan, Shard(1, 2)))
    methods = [label for label, _, _ in shard]
    assert methods == sorted(methods, reverse=True), "the slow method first, and kept together"


@pytest.mark.parametrize(
    "word", ["0/40", "41/40", "3", "a/b", "3/", "-1/4", "1/0", "1.5/3", "1/1000000"]
)
def test_a_wrong_shard_is_a_line(word):
    with pytest.raises(BenchError, match=r"--shard .*expected NUMBER/COUNT"):
        Shard.parse(word)


def test_named_folds_alone():
    plan = with_folds(plan_of(1.0), "toy/p03, toy/p01")
    assert {name for _, _, name in names(plan)} == {"toy/p01", "toy/p03"}
    with pytest.raises(
        BenchError, match=r"unknown fold 'toy/p99'; did you mean .*13 folds: toy/p00"
    ):
        with_folds(plan_of(1.0), "toy/p01,toy/p99")
    one = with_folds(plan_of(1.0), "toy/p01")
    with pytest.raises(BenchError, match="The plan has 1 fold: toy/p01"):
        with_folds(one, "toy/p02")


def test_shards_of_the_command_line_make_one_result(world):
    world.run("--results", "whole", "--seeds", "0,1", methods="mean,mean:noisy")
    for shard in ("3/3", "1/3", "2/3"):
        done = world.run("--shard", shard, "--seeds", "0,1", methods="mean,mean:noisy")
        assert done.code == 0, done.err
        assert f"Shard {shard}" in done.err
    assert not (world.results / "leaderboard.md").exists(), "a part has no board"

    assert predictions(world, "results") == predictions(world, "whole")
    again = world.run("--shard", "1/3", "--seeds", "0,1", methods="mean,mean:noisy")
    assert "Nothing left to run; 8 reused" in again.err


def predictions(world, folder):
    """By path below `records/`, what must be equal."""
    root = world.folder / folder / "records"
    found = {path.relative_to(root): json.loads(path.read_text()) for path in root.rglob("*.json")}
    return {path: (raw["key"], raw["clips"], raw["scores"]) for path, raw in found.items()}


def test_more_shards_than_folds_are_no_error(world):
    done = world.run("--shard", "9/10")
    assert done.code == 0, done.err
    assert "Shard 9/10 has no fold" in done.err
    assert not world.results.joinpath("records").exists()


def test_bad_words_are_a_line(world):
    for words, said in (
        (("--shard", "7/6"), "--shard '7/6': expected NUMBER/COUNT"),
        (("--folds", ""), "--folds: unknown fold ''"),
        (("--shard", ""), "--shard '': expected"),
        (("--folds", "toy/p9"), "unknown fold 'toy/p9'; did you mean"),
    ):
        done = world.run(*words)
        assert done.code == 2
        assert said in done.err
        assert len(done.err.strip().splitlines()) == 1


def test_folds_by_name(world):
    done = world.run("--folds", "toy/p1,toy/p4")
    assert done.code == 0, done.err
    assert {raw["fold"] for raw in world.records().values()} == {"toy/p1", "toy/p4"}
