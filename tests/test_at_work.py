"""Several runs on one results folder: a second one says so, and `bench status` shows them all."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from contextlib import contextmanager, suppress

import pytest

from bench.core.sealed import seal, unseal
from bench.store import at_work as module
from bench.store.at_work import RUNNING, runs_at_work
from tests.faults.launch import be_bench


@contextmanager
def elsewhere(world, *words: str, methods: str = "faulty"):
    """A run in another process that hangs in its first fold; its process id."""
    command = ("run", "-m", methods, "-d", "toy", *words, "--engine", "serial")
    output = world.folder / "output"
    variables = {**os.environ, "TOY_FAULT": "hang"}
    pid = os.fork()
    if not pid:
        be_bench(world.folder, variables, output, command, None)
    try:
        end = time.monotonic() + 60
        while not list(world.results.glob("running/*.json")):
            assert not os.waitpid(pid, os.WNOHANG)[0], output.read_text()
            assert time.monotonic() < end
            time.sleep(0.01)
        yield pid
    finally:
        # Unless it has ended by itself, which the assertion above has said.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def test_a_second_run_of_the_same_folds_is_refused_and_told_how_to_share(world):
    with elsewhere(world) as pid:
        done = world.run(methods="faulty")
        assert done.code == 2
        (line,) = done.err.strip().splitlines()
        assert f"results is at work: process {pid} on " in line
        assert "has planned 6 folds of these" in line
        assert "--shard I/N" in line
        assert "--engine dask" in line
        assert len(list(world.results.glob("running/*.json"))) == 1, "its own mark is gone"


def test_other_methods_shards_and_share_run_beside_it(world):
    with elsewhere(world):
        assert world.run(methods="mean").code == 0
        assert world.run("--shard", "1/2", methods="faulty").code == 0
        assert world.run("--share", methods="faulty").code == 0
        assert "Nothing left to run" in world.run(methods="faulty").err, "nothing is waited for"


def test_a_run_that_was_killed_blocks_nothing(world):
    with elsewhere(world):
        pass
    assert list(world.results.glob("running/*.json"))
    assert runs_at_work(world.results) == []
    assert world.run(methods="faulty").code == 0


def test_a_run_elsewhere_counts_until_it_falls_silent(world):
    with elsewhere(world):
        (path,) = world.results.glob("running/*.json")
    content = {**unseal(path, RUNNING).content, "host": "another"}
    path.write_bytes(seal(RUNNING, content))
    assert "process" in world.run(methods="faulty").err
    old = time.time() - module.SILENT - 1
    os.utime(path, (old, old))
    assert world.run(methods="faulty").code == 0


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"kind":"running","format":99}'])
def test_a_damaged_mark_blocks_nothing(world, content):
    folder = world.results / "running"
    folder.mkdir(parents=True)
    (folder / "x.json").write_bytes(content)
    assert world.run().code == 0


def test_of_two_that_begin_at_once_one_runs(world):
    with elsewhere(world):
        (path,) = world.results.glob("running/*.json")
        later = unseal(path, RUNNING).content | {"started": time.time() + 60}
        path.write_bytes(seal(RUNNING, later))
        assert world.run(methods="faulty").code == 0, "the earlier one runs"


def test_a_run_touches_its_mark(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BEAT", 0.05)
    with module.at_work(tmp_path, [], "") as mark:
        os.utime(mark.path, (0, 0))
        end = time.monotonic() + 10
        while mark.path.stat().st_mtime == 0:
            assert time.monotonic() < end
            time.sleep(0.02)
    assert not (tmp_path / "running").exists()


def test_status_counts_what_has_ended_and_who_is_at_work(world):
    world.run("--seeds", "0,1", methods="mean")
    world.patch.setenv("TOY_FAULT", "raise")
    world.run(methods="faulty")
    world.patch.delenv("TOY_FAULT")
    facts = json.loads(world.bench("status", "results", "--json").out)
    assert facts["running"] == []
    assert facts["rows"] == [
        {
            "task": "toy/3", "protocol": "loso", "method": "faulty", "preset": "paper",
            "seeds": 1, "folds": 6, "done": 0, "failed": 3, "missing": 3,
        },
        {
            "task": "toy/3", "protocol": "loso", "method": "mean", "preset": "paper",
            "seeds": 2, "folds": 12, "done": 12, "failed": 0, "missing": 0,
        },
    ]  # fmt: skip
    with elsewhere(world, methods="faulty") as pid:
        facts = json.loads(world.bench("status", "--json").out)
        (run,) = facts["running"]
        assert (run["process"], run["folds"], facts["folds_left"]) == (pid, 6, 3)
        shown = world.bench("status", "--board")
        assert re.search(rf"At work: process {pid} on \S+, for \d+ s: bench run", shown.out)
        assert "3 folds to go" in shown.out
        assert "1.000" in shown.out, "the board"


def test_status_counts_protocols_apart(world):
    world.run("--protocol", "kfold:3", "--limit-folds", "1")
    world.run()
    rows = json.loads(world.bench("status", "--json").out)["rows"]
    names = ("protocol", "seeds", "folds", "done", "missing")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("kfold:3", 1, 3, 1, 2), ("loso", 1, 6, 6, 0),
    ]  # fmt: skip
    shown = world.bench("status").out
    assert re.search(r"toy/3 kfold:3 +│ mean +│ 1 +│ 3 +│ 1 +│ 0 +│ 2 ", shown)
    assert re.search(r"toy/3 +│ mean +│ 1 +│ 6 +│ 6 +│ 0 +│ 0 ", shown)


def test_status_adds_a_run_at_work_to_the_row_of_its_protocol(world):
    world.run(methods="faulty")
    with elsewhere(world, "--protocol", "kfold:3"):
        facts = json.loads(world.bench("status", "--json").out)
    rows = [(row["protocol"], row["folds"], row["done"]) for row in facts["rows"]]
    assert rows == [("kfold:3", 3, 0), ("loso", 6, 6)]


def test_status_of_nothing_is_a_line(world):
    done = world.bench("status", "nowhere")
    assert done.code == 2
    assert "no results folder nowhere" in done.err


def test_status_reads_new_records_alone(world):
    from bench.store.progress import Looker
    from bench.store.store import Store

    world.run("--limit-folds", "2")
    looker = Looker(Store(world.results))
    assert [row.done for row in looker.look().rows] == [2]
    before = dict(looker.seen)
    world.run()
    assert [(row.done, row.missing) for row in looker.look().rows] == [(6, 0)]
    assert all(looker.seen[path] is one for path, one in before.items())
    path = next(iter(before))
    path.write_text("nonsense")
    assert [(row.done, row.missing) for row in looker.look().rows] == [(5, 1)]
