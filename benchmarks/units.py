"""What a unit costs the harness: `python -m benchmarks.units [UNITS]`, 100,000 by default.

Ten methods that do nothing on a toy dataset of 442 clips and 68 subjects, with as many seeds as it
takes. Each line is the processor time of one command, its start and its workers included, and the
most memory that it held. With 100,000 units it takes some minutes and 500 MB of disk.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

METHODS, SUBJECTS, CLIPS = 10, 68, 442

TOY = """
import os
import signal
from dataclasses import dataclass
import numpy as np
from bench import Clip, Dataset, DatasetFacts, Facts, Index, Labelling, Method, Model
from bench.views.catalog import provided

if os.environ.get("UNITS_FSYNC") == "0":
    os.fsync = lambda handle: None  # the disk is not what is measured

class Toy(Dataset):
    name = "toy"
    facts = DatasetFacts("Toy", "", 2026, "", "", "")
    labellings = {"3": Labelling(("a", "b", "c"), {"a": "a", "b": "b", "c": "c"})}
    ships = frozenset({"numbers"})

    def index(self):
        files = sorted(self.root.glob("*/*"))
        return Index(tuple(
            Clip("toy", f.parent.name, f.name, "abc"[i % 3], f.parent, (f.name,))
            for i, f in enumerate(files)))

    def read(self, clip):
        return {"numbers": np.zeros(4)}

class Guess(Model):
    def predict(self, clips):
        return np.ones((len(clips), 3)) / 3

def nothing(number):
    @dataclass(frozen=True)
    class Nothing(Method):
        name = f"nothing{number}"
        needs = frozenset({"numbers"})
        facts = Facts("Nothing", "", 2026, "", "code")
        def describe(self, clip):
            return provided(clip, "numbers")
        def fit(self, train, context):
            if os.environ.get("UNITS_STOP"):
                os.kill(os.getpid(), signal.SIGKILL)
            return Guess()
    Nothing.__qualname__ = f"Nothing{number}"
    return Nothing

for number in range(METHODS):
    globals()[f"Nothing{number}"] = nothing(number)
"""


class Cost(NamedTuple):
    """Of one command: processor time, s, and the most memory of one of its processes, MB."""

    seconds: float
    megabytes: float


def cost(folder: Path, *words: str, env: Mapping[str, str] | None = None) -> Cost:
    """Run a command of bench in the folder."""
    around = {
        **os.environ,
        "BENCH_TRUST": "1",
        "BENCH_CACHE": str(folder / "cache"),
        "PYTHONPATH": str(Path.cwd()),
        "UNITS_FSYNC": "0",
        **(env or {}),
    }
    command = [sys.executable, "-m", "bench", *words]
    with (folder / "said").open("w") as said:
        child = subprocess.Popen(command, cwd=folder, env=around, stdout=said, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, -9 if env else 0):
        sys.exit((folder / "said").read_text())
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def world(folder: Path) -> None:
    """The toy dataset, its methods and settings."""
    (folder / "toy.py").write_text(TOY.replace("METHODS", str(METHODS)))
    (folder / "bench.toml").write_text('plugins = ["toy.py"]\n[roots]\ntoy = "data"\n')
    for clip in range(CLIPS):
        person = folder / "data" / f"p{clip % SUBJECTS:02d}"
        person.mkdir(parents=True, exist_ok=True)
        (person / f"c{clip:03d}").write_text(str(clip))


def main(units: int) -> None:
    seeds = max(1, round(units / METHODS / SUBJECTS))
    units = seeds * METHODS * SUBJECTS

    def seeded(number: int) -> tuple[str, ...]:
        return ("-m", "nothing*", "-d", "toy", "--seeds", f"0-{number - 1}")

    every, one = seeded(seeds), seeded(1)
    two = ("-m", "nothing0,nothing1", "-d", "toy", "--seeds", str(seeds))
    serial = ("--engine", "serial")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world(folder)
        # Clips are described and code is compiled here, before anything is measured.
        cost(folder, "run", *one, *serial, "--limit-folds", "1", "--results", "trial")
        rows: list[tuple[str, Cost, str]] = []

        def add(what: str, found: Cost, target: str) -> None:
            rows.append((what, found, target))
            print(f"{what}: {found.seconds:.4g} s, {found.megabytes:.0f} MB", flush=True)

        add("start: bench list", cost(folder, "list", "methods"), "")
        add(f"plan {units:,} units", cost(folder, "plan", *every, "--json"), "")
        first = cost(folder, "run", *every, *serial, env={"UNITS_STOP": "1"})
        add(f"plan {units:,} units and start the first", first, "10 s, 500 MB")
        for words in (serial, ("--jobs", "1")):
            # The difference of two runs: both load features and draw figures once.
            few, many = (
                cost(folder, "run", *seeded(n), *words, "--results", f"{words[1]}-{n}")
                for n in (1, 5)
            )
            each = (many.seconds - few.seconds) / (4 * METHODS * SUBJECTS)
            add(f"a unit, {' '.join(words)}", Cost(each, many.megabytes), "0.001 s")
        cost(folder, "run", *two, *serial, "--results", "two")
        again = cost(folder, "run", *two, *serial, "--results", "two")
        add(f"run {2 * SUBJECTS} units again, nothing to do", again, "0.7 s")
        add(f"run {units:,} units", cost(folder, "run", *every, *serial), "")
        records = sum(1 for _ in (folder / "results").rglob("records/**/*.json"))
        if records != units:
            sys.exit(f"{records} records of {units}")
        add(f"run {units:,} units again, nothing to do", cost(folder, "run", *every), "10 s")
        add(f"board of {units:,} records", cost(folder, "board"), "20 s")
    table = [(what, f"{c.seconds:.4g}", f"{c.megabytes:.0f}", aim) for what, c, aim in rows]
    print(tabulate(table, ("what", "processor s", "MB", "to stay under"), disable_numparse=True))
    print(json.dumps({what: c._asdict() for what, c, _ in rows}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
