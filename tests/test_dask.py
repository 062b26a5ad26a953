"""Folds on the workers of a Dask scheduler: the same bytes, whatever happens to the workers."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.core.errors import BenchError
from bench.running.engines import dask_client, dask_engine
from bench.running.engines.dask_losses import Losses
from bench.running.engines.dask_worker import Run, Shared
from bench.running.engines.identity import identity
from bench.running.engines.job import Lost
from bench.running.gpus import settled
from bench.running.options import RunOptions

pytest.importorskip("distributed")


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.environment = folder, {**os.environ, **environment}
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self.start("scheduler", "--port", "0", "--no-dashboard")
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """`dask WORDS`."""
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words, "--scheduler-file", str(self.file)],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def worker(self) -> None:
        """One more worker of one thread, without a nanny that would start it again."""
        words = ("worker", "--no-nanny", "--nthreads", "1", "--no-dashboard")
        self.workers.append(self.start(*words))

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Workers on which the method `faulty` kills its process."""
    folder = tmp_path_factory.mktemp("dask")
    found = Cluster(folder, TOY_FAULT="die", TOY_MARKS=str(folder))
    found.worker()
    yield found
    found.stop()


@pytest.fixture
def slow_cluster(tmp_path_factory):
    """Workers on which every fold of the method `faulty` takes a moment, and that may be killed."""
    found = Cluster(tmp_path_factory.mktemp("dask"), TOY_FAULT="slow")
    yield found
    found.stop()


def on_dask(world, cluster: Cluster, *words: str, **named: Any):
    for _ in range(600):
        if cluster.file.exists():
            break
        time.sleep(0.05)
    return world.run("--scheduler", str(cluster.file), *words, engine="dask", **named)


def scores(folder: Path) -> dict[str, bytes]:
    """The bytes of the scores in each record."""
    found = {}
    for path in sorted(folder.rglob("records/**/*.json")):
        raw = path.read_bytes()
        match = re.search(rb'"scores": ?(\[.*?\]\s*\])', raw, re.DOTALL)
        assert match, raw
        assert json.loads(match[1]) == json.loads(raw)["scores"]
        found[str(path.relative_to(folder))] = match[1]
    return found


def when_recorded(folder: Path, count: int) -> None:
    """Wait for so many records."""
    for _ in range(1200):
        if recorded(folder) >= count:
            return
        time.sleep(0.05)


def recorded(folder: Path) -> int:
    return len(list(folder.rglob("records/**/*.json")))


@pytest.mark.slow
def test_the_same_bytes_as_processes_and_shards_while_workers_are_killed(world, slow_cluster):
    world.run("--results", "a", "--jobs", "2", methods="mean,faulty", engine="processes")
    slow_cluster.worker()
    slow_cluster.worker()
    rng, killed = random.Random(0), []

    def killer() -> None:
        for count in sorted(rng.sample(range(1, 10), 3)):
            when_recorded(world.folder / "b", count)
            time.sleep(rng.uniform(0, 0.3))
            slow_cluster.worker()
            victim = slow_cluster.workers.pop(rng.randrange(len(slow_cluster.workers) - 1))
            victim.send_signal(signal.SIGKILL)
            killed.append(recorded(world.folder / "b"))

    thread = threading.Thread(target=killer, daemon=True)
    thread.start()
    done = on_dask(world, slow_cluster, "--results", "b", methods="mean,faulty")
    if "2 Dask workers were lost" in done.err:  # one fold twice
        done = on_dask(world, slow_cluster, "--results", "b", methods="mean,faulty")
    assert done.code == 0, done.err
    for part in ("1/2", "2/2"):
        world.run("--results", f"c{part[0]}", "--shard", part, methods="mean,faulty")
    assert world.bench("results", "import", "c2", "--results", "c1").code == 0
    thread.join(timeout=60)
    # In the middle of the run, or this test would show nothing.
    assert len([count for count in killed if count < 12]) == 3
    assert len(scores(world.folder / "a")) == 12
    assert scores(world.folder / "a") == scores(world.folder / "b") == scores(world.folder / "c1")


