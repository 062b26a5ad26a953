"""Trained without a person, saved, loaded and shown that person, every method scores as its fold.

The clips are drawn, as those of `bench check`, and methods are cut to few epochs.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn import Silent, drawn

from bench.cache.cache import Cache
from bench.check.examination import SERVINGS, brief
from bench.check.toydata import CLASSES, toy_clips
from bench.core.clip import UNIT_CODES
from bench.data.task import read_tasks
from bench.deploy.folder import load, save
from bench.deploy.predict import predict_dataset
from bench.deploy.training import chosen_fold, train
from bench.planning.plan import Plan, make_plan
from bench.plugins.configure import Configured
from bench.plugins.registry import load as load_registry
from bench.running.options import RunOptions
from bench.running.run import run
from bench.store.store import Store
from bench.views.catalog import servable

METHODS = load_registry().methods
QUICK = {
    "apexpixels", "auoracle", "biwoof", "featurelogistic", "featuresvm", "majority",
    "nearestneighbour", "offapex", "ststnet",
}  # fmt: skip
"""Those that take a second or two."""
OPTIONS = RunOptions(engine="serial", device="cpu")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in METHODS]
)
def test_what_is_trained_once_scores_as_its_fold_did(name, tmp_path):
    plugin = METHODS[name]
    method = brief(replace(plugin(), **plugin.presets.get("quick", {})))
    serving = next(one for one in SERVINGS if method.needs <= servable(one))
    dataset = drawn(tmp_path / "data", toy_clips(4, 1), serving)
    assert (UNIT_CODES in serving) == (UNIT_CODES in method.needs)
    cache, store = Cache(tmp_path / "cache"), Store(tmp_path / "results")
    (task,) = read_tasks(dataset, ["3"], cache).all()
    row = Configured(method, name, "paper")
    plan = make_plan([row], [task])
    cell = plan.cells[0]
    # The fold of the second person alone.
    fold = cell.folds[1]
    one = replace(cell, folds=(fold,))
    assert not run(Plan((one,)), store, cache, OPTIONS, Silent()).failures
    (record,) = store.records()

    chosen = chosen_fold(task, without=fold.name)
    trained = train(cell, chosen, "given", cache, OPTIONS, Silent())
    assert trained.card.left_out == (fold.name,)
    assert sum(trained.card.counts) == 3 * CLASSES
    save(trained, tmp_path / "model")
    again = load(tmp_path / "model", load_registry())
    assert again.card == trained.card
    held_out = [clip for clip in task.clips if clip.person == fold.name]
    # Without what a clip's annotations say.
    clips = [replace(clip, emotion="", objective=None) for clip in held_out]
    made = predict_dataset(again, dataset, clips, cache)
    assert [one.clip for one in made.rows] == record.clips
    assert [list(one.scores) for one in made.rows] == record.scores
    assert not any(one.trained_on for one in made.rows)
