"""The edge of the program: what comes out is a line, an exit code, and at worst a file."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from bench.core.contain import Interrupt

WORDS = [sys.executable, "-m", "bench"]


def one_line(done):
    assert "Traceback" not in done.err
    assert done.err.count("\n") == 1, done.err
    return done.err


def broken_plan(world, words):
    """Have a method's estimate of its time end in some way: it runs in the command's process."""
    code = world.plugin.read_text()
    estimate = f"    def seconds(self, clips, frames):\n        {words}\n\n    def fit("
    world.plugin.write_text("import sys\n" + code.replace("    def fit(", estimate, 1))
    return world.bench("plan", "-m", "mean", "-d", "toy")


@pytest.mark.parametrize(
    "words",
    [
        "raise LookupError('[/red] of nothing')",
        "raise OSError('without a file')",
        "sys.exit(0)",
        "sys.exit('bye')",
        "raise BaseException('own')",
    ],
)
def test_what_nobody_foresaw_is_a_line_and_a_report(world, words):
    done = broken_plan(world, words)
    assert done.code == 1
    line = one_line(done)
    if "LookupError" in words:
        assert "bench: unexpected LookupError: [/red] of nothing (toy.py, line" in line
    report = Path(re.search(r"Report: (\S+)", line)[1])
    text = report.read_text()
    report.unlink()
    assert "Traceback (most recent call last)" in text
    assert "command: bench plan -m mean -d toy" in text
    assert "in seconds" in text
    assert f"numpy {np.__version__}" in text


def test_a_report_holds_no_secrets(world, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    report = Path(re.search(r"Report: (\S+)", broken_plan(world, "1 / 0").err)[1])
    text = report.read_text()
    report.unlink()
    assert "hunter2" not in text
    assert f"BENCH_CACHE={world.folder / 'cache'}" in text


@pytest.mark.parametrize("error", [Interrupt(), KeyboardInterrupt()])
@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("run", "-m", "mean", "-d", "toy"), "Interrupted; rerun the command to resume.\n"),
        (("list",), "Interrupted.\n"),
    ],
)
def test_ctrl_c_ends_any_verb_with_a_line_and_130(world, monkeypatch, error, words, line):
    def pressed(*_):
        raise error

    monkeypatch.setattr("bench.cli.common.read_settings", pressed)
    done = world.bench(*words)
    assert done.code == 130
    assert one_line(done) == line


def test_ctrl_c_that_an_import_turned_into_an_error_is_still_one(world, monkeypatch):
    before = signal.getsignal(signal.SIGINT)

    def pressed(*_):
        try:
            signal.raise_signal(signal.SIGINT)
        except BaseException as error:
            raise ImportError("initialization failed") from error

    monkeypatch.setattr("bench.cli.common.read_settings", pressed)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        done = world.bench("list")
    finally:
        signal.signal(signal.SIGINT, before)
    assert (done.code, one_line(done)) == (130, "Interrupted.\n")


@pytest.mark.parametrize(
    ("number", "words"), [(24, "too many open files"), (11, "no process can be started")]
)
def test_a_lack_of_the_system_is_said_with_its_cure(world, monkeypatch, number, words):
    def refused(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("bench.cli.run.run_plan", refused)
    done = world.run()
    assert done.code == 2
    assert words in done.err
    assert "--jobs" in done.err


@pytest.mark.parametrize("name", ["leaderboard.md", "leaderboard.csv", "leaderboard.json"])
def test_a_folder_in_place_of_the_board_is_said_before_the_run(world, name):
    (world.results / name).mkdir(parents=True)
    done = world.run()
    assert done.code == 2
    assert f"{name} is a folder" in one_line(done)
    assert not world.records()


def test_a_reader_that_leaves_ends_it_quietly(world):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*WORDS, "list"], stdout=writing, stderr=subprocess.PIPE, check=False, cwd=world.folder
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_full_standard_output_is_said_once(world):
    """Python writes what is left again when it ends, and has complaints of its own."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bench", "list", "methods"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr


