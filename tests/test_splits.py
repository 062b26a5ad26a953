"""Splits that recorded results rest on, and what no splitter may do."""

import numpy as np
import pytest
from sklearn.model_selection import LeaveOneGroupOut

from bench import BenchError
from bench.planning.splits import fold_count, folds
from bench.plugins.context import Context

SIZES = [1, 4, 2, 7, 3, 2, 2]
LETTERS = np.repeat(list("gfedcba"), SIZES)
CLIPS = np.array([f"{letter}/{i:02d}" for i, letter in enumerate(LETTERS)])


def test_groups_of_subjects_are_those_of_recorded_runs():
    """Subjects with equally many clips go by name, whatever numpy's sort does on a processor."""
    dealt = {
        fold.name: set(LETTERS[fold.test]) for fold in folds("kfold:3", LETTERS, LETTERS, CLIPS)
    }
    assert dealt == {"001": set("d"), "002": set("bfg"), "003": set("ace")}


def test_inner_folds_are_those_of_recorded_runs():
    people = np.repeat(np.arange(7), SIZES)
    parts = [set(people[validate]) for _, validate in Context(12345678901, people).inner_folds(3)]
    assert parts == [{1, 3, 4}, {0, 6}, {2, 5}]


@pytest.mark.parametrize("protocol", ["loso", "kfold:2", "kfold:7"])
def test_every_clip_is_held_out_once_and_no_subject_is_on_both_sides(protocol):
    split = folds(protocol, LETTERS, LETTERS, CLIPS)
    assert fold_count(protocol, LETTERS, LETTERS, CLIPS) == len(split)
    assert [fold.name for fold in split] == sorted(fold.name for fold in split)
    assert sorted(np.concatenate([fold.test for fold in split])) == list(range(len(LETTERS)))
    assert not any(set(LETTERS[fold.train]) & set(LETTERS[fold.test]) for fold in split)


def test_folds_are_those_of_scikit_learn():
    split = LeaveOneGroupOut().split(LETTERS, groups=LETTERS)
    for fold, (train, test) in zip(folds("loso", LETTERS, LETTERS, CLIPS), split, strict=True):
        np.testing.assert_array_equal(fold.train, train)
        np.testing.assert_array_equal(fold.test, test)


def test_a_database_is_held_out_whole():
    databases = np.where(LETTERS < "d", "one", "two")
    held = {
        fold.name: set(databases[fold.test]) for fold in folds("hde", LETTERS, databases, CLIPS)
    }
    assert held == {"one": {"one"}, "two": {"two"}}


@pytest.mark.parametrize("protocol", ["kfold:1", "kfold:x", "kfold:8", "hde", "holdout", "loso:2"])
def test_what_clips_cannot_serve_is_refused(protocol):
    with pytest.raises(BenchError, match=protocol.partition(":")[0]):
        folds(protocol, LETTERS, np.repeat("one", len(LETTERS)), CLIPS)


def test_a_single_subject_leaves_nothing_to_train_on():
    alone = np.repeat("a", 3), np.repeat("d", 3), np.array(["1", "2", "3"])
    assert folds("loso", *alone) == []
    assert fold_count("loso", *alone) == 0


def test_one_clip_is_held_out_and_all_others_train():
    split = folds("lovo", LETTERS, LETTERS, CLIPS)
    assert [fold.name for fold in split] == sorted(CLIPS)
    for fold in split:
        assert CLIPS[fold.test].tolist() == [fold.name]
        assert sorted([*fold.train, *fold.test]) == list(range(len(CLIPS)))
    assert fold_count("lovo", LETTERS, LETTERS, CLIPS) == len(CLIPS)
