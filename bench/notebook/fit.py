"""`bench.fit` and `bench.load_model`: trained models in notebooks and scripts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.cli.common import workspace
from bench.cli.fit import fitted
from bench.cli.prepare import Request
from bench.core.types import ApexPolicy
from bench.deploy.folder import load
from bench.deploy.trained import TrainedModel
from bench.deploy.training import EVERYBODY
from bench.running.options import Device, RunOptions


def fit(
    method: str,
    dataset: str,
    task: str = "",
    *,
    subjects: str = EVERYBODY,
    without: str = "",
    seed: int = 0,
    preset: str = "",
    apex: ApexPolicy = "given",
    results: str | Path | None = None,
    plugins: Sequence[str | Path] = (),
    device: Device = "auto",
    jobs: int | None = None,
) -> TrainedModel:
    """Train a method once, as `bench fit` does.

    Args:
        method: its name, "mfvan:delta" or "ststnet:epochs=50".
        dataset: its name.
        task: of the dataset; by default its first.
        subjects: to train on, comma-separated names or globs; all by default.
        without: subjects to leave out; a single one gives the model of its LOSO fold.
        seed: random seed.
        preset: configuration of the method; by default the paper's, or `quick` on stand-ins.
        apex: where apex frames come from.
        results: folder of records, in which the model's LOSO score is looked up.
        plugins: files of your own methods and datasets.
        device: of torch methods.
        jobs: processes that describe clips; one per core by default.

    Returns:
        the model: `.predict("clip.mp4")`, `.save(folder)`, and `.card`, what is known of it.

    Raises:
        BenchError: anything unknown, or a method that cannot be trained.
    """
    request = Request(
        method, dataset, tasks=task, seeds=str(seed), apex=apex, preset=preset,
        results=None if results is None else Path(results),
        plugin=[Path(one) for one in plugins],
    )  # fmt: skip
    return fitted(request, RunOptions(jobs=jobs), device, subjects, without)


def load_model(folder: str | Path, plugins: Sequence[str | Path] = ()) -> TrainedModel:
    """A model that `bench fit` or `.save` wrote; of all code only that of its method runs.

    Args:
        folder: of the model.
        plugins: files of your own methods.

    Raises:
        BenchError: no model, one that is damaged, or of a method that is not at hand.
    """
    registry, _ = workspace([Path(one) for one in plugins])
    return load(Path(folder), registry)
