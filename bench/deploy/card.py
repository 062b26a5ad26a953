"""What is known of a trained model: how it was made, on whom, and how well such models do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.core.types import ApexPolicy, Array, Description
from bench.evaluation.row import Score
from bench.plugins.model import Training
from bench.store.record import Inputs

Form = dict[str, tuple[str, list[int]]]
"""Type and shape of each array of a description, by name; "" where it is a single array."""


@dataclass(frozen=True)
class Loso:
    """The leave-one-subject-out score of models trained like this one.

    Attributes:
        scores: by metric.
        subjects: held out, one after the other.
        seeds: root seeds.
    """

    scores: dict[str, Score]
    subjects: int
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Card:
    """What is known of a trained model.

    Attributes:
        method: name of the plugin.
        method_class: its class, or one of those that its variants are of.
        label, preset: how it was asked for.
        inputs: all that its LOSO results depend on, as in a record: configuration, views, data.
        family: of these results, whatever their seed.
        fold: the subjects left out, joined by commas, or "all"; the fold's seed derives from it.
        apex: where the apex frames of its training clips come from.
        classes: names, in the order of the scores.
        counts: training clips of each class.
        subjects: trained on.
        left_out: subjects of the task that it never saw.
        title: of the dataset.
        licence: of the dataset, in a sentence.
        synthetic: trained on SYNTHETIC stand-ins.
        form: of a description.
        source, borrowed, dataset_code: hashes of the code, as in a record.
        environment: machine and packages.
        device, gpu: that it was trained on.
        seconds: of the fit.
        parameters: trained ones, where counting them means something.
        loso: where results of this configuration were at hand.
        chosen: values that inner folds of the training subjects chose, by field.
        holds_clips: its state may contain what its training clips were described by.
    """

    method: str
    method_class: str
    label: str
    preset: str
    inputs: Inputs
    family: str
    fold: str
    apex: ApexPolicy
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    subjects: tuple[str, ...]
    left_out: tuple[str, ...]
    title: str
    licence: str
    synthetic: bool
    form: Form
    source: str
    borrowed: dict[str, str]
    dataset_code: dict[str, str]
    environment: dict[str, Any]
    device: str
    gpu: str | None
    seconds: float
    parameters: int | None
    loso: Loso | None = None
    holds_clips: bool = False
    chosen: dict[str, Any] = field(default_factory=dict)

    @property
    def outline(self) -> Training:
        """Of what it was trained on, as much as a model is restored by."""
        arrays = {name: np.zeros(shape, kind) for name, (kind, shape) in self.form.items()}
        clip: Description = arrays[""] if set(arrays) == {""} else arrays
        return Training.outline(clip, len(self.classes))


def form_of(clip: Description) -> Form:
    """Type and shape of a description."""
    arrays: Mapping[str, Array] = clip if isinstance(clip, Mapping) else {"": clip}
    return {name: (one.dtype.str, list(one.shape)) for name, one in arrays.items()}
