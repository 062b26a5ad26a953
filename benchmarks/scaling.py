"""How a run scales past this machine: `python -m benchmarks.scaling [RESULTS] [--namespaces]`.

First real runs on Dask workers of this machine, whose folds wait instead of computing, since the
workers share its cores; a simulation must predict their times from what one worker took. Only their
starts compute and share the cores, so it is measured how many of so many processes compute at full
speed. Then the simulation for more workers than there are here, on machines of their own. Its folds
cost what the records in RESULTS say, by default what those of the board synthetic-tiny-all range
over.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from tabulate import tabulate

from bench.cli.prepare import Request, prepare
from bench.running.options import RunOptions
from bench.running.progress import Nobody
from bench.running.run import run
from bench.store.store import Store
from benchmarks import namespaces
from benchmarks.simulation import Costs, simulate, start_on_shared_cores

NAP, SHORT, SUBJECTS, TIMES = 0.5, 0.1, 24, 3
HERE, THERE = (1, 2, 4, 8), (1, 10, 40, 100, 400, 1000)
UNITS = 10_000
RANGE = (0.02, 70.0)
"""Seconds of the fastest and the slowest fold where no records are given."""

LOOP = """
import sys, time
end, count = time.monotonic() + float(sys.argv[1]), 0
while time.monotonic() < end:
    for _ in range(1000):
        count += 1
print(count)
"""

TOY = f"""
import os
import time
from dataclasses import dataclass
import numpy as np
from bench import Clip, Dataset, DatasetFacts, Facts, Index, Labelling, Method, Model
from bench.views.catalog import provided

class Toy(Dataset):
    name = "toy"
    facts = DatasetFacts("Toy", "", 2026, "", "", "")
    labellings = {{"3": Labelling(("a", "b", "c"), {{"a": "a", "b": "b", "c": "c"}})}}
    ships = frozenset({{"numbers"}})

    def index(self):
        return Index(tuple(
            Clip("toy", f"p{{p}}", f"c{{c}}", "abc"[c], self.root, ("data",))
            for p in range({SUBJECTS}) for c in range(3)))

    def read(self, clip):
        return {{"numbers": np.zeros(4)}}

class Guess(Model):
    def predict(self, clips):
        return np.ones((len(clips), 3)) / 3

@dataclass(frozen=True)
class Nap(Method):
    name = "nap"
    needs = frozenset({{"numbers"}})
    facts = Facts("Nap", "", 2026, "", "code")
    def describe(self, clip):
        return provided(clip, "numbers")
    def fit(self, train, context):
        time.sleep(float(os.environ["NAP"]))
        return Guess()
