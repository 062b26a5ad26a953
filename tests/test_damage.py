"""Damage at random: no changed file is taken for a sound one, and none is a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.core.errors import BenchError
from bench.core.typed import NewerError
from bench.store.scan import scan
from tests.sealing import edit, unsealed, write

FOLDERS = ("records", "tasks", "environments", "external")


@pytest.fixture
def ran(world):
    """A folder with all kinds of files."""
    world.run("--trace")
    task = json.loads(next((world.results / "tasks").iterdir()).read_text())
    rows = [f"{clip},{label},0" for clip, (_, _, label) in task["clips"].items()]
    (world.folder / "theirs.csv").write_text("\n".join(["clip,truth,predicted", *rows]))
    done = world.bench("results", "import", "theirs.csv", "--task", "toy/3", "--label", "Theirs")
    assert done.code == 0, done.err
    return world


def files(world, folder: str) -> list[Path]:
    return sorted((world.results / folder).rglob("*.json"))


def contents(world) -> dict[Path, Any]:
    """What every file says, where it is sound."""
    return {one.path: one.content for one in scan(world.results) if one.error is None}


def flips(size: int, count: int, seed: int) -> Iterator[tuple[int, int]]:
    """Byte and bit; every bit at most once."""
    bits = np.random.default_rng(seed).permutation(size * 8)[:count]
    return ((int(bit) // 8, int(bit) % 8) for bit in bits)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("count", [150, pytest.param(3000, marks=pytest.mark.slow)])
def test_no_flipped_bit_passes_for_other_content(ran, folder, count):
    path = files(ran, folder)[0]
    sound, before = path.read_bytes(), contents(ran)
    caught = 0
    for at, bit in flips(len(sound), count, seed=0):
        changed = bytearray(sound)
        changed[at] ^= 1 << bit
        path.write_bytes(bytes(changed))
        after = contents(ran)
        caught += path not in after
        # A flip may leave the content as it was: the case of an exponent, or of an escape, or a
        # digit that no float is precise enough for.
        assert after.get(path, before[path]) == before[path], (at, bit)
        assert not any(isinstance(one.error, NewerError) for one in scan(ran.results)), (at, bit)
    assert caught >= 0.98 * min(count, 8 * len(sound))


def leaves(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value, to the first two entries of each table and list."""
    yield way
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, inner in list(pairs)[: None if way == () else 2]:
            yield from leaves(inner, (*way, name))


WRONG = [None, True, -1, 10**400, float("nan"), "../../x", "\ud800\x1b[2J", [], {}, [[[]]]]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_wrong_value_with_a_good_seal_is_more_than_its_own_fault(ran, folder):
    """As a forger would write it: whatever is not said to be wrong must not break a scan."""
    path = files(ran, folder)[0]
    raw = json.loads(path.read_text())
    others = contents(ran).keys() - {path}
    tried = 0
    for way in list(leaves(raw))[1:]:
        for wrong in WRONG:
            changed = json.loads(json.dumps(raw))
            inner = changed
            for name in way[:-1]:
                inner = inner[name]
            inner[way[-1]] = wrong
            if way == ("seal",):
                path.write_text(json.dumps(changed))
            else:
                write(path, changed)
            found = {one.path: one for one in scan(ran.results)}
            assert all(isinstance(one.error, BenchError | None) for one in found.values())
            # Nothing tells which of the two is wrong where a record is at odds with a forged task.
            assert folder == "tasks" or {p for p in others if found[p].error is None} == others, (
                way,
                wrong,
            )
            tried += 1
    assert tried > 100


def test_a_copy_of_a_record_is_not_counted_twice(ran):
    path = files(ran, "records")[0]
    path.with_name("copy.json").write_bytes(path.read_bytes())
    (fault,) = (str(one.error) for one in scan(ran.results) if one.error)
    assert "the same fold as" in fault
    assert "copy.json" in fault
    assert '"folds": 6' in ran.bench("board", "--format", "json").out


def test_clips_of_another_fold_are_damage(ran):
    path, other = files(ran, "records")[:2]
    theirs = json.loads(other.read_text())["clips"]
    edit(path, lambda raw: raw.update(clips=theirs))
    assert "clips that its fold does not have" in ran.bench("board").err


def verified(world, *words: str) -> tuple[int, dict]:
    done = world.bench("results", "verify", *words, "--json")
    return done.code, json.loads(done.out)


def test_verify_counts_sound_files(ran):
    code, found = verified(ran)
    assert (code, found["faults"]) == (0, [])
    sound = {kind: count["sound"] for kind, count in found["files"].items()}
    assert sound == {"record": 6, "task": 1, "environment": 1, "external": 1, "evidence": 0}


def test_verify_names_each_bad_file_with_its_fault_and_its_cure(ran):
    bad = [files(ran, folder)[0] for folder in FOLDERS]
    for path in bad:
        path.write_bytes(path.read_bytes()[:-30])
    later = files(ran, "records")[1]
    edit(later, lambda raw: raw.update(format=99))
    before = {path: path.read_bytes() for path in ran.results.rglob("*.json")}
    code, found = verified(ran, str(ran.results))
    assert code == 1
    faults = {Path(one["file"]): one for one in found["faults"]}
    assert faults.keys() == {*bad, later}
    assert all("not JSON" in faults[path]["fault"] and faults[path]["cure"] for path in bad)
    assert "has format 99" in faults[later]["fault"]
    assert {path: path.read_bytes() for path in ran.results.rglob("*.json")} == before
    done = ran.bench("results", "verify")
    assert done.code == 1
    assert all(done.err.count(f"{path}: ") == 1 for path in bad)


def test_verify_says_what_has_no_seal(ran):
    edit(files(ran, "tasks")[0], lambda raw: unsealed(raw, None))
    code, found = verified(ran)
    assert (code, found["files"]["task"]) == (0, {"sound": 0, "unsealed": 1, "faulty": 0})
    assert "unsealed: of a format without a seal" in ran.bench("results", "verify").out
    ran.run()
    assert verified(ran)[1]["files"]["task"]["sound"] == 1


def test_verify_of_no_folder_is_a_line(ran):
    done = ran.bench("results", "verify", "nothing")
    assert (done.code, done.err.count("\n")) == (2, 1)


def test_a_link_to_itself_is_damage_that_a_run_heals(ran):
    before = ran.predictions()
    path = files(ran, "records")[0]
    path.unlink()
    path.symlink_to(path.name)
    assert "a link to itself" in ran.bench("results", "verify").err
    assert ran.run("--trace").code == 0
    assert ran.predictions() == before


def test_a_pipe_among_the_frames_is_named_and_waits_for_nobody(world):
    path = next((world.folder / "data" / "p0").iterdir())
    path.unlink()
    os.mkfifo(path)
    done = world.run()
    assert f"{path.name}: no file, but a folder, pipe or device" in done.err + done.out
