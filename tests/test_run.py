"""Running, resuming, failing: the harness through its command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest


def test_a_run_prints_a_board_and_leaves_a_record_per_fold(world):
    done = world.run()
    assert done.code == 0, done.err
    assert "1.000" in done.out
    assert len(world.records()) == 6
    board = (world.results / "leaderboard.md").read_text()
    assert "| mean" in board
    assert "18 clips of 6 subjects (low 6, mid 6, high 6)" in board


def test_the_same_command_again_runs_nothing(world):
    world.run()
    before = {
        path: (world.results / "records" / path).stat().st_mtime_ns for path in world.records()
    }
    again = world.run()
    assert "Nothing left to run; 6 reused from earlier runs" in again.err
    after = {
        path: (world.results / "records" / path).stat().st_mtime_ns for path in world.records()
    }
    assert before == after


def test_a_run_says_before_it_starts_how_long_it_may_take(world):
    estimate = "    def seconds(self, clips, frames):\n        return 7200.0\n\n    def fit("
    world.plugin.write_text(world.plugin.read_text().replace("    def fit(", estimate, 1))
    assert "Estimated: about 12 h 0 min on 1 process." in world.run("--jobs", "1").err
    assert "Estimated" not in world.run("--jobs", "1").err


def test_where_no_time_is_known_a_plan_says_so_and_a_run_says_nothing(world):
    plan = world.bench("plan", "-m", "mean", "-d", "toy")
    assert "Run time unknown: none of the 1 method-task pairs has run here" in plan.out
    said = world.run(methods="mean").err
    assert "Run time" not in said
    assert "Estimated" not in said


def test_processes_and_serial_and_any_order_predict_the_same_bytes(world):
    world.run("--results", "a", methods="mean,mean:noisy")
    world.run("--results", "b", "--jobs", "2", methods="mean:noisy,mean", engine="processes")
    world.run("--results", "c", "--jobs", "1", methods="mean,mean:noisy", engine="processes")

    def predictions(name):
        files = sorted((world.folder / name / "records").rglob("*.json"))
        return [(raw["key"], raw["scores"]) for f in files for raw in [json.loads(f.read_text())]]

    assert len(predictions("a")) == 12
    assert predictions("a") == predictions("b") == predictions("c")


def test_only_isolated_records_say_so(world):
    world.run("--results", "a")
    world.run("--results", "b", "--jobs", "1", engine="processes")
    isolated = [
        {
            json.loads(f.read_text())["isolated"]
            for f in (world.folder / n).rglob("records/**/*.json")
        }
        for n in ("a", "b")
    ]
    assert isolated == [{False}, {True}]


def test_a_method_that_raises_costs_its_units_alone(world):
    world.patch.setenv("TOY_FAULT", "raise")
    done = world.run(methods="faulty,mean")
    assert done.code == 1
    assert "failed: faulty toy/3 toy/p0 seed 0: RuntimeError: cannot fit" in done.err
    statuses = {raw["label"]: raw["status"] for raw in world.records().values()}
    assert statuses == {"faulty": "failed", "mean": "ok"}
    assert "0/6 folds: 3 failed" in (world.results / "leaderboard.md").read_text()


@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_a_file_that_a_method_lacks_is_that_methods_fault(world, engine):
    world.patch.setenv("TOY_FAULT", "no-file")
    done = world.run("--limit-folds", "1", methods="faulty,mean", engine=engine)
    assert done.code == 1
    assert "FileNotFoundError" in done.err
    statuses = {raw["label"]: raw["status"] for raw in world.records().values()}
    assert statuses == {"faulty": "failed", "mean": "ok"}


def test_a_traced_run_of_a_method_without_checkpoints_is_not_repeated(world):
    world.patch.setenv("TOY_FAULT", "no-checkpoints")
    world.run("--trace", methods="faulty")
    again = world.run("--trace", methods="faulty")
    assert "Nothing left to run; 6 reused from earlier runs" in again.err


def test_failed_units_run_again(world):
    world.patch.setenv("TOY_FAULT", "raise")
    world.run(methods="faulty")
    world.patch.delenv("TOY_FAULT")
    assert world.run(methods="faulty").code == 0
    assert {raw["status"] for raw in world.records().values()} == {"ok"}


def test_a_method_that_cannot_describe_fails_with_its_traceback(world):
    world.patch.setenv("TOY_FAULT", "describe")
    done = world.run(methods="faulty,mean")
    assert done.code == 1
    errors = {raw["error"] for raw in world.records().values() if raw["label"] == "faulty"}
    assert all("cannot describe" in error for error in errors)


def test_a_hanging_fold_is_stopped_and_named(world):
    world.patch.setenv("TOY_FAULT", "hang")
    done = world.run("--timeout", "1", "--limit-folds", "1", methods="faulty", engine="processes")
    assert done.code == 1
    assert "timeout: faulty" in done.err


def test_a_worker_that_dies_twice_costs_its_units_alone(world):
    world.patch.setenv("TOY_FAULT", "die")
    done = world.run("--limit-folds", "2", "--jobs", "1", methods="faulty,mean", engine="processes")
    assert done.code == 1
    statuses = sorted((raw["label"], raw["status"]) for raw in world.records().values())
    assert statuses == [("faulty", "killed")] * 2 + [("mean", "ok")] * 2


def test_a_worker_that_dies_once_is_forgiven(world):
    world.run(methods="faulty")
    calm = world.predictions()
    world.patch.setenv("TOY_FAULT", "die-once")
    world.patch.setenv("TOY_MARKS", str(world.folder))
    world.run("--results", str(world.folder / "other"), methods="faulty", engine="processes")
    assert (world.folder / "died").exists()
    (world.results).rename(world.folder / "first")
    (world.folder / "other").rename(world.results)
    assert world.predictions() == calm


def start(world, *words: str) -> subprocess.Popen:
    """The same run in a process of its own, to be interrupted."""
    head = [sys.executable, "-m", "bench", "run", "-d", "toy"]
    return subprocess.Popen(
        [*head, "-m", "faulty", "--jobs", "1", *words],
        cwd=world.folder,
        env={**os.environ, "TOY_FAULT": "slow"},
        # A shell ignores Ctrl-C in background jobs, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_records(world, count: int) -> None:
    for _ in range(600):
        if len(list((world.results / "records").rglob("*.json"))) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("no record appeared in 30 s")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_goes_on_where_it_stopped(world, how):
    process = start(world)
    wait_for_records(world, 2)
    process.send_signal(how)
    _, said = process.communicate(timeout=30)
    early = world.records()
    assert 2 <= len(early) < 6
    if how != signal.SIGKILL:
        assert process.returncode == 128 + how
        assert not list(world.results.glob("running/*")), "others need not wait for its silence"
        assert "rerun the command to resume" in said
        assert "Traceback" not in said
    world.run(methods="faulty")
    after = world.records()
    assert len(after) == 6
    assert all(after[path] == raw for path, raw in early.items())


def test_a_truncated_record_is_set_aside_and_its_unit_runs_again(world):
    world.run()
    whole = world.predictions()
    path = next((world.results / "records").rglob("*.json"))
    path.write_bytes(path.read_bytes()[:100])
    world.run()
    assert world.predictions() == whole
    assert len(list((world.results / "damaged").iterdir())) == 1


def test_a_full_disk_is_said_in_a_line_and_loses_nothing(world):
    import bench.store.store

    real, written = bench.store.store.write_atomically, []

    def full(path, data, durable=True):
        if path.is_relative_to(world.results / "records"):
            written.append(path)
            if len(written) > 3:
                raise OSError(28, "No space left on device", str(path))
        real(path, data, durable)

    world.patch.setattr(bench.store.store, "write_atomically", full)
    done = world.run()
    assert done.code == 2
    assert "the disk is full" in done.err
    assert len(done.err.strip().splitlines()) == 1
    world.patch.setattr(bench.store.store, "write_atomically", real)
    assert world.run().code == 0
    assert len(world.records()) == 6


def test_the_labels_of_held_out_clips_change_nothing(world):
    """Rename one held-out person's files so that their classes are permuted."""
    world.run("--results", "a")
    person = world.folder / "data" / "p0"
    for i, (old, new) in enumerate((("low", "mid"), ("mid", "high"), ("high", "low"))):
        (person / f"c{i}-{old}.json").rename(person / f"c{i}-{new}.json")
    world.run("--results", "b")

    def scores(name):
        file = next((world.folder / name).rglob("records/**/toy-p0.json"))
        return json.loads(file.read_text())["scores"]

    assert scores("a") == scores("b")


def test_trace_keeps_scores_of_checkpoints(world):
    world.run()
    assert all(not raw["trace"] for raw in world.records().values())
    world.run("--trace")
    for raw in world.records().values():
        assert [step for step, _ in raw["trace"]] == [1]
        assert raw["trace"][0][1] == raw["scores"]


def test_seeds_and_presets_are_kept_apart(world):
    world.run("--seeds", "0-1")
    world.run("--preset", "quick")
    board = (world.results / "leaderboard.md").read_text()
    assert "| mean (quick)" in board
    assert "| mean  " in board
    assert len(world.records()) == 18


def test_stale_records_are_shown_and_refreshed_on_request(world):
    own = world.own()
    world.run(methods="own")
    own.write_text(own.read_text() + "\nCHANGED = True\n")
    fresh = subprocess.run(
        [sys.executable, "-m", "bench", "run", "-m", "own", "-d", "toy"],
        cwd=world.folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "6 of these are stale" in fresh.stderr
    assert "stale" in fresh.stdout
