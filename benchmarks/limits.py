"""What the networks' time is spent on: `python -m benchmarks.limits [METHODS]`.

Four epochs of a fold of the small SYNTHETIC stand-ins, one thread, by torch's profiler. What the
shared training loop could save is at most "optimiser" and "other", and of the latter only what is
no activation, copy or random number of the network's own: 18 to 27 % when this was written, so that
no loop could be 1.5 times as fast. Convolutions would be faster in channels-last memory, which
corrupts the heap with torch 2.14 (see `bench.methods.mfvan.optimisation.placed`).
"""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter

import torch
from tabulate import tabulate
from torch.profiler import ProfilerActivity, profile

from bench.cache.cache import Cache
from bench.cli.prepare import Request, prepare
from bench.planning.plan import Unit
from bench.running.describe import describe_all, lacking_jobs
from bench.running.jobs import fit_job, setting
from bench.running.options import RunOptions
from bench.running.progress import Nobody
from bench.running.worker import fit

METHODS = "offapex,rcn,dualinception,featref,sssnet,shcfnet"
EPOCHS = 4
KINDS = {
    "convolution": ("conv",),
    "matrix product": ("addmm", "aten::mm", "bmm"),
    "pooling": ("pool",),
    "normalisation": ("norm",),
    "optimiser": ("adam", "optimizer", "sgd"),
}


def kind(operation: str) -> str:
    """The row of an operation."""
    words = operation.lower()
    return next((name for name, parts in KINDS.items() if any(p in words for p in parts)), "other")


def shares(unit: Unit, options: RunOptions, cache: Cache) -> tuple[float, Counter[str]]:
    """Milliseconds of a short fit, and of each kind."""
    shared = setting(unit.cell, cache)
    short = dataclasses.replace(shared.method, epochs=EPOCHS)  # type: ignore[type-var]
    shared = dataclasses.replace(shared, method=short)
    job = fit_job(unit, options)
    fit(shared, job)  # what is imported and allocated once
    with profile(activities=[ProfilerActivity.CPU]) as found:
        fit(shared, job)
    counts: Counter[str] = Counter()
    for event in found.key_averages():
        counts[kind(event.key)] += event.self_cpu_time_total
    total = sum(counts.values())
    return total / 1e3, Counter({name: value / total for name, value in counts.items()})


def main() -> None:
    torch.set_num_threads(1)
    options = RunOptions(engine="serial", device="cpu")
    methods = sys.argv[1] if len(sys.argv) > 1 else METHODS
    prepared = prepare(Request(methods, "3db", protocol="kfold:5", preset="quick"), options)
    cache = prepared.settings.cache
    first = {unit.cell.row.method.name: unit for unit in reversed(prepared.plan.units)}
    units = [unit for unit in first.values() if hasattr(unit.cell.row.method, "epochs")]
    describe_all(lacking_jobs(units, cache), cache, options, Nobody())
    rows = []
    for unit in sorted(units, key=lambda unit: methods.find(unit.cell.row.method.name)):
        total, share = shares(unit, options, cache)
        rows.append(
            [
                unit.cell.row.method.name,
                f"{total / EPOCHS:.0f}",
                *(f"{share[name]:.0%}" for name in (*KINDS, "other")),
            ]
        )
    print(tabulate(rows, ["method", "ms an epoch", *KINDS, "other"], disable_numparse=True))


if __name__ == "__main__":
    main()