@pytest.mark.slow
def test_a_lost_scheduler_is_a_line_and_what_had_ended_is_kept(world, slow_cluster):
    slow_cluster.worker()

    def killer() -> None:
        when_recorded(world.results, 2)
        slow_cluster.scheduler.kill()

    threading.Thread(target=killer, daemon=True).start()
    done = on_dask(world, slow_cluster, methods="faulty")
    assert done.code == 2
    (line,) = [one for one in done.err.splitlines() if one.startswith("bench: ")]
    assert "connection to the Dask scheduler was lost" in line
    assert "Traceback" not in done.err
    early = world.records()
    assert 2 <= len(early) < 6
    assert world.run(methods="faulty").code == 0
    after = world.records()
    assert len(after) == 6
    assert all(after[path] == raw for path, raw in early.items())


@pytest.mark.slow
def test_a_method_that_kills_its_process_costs_its_folds_alone(world, cluster):
    done = on_dask(world, cluster, methods="mean,faulty")
    assert done.code == 1
    found = {(raw["label"], raw["status"]) for raw in world.records().values()}
    assert found == {("mean", "ok"), ("faulty", "killed")}
    assert cluster.workers[0].poll() is None
    machines = {raw["environment"] for raw in world.records().values()}
    assert all((world.results / "environments" / f"{one}.json").is_file() for one in machines)
    assert {raw["isolated"] for raw in world.records().values()} == {True}


def test_by_value_where_no_cache_is_shared(world, cluster, tmp_path):
    world.patch.setattr(dask_engine, "mark_of", lambda cache: tmp_path / "not-there")
    done = on_dask(world, cluster, "--results", "a")
    assert done.code == 0, done.err
    assert "do not share this cache" in done.err
    world.run("--results", "b")
    assert len(scores(world.folder / "a")) == 6
    assert scores(world.folder / "a") == scores(world.folder / "b")


def test_a_worker_that_differs_is_refused_with_the_difference(world, cluster):
    here = {**identity(), "numpy": "0.1", "bench/views/tim.py": "0"}
    there = identity()["numpy"]
    world.patch.setattr(dask_engine, "identity", lambda: here)
    world.patch.setattr(dask_engine, "identity_hash", lambda: "0")
    done = on_dask(world, cluster)
    assert done.code == 2
    assert f"numpy {there} (here 0.1), another bench/views/tim.py" in done.err
    assert not world.records()


@pytest.mark.parametrize(
    ("words", "there", "device"),
    [
        ("auto", {"a": 1, "b": 2}, "cuda"),
        ("auto", {"a": 0, "b": 2}, "cpu"),
        ("cuda", {"a": 1, "b": 2}, "cuda"),
        ("cuda", {"a": 1, "b": 0}, "worker b has no GPU"),
        ("cuda:0,cuda:1", {"a": 2}, "CUDA_VISIBLE_DEVICES"),
    ],
)
def test_the_device_is_one_that_all_workers_have(monkeypatch, words, there, device):
    client = SimpleNamespace(run=lambda function, on_error: there)
    monkeypatch.setattr(dask_client, "connected", lambda options, note: client)
    options, said = RunOptions(engine="dask", scheduler="tcp://a:1", device=words), []
    if device in ("cpu", "cuda"):
        assert settled(options, said.append).device == device
    else:
        with pytest.raises(BenchError, match=device):
            settled(options, said.append)
    mixed = device == "cpu"
    assert said == ["1 of 2 Dask workers have no GPU: all run on the CPU"] * mixed


class Unwilling:
    """A client that notes what it is given, and whose scheduler is lost at once."""

    status = "cancelled"

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def nthreads(self) -> dict[str, int]:
        return {"one": 100}

    def run(self, function: Any, *arguments: Any, **options: Any) -> dict[str, bool]:
        return {"one": True}

    def submit(self, function: Any, *arguments: Any, key: str, **options: Any) -> Any:
        self.sent.append(arguments)
        self.key = key
        return self

    def subscribe_topic(self, topic: str, handler: Any) -> None:
        pass

    def add_done_callback(self, callback: Any) -> None:
        callback(self)

    def gather(self, tasks: list[Any]) -> list[Any]:
        assert not tasks
        return []

    def cancel(self, tasks: Any) -> None:
        pass


def test_a_scheduler_that_hangs_does_not_keep_a_run_that_ends(monkeypatch):
    def hang(tasks: Any) -> None:
        assert not threading.Event().wait(20)

    monkeypatch.setattr(dask_engine, "FAREWELL", 0.2)
    sender = dask_engine._Sender(SimpleNamespace(cancel=hang), *[None] * 5)
    began = time.monotonic()
    sender.leave()
    assert time.monotonic() - began < 10