def test_closed_standard_streams_are_no_error(world):
    closed = subprocess.run(
        ["bash", "-c", 'exec "$@" >&- 2>&- <&-', "-", *WORDS, "list"],
        check=False,
        cwd=world.folder,
    )
    assert closed.returncode == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("parameters = 1.5", "Model.parameters is 1.5 (float), expected an int"),
        ("parameters = -1", "Model.parameters is -1, expected 0 or more"),
        ("def parameters(self): ...", "expected an int"),
    ],
)
def test_a_count_of_parameters_that_is_none_is_named(world, change, words):
    world.plugin.write_text(world.plugin.read_text().replace("parameters = 6", change))
    done = world.run("--limit-folds", "1")
    assert done.code == 1
    assert words in done.err


def test_numpy_numbers_are_numbers(world):
    code = world.plugin.read_text()
    code = code.replace("parameters = 6", "parameters = np.int64(6)")
    code = code.replace("checkpoint(model, 1)", "checkpoint(model, np.int32(1))")
    code = code.replace(
        "context.log(step=step)", "context.curve.append({'step': np.float32(step)})"
    )
    world.plugin.write_text(code)
    assert world.run("--trace").code == 0
    for record in world.records().values():
        assert record["parameters"] == 6
        assert [step for step, _ in record["trace"]] == [1]
        assert record["curve"] == [{"step": 0.0}, {"step": 1.0}, {"step": 2.0}]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            "checkpoint(model, 'last')",
            "step of context.checkpoint is 'last' (str), expected an int",
        ),
        ("trace.append((1, np.zeros((1, 3))))", "at checkpoint 1, predict returned shape (1, 3)"),
        ("trace.append((2, np.full((3, 3), np.nan)))", "at checkpoint 2, predict returned non-fin"),
        ("trace.append((2, None))", "at checkpoint 2, predict returned None"),
    ],
)
def test_a_checkpoint_that_is_none_is_named_and_costs_its_method(world, call, words):
    code = world.plugin.read_text().replace("context.checkpoint(model, 1)", f"context.{call}")
    world.plugin.write_text(code)
    done = world.run("--trace", "--limit-folds", "1")
    assert done.code == 1
    assert words in done.err


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("None", "describe returned None, expected an array of numbers"),
        ("np.array([{}, 1], dtype=object)", "describe returned an array of object"),
        ("[[1.0], [1.0, 2.0]]", "describe returned no array of numbers"),
        ("{}", "describe returned an empty dict"),
        ("{'a': 'text'}", "describe (a) returned an array of <U4"),
    ],
)
def test_a_description_that_is_none_is_named_and_costs_its_method(world, value, words):
    code = world.plugin.read_text()
    code = code.replace('if os.environ.get("TOY_FAULT") == "describe":', "if True:")
    world.plugin.write_text(
        code.replace('raise RuntimeError("cannot describe")', f"return {value}")
    )
    done = world.run("--limit-folds", "1", methods="faulty,mean")
    assert done.code == 1
    assert words in done.err
    assert {r["label"]: r["status"] for r in world.records().values()}["mean"] == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("moment", np.linspace(0.3, 4, 24))
def test_ctrl_c_at_any_moment_is_a_line_and_loses_nothing(world, moment):
    process = subprocess.Popen(
        [*WORDS, "run", "-d", "toy", "-m", "faulty,mean", "--jobs", "3"],
        cwd=world.folder,
        env={**os.environ, "TOY_FAULT": "slow"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        # As a terminal does: the signal goes to the whole group of processes.
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(moment)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    # Killed where it had said all and was about to end by itself.
    assert process.returncode in (130, 0, -signal.SIGINT)
    assert "Traceback" not in said
    if process.returncode == 130:
        assert said.endswith("Interrupted; rerun the command to resume.\n")
    early = world.records()
    assert world.run(methods="faulty,mean").code == 0
    after = world.records()
    assert len(after) == 12
    assert all(after[path] == raw for path, raw in early.items())