"""


@dataclass
class Stopwatch(Nobody):
    """Watches a run.

    Attributes:
        began: when its folds began; `time.monotonic()`.
        times: seconds until each fold had ended.
        parent: processor time of this process since then.
    """

    began: float = 0.0
    times: list[float] = field(default_factory=list)
    parent: float = 0.0

    def phase(self, name: str, jobs: Sequence[Any]) -> None:
        """A phase begins."""
        self.began, self.times, self.parent = time.monotonic(), [], -time.process_time()

    def ended(self, unit: Any, seconds: float) -> None:
        """A job has ended."""
        self.times.append(time.monotonic() - self.began)


@contextmanager
def cluster(workers: int, folder: Path, apart: bool) -> Iterator[str]:
    """Address of a scheduler in this process, with workers, as `dask worker` starts them.

    Args:
        workers: how many.
        folder: for their files.
        apart: each in a network namespace of its own.
    """
    from distributed import Client, LocalCluster

    named: dict[str, Any] = {"n_workers": 0, "dashboard_address": None, "silence_logs": 50}
    host = namespaces.HOME if apart else "127.0.0.1"
    with LocalCluster(host=host, **named) as scheduler:
        address = scheduler.scheduler_address
        words = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder)
        command = [sys.executable, "-m", "dask", "worker", address, *map(str, words)]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        crew = []
        try:
            for _ in range(workers):
                one = namespaces.started(command) if apart else subprocess.Popen(command, **quiet)
                crew.append(one)
            with Client(address, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=120)
            yield address
        finally:
            for one in crew:
                one.terminate()
            for one in crew:
                one.wait()


def real(folder: Path, workers: int, apart: bool, nap: float, seeds: str) -> Stopwatch:
    """A run on so many Dask workers of this machine, which are new.

    Args:
        folder: with bench.toml.
        workers: how many.
        apart: each in a network namespace of its own.
        nap: seconds that each fold waits.
        seeds: of so many times as many folds.
    """
    watch = Stopwatch()
    os.environ["NAP"] = str(nap)
    with cluster(workers, folder / "workers", apart) as address:
        options = RunOptions("dask", address, device="cpu")
        results = Path(tempfile.mkdtemp(dir=folder))
        prepared = prepare(Request("nap", "toy", seeds=seeds, results=results), options)
        store = Store(prepared.settings.results)
        run(prepared.plan, store, prepared.settings.cache, prepared.options, watch)
        watch.parent += time.process_time()
    return watch


def cores(processes: int, seconds: float = 1.0) -> float:
    """How many of so many processes compute at the speed of one, beside all else that runs here."""

    def counted(number: int) -> int:
        command = [sys.executable, "-c", LOOP, str(seconds)]
        crew = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(number)]
        return sum(int(one.communicate()[0]) for one in crew)

    return counted(processes) / counted(1)


def measured(folder: Path, apart: bool) -> tuple[Costs, list[list[object]]]:
    """Costs, and the simulation beside real runs with the cores that they had."""
    # Many folds that do nothing, so that what a run costs once does not count. They also describe
    # the clips, which later runs find in the cache.
    many = real(folder, 2, apart, 0, "0-19")
    alone, took, at_hand = [], defaultdict(list), defaultdict(list)
    # In turn, since what else the machine does changes from minute to minute.
    for _ in range(TIMES):
        alone.append(real(folder, 1, apart, SHORT, "0"))
        for workers in HERE:
            at_hand[workers].append(cores(workers) if workers > 1 else 1.0)
            took[workers].append(real(folder, workers, apart, NAP, "0").times[-1])
    gaps = np.concatenate([np.diff(one.times) for one in alone])
    start = median(one.times[0] for one in alone) - SHORT
    costs = Costs(many.parent / len(many.times), float(np.median(gaps)) - SHORT, start)
    rows: list[list[object]] = []
    for workers in HERE:
        share, seconds = median(at_hand[workers]), median(took[workers])
        first = start_on_shared_cores(start, workers, share)
        foretold = simulate([NAP] * SUBJECTS, workers, costs._replace(start=first))
        rows.append([workers, f"{share:.1f}", seconds, foretold, seconds / foretold])
    return costs, rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling")
    parser.add_argument("results", nargs="?", type=Path, help="whose records say what folds cost")
    said = "each worker in a network namespace of its own (Linux, root or user namespaces)"
    parser.add_argument("--namespaces", action="store_true", help=said)
    asked = parser.parse_args()
    if asked.namespaces:
        namespaces.enter("benchmarks.scaling")
    results = Store(asked.results) if asked.results else None
    given = [record.wall for record in results.records()] if results else []
    rng = np.random.default_rng(0)
    low, high = np.log(RANGE)
    folds = np.sort(rng.choice(given, UNITS) if given else np.exp(rng.uniform(low, high, UNITS)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").write_text("")
        (folder / "toy.py").write_text(TOY)
        (folder / "bench.toml").write_text(f'plugins = ["toy.py"]\n[roots]\ntoy = "{name}"\n')
        os.environ |= {
            "BENCH_CACHE": f"{name}/cache",
            "BENCH_CONFIG": f"{name}/bench.toml",
            "BENCH_TRUST": "1",
        }
        costs, rows = measured(folder, asked.namespaces)
    head = ["workers", "cores", "real, s", "simulated, s", "real / simulated"]
    print(tabulate(rows, head, floatfmt=".2f"))
    said = f"parent {1e3 * costs.parent:.1f} ms, worker {1e3 * costs.worker:.0f} ms"
    print(f"besides a fold: {said}; start {costs.start:.2f} s\n")
    slow = costs._replace(parent=costs.parent + 0.02)
    longest_first = list(folds[::-1])
    alone = float(folds.sum())
    table = []
    for workers in THERE:
        times = (
            simulate(longest_first, workers, costs),
            simulate(longest_first, workers, slow),
            simulate(longest_first, workers, costs, lost=0.1),
        )
        table.append([workers, *(f"{t:.0f} s, {alone / t / workers:.0%}" for t in times)])
    head = ["workers", "wall time, efficiency", "20 ms a record", "a worker lost in 10 h"]
    print(f"{UNITS:,} folds of {alone / UNITS:.1f} s in the mean, {folds[-1]:.0f} s at most")
    print(tabulate(table, head, disable_numparse=True))


if __name__ == "__main__":
    main()