@pytest.mark.slow
def test_workers_end_the_processes_of_a_run_that_was_killed(world, slow_cluster):
    slow_cluster.worker()
    while not slow_cluster.file.exists():
        time.sleep(0.05)
    words = "run -m faulty -d toy --seeds 0-9 --engine dask --scheduler"
    command = [sys.executable, "-m", "bench", *words.split(), str(slow_cluster.file)]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    when_recorded(world.results, 2)

    def at_work() -> bool:
        listing = ["ps", "--ppid", str(slow_cluster.workers[0].pid), "-o", "args"]
        return "spawn_main" in subprocess.run(listing, capture_output=True, text=True).stdout

    assert at_work()
    run.kill()
    run.wait()
    end = time.monotonic() + 60
    while at_work() and time.monotonic() < end:
        time.sleep(0.1)
    assert not at_work()
    assert len(world.records()) < 60


def test_held_out_labels_are_not_sent(world):
    """What is sent for the first person's fold is the same when that person's labels change."""

    def sent() -> tuple[list[bytes], list[Any]]:
        client = Unwilling()
        for module in (dask_client, dask_engine):
            world.patch.setattr(module, "connected", lambda options, note: client)
        assert world.run("--scheduler", "tcp://nowhere:1", engine="dask").code == 2
        jobs = [arguments[2] for arguments in client.sent if len(arguments) == 3]
        return jobs, [one for one, *more in client.sent if not more]

    world.run("--results", "described")
    first, parts = sent()
    assert len(first) == 6
    assert [type(part) for part in parts] == [Run, Shared]
    person = world.folder / "data" / "p0"
    for i, (old, new) in enumerate((("low", "mid"), ("mid", "high"), ("high", "low"))):
        (person / f"c{i}-{old}.json").rename(person / f"c{i}-{new}.json")
    world.run("--results", "described-again")
    second, _ = sent()
    same = [one == two for one, two in zip(first, second, strict=True)]
    assert same == [True, False, False, False, False, False]
    # Nothing that is sent names a unit, which holds the labels.
    assert not any(b"Unit" in pickle.dumps(part) for part in parts)


def test_jobs_go_to_the_worker_with_the_fewest_for_its_threads():
    threads = {"one": 1, "two": 2, "late": 1}
    sent: list[str | None] = []
    for _ in range(8):
        sent.append(dask_engine.least_busy(threads, sent))
    # Two for each thread.
    assert Counter(sent) == {"one": 2, "two": 4, "late": 2}
    # A job whose worker is gone counts for no other.
    assert dask_engine.least_busy({"one": 1, "two": 1}, ["one", "gone", None]) == "two"
    assert dask_engine.least_busy({}, ["one"]) is None


@pytest.mark.parametrize(
    ("words", "each"),
    [((), 2), (("--give-up", "1"), 1)],
    ids=["none waits for the next", "every failure counts"],
)
def test_a_job_prefers_a_worker_and_is_not_bound_to_it(world, words, each):
    client, places = Unwilling(), []
    submit = client.submit

    def noted(function: Any, *arguments: Any, key: str, **options: Any) -> Any:
        if len(arguments) == 3:
            places.append((options.get("workers"), options.get("allow_other_workers")))
        return submit(function, *arguments, key=key, **options)

    client.submit = noted
    client.nthreads = lambda: {"one": 1, "two": 2}
    for module in (dask_client, dask_engine):
        world.patch.setattr(module, "connected", lambda options, note: client)
    world.run("--results", "described")
    assert world.run("--scheduler", "tcp://nowhere:1", *words, engine="dask").code == 2
    assert all(free for _, free in places)
    assert Counter(at for (at,), _ in places) == {"one": each, "two": 2 * each}


def test_a_fold_that_loses_too_many_workers_is_killed():
    from distributed.scheduler import KilledWorker

    class Task:
        status = "error"

        def exception(self) -> Exception:
            return KilledWorker("task", None, 3)

    sender = dask_engine._Sender(*[None] * 6)
    assert sender.lost(Task(), False) == Lost("killed", "4 Dask workers were lost that had it")


