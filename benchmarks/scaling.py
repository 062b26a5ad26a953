"""How a run scales past this machine: `python -m benchmarks.scaling [RESULTS]`.

First real runs on Dask workers of this machine, whose folds wait instead of computing, since the
workers share its cores; a simulation must predict their times from what one worker took. Then the
simulation for more workers than there are here. Its folds cost what the records in RESULTS say,
by default what those of the board synthetic-tiny-all range over.
"""

from __future__ import annotations

import heapq
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tabulate import tabulate

from bench.cli.prepare import Request, prepare
from bench.running.options import RunOptions
from bench.running.progress import Nobody
from bench.running.run import run
from bench.store.store import Store

NAP, SUBJECTS = 0.5, 24
HERE, THERE = (1, 2, 4), (1, 10, 40, 100, 400, 1000)
UNITS = 10_000
RANGE = (0.02, 70.0)
"""Seconds of the fastest and the slowest fold where no records are given."""

TOY = f"""
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
    pause: float = {NAP}
    def describe(self, clip):
        return provided(clip, "numbers")
    def fit(self, train, context):
        time.sleep(self.pause)
        return Guess()
"""


class Costs(NamedTuple):
    """Seconds besides those of the folds.

    Attributes:
        parent: of the one process that sends every fold and writes its record.
        worker: of a worker for every fold.
        start: until a worker's first fold.
    """

    parent: float
    worker: float
    start: float


def simulate(
    folds: Sequence[float], workers: int, costs: Costs, lost: float = 0.0, seed: int = 0
) -> float:
    """Seconds that folds take.

    Args:
        folds: seconds of each, in the order in which they start.
        workers: how many, each with one fold at a time.
        costs: besides.
        lost: how often an hour a worker is lost with its fold, which then runs again.
        seed: of the losses.
    """
    rng = np.random.default_rng(seed)
    free = [costs.start] * workers
    parent = end = 0.0
    waiting = list(reversed(folds))
    while waiting:
        seconds = waiting.pop()
        begun = max(heapq.heappop(free), parent)
        # The parent handles one fold at a time, before or after it.
        parent = max(parent, begun - costs.start) + costs.parent
        done = begun + costs.worker + seconds
        if rng.random() < -np.expm1(-lost * seconds / 3600):
            waiting.append(seconds)
            done = begun + rng.random() * seconds + costs.start
        heapq.heappush(free, done)
        end = max(end, done)
    return max(end, parent)


@dataclass
class Stopwatch(Nobody):
    """Watches a run: when folds began, and when each ended."""

    began: float = 0.0
    busy: float = 0.0
    times: list[float] = field(default_factory=list)

    def phase(self, name: str, jobs: Sequence[Any]) -> None:
        """A phase begins."""
        self.began, self.busy = time.monotonic(), time.process_time()
        self.times = []

    def ended(self, unit: Any, seconds: float) -> None:
        """A job has ended."""
        self.times.append(time.monotonic() - self.began)


def real(folder: Path, workers: int, method: str = "nap", seeds: str = "0") -> Stopwatch:
    """A run on so many Dask workers of this machine."""
    from distributed import LocalCluster

    watch = Stopwatch()
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        options = RunOptions("dask", cluster.scheduler_address, device="cpu")
        results = folder / f"on-{workers}-{seeds}"
        request = Request(method, "toy", seeds=seeds, results=results)
        prepared = prepare(request, options)
        store = Store(prepared.settings.results)
        run(prepared.plan, store, prepared.settings.cache, prepared.options, watch)
    watch.busy = time.process_time() - watch.busy
    return watch


def checked(folder: Path) -> tuple[Costs, list[list[object]]]:
    """Costs measured with one worker, and the simulation beside real runs."""
    rows: list[list[object]] = []
    # Many folds that do nothing, so that what a run costs once does not count.
    watch = real(folder, 2, "nap:pause=0", "0-19")
    costs = Costs(watch.busy / len(watch.times), 0, 0)
    folds = [NAP] * SUBJECTS
    for workers in HERE:
        watch = real(folder, workers)
        if not rows:
            gap = float(np.median(np.diff(watch.times))) - NAP
            costs = costs._replace(worker=gap, start=watch.times[0] - NAP)
        # Starting is work, and here shared by the cores of one machine.
        start = costs.start * max(1, workers / (os.cpu_count() or 1))
        foretold = simulate(folds, workers, costs._replace(start=start))
        rows.append([workers, watch.times[-1], foretold, watch.times[-1] / foretold])
    return costs, rows


def main() -> None:
    results = Store(Path(sys.argv[1])) if len(sys.argv) > 1 else None
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
        costs, rows = checked(folder)
    head = ["workers", "real, s", "simulated, s", "real / simulated"]
    print(tabulate(rows, head, floatfmt=".2f"))
    parent, worker, start = costs
    words = f"parent {1e3 * parent:.1f} ms, worker {1e3 * worker:.0f} ms; start {start:.1f} s"
    print(f"besides a fold: {words}\n")
    slow = costs._replace(parent=parent + 0.02)
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
