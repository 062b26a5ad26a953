"""Predicting clips with a trained model: one's own, or those of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from bench.cache.cache import Cache
from bench.core.clip import Clip
from bench.core.dataset import Dataset, Index
from bench.core.errors import BenchError, DataError, in_a_line
from bench.core.names import TaskName
from bench.core.types import Description
from bench.data.apex import with_apexes
from bench.data.fingerprint import digests, identities
from bench.data.reading.mesh import find_model
from bench.deploy.clips import Crop, Keys, OwnClip, open_clip, wanted
from bench.deploy.predictions import Prediction, Predictions, of_scores
from bench.deploy.trained import Trained
from bench.views.catalog import servable, view_versions
from bench.views.opening import views_of

FRAMES = frozenset({"frames"})


def _nothing(*_: object) -> None:
    """Shows no progress."""


def predict_files(
    trained: Trained,
    path: Path,
    keys: Keys,
    crop: Crop = "align",
    face_model: Path | None = None,
    each: Callable[[OwnClip, Prediction], None] = _nothing,
    progress: Callable[[int, int], None] = _nothing,
) -> Predictions:
    """Predict the clips of a video, a folder of frames, or a csv that lists such.

    Args:
        trained: the model.
        path: of the video, folder or csv.
        keys: key frames of a single clip.
        crop: "align" the face, or "none".
        face_model: MediaPipe's face mesh; by default one from an installed package.
        each: called with each clip while it is at hand.
        progress: called with clips done and their total.

    Raises:
        BenchError: a clip that cannot be read, a face that is not found, or a model that needs what
            frames do not have.
    """
    check_views(trained, FRAMES, "a video or a folder of frames")
    remarks = list(view_remarks(trained, FRAMES))
    clips = wanted(path, keys)
    mesh = find_model(face_model) if crop == "align" else None
    rows = []
    for done, one in enumerate(clips, start=1):
        clip = open_clip(one, crop, mesh, trained.card.apex, remarks.append)
        (scores,) = of_scores(trained.scores([_described(trained, clip)]))
        row = Prediction(
            clip.name, clip.subject, scores, clip.onset, clip.apex, clip.offset, clip.span,
            clip.apex_source, clip.face,
        )  # fmt: skip
        rows.append(row)
        each(clip, row)
        progress(done, len(clips))
    return Predictions(trained.card.classes, tuple(rows), tuple(dict.fromkeys(remarks)))


def _described(trained: Trained, clip: OwnClip) -> Description:
    try:
        return trained.describe(clip.views)
    except BenchError:
        raise
    except Exception as error:  # a plugin may raise anything
        raise BenchError(
            f"{trained.card.label}: describing {clip.name} fails: {in_a_line(error)}"
        ) from error


def predict_dataset(
    trained: Trained,
    dataset: Dataset,
    clips: Sequence[Clip],
    cache: Cache,
    threads: int = 1,
    progress: Callable[[int, int], None] = _nothing,
) -> Predictions:
    """Predict clips of a dataset, labelled or not.

    A subject's clips are scored together, as in a fold of leave-one-subject-out: the last bit of a
    sum can depend on how many rows are scored at once.

    Args:
        trained: the model.
        dataset: reads the clips.
        clips: of its index.
        cache: of views and spotted apexes.
        threads: for spotting.
        progress: called with clips done and their total.

    Raises:
        DataError: a clip that cannot be read.
        BenchError: a model that needs what the dataset does not ship.
    """
    check_views(trained, dataset.sources, dataset.name)
    clips = sorted(clips, key=lambda clip: clip.id)
    marks = identities(dataset, clips, digests(clips, cache, dataset.name))
    named = with_apexes(dataset, clips, marks, trained.card.apex, cache, threads)
    pairs = [(_sound(clip), mark) for clip, mark in zip(named, marks, strict=True)]
    rows: list[Prediction] = []
    for person, group in groupby(sorted(pairs, key=_person), key=_person):
        own = list(group)
        described = [trained.describe(views_of(dataset, clip, mark, cache)) for clip, mark in own]
        for (clip, _), scores in zip(own, of_scores(trained.scores(described)), strict=True):
            rows.append(_row(clip, person, scores, trained))
        progress(len(rows), len(pairs))
    remarks = list(view_remarks(trained, dataset.sources))
    if known := sum(bool(row.trained_on) for row in rows):
        remarks.append(
            f"{known} of the {len(rows)} clips are of subjects that the model was trained on: "
            "their scores say nothing about other people"
        )
    return Predictions(trained.card.classes, tuple(rows), tuple(remarks))


def _person(pair: tuple[Clip, str]) -> str:
    return pair[0].person


def _sound(clip: Clip | DataError) -> Clip:
    if isinstance(clip, DataError):
        raise clip
    return clip


def _row(clip: Clip, person: str, scores: tuple[float, ...], trained: Trained) -> Prediction:
    source = "" if clip.apex is None and clip.apex_source == "absent" else clip.apex_source
    return Prediction(
        clip.id, person, scores, apex_source=source, trained_on=person in trained.card.subjects
    )


def chosen_clips(index: Index, dataset: Dataset, task: str, part: str) -> list[Clip]:
    """Clips of a dataset to predict.

    Args:
        index: of the dataset.
        dataset: its labellings.
        task: the model's, for "labelled".
        part: "all"; "unlabelled": those that no labelling has a class for; "labelled": the clips of
            the model's task.

    Raises:
        BenchError: there are none.
    """
    every = list(index.clips)
    if part == "unlabelled":
        labellings = dataset.labellings.values()
        every = [clip for clip in every if all(one.label(clip) is None for one in labellings)]
    elif part == "labelled":
        name = TaskName.parse(task).labelling
        if name not in dataset.labellings:
            raise BenchError(f"--part labelled: {dataset.name} has no classes {name!r}")
        every = [clip for clip in every if dataset.labellings[name].label(clip) is not None]
    if not every:
        raise BenchError(f"{dataset.name}: no clip to predict (--part {part})")
    return every


def check_views(trained: Trained, sources: frozenset[str], what: str) -> None:
    """Raise `BenchError` where a method needs what clips do not have."""
    if lacking := sorted(trained.method.needs - servable(sources)):
        raise BenchError(
            f"{trained.card.label} needs {', '.join(lacking)}, which {what} does not have"
        )


def view_remarks(trained: Trained, sources: frozenset[str]) -> Iterator[str]:
    """How the signals of these clips differ from those of training, a sentence each."""
    method, before = trained.method, trained.card.inputs["views"]
    today = view_versions(method.needs | method.takes, sources)
    own = sorted((method.needs & today.keys()) - before.keys())
    if own:
        yield (
            f"{', '.join(own)}: computed from frames here, but shipped by the dataset in training; "
            "another algorithm gives other values, and so other scores"
        )
    for name in sorted(before.keys() & today.keys()):
        if before[name] != today[name]:
            yield f"{name}: version {today[name]} today, version {before[name]} in training"
