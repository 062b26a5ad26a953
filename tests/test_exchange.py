"""Predictions from elsewhere and for elsewhere."""

from __future__ import annotations

import json

import pytest

LOG = """toy p0
c0-low 0 0
c1-mid 1 1
c2-high 2 0
"""


@pytest.fixture
def ran(world):
    world.run(methods="mean,mean:noisy")
    return world


def rows(world) -> dict[str, dict]:
    out = world.bench("board", "--format", "json", "--plugin", "toy.py").out
    return {row["label"]: row for row in json.loads(out)["tables"][0]["rows"]}


def log(wrong: int) -> str:
    """All clips in the log of MEGC 2019; the surprise of the first people is missed."""
    return "".join(
        f"toy p{i}\nc0-low 0 0\nc1-mid 1 1\nc2-high 2 {0 if i < wrong else 2}\n" for i in range(6)
    )


def test_external_predictions_stand_on_the_board_without_a_rank(ran):
    (ran.folder / "theirs.txt").write_text(log(3))
    done = ran.bench("results", "import", "theirs.txt", "--task", "toy/3", "--label", "Theirs")
    assert done.code == 0, done.err
    row = rows(ran)["Theirs"]
    assert row["rank"] is None
    assert row["scores"]["accuracy"]["value"] == pytest.approx(15 / 18)
    assert row["scores"]["accuracy"]["low"] < 15 / 18 < row["scores"]["accuracy"]["high"]
    assert row["notes"] == [{"kind": "external", "text": "external predictions"}]
    assert rows(ran)["mean"]["rank"] == 1
    markdown = ran.bench("board", "--format", "markdown", "--plugin", "toy.py").out
    assert "external predictions" in markdown


def test_they_need_no_run_of_ours_but_the_dataset(world):
    (world.folder / "theirs.csv").write_text(
        "clip,subject,truth,predicted\n"
        + "".join(
            f"{c},p{i},{w},{w}\n" for i in range(6) for c, w in (("c0-low", "low"), ("c2-high", 1))
        )
    )
    words = ("--task", "toy/2", "--label", "Theirs", "--plugin", "toy.py", "--format", "csv")
    done = world.bench("results", "import", "theirs.csv", *words)
    assert done.code == 0, done.err
    assert rows(world)["Theirs"]["scores"]["uf1"]["value"] == 1


@pytest.mark.parametrize("form", ["megc2019", "csv"])
def test_what_is_exported_is_imported_with_the_same_scores(ran, form):
    done = ran.bench("results", "export", "toy/3/mean", "--format", form, "-o", "ours.txt")
    assert done.code == 0, done.err
    done = ran.bench("results", "import", "ours.txt", "--task", "toy/3", "--label", "back")
    assert done.code == 0, done.err
    found = rows(ran)
    assert found["back"]["scores"] == found["mean"]["scores"]


def test_what_is_missing_in_a_cell_is_said(ran):
    next((ran.results / "records").rglob("mean/**/*.json")).unlink()
    done = ran.bench("results", "export", "toy-3/mean/paper")
    assert "3 clips have no prediction" in done.err
    assert len(done.out.splitlines()) == 1 + 15


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "theirs.txt"), "needs --task and --label"),
        (("import", "theirs.txt", "--task", "toy/3", "--label", "x"), "15 missing"),
        (
            ("import", "theirs.txt", "--task", "toy/3", "--label", "x", "--format", "xml"),
            "--format",
        ),
        (("import", "theirs.txt", "--task", "smic/3", "--label", "x"), "smic has no data"),
        (("import", "nothing.txt", "--task", "toy/3", "--label", "x"), "cannot be read"),
        (("export", "toy/3/none"), "no cell"),
        (("export", "toy/3"), "2 cells"),
        (("export", "toy/3/mean", "--format", "xml"), "--format"),
    ],
)
def test_misuse_is_a_line(ran, words, said):
    (ran.folder / "theirs.txt").write_text(LOG)
    done = ran.bench("results", *words)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_name_is_not_taken_twice(ran):
    words = ("results", "import", "theirs.txt", "--task", "toy/3", "--label", "Theirs")
    (ran.folder / "theirs.txt").write_text(log(3))
    assert ran.bench(*words).code == 0
    assert ran.bench(*words).code == 0
    (ran.folder / "theirs.txt").write_text(log(2))
    done = ran.bench(*words)
    assert done.code == 2
    assert "another --label" in done.err


def test_folders_are_still_merged(ran):
    ran.results.rename(ran.folder / "other")
    done = ran.bench("results", "import", "other")
    assert done.code == 0
    assert len(ran.records()) == 12


def test_predictions_that_do_not_fit_leave_no_file(world):
    (world.folder / "theirs.csv").write_text("clip,truth,predicted\nnobody,0,0\n")
    words = ("--task", "toy/3", "--label", "Theirs", "--plugin", "toy.py")
    assert world.bench("results", "import", "theirs.csv", *words).code == 2
    assert not list(world.results.rglob("*.json"))
