"""`python -m studies.mfvan`: fit recorded folds again, measure the claims, print them as tables.

Reads the results of this directory's `bench.toml` (or BENCH_CONFIG), where `bench run` has left
records of the methods on SYNTHETIC stand-ins, and leaves what it measured of each fold in the
results folder's `study-mfvan`: a second call measures only what is missing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

import numpy as np
from tabulate import tabulate
from threadpoolctl import threadpool_limits

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.file_names import safe
from bench.core.types import Array
from bench.data.task import Task, read_tasks
from bench.datasets.synthetic.truth import read_truth
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, chosen_datasets, read_settings
from bench.report.evidence import gather
from bench.report.refit import refit, units_of
from bench.running.options import RunOptions
from bench.statistics import bootstrap_mean
from bench.store.store import Store
from studies.mfvan.fold import Measured, measure, packed

LABELS = ("mfvan", "mfvan:no-ri", "mfvan:delta", "mfvan:delta-no-ri", "offapex")
FEATURES = ("g", "v1", "v2", "v3")
OPTIONS = RunOptions(device="cpu", timeout=3600)
"""Of refitting one fold."""


def study(label: str, task: Task, registry: Registry, settings: Settings, seed: int) -> Measured:
    """Every recorded fold of one method and seed, measured or read back, with "people" beside."""
    evidence = gather(Store(settings.results), registry, label, task.name)
    found = []
    for unit in units_of(evidence, registry, task):
        if unit.cell.seed != seed:
            continue
        name = f"{safe(label, ':')}-{unit.cell.family}-s{seed}-{safe(unit.fold.name)}.npz"
        path = settings.results / "study-mfvan" / name
        people = task.people[unit.fold.test]
        if not path.exists():
            again = refit(unit, evidence, settings.cache, OPTIONS)
            print(f"{label}: {again.about}", flush=True)
            clips = [task.clips[i] for i in unit.fold.test]
            truths = [read_truth(settings.roots[c.database], c.subject, c.name) for c in clips]
            # What is lost can be measured again, so it need not wait for the disk.
            write_atomically(path, packed(measure(again, people, truths)), durable=False)
        with np.load(path) as file:
            found.append({**file, "people": people})
    if not found:
        raise BenchError(f"no finished fold of {label} with seed {seed}; run it first")
    return {name: np.concatenate([fold[name] for fold in found]) for name in found[0]}


def contrasts(found: Mapping[str, Measured]) -> Iterator[tuple[str, Array]]:
    """Differences clip by clip that decide the claims; folds hold out the same clips."""
    for label, of in found.items():
        for name in sorted(of):
            if name.startswith("moved scale"):
                yield f"{label}: {name} - area", of[name] - of["moved area"]
                yield f"{label}: {name} - difference", of[name] - of["moved difference"]
                if "offapex" in found:
                    cam = found["offapex"]["moved grad-cam"]
                    yield f"{label}: {name} - Grad-CAM of offapex", of[name] - cam
        if "all patches" in of:
            whole = of["all patches"]
            yield f"{label}: right, without masked - all", of["without masked"] - whole
            random = of["without random"]
            yield f"{label}: right, without masked - random", of["without masked"] - random
    for on, off in (("mfvan", "mfvan:no-ri"), ("mfvan:delta", "mfvan:delta-no-ri")):
        if on in found and off in found:
            for feature in FEATURES:
                name = f"person from {feature}"
                yield f"{name}: {on} - {off}", found[on][name] - found[off][name]


def row(words: list[str], values: Array, people: Array) -> list[str]:
    """A mean over clips with its 95 % interval, subjects resampled."""
    # The same resamples for every row, so that intervals differ by the values alone.
    low, high = bootstrap_mean(values, people, np.random.default_rng(0))
    known = int((~np.isnan(values)).sum())
    return [*words, f"{np.nanmean(values):.3f}", f"[{low:.3f}, {high:.3f}]", str(known)]


def main() -> None:
    parser = argparse.ArgumentParser("python -m studies.mfvan", description=__doc__)
    parser.add_argument("--methods", default=",".join(LABELS), help="labels with records")
    parser.add_argument("--task", default="3db/3", help="task of the records")
    parser.add_argument("--seed", type=int, default=0, help="root seed of the records")
    chosen = parser.parse_args()
    registry, settings = read_settings(needed=True)
    name, _, word = chosen.task.partition("/")
    (dataset,), settings = chosen_datasets(registry, settings, name, 1, lambda *_: None)
    (task,) = read_tasks(dataset, [word], settings.cache).all()
    if not task.synthetic:
        raise BenchError(f"{chosen.task} is real data: where its faces truly move is not known")
    # One thread as in a worker, so that a fold predicts as its record does.
    with threadpool_limits(1):
        found = {
            label: study(label, task, registry, settings, chosen.seed)
            for label in chosen.methods.split(",")
        }
    head = ["method", "measure", "mean", "95 % interval over subjects", "clips"]
    rows = [
        row([label, name], values, of["people"])
        for label, of in found.items()
        for name, values in of.items()
        if name != "people"
    ]
    print(f"\nSYNTHETIC, {chosen.task}, seed {chosen.seed}\n")
    print(tabulate(rows, head, tablefmt="github", disable_numparse=True))
    people = next(iter(found.values()))["people"]
    rows = [row([name], values, people) for name, values in contrasts(found)]
    print(
        "\n" + tabulate(rows, ["difference", *head[2:]], tablefmt="github", disable_numparse=True)
    )


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        raise SystemExit(f"studies.mfvan: {error}") from None
