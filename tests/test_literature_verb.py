"""`bench literature check`: verdicts in words that claim no more than was shown."""

from __future__ import annotations

import json


def test_an_accuracy_of_other_clips_is_not_called_wrong(world):
    done = world.bench("literature", "check", "--method", "mfvan", "--dataset", "casme2", "--json")
    assert done.code == 0, done.err
    words = {row["scores"].get("accuracy"): row["verdict"] for row in json.loads(done.out)}
    assert words[0.7945] == "not of 246 clips"


def test_a_pair_that_cannot_be_is_impossible(world):
    done = world.bench("literature", "check", "--method", "lbptop", "--dataset", "3db", "--json")
    rows = {tuple(row["lines"]): row for row in json.loads(done.out)}
    assert rows[4, 5]["verdict"] == "impossible"
    assert rows[2, 3]["verdict"] == "possible"
    assert {row["dataset"] for row in rows.values()} == {"3db"}


def test_the_table_shows_what_cannot_be_and_counts_the_rest(world):
    short = world.bench("literature", "check", "--method", "mfvan").out
    assert "not of 246 clips" in " ".join(short.split())
    whole = world.bench("literature", "check", "--method", "mfvan", "--all").out
    assert len(whole) > len(short)
    assert "--all lists all" in short


def test_unknown_filters_are_named(world):
    for words in (("--method", "mfvam"), ("--dataset", "casme9")):
        done = world.bench("literature", "check", *words)
        assert done.code == 2
        assert "unknown published" in done.err
