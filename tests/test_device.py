"""On which device a unit was fitted: in its record, and beside its time on the board."""

from __future__ import annotations

import json
import os
import sys
import time
from types import SimpleNamespace

import pytest

from bench.evaluation.build_row import fit_times
from bench.running.device import Used, allocations, used
from bench.running.engines.job import Job
from bench.running.engines.processes import processes
from bench.running.gpus import settled
from bench.running.options import RunOptions
from bench.store.store import Store
from tests.sealing import edit, unsealed

H100 = Used("cuda", "NVIDIA H100")


def fake_torch(counts: list[int], initialized: bool = True):
    """A torch whose GPUs have been given so many arrays; the list may change."""
    cuda = SimpleNamespace(
        is_initialized=lambda: initialized,
        device_count=lambda: len(counts),
        memory_stats=lambda i: {"allocation.all.allocated": counts[i]},
        get_device_name=lambda: "NVIDIA H100",
    )
    return SimpleNamespace(cuda=cuda)


def gpus(patch, count: int) -> None:
    """As if torch could use so many GPUs here."""
    patch.setattr("bench.running.gpus.gpu_count", lambda: count)


def test_what_put_something_on_the_gpu_was_fitted_there(monkeypatch):
    counts = [3, 0]
    monkeypatch.setitem(sys.modules, "torch", fake_torch(counts))
    before = allocations()
    assert used(before) == Used("cpu", None)
    counts[0] += 1
    assert used(before) == H100


@pytest.mark.parametrize("torch", [None, fake_torch([5], initialized=False)])
def test_without_a_gpu_nothing_is_asked_of_it(monkeypatch, torch):
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert allocations() == 0
    assert used(0) == Used("cpu")


def times(world) -> list[str]:
    """The column fit/fold of the rows of the board."""
    lines = world.bench("board", "--format", "markdown").out.splitlines()
    start = next(i for i, line in enumerate(lines) if "fit/fold" in line)
    table = [[cell.strip() for cell in line.split("|")] for line in lines[start:] if "|" in line]
    column = table[0].index("fit/fold")
    return [row[column] for row in table[2:] if len(row) == len(table[0])]


def test_rows_say_their_device_and_records_the_gpu(world):
    world.run(methods="mean")
    world.patch.setattr("bench.running.worker.used", lambda before: H100)
    gpus(world.patch, 1)
    world.run("--device", "cuda", methods="mean:noisy")
    found = {(raw["label"], raw["device"], raw["gpu"]) for raw in world.records().values()}
    assert found == {("mean", "cpu", None), ("mean:noisy", "cuda", "NVIDIA H100")}
    plain, noisy = times(world)
    assert plain.endswith("ms cpu")
    assert noisy.endswith("ms NVIDIA H100")
    assert "ms cpu" in world.bench("board").out


def test_a_row_of_several_devices_gives_the_time_on_each(world):
    world.run("--limit-folds", "2")
    world.patch.setattr("bench.running.worker.used", lambda before: H100)
    world.run()
    (row,) = json.loads(world.bench("board", "--format", "json").out)["tables"][0]["rows"]
    assert [(t["device"], t["folds"]) for t in row["fit_times"]] == [("NVIDIA H100", 4), ("cpu", 2)]
    (text,) = times(world)
    assert "ms NVIDIA H100 (4 folds), " in text
    assert text.endswith("ms cpu (2 folds)")
    header, line = world.bench("board", "--format", "csv").out.splitlines()
    assert dict(zip(header.split(","), line.split(","), strict=True))["device"] == (
        "NVIDIA H100; cpu"
    )


def test_the_device_is_no_part_of_the_key(world):
    world.run()
    world.patch.setattr("bench.running.worker.used", lambda before: H100)
    gpus(world.patch, 1)
    assert "6 reused from earlier runs" in world.run("--device", "cuda").err


