"""Whose numbers: run here, reported by others, reproduced, or in files that nothing vouches for."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from bench.store.scan import scan
from tests.sealing import edit, unsealed


@pytest.fixture
def ran(world):
    world.run()
    return world


def paths(world) -> list[Path]:
    return sorted((world.results / "records").rglob("*.json"))


def row(world) -> dict:
    (table,) = json.loads(world.bench("board", "--format", "json").out)["tables"]
    return table["rows"][0]


def another_user(world, name: str) -> None:
    world.patch.setenv("XDG_STATE_HOME", str(world.folder / name))


def key(world) -> Path:
    (found,) = (world.folder / "state").rglob("signing-key")
    return found


def test_what_this_user_ran_is_run_and_its_rank_has_no_mark(ran):
    assert row(ran)["provenance"] == "run"
    markdown = ran.bench("board", "--format", "markdown").out
    assert "| 1 " in markdown
    assert "1†" not in markdown
    assert stat.S_IMODE(key(ran).stat().st_mode) == 0o600
    assert "provenance: run" in ran.bench("results", "explain", str(paths(ran)[0])).out


def test_what_failed_here_was_run_here(world):
    world.patch.setenv("TOY_FAULT", "raise")
    done = world.run(methods="faulty")
    assert done.code == 1
    assert "Ran 3 folds" in done.err
    assert row(world)["provenance"] == "run"


def test_a_changed_record_never_wins_a_rank(ran):
    """By hand: damaged. With a new seal: reported, and the mark says so. Without: unsealed."""
    path = paths(ran)[0]
    sound = path.read_text()
    path.write_text(sound.replace("-", "", 1))
    assert row(ran)["rank"] is None
    path.write_text(sound)
    edit(path, lambda raw: raw["scores"].reverse())
    assert (row(ran)["rank"], row(ran)["provenance"]) == (1, "reported")
    assert "1†" in ran.bench("board", "--format", "markdown").out
    explained = ran.bench("results", "explain", str(path)).out
    assert "foreign: reported: not signed by this user's key" in explained
    path.write_text(sound)
    edit(path, lambda raw: unsealed(raw, 2))
    assert (row(ran)["rank"], row(ran)["provenance"]) == (1, "unsealed")
    assert "its file has no seal" in ran.bench("results", "explain", str(path)).out


def test_nobody_changes_a_label_unseen(ran):
    """The fingerprint that records name is that of the labels, too."""
    path = next((ran.results / "tasks").iterdir())
    clip = "toy/p0/c0-low"
    for change in (
        lambda raw: raw["clips"][clip].__setitem__(2, 1),
        lambda raw: raw["identities"][clip].__setitem__(0, "0"),
        lambda raw: raw.update(rule="0"),
        lambda raw: raw.update(synthetic=True),
        lambda raw: raw["classes"].reverse(),
        lambda raw: raw["contract"].update(missing=["toy/p0/other"]),
        lambda raw: raw["identities"].popitem(),
        lambda raw: raw["clips"].update({"toy/p0/new": ["toy/p0", "toy", 0]}),
        lambda raw: raw["clips"][clip].__setitem__(0, "toy/p1"),
        lambda raw: raw.update(task="other/3"),
    ):
        sound = path.read_text()
        edit(path, change)
        done = ran.bench("board")
        assert "damaged, left out" in done.err
        assert "mean" not in done.out
        path.write_text(sound)
    assert row(ran)["provenance"] == "run"


def test_a_task_without_proof_vouches_for_nothing(ran):
    path = next((ran.results / "tasks").iterdir())
    edit(path, lambda raw: (raw.update(identities={}), raw["clips"]["toy/p0/c0-low"].pop()))
    edit(path, lambda raw: raw["clips"]["toy/p0/c0-low"].append(1))
    assert row(ran)["provenance"] == "unsealed"
    assert "written again" in ran.run().err
    assert row(ran)["provenance"] == "run"


def test_every_way_to_show_results_says_whose_they_are(ran):
    another_user(ran, "else")
    assert "reported" in ran.bench("board").out
    assert "reported" in ran.bench("board", "--format", "markdown").out
    assert ",reported," in ran.bench("board", "--format", "csv").out
    assert row(ran)["provenance"] == "reported"
    (cell,) = json.loads(ran.bench("results", "list", "--json").out)
    assert cell["provenance"] == {"reported": 6}
    assert "6 ok; 6 reported" in ran.bench("results", "list").out


def test_a_row_is_as_good_as_its_worst_fold(ran):
    edit(paths(ran)[0], lambda raw: raw.update(signature="0"))
    assert row(ran)["provenance"] == "reported"
    assert "1 reported, 5 run" in ran.bench("results", "list").out


def repro(world, *words: str):
    return world.bench("repro", "toy/3/mean", "--plugin", "toy.py", "--engine", "serial", *words)


def test_what_comes_again_counts_as_reproduced_for_who_ran_it_again(ran):
    another_user(ran, "third")
    done = repro(ran, "--fold", "toy/p0")
    assert "1 records count as reproduced" in done.err
    assert row(ran)["provenance"] == "reported"
    assert repro(ran).code == 0
    assert row(ran)["provenance"] == "reproduced"
    assert "1†" not in ran.bench("board", "--format", "markdown").out
    assert "provenance: reproduced" in ran.bench("results", "explain", str(paths(ran)[0])).out
    assert len(list((ran.results / "reproduced").iterdir())) == 6
    # Whoever reads it next has only their word.
    another_user(ran, "fourth")
    assert row(ran)["provenance"] == "reported"


def test_what_comes_out_differently_is_not_reproduced(ran):
    edit(paths(ran)[0], lambda raw: raw["scores"][0].reverse())
    another_user(ran, "third")
    assert repro(ran).code == 1
    assert len(list((ran.results / "reproduced").iterdir())) == 5
    assert row(ran)["provenance"] == "reported"


def test_evidence_is_of_one_record_as_it_was(ran):
    another_user(ran, "third")
    repro(ran)
    edit(paths(ran)[0], lambda raw: raw["scores"].reverse())
    assert row(ran)["provenance"] == "reported"


def test_ones_own_folds_need_no_evidence(ran):
    assert repro(ran).err.count("reproduced") == 0
    assert not (ran.results / "reproduced").exists()


def test_damaged_evidence_is_named_and_counts_for_nothing(ran):
    another_user(ran, "third")
    repro(ran)
    path = next((ran.results / "reproduced").iterdir())
    path.write_text("{")
    (fault,) = (one for one in scan(ran.results) if one.error)
    assert (fault.kind, fault.path) == ("evidence", path)
    assert f"{path}: not JSON" in ran.bench("board").err
    assert row(ran)["provenance"] == "reported"


def test_records_taken_along_keep_their_provenance(ran):
    shutil.copytree(ran.results, ran.folder / "theirs")
    shutil.rmtree(ran.results)
    assert ran.bench("results", "import", "theirs").code == 0
    assert row(ran)["provenance"] == "run"
    another_user(ran, "else")
    assert row(ran)["provenance"] == "reported"


def test_without_a_place_for_the_key_runs_go_on_unsigned(world):
    (world.folder / "file").touch()
    world.patch.setenv("XDG_STATE_HOME", str(world.folder / "file"))
    assert world.run().code == 0
    assert row(world)["provenance"] == "reported"
