"""`bench plan --slurm`, `--pbs`, `--shell`: scripts that run a plan in parts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import pytest

from bench.cli.job_script import JobArray, array_of
from bench.running.options import RunOptions

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")


def script(world, *words: str) -> str:
    """What `bench plan` prints for toy methods."""
    done = world.bench("plan", "-m", "mean,mean:noisy", "-d", "toy", *words)
    assert done.code == 0, done.err
    return done.out


@needs_bash
@pytest.mark.parametrize("kind", ["slurm", "pbs", "shell"])
def test_scripts_are_sound_for_bash_and_name_what_was_typed(world, kind):
    out = script(
        world, f"--{kind}", "--array", "4", "--seeds", "0,1", "--results", "with blank", "-j", "2",
        "--trace", "--timeout", "30", "--device", "cuda", "--plugin", "toy.py",
    )  # fmt: skip
    subprocess.run(["bash", "-n"], input=out, text=True, check=True)
    folder = world.folder / "with blank"
    assert f"--results '{folder}' --jobs 2" in out
    assert "--methods mean,mean:noisy --datasets toy" in out
    assert "--seeds 0,1" in out
    assert "--timeout 30.0 --device cuda --trace" in out
    assert f"--plugin {world.folder / 'toy.py'}" in out
    assert f"cd {world.folder}" in out
    assert f"export BENCH_CACHE={world.folder / 'cache'}" in out


def test_a_slurm_array(world):
    out = script(world, "--slurm", "--array", "40", "-j", "3", "--device", "cuda")
    for line in (
        "#SBATCH --array=1-40", "#SBATCH --cpus-per-task=3", "#SBATCH --gres=gpu:1",
        "#SBATCH --time=24:00:00", "# The run time of 2 of its 2 cells is unknown.",
    ):  # fmt: skip
        assert line in out.splitlines()
    assert '--shard "$SLURM_ARRAY_TASK_ID/40"' in out
    assert out.startswith("#!/bin/bash\n")


def test_cells_of_reference_rows_are_said_to_count(world):
    done = world.bench("plan", "-m", "mean,majority", "-d", "toy", "--shell")
    said = re.search(r"# The run time of \d of its 2 cells(.*) is unknown\.", done.out)
    assert said, done.out
    assert said[1] == ", reference rows included,"


def test_a_pbs_array(world):
    out = script(world, "--pbs", "--array", "2")
    assert "#PBS -J 1-2" in out.splitlines()
    assert "#PBS -l select=1:ncpus=1:mem=4gb" in out.splitlines()
    assert "gres" not in script(world, "--slurm")
    assert "#PBS -J" not in script(world, "--pbs", "--array", "1"), "which PBS would refuse"


def test_memory_is_asked_for_or_bounds_a_shell_script(world):
    words = ("--array", "2", "-j", "3", "--memory", "16")
    assert "#SBATCH --mem-per-cpu=16G" in script(world, "--slurm", *words).splitlines()
    assert "#PBS -l select=1:ncpus=3:mem=48gb" in script(world, "--pbs", *words).splitlines()
    world.patch.setattr("bench.cli.job_script.cores", lambda: 12)
    world.patch.setattr("bench.cli.job_script.memory_here", lambda: 64)
    assert "# 12 equal parts" in script(world, "--shell")
    assert "# 4 equal parts" in script(world, "--shell", "--memory", "16")
    assert "# 1 equal part " in script(world, "--shell", "--memory", "100")


def test_size_and_time_follow_from_estimates():
    hours = [3600.0 * 10, 3600.0 * 30]
    assert array_of(hours, 500, 60.0, RunOptions(), None) == JobArray(
        40, 1, 7200.0, False, 4, "Estimated: about 40 h 0 min on one core."
    )
    assert array_of(hours, 500, 60.0, RunOptions(jobs=4), None).parts == 10
    assert array_of(hours, 500, 60.0, RunOptions(), 10).seconds == 2 * 4 * 3600
    assert array_of(hours, 8, 5 * 3600.0, RunOptions(), None).parts == 8, "no more than folds"
    assert array_of([60.0], 9, 36000.0, RunOptions(), None).seconds == 72000, "the longest fold"
    assert array_of([60.0, None], 900, 1.0, RunOptions(), None).parts == 40


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--slurm", "--pbs"), "--slurm and --pbs: choose one script"),
        (("--shell", "--json"), "--shell and --json: choose one"),
        (("--slurm", "--shard", "1/2"), "--slurm and --shard: choose one"),
        (("--array", "3"), "--array: add --slurm, --pbs or --shell"),
        (("--memory", "8"), "--memory: add --slurm, --pbs or --shell"),
    ],
)
def test_contradictions_are_a_line(world, words, said):
    done = world.bench("plan", "-m", "mean", "-d", "toy", *words)
    assert done.code == 2
    assert done.err.strip().splitlines() == [f"bench: {said}"]


@needs_bash
def test_the_shell_script_runs_the_plan_and_is_the_whole(world):
    whole = world.run("--seeds", "0,1", "--results", "whole", methods="mean,mean:noisy")
    assert whole.code == 0, whole.err
    path = world.folder / "all.sh"
    path.write_text(script(world, "--shell", "--array", "3", "--seeds", "0,1"))
    done = subprocess.run(["bash", str(path)], capture_output=True, text=True, check=False)
    said = [(world.folder / f"bench-{part}.out").read_text() for part in (1, 2, 3)]
    assert done.returncode == 0, said
    assert all(f"Shard {part}/3 has ended" in text for part, text in zip("123", said, strict=True))

    def scores(name):
        paths = (world.folder / name / "records").rglob("*.json")
        found = [json.loads(path.read_text()) for path in paths]
        return sorted((raw["key"], raw["scores"]) for raw in found)

    assert len(scores("results")) == 24
    assert scores("results") == scores("whole")
    assert not (world.results / "running").exists()


@needs_bash
def test_a_part_that_fails_fails_the_script(world):
    path = world.folder / "all.sh"
    path.write_text(script(world, "--shell", "--array", "2").replace("mean,mean:noisy", "faulty"))
    around = {**os.environ, "TOY_FAULT": "raise"}
    assert subprocess.run(["bash", str(path)], env=around, check=False).returncode == 1