def test_records_that_do_not_say_are_shown_without_a_device(world):
    world.run()
    for path in sorted((world.results / "records").rglob("*.json"))[:2]:
        edit(path, lambda raw: (raw.pop("device"), raw.pop("gpu"), unsealed(raw, 1)))
    records = Store(world.results).records()
    assert [(t.device, t.folds) for t in fit_times(records)] == [("", 2), ("cpu", 4)]
    assert "unknown device (2 folds)" in times(world)[0]
    assert [t.device for t in fit_times(records[:2])] == [""]


def test_a_unit_that_fails_records_the_device_it_was_offered(world):
    world.patch.setenv("TOY_FAULT", "raise")
    gpus(world.patch, 1)
    world.run("--device", "cuda", methods="faulty")
    assert {(raw["device"], raw["gpu"]) for raw in world.records().values()} == {("cuda", None)}


def test_a_rerun_on_another_device_is_announced(world):
    words = ("repro", "toy/3/mean", "--engine", "serial")
    world.run()
    assert "rerun on the CPU" not in world.bench(*words).err
    for path in (world.results / "records").rglob("*.json"):
        edit(path, lambda raw: raw.update(gpu="NVIDIA H100"))
    done = world.bench(*words)
    assert "made on NVIDIA H100 and are rerun on the CPU" in done.err
    assert "18 predictions of 6 folds: identical" in done.out


def test_a_gpu_that_is_not_there_is_refused_before_anything_is_described(world):
    for count, words, said in (
        (0, "cuda", "--device cuda: no GPU 0 here (GPUs: none that torch can use)"),
        (2, "cuda:1,cuda:2", "no GPU 2 here (GPUs: cuda:0, cuda:1)"),
        (1, "gpu", "--device 'gpu': expected auto, cpu, cuda, or GPUs by number"),
        (1, "cuda:", "--device 'cuda:': expected auto"),
    ):
        gpus(world.patch, count)
        done = world.run("--device", words)
        assert done.code == 2, done.err
        assert said in done.err
        assert len(done.err.strip().splitlines()) == 1
    assert not (world.folder / "cache" / "descriptions").exists()
    # Nor are stand-ins made, which would be said.
    gpus(world.patch, 0)
    done = world.bench("run", "-d", "smic", "--device", "cuda")
    assert done.err.startswith("bench: --device cuda: no GPU 0 here"), done.err
    assert world.run("--device", "cuda", "--dry-run").code == 0, "for another machine"


@pytest.mark.parametrize(
    ("count", "words", "device", "each"),
    [
        (0, "auto", "cpu", ()),
        (1, "auto", "cuda", (0,)),
        (3, "auto", "cuda", (0, 1, 2)),
        (3, "cuda", "cuda", (0,)),
        (3, "cuda:2, cuda:0,cuda:2", "cuda", (2, 0)),
        (3, "cpu", "cpu", ()),
    ],
)
def test_devices_are_settled_by_what_is_there(monkeypatch, count, words, device, each):
    gpus(monkeypatch, count)
    options = settled(RunOptions(device=words), print)
    assert (options.device, options.gpus) == (device, each)


def test_in_one_process_the_first_gpu_is_used(monkeypatch):
    gpus(monkeypatch, 2)
    assert settled(RunOptions(engine="serial", device="cuda:1,cuda:0"), print).device == "cuda:1"
    assert settled(RunOptions(engine="serial"), print).device == "cuda"


@pytest.mark.parametrize(
    ("shown", "seen"),
    [(None, ["0", "1"]), ("4,7", ["4", "7"]), ("MIG-a, MIG-b", ["MIG-a", "MIG-b"])],
)
def test_each_worker_sees_one_gpu(monkeypatch, shown, seen):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if shown is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", shown)
    jobs = [Job(number, 0.3) for number in range(4)]
    ended = processes(visible_here, jobs, 2, None, (), gpus=(0, 1))
    assert sorted({outcome for _, outcome in ended}) == sorted(seen)


def visible_here(seconds):
    time.sleep(seconds)
    return os.environ["CUDA_VISIBLE_DEVICES"]
