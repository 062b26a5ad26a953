"""`bench.fit` and `bench.load_model`: trained models in notebooks and scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cli.common import workspace
from bench.cli.fit import fitted
from bench.cli.prepare import Request
from bench.core.types import ApexPolicy
from bench.deploy.clips import Keys
from bench.deploy.folder import load, save
from bench.deploy.predict import predict_files
from bench.deploy.predictions import Predictions
from bench.deploy.trained import Trained
from bench.deploy.training import EVERYBODY
from bench.running.options import RunOptions


@dataclass(frozen=True)
class TrainedModel(Trained):
    """A trained model; `.card` is what is known of it."""

    def predict(
        self,
        path: str | Path,
        onset: int | str = "",
        apex: int | str = "",
        offset: int | str = "",
        align: bool = True,
    ) -> Predictions:
        """Predict the clips of a video, a folder of frames, or a csv that lists such.

        Args:
            path: of the video, folder or csv.
            onset: its frame number, or seconds as "2.4s"; found where none is given.
            apex: the same.
            offset: the same.
            align: find the face and align it; False takes frames that are aligned faces already.

        Raises:
            BenchError: a clip that cannot be read, a face that is not found, or a model that needs
                what no video has.
        """
        keys = Keys(str(onset), str(apex), str(offset))
        return predict_files(self, Path(path), keys, "align" if align else "none")

    def save(self, folder: str | Path, force: bool = False) -> None:
        """Write the model to a folder; `force` replaces the one that is there."""
        save(self, Path(folder), force)


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
    tune: str | Sequence[str] = (),
    inner: int = 0,
    device: str = "auto",
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
        tune: "C=0.1,1,10", or several: chosen on the training subjects, by `inner` folds.
        inner: folds that choose.
        device: of torch methods.
        jobs: processes that describe clips; one per core by default.

    Returns:
        the model.

    Raises:
        BenchError: anything unknown, or a method that cannot be trained.
    """
    request = Request(
        method, dataset, tasks=task, seeds=str(seed), apex=apex, preset=preset,
        results=None if results is None else Path(results),
        plugin=[Path(one) for one in plugins], tune=[tune] if isinstance(tune, str) else list(tune),
    )  # fmt: skip
    options = RunOptions(jobs=jobs, device=device, inner=inner)
    trained = fitted(request, options, subjects, without)
    return TrainedModel(trained.card, trained.method, trained.model)


def load_model(folder: str | Path, plugins: Sequence[str | Path] = ()) -> TrainedModel:
    """A model that `bench fit` or `.save` wrote; of all code only that of its method runs.

    Args:
        folder: of the model.
        plugins: files of your own methods.

    Raises:
        BenchError: no model, one that is damaged, or of a method that is not at hand.
    """
    registry, _ = workspace([Path(one) for one in plugins])
    trained = load(Path(folder), registry)
    return TrainedModel(trained.card, trained.method, trained.model)