def test_two_workers_lost_while_they_run_a_task_are_enough():
    cancelled = []

    class Client:
        async def cancel(self, tasks: list[str], asynchronous: bool) -> None:
            cancelled.extend(tasks)

    losses = Losses(Client(), "ours", {key: (None, f"task {key}", None) for key in "abc"})

    def began(key: str, worker: str, run: str = "ours") -> None:
        losses.began((0.0, {"run": run, "key": key, "worker": worker}))

    def left(worker: str, *keys: str, expected: bool = False) -> None:
        message = {"action": "remove-worker", "worker": worker, "expected": expected}
        asyncio.run(losses.changed((0.0, {**message, "processing-tasks": set(keys)})))

    began("a", "one")
    left("one", "a", "b")  # b only waited there
    began("a", "two")
    began("b", "three")
    left("two", "a", expected=True)  # retired
    left("three", "b", "c")
    assert cancelled == []
    began("c", "four", run="another")
    began("a", "five")
    left("five", "a")
    began("c", "six")
    assert cancelled == ["task a"]
    assert [losses.too_many(key) for key in "abc"] == [True, False, False]
    assert not losses.count


@pytest.mark.slow
def test_a_method_that_costs_dask_workers_costs_two_and_its_fold(world, tmp_path_factory):
    fatal = Cluster(tmp_path_factory.mktemp("dask"), TOY_FAULT="die-above")
    try:
        for _ in range(3):
            fatal.worker()
        done = on_dask(world, fatal, "--limit-folds", "1", methods="mean,faulty")
        assert done.code == 1
        found = {raw["label"]: (raw["status"], raw["error"]) for raw in world.records().values()}
        lost = "2 Dask workers were lost while they ran it"
        assert found == {"mean": ("ok", ""), "faulty": ("killed", lost)}
        time.sleep(2)
        assert [one.poll() for one in fatal.workers].count(None) == 1
    finally:
        fatal.stop()


@pytest.mark.parametrize(
    ("engine", "words", "said"),
    [
        ("dask", (), "say where with --scheduler"),
        ("processes", ("--scheduler", "slurm"), "needs --engine dask"),
        (
            "dask",
            ("--scheduler", "nowhere.json"),
            "a scheduler file that is there, or one of",
        ),
        ("dask", ("--scheduler", "tcp://127.0.0.1:9"), "no Dask scheduler answers there"),
        ("dask", ("--scheduler", "slurm"), "say with --jobs how many workers"),
    ],
)
def test_misuse_is_a_line(world, engine, words, said):
    world.patch.setattr(dask_client, "ANSWER", 0.5)
    done = world.run(*words, engine=engine)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err


def test_a_word_that_is_no_scheduler_is_refused_before_anything_is_said(world):
    words = ("run", "-d", "smic", "--engine", "dask", "--scheduler", "slurmm")
    done = world.bench(*words)
    assert done.code == 2
    (line,) = done.err.strip().splitlines()
    assert line.startswith("bench: --scheduler slurmm: expected an address")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("queue", "commands", "answer", "asked"),
    [
        ("slurm", ("sbatch", "scancel"), "Submitted batch job $!", "#SBATCH -A ours"),
        ("pbs", ("qsub", "qdel"), "$!.server", "#PBS -l select=1:ncpus=1:mem=3815MB"),
        (
            "sge",
            ("qsub", "qdel"),
            r"Your job $! (\"dask-worker\") has been submitted",
            "#$ -q ours",
        ),
    ],
    ids=["slurm", "pbs", "sge"],
)
def test_a_queue_starts_workers_as_jobqueue_yaml_says(
    world, tmp_path, queue, commands, answer, asked
):
    """With stand-ins of a queue's two commands, since dask-jobqueue knows it by them alone."""
    pytest.importorskip("dask_jobqueue")
    binaries = tmp_path / "bin"
    binaries.mkdir()
    # Copied, as SLURM does: dask-jobqueue deletes its file at once.
    script = f'cp "$1" job.sh; bash job.sh >job.log 2>&1 & echo "{answer}"'
    for name, text in zip(commands, (script, 'kill "${@%%.*}"'), strict=True):
        (binaries / name).write_text(f"#!/bin/bash\n{text}\n")
        (binaries / name).chmod(0o755)
    settings = tmp_path / "jobqueue.yaml"
    # Patient, as the machine that runs the tests may be busy.
    settings.write_text(
        f"jobqueue:\n  {queue}:\n    cores: 1\n    memory: 4GB\n    account: ours\n"
        "    queue: ours\n    death-timeout: 300\n"
    )
    world.patch.setenv("PATH", f"{binaries}:{os.environ['PATH']}")
    world.patch.setenv("DASK_CONFIG", str(settings))
    words = f"run -m mean -d toy --engine dask --scheduler {queue} --jobs 1"
    done = subprocess.run(
        [sys.executable, "-m", "bench", *words.split()],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert len(world.records()) == 6
    assert asked in (tmp_path / "job.sh").read_text()
