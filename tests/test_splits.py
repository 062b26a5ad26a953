"""Splits that recorded results rest on, and what no splitter may do."""

import numpy as np
import pytest

from bench import BenchError
from bench.planning.splits import folds
from bench.plugins.context import Context

SIZES = [1, 4, 2, 7, 3, 2, 2]
LETTERS = np.repeat(list("gfedcba"), SIZES)


def test_groups_of_subjects_are_those_of_recorded_runs():
    """Subjects with equally many clips go by name, whatever numpy's sort does on a processor."""
    dealt = {fold.name: set(LETTERS[fold.test]) for fold in folds("kfold:3", LETTERS, LETTERS)}
    assert dealt == {"001": set("d"), "002": set("bfg"), "003": set("ace")}


def test_inner_folds_are_those_of_recorded_runs():
    people = np.repeat(np.arange(7), SIZES)
    parts = [set(people[validate]) for _, validate in Context(12345678901, people).inner_folds(3)]
    assert parts == [{1, 3, 4}, {0, 6}, {2, 5}]


@pytest.mark.parametrize("protocol", ["loso", "kfold:2", "kfold:7"])
def test_every_clip_is_held_out_once_and_no_subject_is_on_both_sides(protocol):
    split = folds(protocol, LETTERS, LETTERS)
    assert [fold.name for fold in split] == sorted(fold.name for fold in split)
    assert sorted(np.concatenate([fold.test for fold in split])) == list(range(len(LETTERS)))
    assert not any(set(LETTERS[fold.train]) & set(LETTERS[fold.test]) for fold in split)


def test_a_database_is_held_out_whole():
    databases = np.where(LETTERS < "d", "one", "two")
    held = {fold.name: set(databases[fold.test]) for fold in folds("hde", LETTERS, databases)}
    assert held == {"one": {"one"}, "two": {"two"}}


@pytest.mark.parametrize("protocol", ["kfold:1", "kfold:x", "kfold:8", "hde", "holdout", "loso:2"])
def test_what_clips_cannot_serve_is_refused(protocol):
    with pytest.raises(BenchError, match=protocol.partition(":")[0]):
        folds(protocol, LETTERS, np.repeat("one", len(LETTERS)))


def test_a_single_subject_leaves_nothing_to_train_on():
    assert folds("loso", np.repeat("a", 3), np.repeat("d", 3)) == []
