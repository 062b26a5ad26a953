"""Jobs of workers and their outcomes: describe one clip, or fit and predict one fold."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.cache.cache import Cache
from bench.cache.files import key
from bench.core.clip import UNIT_CODES, Clip
from bench.core.dataset import Dataset
from bench.core.seeds import derived_seed
from bench.core.types import Array, Gender
from bench.core.words import Status
from bench.planning.plan import Cell, Unit
from bench.plugins.configure import Configured
from bench.plugins.method import Method
from bench.plugins.tuning import Tuning
from bench.running.device import NOWHERE, Used
from bench.running.options import RunOptions
from bench.store.environment import Environment
from bench.views.clip_views import Views
from bench.views.opening import clip_digest, without


@dataclass(frozen=True)
class Describe:
    """One clip to describe for several methods, so that its frames are decoded once.

    Attributes:
        dataset: what reads the clip.
        clip: without its annotations, but for action units where a method declares them.
        digest: of its bytes.
        rows: methods with the key of what they return.
        cache: folder.
    """

    dataset: Dataset
    clip: Clip
    digest: str
    rows: tuple[tuple[str, Method], ...]
    cache: Path


@dataclass(frozen=True)
class Described:
    """How describing went.

    Attributes:
        failed: traceback by description key.
        unread: by description key, a sentence that names the frame that cannot be read.
    """

    failed: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)


def bare(clip: Clip, methods: Iterable[Method] = ()) -> Clip:
    """A clip without its annotations, but for the coded action units where a method asks for them.

    Args:
        clip: with all of them.
        methods: that describe it.
    """
    # A worker that describes opens files, and must hold nothing that tells the class.
    kept = clip.coded_units if any(map(sees_codes, methods)) else None
    return dataclasses.replace(
        clip, emotion="", action_units=None, coded_units=kept, objective=None, gender=None
    )


def sees_codes(method: Method) -> bool:
    """Whether a method declares that it sees the coded action units of a clip."""
    return UNIT_CODES in method.needs | method.takes


def allowed(method: Method, clip: Views) -> Views:
    """A clip as one method may see it: with coded action units only where it declares them."""
    return clip if sees_codes(method) else without(clip, UNIT_CODES)


@dataclass(frozen=True)
class Setting:
    """A method on the clips of a task: what all its folds have in common, whatever the seed.

    A worker gets it once, not with every fold; so it tells nothing of the held-out clips.

    Attributes:
        method: configured.
        descriptions: cache keys of all clips of the task, training and held-out.
        classes: number of classes.
        cache: folder.
        tuning: what every fold chooses on its training subjects; None where nothing is.
    """

    method: Method
    descriptions: tuple[str, ...]
    classes: int
    cache: Path
    tuning: Tuning | None = None


@dataclass(frozen=True)
class Fit:
    """One fold to fit and predict.

    Attributes:
        train, test: positions in the setting's `descriptions`.
        labels: of the training clips.
        subjects: of the training clips, numbered.
        action_units, genders: of the training clips.
        seed: of this fold.
        options: time limit, device, threads; whether checkpoints are scored and selected.
        weights: published for this fold, by name, in place of training; None where it is trained.
    """

    train: Array
    test: Array
    labels: Array
    subjects: Array
    action_units: tuple[frozenset[int] | None, ...]
    genders: tuple[Gender | None, ...]
    seed: int
    options: RunOptions
    weights: Mapping[str, Array] | None = None


@dataclass(frozen=True)
class Outcome:
    """How one fold ended.

    Attributes:
        status: "ok", or how it ended otherwise.
        scores: a row for each of `Fit.test`, in that order.
        seconds, parameters, error, trace, inner_step, curve, chosen: as in a record.
        used: the device that it was fitted on; of a fold that ended otherwise without a name.
        machine: where it was fitted; None: on this one.
    """

    status: Status
    scores: list[list[float]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    parameters: int | None = None
    error: str = ""
    trace: list[tuple[int, list[list[float]]]] = field(default_factory=list)
    inner_step: int | None = None
    curve: list[dict[str, float]] = field(default_factory=list)
    chosen: dict[str, Any] = field(default_factory=dict)
    used: Used = NOWHERE
    machine: Environment | None = None


def setting(cell: Cell, cache: Cache) -> Setting:
    """The setting of a cell: the same for all cells of its method and task."""
    task = cell.task
    pairs = zip(task.clips, task.digests, strict=True)
    return Setting(
        method=cell.row.method,
        descriptions=tuple(description_key(cell.row, clip, digest) for clip, digest in pairs),
        classes=len(task.classes),
        cache=cache.folder,
        tuning=cell.row.tuning,
    )


def fit_job(unit: Unit, options: RunOptions) -> Fit:
    """The job of a unit: all that its worker learns about it, beside the setting."""
    task, fold = unit.cell.task, unit.fold
    train = fold.train.tolist()
    # Numbers instead of names: nothing that a name says of a subject should reach a method.
    _, people = np.unique(task.subjects[fold.train], return_inverse=True)
    return Fit(
        train=fold.train,
        test=fold.test,
        labels=task.labels[fold.train],
        subjects=people,
        action_units=tuple([task.action_units[i] for i in train]),
        genders=tuple([task.genders[i] for i in train]),
        seed=derived_seed(unit.cell.seed, task.name, fold.name),
        options=options_of(unit.cell, options),
        weights=published_weights(unit),
    )


def options_of(cell: Cell, options: RunOptions) -> RunOptions:
    """Options of one cell: some variants are traced whether or not the user asks for it."""
    return dataclasses.replace(options, trace=True) if cell.row.traced else options


def published_weights(unit: Unit) -> Mapping[str, Array] | None:
    """The weights published for a fold, chosen by the subject that it holds out.

    Raises:
        BenchError: no file, or no weights in it.
    """
    weights = unit.cell.row.weights
    if weights is None:
        return None
    # Imported late: it needs torch, which few runs do in this process.
    from bench.learning.pretrained import read

    path = weights.file_of(unit.fold.name)
    # Arrays rather than the file, whose name and content may spell the subject.
    return {name: one.numpy() for name, one in read(str(path), weights.files[path.name]).items()}


def description_key(row: Configured, clip: Clip, digest: str) -> str:
    """Cache key of a method's description of a clip."""
    seen = clip_digest(clip, digest)
    if sees_codes(row.method) and clip.coded_units is not None:
        seen = key(seen, sorted(clip.coded_units))
    return key(row.description_key, seen)
