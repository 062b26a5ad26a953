"""Choosing a checkpoint by training subjects alone: `bench run --inner`."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import numpy as np
import pytest

from bench.core.seeds import derived_seed
from bench.running.inner import best_step, inner_jobs
from bench.running.jobs import Fit
from bench.running.options import RunOptions

RIGHT = np.eye(3)
WRONG = np.roll(RIGHT, 1, axis=1)
LABELS = np.arange(3)


def spoilt_last(world) -> None:
    """Of four checkpoints the second and third are good; the last one is the result."""
    offers = """for step, means in enumerate((means[::-1], means, means, means[::-1]), start=1):
            context.checkpoint(Nearest(np.array(means)), step)
        return Nearest(np.array(means))
"""
    _rewrite(world, offers)


def noisy_steps(world) -> None:
    """Twenty checkpoints at random, so that which is best depends on every label."""
    offers = """rng = context.rng()
        for step in range(20):
            context.checkpoint(Nearest(rng.normal(0, 1, (train.classes, clips.shape[1]))), step)
        return Nearest(np.array(means))
"""
    _rewrite(world, offers)


def _rewrite(world, offers: str) -> None:
    text = world.plugin.read_text()
    start = text.index("model = Nearest(np.array(means) + noise)")
    end = text.index("        return model\n", start) + len("        return model\n")
    world.plugin.write_text(text[:start] + offers + text[end:])


def steps(world, results: str = "results") -> dict[str, int | None]:
    files = (world.folder / results / "records").rglob("*.json")
    return {raw["fold"]: raw["inner_step"] for raw in map(json.loads, map(Path.read_text, files))}


def job(**changes) -> Fit:
    subjects = np.repeat(np.arange(5), 3)
    given = {
        "train": np.arange(15) + 5, "test": np.arange(5), "labels": np.tile(LABELS, 5),
        "subjects": subjects, "action_units": tuple(frozenset({i}) for i in range(15)),
        "genders": tuple("female" if i % 2 else None for i in range(15)), "seed": 7,
        "options": RunOptions(device="cpu", inner=3),
    }  # fmt: skip
    return Fit(**(given | changes))


def test_the_board_shows_last_inner_and_oracle_and_ranks_the_last(world):
    spoilt_last(world)
    done = world.run("--inner", "3")
    assert done.code == 0, done.err
    assert set(steps(world).values()) == {2}
    (row,) = json.loads((world.results / "leaderboard.json").read_text())["tables"][0]["rows"]
    assert row["inner"]["value"] == row["oracle"]["value"] == 1
    assert row["scores"]["uf1"]["value"] < 0.5
    assert row["epochs"]["steps"] == [1, 2, 3, 4]
    assert row["epochs"]["uf1"][0][3] == row["scores"]["uf1"]["value"]
    text = (world.results / "leaderboard.md").read_text()
    assert "inner UF1" in text
    assert "1.000 (+.667)" in text
    assert (world.results / row_picture(text)).read_bytes().startswith(b"\x89PNG")


def row_picture(text: str) -> str:
    return text.partition("against epoch](")[2].partition(")")[0]


def test_a_trace_alone_leaves_inner_open_and_says_how_to_get_it(world):
    world.run("--trace")
    text = (world.results / "leaderboard.md").read_text()
    assert re.search(r"\| – +\| 1\.000 \(\+\.000\)", text)
    assert "`--inner 5`" in text


def test_the_labels_of_held_out_clips_do_not_choose(world):
    noisy_steps(world)
    world.run("--inner", "2", "--results", "a")
    person = world.folder / "data" / "p0"
    for i, (old, new) in enumerate((("low", "mid"), ("mid", "high"), ("high", "low"))):
        (person / f"c{i}-{old}.json").rename(person / f"c{i}-{new}.json")
    world.run("--inner", "2", "--results", "b")
    before, after = steps(world, "a"), steps(world, "b")
    assert before["toy/p0"] == after["toy/p0"]
    assert before != after  # in the folds that train on p0 its labels do choose


def test_records_without_a_choice_run_again_only_where_it_is_asked_for(world):
    world.run("--trace")
    plain = world.predictions()
    assert "Ran 6 folds" in world.run("--inner", "2").err
    assert world.predictions() == plain
    for words in (("--inner", "2"), ("--trace",), ()):
        assert "Nothing left to run; 6 reused" in world.run(*words).err
    assert "Ran 6 folds" in world.run("--inner", "3").err


def test_a_method_without_checkpoints_has_nothing_to_choose_and_runs_once(world):
    world.patch.setenv("TOY_FAULT", "no-checkpoints")
    world.run("--inner", "2")
    assert set(steps(world).values()) == {None}
    assert "Nothing left to run" in world.run("--inner", "2").err
    assert "| inner UF1" not in (world.results / "leaderboard.md").read_text()


def test_the_plan_counts_the_inner_fits(world):
    world.run("--limit-folds", "2")
    words = ("plan", "-m", "mean", "-d", "toy", "--json")
    (plain,) = json.loads(world.bench(*words).out)
    (asked,) = json.loads(world.bench(*words, "--inner", "4").out)
    assert (plain["done"], asked["done"]) == (2, 0)
    per_fold = plain["seconds_left"] / 4
    assert asked["seconds_left"] == pytest.approx(5 * 6 * per_fold)


def test_a_single_inner_fold_is_misuse(world):
    done = world.run("--inner", "1")
    assert done.code == 2
    assert "expected 2 or more" in done.err


def test_inner_fits_hold_training_clips_and_their_labels_only():
    began = time.monotonic()
    whole = job(options=RunOptions(device="cpu", inner=3, timeout=100.0))
    parts = list(inner_jobs(whole, began))
    assert len(parts) == 3
    validated = np.concatenate([part.test for part, _ in parts])
    assert sorted(validated) == sorted(whole.train)
    by_position = dict(zip(whole.train, whole.labels, strict=True))
    people = dict(zip(whole.train, whole.subjects, strict=True))
    side = dict(zip(whole.train, zip(whole.action_units, whole.genders, strict=True), strict=True))
    for number, (part, truth) in enumerate(parts):
        assert list(zip(part.action_units, part.genders, strict=True)) == [
            side[i] for i in part.train
        ]
        assert not {people[i] for i in part.train} & {people[i] for i in part.test}
        assert [by_position[i] for i in part.train] == part.labels.tolist()
        assert [by_position[i] for i in part.test] == truth.tolist()
        assert set(part.subjects) == set(range(len(set(part.subjects))))
        assert part.seed == derived_seed(whole.seed, "inner", number)
        assert part.options.inner == 0
        assert part.options.traced
        assert 0 < part.options.timeout <= 100


def test_a_single_training_subject_leaves_nothing_to_choose_by():
    alone = job(subjects=np.zeros(15, int))
    assert list(inner_jobs(alone, 0)) == []
    assert best_step([1, 2], [], 3) is None


def test_the_best_step_is_of_all_folds_pooled_the_earliest_of_equals():
    first = [(1, WRONG), (2, RIGHT), (3, RIGHT)]
    second = [(1, RIGHT), (2, RIGHT), (3, RIGHT)]
    assert best_step([1, 2, 3], [(first, LABELS), (second, LABELS)], 3) == 2


def test_a_step_that_a_fit_does_not_offer_is_not_chosen():
    full = [(1, WRONG), (2, RIGHT)]
    assert best_step([1, 2], [(full, LABELS), (full[:1], LABELS)], 3) == 1
    assert best_step([1], [(full, LABELS)], 3) == 1
    assert best_step([3], [(full, LABELS)], 3) is None
