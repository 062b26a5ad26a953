"""Leave one clip out: a diagnostic that is run like any protocol, and never ranked."""

import json

import pytest

from bench.core.names import Protocol
from bench.literature.comparison import comparisons
from bench.literature.table import literature

CLIPS = 18


@pytest.fixture
def done(world):
    """Records under `lovo`, beside those under `loso`."""
    for protocol in ("loso", "lovo"):
        assert world.run("--protocol", protocol).code == 0
    return world


def tables(world):
    found = json.loads(world.bench("board", "--format", "json").out)["tables"]
    return {table["protocol"]: table for table in found}


def test_every_clip_is_a_fold_of_its_name_and_no_row_is_ranked(done):
    named = [raw for raw in done.records().values() if raw["inputs"]["protocol"] == "lovo"]
    assert len(named) == CLIPS
    assert all(raw["clips"] == [raw["fold"]] for raw in named)
    found = tables(done)
    assert found["loso"]["rows"][0]["rank"] == 1
    (row,) = found["lovo"]["rows"]
    assert (row["folds"], row["of"], row["rank"]) == (CLIPS, CLIPS, None)
    assert row["scores"]["uf1"]["low"] is not None
    said = "diagnostic: same people in training and test"
    assert {"kind": "same-people", "text": said} in row["notes"]
    loso, lovo = done.bench("board", "--format", "markdown").out.split("## toy/3, ")[1:]
    assert "A diagnostic" in lovo
    assert "diagnostic" not in loso


def test_folds_missing_are_said(world):
    world.run("--protocol", "lovo", "--limit-folds", "4")
    (row,) = tables(world)["lovo"]["rows"]
    assert (row["folds"], row["of"]) == (4, CLIPS)


def test_imported_predictions_may_be_of_it(done):
    file, words = done.folder / "theirs.csv", ("low", "mid", "high")
    lines = [f"toy/p{p}/c{i}-{w},{w},{w}" for p in range(6) for i, w in enumerate(words)]
    file.write_text("\n".join(["clip,truth,predicted", *lines]) + "\n")
    said = ["--task", "toy/3", "--label", "theirs", "--protocol", "lovo", "--selection", "last"]
    assert done.bench("results", "import", file, *said).code == 0
    theirs = next(row for row in tables(done)["lovo"]["rows"] if row["label"] == "theirs")
    assert (theirs["folds"], theirs["of"], theirs["rank"]) == (CLIPS, CLIPS, None)
    assert "same-people" in {note["kind"] for note in theirs["notes"]}


def test_a_report_is_about_the_result_though_the_diagnostic_has_more_folds(done):
    assert done.bench("explain", "mean", "-t", "toy/3", "--seconds", "0").code == 0
    page = (done.results / "explain/mean-toy-3/index.html").read_text()
    assert "protocol loso, 6 of 6 folds" in page
    assert f"Left out: {CLIPS} finished folds of mean, preset paper, protocol lovo" in page


def test_a_comparison_ranks_nothing(world):
    world.run("--protocol", "lovo", methods="mean,mean:noisy")
    found = world.bench("compare", "mean", "mean:noisy", "--protocol", "lovo")
    assert found.code == 0
    assert "no average ranks: lovo has the same people in training and test" in found.out


def test_published_results_stand_beside_ours_of_a_like_protocol():
    """Of CASME II with 5 classes the table holds results of both kinds."""
    both = {p: comparisons("casme2/5", p, "casme2", ()) for p in ("loso", "kfold:5", "lovo")}
    assert {len(found) > 0 for found in both.values()} == {True}
    lines = {(r.name, r.source.split(",")[0]) for r in literature() if r.diagnostic}
    for protocol, found in both.items():
        shown = {(one.name, one.source.split(",")[0]) for one in found}
        assert bool(shown & lines) == Protocol.parse(protocol).diagnostic
        assert both["loso"] == both["kfold:5"]
    # Of CASME II's paper, which calls it leave-one-subject-out in its text.
    assert 0.6341 in [one.published.get("accuracy") for one in both["lovo"]]


def test_only_leaving_clips_out_is_a_diagnostic():
    named = ("loso", "kfold:5", "hde", "lovo")
    assert [p for p in named if Protocol.parse(p).diagnostic] == ["lovo"]
