"""What a user feels: help and listings, a large plan, a re-run with nothing to do, the own share.

`python -m benchmarks.harness` works on a toy dataset with methods that only sleep.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from tabulate import tabulate

TOY = """
import time
from dataclasses import dataclass
import numpy as np
from bench import Clip, Dataset, DatasetFacts, Facts, Index, Labelling, Method, Model
from bench.views.catalog import provided

class Toy(Dataset):
    name = "toy"
    facts = DatasetFacts("Toy", "", 2026, "", "", "")
    labellings = {str(n): Labelling(("a", "b"), {"a": "a", "b": "b"}) for n in range(10)}
    ships = frozenset({"numbers"})

    def index(self):
        files = sorted(self.root.glob("*/*"))
        return Index(tuple(
            Clip("toy", f.parent.name, f.name, "ab"[i % 2], f.parent, (f.name,))
            for i, f in enumerate(files)))

    def read(self, clip):
        return {"numbers": np.zeros(4)}

class Guess(Model):
    def predict(self, clips):
        return np.ones((len(clips), 2))

def sleeper(number):
    @dataclass(frozen=True)
    class Sleeper(Method):
        name = f"sleeper{number}"
        needs = frozenset({"numbers"})
        facts = Facts("Sleeper", "", 2026, "", "code")
        def describe(self, clip):
            return provided(clip, "numbers")
        def fit(self, train, context):
            time.sleep(0.25)
            return Guess()
    Sleeper.__qualname__ = f"Sleeper{number}"
    return Sleeper

for number in range(20):
    globals()[f"Sleeper{number}"] = sleeper(number)
"""


def once(folder: Path, *words: str) -> float:
    """Wall time of a command."""
    command = [sys.executable, "-m", "bench", *words]
    # The command runs in another folder, from where `bench` need not be importable.
    env = {
        **os.environ,
        "BENCH_TRUST": "1",
        "BENCH_CACHE": str(folder / "cache"),
        "PYTHONPATH": str(Path.cwd()),
    }
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    return time.perf_counter() - begun


def seconds(folder: Path, *words: str) -> float:
    """Wall time of a command, the least of three."""
    return min(once(folder, *words) for _ in range(3))


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "toy.py").write_text(TOY)
        (folder / "bench.toml").write_text('plugins = ["toy.py"]\n[roots]\ntoy = "data"\n')
        for person in range(68):
            (folder / "data" / f"p{person:02d}").mkdir(parents=True)
            for clip in range(6):
                (folder / "data" / f"p{person:02d}" / f"c{clip}").write_text(str(np.pi))
        everything = ("-m", "sleeper*", "-d", "toy", "--tasks", "all")
        start = seconds(folder, "list", "methods")
        rows = [
            ("bench -h", seconds(folder, "-h"), "0.5 s"),
            ("bench list", start, "0.5 s"),
            (
                "plan of 20 methods x 10 tasks x 5 seeds, beyond start-up",
                seconds(folder, "plan", *everything, "--seeds", "0-4", "--json") - start,
                "1 s",
            ),
        ]
        one = ("run", "-m", "sleeper0,sleeper1", "-d", "toy", "--jobs", "1")
        # It leaves the descriptions in the cache, but its records elsewhere: the run below has all
        # folds to fit and nothing to describe.
        startup = once(folder, *one, "--limit-folds", "1", "--results", "trial")
        wall = once(folder, *one)
        records = list((folder / "results" / "records").rglob("*.json"))
        busy = sum(json.loads(path.read_text())["seconds"]["fit"] for path in records)
        rows.append(
            (f"re-run of {len(records)} folds, nothing to do", seconds(folder, *one), "2 s")
        )
        print(tabulate(rows, ("what", "seconds", "to stay under"), floatfmt=".2f"))
        own = (wall - startup - busy) / busy
        print(
            f"a run of {len(records)} folds, {busy:.0f} s in methods, took {wall:.1f} s: "
            f"{startup:.1f} s to start, read and describe, then {own:.1%} beside the methods"
        )


if __name__ == "__main__":
    main()
