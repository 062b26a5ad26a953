"""How far a file per unit carries: `python -m benchmarks.records [RECORDS ...] [--cold]`.

By default 10,000 and 100,000 records. A run makes those of one seed; the store's own writer makes
the others of them, with another seed, key, seal and signature, until a run of all seeds finds
nothing to do. A million take 4 GB of disk, about as much memory, and a quarter of an hour of
processor time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

from bench.cache.files import keys_with
from bench.store.files import files_of
from bench.store.provenance import sign
from bench.store.record_file import encode
from bench.store.store import Store
from benchmarks.units import METHODS, SUBJECTS, Cost, cost, world

CACHES = Path("/proc/sys/vm/drop_caches")
RUN = ("run", "-m", "nothing*", "-d", "toy", "--engine", "serial", "--seeds")


class Timed(NamedTuple):
    """Of a command: its processor time and memory, and wall time in seconds."""

    cost: Cost
    wall: float


def timed(folder: Path, *words: str) -> Timed:
    """Run a command of bench in the folder."""
    began = time.monotonic()
    found = cost(folder, *words)
    return Timed(found, time.monotonic() - began)


def seeded(store: Store, seeds: range) -> None:
    """Write the records of more seeds, from those of seed 0."""
    real = [one for one in store.records() if one.inputs["seed"] == 0]
    for seed in seeds:
        for record in real:
            inputs = {**record.inputs, "seed": seed}
            another = record.with_(inputs=inputs, key=keys_with(inputs)(record.fold))
            path = store.path_of(another)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode(another, sign))


def on_disk(folder: Path) -> tuple[int, float]:
    """Inodes, and MB of whole blocks, of all below a folder."""
    inodes = blocks = 0
    for parent, _, names in os.walk(folder):
        for name in (*names, "."):
            blocks += os.lstat(f"{parent}/{name}").st_blocks
        inodes += len(names) + 1
    return inodes, blocks * 512 / 1e6


def measured(folder: Path, seeds: int, cold: bool) -> list[str]:
    """A row of the table, in the folder of a world with records of so many seeds."""
    results = folder / "results"
    inodes, size = on_disk(results / "records")
    began = time.process_time()
    count = len(files_of(results, "record"))
    listing = time.process_time() - began
    status = timed(folder, "status")
    again = timed(folder, *RUN, f"0-{seeds - 1}")
    said = (folder / "said").read_text()
    if f"Nothing left to run; {count} reused" not in said:
        sys.exit(f"the store does not accept all of {count} records:\n{said}")
    board = timed(folder, "board")
    row = [f"{count:,}", f"{inodes:,}", f"{size:.0f}", f"{listing:.2f}"]
    row += [f"{one.cost.seconds:.1f}" for one in (status, again, board)]
    row.append(f"{max(one.cost.megabytes for one in (status, again, board)):.0f}")
    if cold:
        os.sync()
        CACHES.write_text("3\n")
        began = time.monotonic()
        files_of(results, "record")
        row += [f"{time.monotonic() - began:.1f}", f"{timed(folder, 'status').wall:.1f}"]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records")
    parser.add_argument("records", nargs="*", type=int, default=[10_000, 100_000])
    said = "the most also from a cold cache: empties that of the whole machine (Linux, root)"
    parser.add_argument("--cold", action="store_true", help=said)
    asked = parser.parse_args()
    if min(asked.records) < 1:
        parser.error("expected numbers of records from 1 on")
    if asked.cold and not os.access(CACHES, os.W_OK):
        sys.exit(f"--cold needs root, to write {CACHES}")
    head = ["records", "inodes", "MB", "listing", "status", "run again", "board", "memory, MB"]
    head += ["cold: listing", "cold: status"] * asked.cold
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world(folder)
        cost(folder, *RUN, "0")
        done = 1
        for wanted in sorted(asked.records):
            seeds = max(done, round(wanted / METHODS / SUBJECTS))
            seeded(Store(folder / "results"), range(done, seeds))
            done = seeds
            rows.append(measured(folder, seeds, asked.cold and wanted == max(asked.records)))
            print(dict(zip(head, rows[-1], strict=False)), flush=True)
    print("processor seconds; from a cold cache seconds")
    print(tabulate(rows, head, disable_numparse=True, stralign="right"))


if __name__ == "__main__":
    main()
