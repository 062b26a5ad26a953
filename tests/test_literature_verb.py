"""`bench literature check`: verdicts in words that claim no more than was shown."""

from __future__ import annotations

import json

import pytest


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


def test_a_claim_is_judged(world):
    """Recalls of STSTNet's own confusion matrix (arXiv:1902.03634, Table IV) give UAR .7186."""
    words = ["literature", "check", "--task", "3db/3", "--acc", ".7692", "--uf1", ".7353"]
    good = world.bench(*words, "--uar", ".7186", "--f1", ".7389", "--f1-kind", "pr")
    assert good.code == 0, good.err
    assert "1 claimed result: 1 possible" in good.out
    bad = world.bench(*words, "--uar", ".7605", "--f1", ".7389", "--f1-kind", "pr", "--json")
    (judged,) = json.loads(bad.out)
    assert bad.code == 1
    assert (judged["feasible"], judged["printed"]["uar"]) == ("no", "0.7605")
    assert "macro precision" in judged["reason"]


@pytest.mark.parametrize(
    ("task", "clips", "accuracy"),
    [("toy/3", "10/10/10", ".3076"), ("smic/3", "70/51/44", ".3048")],
)
def test_a_verdict_counts_the_clips_of_the_claim(world, task, clips, accuracy):
    """.3076 is 12 of 39, cut off, but nothing of 30; .3048 is 50 of 164, but nothing of 165."""
    words = ["--task", task, "--clips", clips, "--acc", accuracy]
    (judged,) = json.loads(world.bench("literature", "check", *words, "--json").out)
    total = sum(map(int, clips.split("/")))
    assert judged["verdict"] == f"not of {total} clips"


def test_a_file_of_claims_is_judged(world):
    claims = world.folder / "claims.csv"
    claims.write_text(
        "task,name,part,accuracy,uf1,uar\n"
        "smic/3,ours,,,.2000,.5280\n"
        "smic/3,theirs,,78.65%,,\n"
        "3db/3,whole,,,,.5000\n"
        "3db/3,whole,smic,,,1.000\n"
        "3db/3,whole,samm,,,1.000\n"
        "3db/3,lonely,smic,,,1.000\n"
    )
    done = world.bench("literature", "check", str(claims), "--json")
    assert done.code == 1, done.err
    words = {(row["name"], row["part"]): row["verdict"] for row in json.loads(done.out)}
    assert words == {
        ("ours", "full"): "impossible",
        ("theirs", "full"): "only if cut off",
        ("whole", "full"): "parts do not add up",
        ("whole", "smic"): "possible",
        ("whole", "samm"): "possible",
        ("lonely", "smic"): "possible",
    }
    claims.write_text("task,clips,accuracy\nmine/2,3/4,.571\nmine/2,3/4,.572\n")
    done = world.bench("literature", "check", str(claims))
    assert done.code == 1
    assert "2 claimed results: 1 possible, 1 impossible" in done.out


def test_claims_that_cannot_be_read_are_named(world):
    path = world.folder / "claims.csv"
    for text, complaint in (
        ("task,uf2\n", "unknown columns uf2"),
        ("uf1\n.5\n", "no column task"),
        ("task,uf1\n", "no claim below the header"),
        ("task,uf1\nsmic/3,.5,.6\n", "line 2: more cells than columns"),
        ("task,uf1\nsmic/3,\n", "line 2: no score"),
        ("task,uf1\nsmic/3,high\n", "line 2: uf1: value is 'high'"),
        ("task,uf1\nsmic/4,.5\n", "line 2: task 'smic/4': its clips per class are not known"),
        ("task,part,uf1\n3db/3,dfme,.5\n", "line 2: part 'dfme': 3db/3 has the parts smic"),
        ("task,clips,uf1\nsmic/3,many,.5\n", "line 2: clips 'many'"),
        ("task,f1,f1_kind\nsmic/3,.5,micros\n", "line 2: f1_kind is 'micros'"),
        ("task,f1,pooling\nsmic/3,.5,no\n", "line 2: pooling is 'no'"),
    ):
        path.write_text(text)
        done = world.bench("literature", "check", str(path))
        assert (done.code, complaint in done.err) == (2, True), done.err
    path.write_bytes(b"task,uf1\nsmic/3,\xff\n")
    assert "not UTF-8" in world.bench("literature", "check", str(path)).err
    for words in (
        ("--uf1", ".5"),
        (str(path), "--task", "3db/3"),
        ("--task", "3db/3", "--method", "x"),
    ):
        assert world.bench("literature", "check", *words).code == 2
