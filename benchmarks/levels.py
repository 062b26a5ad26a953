"""How hard the SYNTHETIC stand-ins are: `python -m benchmarks.levels [tiny|3db]`.

Runs the reference rows and a few plain methods under leave-one-subject-out on one set (seed 0)
and prints pooled UF1 beside what docs/synthetic.md says, in the order that must hold. The full
set takes about half an hour on two cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tabulate import tabulate

EXPECTED = {
    "tiny": {
        "majority": 0.18,
        "onsetcontrol": 0.33,
        "lbptop": 0.65,
        "apexpixels": 0.73,
        "flowsvm": 0.78,
        "auoracle": 0.90,
    },
    "3db": {
        "majority": 0.24,
        "onsetcontrol": 0.39,
        "lbptop": 0.57,
        "apexpixels": 0.58,
        "flowsvm": 0.67,
        "auoracle": 0.91,
    },
}
"""UF1 in the order that must hold; single sets spread by .03 to .08."""
NEAR = 0.1


def bench(folder: Path, *words: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(Path.cwd()), "BENCH_CONFIG": str(folder / "bench.toml")}
    command = [sys.executable, "-m", "bench", *words]
    done = subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True, text=True)
    return done.stdout


def main(preset: str) -> None:
    expected = EXPECTED[preset]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # BENCH_CONFIG must name a file that exists, even before there are roots to write into it.
        (folder / "bench.toml").touch()
        told = bench(folder, "data", "make", "--preset", preset)
        (folder / "bench.toml").write_text(told[told.index("[roots]") :])
        bench(folder, "run", "-m", ",".join(expected), "-d", "3db", "--results", "results")
        rows = json.loads(bench(folder, "board", "--results", "results", "--format", "json"))
    (table,) = rows["tables"]
    found = {row["label"]: row["scores"]["uf1"]["value"] for row in table["rows"]}
    lines = [
        (method, found[method], level, "as it should" if abs(found[method] - level) < NEAR else "!")
        for method, level in expected.items()
    ]
    print(f"SYNTHETIC, preset {preset}, 3db/3")
    print(tabulate(lines, ("method", "UF1", "documented", ""), floatfmt=".3f"))
    scores = [found[method] for method in expected]
    ceiling = found["auoracle"] >= max(scores) - NEAR / 2
    print("the ceiling is the ceiling" if ceiling else "a method lies above the ceiling: a leak?")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tiny")
