"""The two bases of methods: what a plugin need not write, and what it may override."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from bench import BenchError, Context, Training
from bench.deploy.coding import pack, unpack
from bench.learning.network_method import NetworkMethod
from bench.learning.svm import SVM
from bench.learning.svm_method import INNER, SVMMethod

SUBJECTS = np.repeat(np.arange(6), 2)
LABELS = np.tile([0, 1], 6)
CLIPS = [np.array([label, 0.1 * i], np.float32) for i, label in enumerate(LABELS)]
TRAIN = Training(CLIPS, LABELS, SUBJECTS, 2)


def context(**more) -> Context:
    return Context(seed=3, subjects=SUBJECTS, **more)


@dataclass(frozen=True)
class Plain(SVMMethod):
    scaling = "centre"
    balanced = True
    variants = INNER


@dataclass(frozen=True)
class Scaled:
    by: float

    def __call__(self, clip):
        return self.by * clip


@dataclass(frozen=True)
class Learned(Plain):
    def transform(self, train, context) -> Scaled:
        return Scaled(float(len(train.clips)))


@dataclass(frozen=True)
class Loose(Plain):
    name = "loose"

    def transform(self, train, context):
        return Scaled(2.0)


@dataclass(frozen=True)
class Nameless(Plain):
    def transform(self, train, context):
        return partial(np.multiply, 2)


def test_a_plugin_of_facts_and_a_descriptor_is_the_svm_it_names():
    expected = SVM("linear", 1.0, balanced=True, scaling="centre").fit(CLIPS, LABELS, 2)
    found = Plain().fit(TRAIN, context())
    np.testing.assert_array_equal(found.predict(CLIPS), expected.predict(CLIPS))


def test_a_transform_is_learned_on_training_clips_and_applied_to_held_out_ones():
    model = Learned().fit(TRAIN, context())
    inner = SVM("linear", 1.0, balanced=True, scaling="centre")
    expected = inner.fit([12 * clip for clip in CLIPS], LABELS, 2)
    again = Learned().restore(unpack(pack(model.state())), Training.outline(CLIPS[0], 2))
    np.testing.assert_array_equal(again.predict(CLIPS), expected.predict([12 * c for c in CLIPS]))


def test_a_transform_that_cannot_be_saved_says_what_to_write():
    model = Loose().fit(TRAIN, context())
    with pytest.raises(BenchError, match="annotate transform with the dataclass"):
        Loose().restore(model.state(), Training.outline(CLIPS[0], 2))
    with pytest.raises(BenchError, match="is a partial; expected a frozen dataclass"):
        Nameless().fit(TRAIN, context()).state()


def test_the_variant_inner_chooses_c_on_training_subjects():
    assert replace(Plain(), **Plain.variants["inner"]).fit(TRAIN, context()).svm.C != "inner"


@dataclass(frozen=True)
class Linear(NetworkMethod):
    epochs: int = 3
    seconds_per_clip = 0.5

    def network(self, train):
        return nn.Linear(2, train.classes)


@dataclass(frozen=True)
class Sized(Linear):
    size: int = 56
    measured_size = 112


def test_a_plugin_of_facts_and_a_network_trains_by_the_fold():
    state = torch.get_rng_state()
    one, two = (Linear().fit(TRAIN, context()).predict(CLIPS) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert one.shape == (12, 2)
    assert torch.equal(state, torch.get_rng_state())
    other = replace(Linear(), learning_rate=1.0, batch_size=4).fit(TRAIN, context())
    assert (other.predict(CLIPS) != one).any()


def test_time_grows_with_clips_epochs_and_pixels():
    assert Linear().seconds(10, 0) == 0.5 * 10 * 3
    assert Sized().seconds(10, 0) == Linear().seconds(10, 0) / 4
    assert NetworkMethod().seconds(10, 0) is None


def test_a_network_without_a_network_says_so():
    with pytest.raises(NotImplementedError):
        NetworkMethod().network(TRAIN)
