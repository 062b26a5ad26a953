"""`bench results import FOLDER`: a stranger's folder is hostile until each file is proven sound."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from bench.store import files
from bench.store.environment import environment_name
from tests.sealing import edit, write


@pytest.fixture
def theirs(world):
    """A stranger's folder with every kind of file, and none of ours."""
    world.run(methods="mean,mean:noisy")
    task = json.loads(next((world.results / "tasks").iterdir()).read_text())
    rows = [f"{clip},{label},0" for clip, (_, _, label) in task["clips"].items()]
    (world.folder / "theirs.csv").write_text("\n".join(["clip,truth,predicted", *rows]))
    done = world.bench("results", "import", "theirs.csv", "--task", "toy/3", "--label", "Theirs")
    assert done.code == 0, done.err
    world.patch.setenv("XDG_STATE_HOME", str(world.folder / "me"))
    world.results.rename(world.folder / "theirs")
    return world.folder / "theirs"


def take(world):
    return world.bench("results", "import", "theirs")


def outside(world) -> dict[Path, str]:
    """Every file that is not below our results, by content."""
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in world.folder.rglob("*")
        if path.is_file() and not path.is_relative_to(world.results)
    }


def board(world) -> dict[str, dict]:
    (table,) = json.loads(world.bench("board", "--format", "json").out)["tables"]
    return {row["label"]: row for row in table["rows"]}


def record(theirs: Path, number: int = 0) -> Path:
    return sorted((theirs / "records").rglob("*.json"))[number]


def test_all_that_is_sound_comes_along_and_is_reported(world, theirs):
    done = take(world)
    assert (done.code, done.err) == (0, "")
    assert "Imported 15 files" in done.out
    assert {label: row["provenance"] for label, row in board(world).items()} == dict.fromkeys(
        ("mean", "mean:noisy", "Theirs"), "reported"
    )
    assert "15 already here" in take(world).out


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.update(label="../../../../evil", fold="../../../../../evil"),
        lambda raw: raw.update(label="mean:/../../../../../../evil"),
        lambda raw: raw.update(preset="../../../../evil"),
        lambda raw: raw.update(family="../../../../evil"),
        lambda raw: raw.update(environment="../../evil"),
        lambda raw: raw["inputs"].update(data="../../evil"),
        lambda raw: raw["inputs"].update(task="../../evil"),
    ],
)
def test_nothing_is_written_outside(world, theirs, change):
    edit(record(theirs), change)
    before = outside(world)
    assert take(world).code == 0
    assert outside(world) == before
    assert not [path for path in world.folder.parent.rglob("evil*") if path.is_file()]
    for words in (("board",), ("results", "list"), ("results", "verify")):
        assert "Traceback" not in world.bench(*words).err


def test_a_file_goes_where_its_content_says(world, theirs):
    path = record(theirs)
    place = path.relative_to(theirs)
    path.replace(path.with_name("somewhere-else.json"))
    take(world)
    assert (world.results / place).is_file()
    assert not (world.results / place).with_name("somewhere-else.json").exists()


@pytest.mark.parametrize("folder", ["records", "tasks", "environments", "external"])
def test_a_damaged_file_is_left_out_by_name_and_poisons_nothing(world, theirs, folder):
    path = next((theirs / folder).rglob("*.json"))
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    done = take(world)
    assert done.code == 0
    assert f"skipped, damaged: {path.relative_to(world.folder)}: its content does not" in done.err
    assert not (world.results / path.relative_to(theirs)).exists()
    # Ours are whole without it.
    world.run(methods="mean,mean:noisy")
    found = world.bench("results", "verify")
    assert (found.code, found.err) == (0, "")


@pytest.mark.parametrize("make", ["link", "folder link", "pipe", "big", "to /dev"])
def test_what_is_no_plain_small_file_is_refused(world, theirs, make):
    path = record(theirs)
    if make == "folder link":
        path.parent.rename(world.folder / "elsewhere")
        path.parent.symlink_to(world.folder / "elsewhere")
    else:
        kept = world.folder / "kept.json"
        path.replace(kept)
        if make == "link":
            path.symlink_to(kept)
        elif make == "to /dev":
            path.symlink_to("/dev/zero")
        elif make == "pipe":
            os.mkfifo(path)
        else:
            world.patch.setattr(files, "MOST_BYTES", 100_000)
            path.write_bytes(kept.read_bytes() + b" " * 100_000)
    done = take(world)
    assert done.code == 0
    assert "skipped, refused: " in done.err
    assert len(list((world.results / "records").rglob("*.json"))) == (6 if "folder" in make else 11)


def test_a_task_of_our_data_with_other_labels_is_refused(world, theirs):
    world.run()
    ours = next((world.results / "tasks").iterdir()).read_bytes()
    path = next((theirs / "tasks").iterdir())
    edit(path, lambda raw: raw["clips"]["toy/p0/c0-low"].__setitem__(2, 1))
    done = take(world)
    assert f"skipped, damaged: {path.relative_to(world.folder)}: its fingerprint is not" in done.err
    # Without what proves it.
    edit(path, lambda raw: raw.update(identities={}))
    done = take(world)
    assert f"skipped, refused: {path.relative_to(world.folder)}: other clips or classes" in done.err
    assert next((world.results / "tasks").iterdir()).read_bytes() == ours


def test_records_that_nobody_can_score_are_refused(world, theirs):
    shutil.rmtree(theirs / "tasks")
    done = take(world)
    assert "missing, so 12 records are left out" in done.err
    assert "12 refused" in done.out
    assert not (world.results / "records").exists()


def test_records_are_held_against_our_task(world, theirs):
    world.run()
    task = next((theirs / "tasks").iterdir())
    edit(task, lambda raw: raw["clips"].update({"toy/p0/new": ["toy/p0", "toy", 0]}))
    path = record(theirs)
    edit(path, lambda raw: (raw["clips"].append("toy/p0/new"), raw["scores"].append([0, 0, 0])))
    done = take(world)
    assert f"skipped, damaged: {path.relative_to(world.folder)}: clips that its fold" in done.err


def test_ours_stay_and_a_damaged_one_of_ours_is_kept_aside(world, theirs):
    world.run()
    mine = sorted((world.results / "records").rglob("*.json"))
    before = [path.read_bytes() for path in mine]
    mine[0].write_text("{")
    assert take(world).code == 0
    assert [path.read_bytes() for path in mine[1:]] == before[1:]
    assert json.loads(mine[0].read_text())["status"] == "ok"
    assert [path.read_text() for path in (world.results / "damaged").iterdir()] == ["{"]
    assert board(world)["mean"]["provenance"] == "reported"


def test_a_later_format_is_left_out_and_the_rest_comes(world, theirs):
    path = record(theirs)
    edit(path, lambda raw: raw.update(format=99))
    done = take(world)
    assert f"skipped, refused: {path.relative_to(world.folder)} has format 99" in done.err
    assert len(list((world.results / "records").rglob("*.json"))) == 11


def test_hostile_words_reach_no_terminal_and_no_log_line(world, theirs):
    (path,) = (theirs / "environments").iterdir()
    raw = json.loads(path.read_text())
    raw["processor"] = "\x1b[2J[red]x\nbench: all is well"
    content = {k: v for k, v in raw.items() if k not in ("kind", "format", "seal")}
    name = environment_name(content)
    path.unlink()
    write(theirs / "environments" / f"{name}.json", raw)
    edit(record(theirs), lambda raw: raw.update(environment=name))
    assert take(world).code == 0
    done = world.bench("results", "explain", str(record(world.results)))
    assert done.code == 0
    assert "\x1b" not in done.out
