"""MFVAN in a fold: what it reads, determinism, the kept teacher, odd folds."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from mfvan_toy import TINY, clip_of, context, training

from bench.core.errors import BenchError
from bench.core.types import Array
from bench.methods.mfvan import MFVAN
from bench.methods.mfvan.identity.autoencoders import Teacher
from bench.methods.mfvan.identity.pretraining import frames_of
from bench.methods.mfvan.model import Network, images
from bench.methods.mfvan.optimisation import batch_size, batches, compiled, share_of_rate
from bench.methods.mfvan.training import augmented, fit
from bench.plugins.context import DeadlineError
from bench.plugins.model import Training


def test_the_last_small_batch_is_skipped_and_small_folds_take_more_steps() -> None:
    assert [len(b) for b in batches(18, 8)] == [8, 8]
    assert [len(b) for b in batches(20, 8)] == [8, 8, 4]
    assert [len(b) for b in batches(3, 8)] == [3]
    assert batch_size(442, MFVAN()) == 32
    assert batch_size(40, MFVAN()) == 10
    assert batch_size(5, MFVAN()) == 4


def test_the_rate_rises_and_falls() -> None:
    rates = [share_of_rate(step, 20, 5) for step in range(20)]
    assert rates[:6] == sorted(rates[:6])
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert max(rates) == 1
    assert 0 < rates[-1] < 0.05


def test_only_the_apex_is_read_when_tested_and_delta_reads_the_onset_too() -> None:
    train = training(9)
    clips = [clip_of(i) for i in range(50, 53)]
    changed = [{**clip, "onset": clip_of(90 + i)["onset"]} for i, clip in enumerate(clips)]
    plain = fit(TINY, train, context(train))
    assert np.array_equal(plain.predict(clips), plain.predict(changed))
    assert np.array_equal(plain.predict(clips), plain.predict([{"apex": c["apex"]} for c in clips]))
    delta = fit(replace(TINY, signal="delta"), train, context(train))
    assert (delta.predict(clips) != delta.predict(changed)).any(axis=1).all()


def test_the_teacher_is_not_used_when_tested() -> None:
    train = training(9)
    model = fit(TINY, train, context(train))
    assert not any(isinstance(part, Teacher) for part in model.network.modules())
    before = model.predict(train.clips)
    for weight in model.network.student.decoder.parameters():
        torch.nn.init.normal_(weight)
    assert np.array_equal(before, model.predict(train.clips))


def test_same_seed_same_predictions_and_torch_is_left_as_it_was() -> None:
    train = training(9)
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    first = fit(TINY, train, context(train)).predict(train.clips)
    assert torch.equal(state, torch.random.get_rng_state())
    assert threads == torch.get_num_threads()
    torch.rand(3)
    again = fit(TINY, train, context(train)).predict(train.clips)
    other = fit(TINY, train, context(train, seed=6)).predict(train.clips)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_one_clip_at_a_time_equals_the_whole_fold() -> None:
    train = training(9)
    model = fit(TINY, train, context(train))
    one_by_one = np.concatenate([model.predict([clip]) for clip in train.clips])
    assert np.array_equal(model.predict(train.clips), one_by_one)
    assert np.allclose(one_by_one.sum(1), 1)


def test_a_kept_teacher_changes_nothing_and_is_shared(tmp_path: Path) -> None:
    train = training(9)
    alone = fit(TINY, train, context(train)).predict(train.clips)
    made, used = context(train, artefacts=tmp_path), context(train, artefacts=tmp_path)
    assert np.array_equal(alone, fit(TINY, train, made).predict(train.clips))
    assert np.array_equal(alone, fit(TINY, train, used).predict(train.clips))
    assert any("teacher_error" in point and "teacher_epoch" in point for point in made.curve)
    assert not any("teacher_epoch" in point for point in used.curve)
    backwards = Training(train.clips[::-1], train.labels[::-1].copy(), train.subjects[::-1], 3)
    fit(replace(TINY, attention="rollout"), backwards, context(train, seed=8, artefacts=tmp_path))
    assert len(list(tmp_path.rglob("*.npz"))) == 1
    fit(replace(TINY, teacher_seed="fold"), train, context(train, artefacts=tmp_path))
    assert len(list(tmp_path.rglob("*.npz"))) == 2


def test_no_held_out_frame_reaches_the_teacher_unless_it_is_shared() -> None:
    held_out = [clip_of(70)]
    plain = training(4)
    given = replace(plain, unlabelled=held_out)
    shared = replace(TINY, shared_teacher=True)
    assert list(frames_of(TINY, given)) == list(frames_of(TINY, plain))
    assert len(frames_of(shared, given)) == 5
    with pytest.raises(BenchError, match="shared_teacher"):
        frames_of(shared, plain)


def test_without_identity_removal_there_is_no_teacher() -> None:
    train = training(9)
    found = context(train)
    fit(replace(TINY, identity_weight=0.0), train, found)
    assert not any("teacher_epoch" in point or "identity" in point for point in found.curve)
    assert [point["epoch"] for point in found.curve] == [2, 3]


def test_the_training_curve_tells_losses_masks_and_the_copy_baseline() -> None:
    train = training(9)
    found = context(train)
    fit(TINY, train, found)
    first, *_, last = [point for point in found.curve if "epoch" in point]
    assert "fused" not in first
    assert {"loss", "fused", "scales", "mask", "identity", "student_error"} <= set(last)
    apex, onset = (images([clip[n] for clip in train.clips], TINY) for n in ("apex", "onset"))
    assert last["copy_error"] == pytest.approx(float((apex - onset).square().mean()))
    assert all(0 < last[f"kept_{s}"] <= 1 and 0 <= last[f"varied_{s}"] <= 0.5 for s in (1, 2, 3))
    terms = sum(last[name] for name in ("fused", "scales", "mask", "identity"))
    assert last["loss"] == pytest.approx(terms, rel=1e-4)


@pytest.mark.parametrize(
    ("count", "labels"),
    [(1, [1]), (2, [0, 0]), (3, [2, 2, 0]), (5, [0, 0, 0, 2, 2])],
    ids=["one clip", "one class", "three clips", "a class missing"],
)
@pytest.mark.parametrize("signal", ["apex", "delta"])
def test_odd_folds_train_and_predict(count: int, labels: list[int], signal: Any) -> None:
    train = training(count, labels=labels, size=32)
    config = replace(TINY, signal=signal, size=32, patches=(16, 8, 4))
    scores = fit(config, train, context(train)).predict([clip_of(99, size=32)])
    assert scores.shape == (1, 3)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("variant", MFVAN.variants)
def test_every_variant_trains(variant: str) -> None:
    train = replace(training(6), unlabelled=[clip_of(9)])
    model = fit(replace(TINY, **MFVAN.variants[variant]), train, context(train))
    assert np.isfinite(model.predict(train.clips)).all()
    assert model.parameters


def test_both_frames_of_a_pair_are_mirrored_and_shifted_alike() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        images_ = torch.rand(8, 3, 16, 16)
        apex, onset = augmented(replace(TINY, max_shift=2), images_, images_, "cpu")
        assert torch.equal(apex, onset)
        assert not torch.equal(apex, images_)
        assert apex.is_contiguous()
        still = augmented(replace(TINY, hflip=False, max_shift=0), images_, images_, "cpu")
    assert still[0] is images_


def test_nothing_is_compiled_on_a_cpu_and_compiled_networks_learn_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = Network(TINY, 3)
    assert compiled(network, "cpu") is network
    train = training(9)
    plain = fit(TINY, train, context(train)).predict(train.clips)

    def whole(module: torch.nn.Module, device: str) -> Any:
        return torch.compile(module, backend="eager", fullgraph=True)

    for room in ("training", "identity.pretraining"):
        monkeypatch.setattr(f"bench.methods.mfvan.{room}.compiled", whole)
    assert np.array_equal(plain, fit(TINY, train, context(train)).predict(train.clips))


def test_checkpoints_and_deadline() -> None:
    train = training(6)
    watched = context(train, _held_out=[clip_of(9)])
    unwatched = fit(TINY, train, context(train)).predict(train.clips)
    assert np.array_equal(fit(TINY, train, watched).predict(train.clips), unwatched)
    assert [step for step, _ in watched.trace] == [1, 2, 3]
    with pytest.raises(DeadlineError):
        fit(TINY, train, context(train, deadline=time.monotonic() - 1))


def moving_blob(seed: int, label: int) -> dict[str, Array]:
    """A bright spot on a noisy face; the class is the direction in which it moves by a pixel."""
    rng = np.random.default_rng(seed)
    face = rng.integers(0, 120, (16, 16), dtype=np.uint8)
    y, x = rng.integers(4, 10, 2)
    onset, apex = face.copy(), face.copy()
    dy, dx = ((0, 2), (2, 0))[label]
    onset[y : y + 3, x : x + 3] = 250
    apex[y + dy : y + dy + 3, x + dx : x + dx + 3] = 250
    pixels = np.repeat(np.stack([onset, apex])[..., None], 3, axis=3)
    return {"onset": pixels[0], "apex": pixels[1], "frames": pixels}


def test_delta_learns_the_direction_of_a_moving_blob() -> None:
    labels = np.arange(80) % 2
    clips = [moving_blob(i, int(label)) for i, label in enumerate(labels)]
    train = Training(clips[:56], labels[:56], np.arange(56) // 4, 2)
    config = replace(
        TINY,
        signal="delta",
        channels=(8, 8, 16, 16),
        width=16,
        hidden=16,
        epochs=15,
        batch_size=16,
        learning_rate=1e-2,
        hflip=False,
        max_shift=0,
    )
    scores = fit(config, train, context(train)).predict(clips[56:])
    assert (scores.argmax(1) == labels[56:]).mean() >= 0.75


def test_a_teacher_is_seeded_by_the_words_of_recorded_runs() -> None:
    """Another word in its key is another seed, and so another teacher with other predictions."""
    from bench.methods.mfvan.identity.pretraining import DEPENDS_ON

    words = {"rate", "decay", "batch", "warmup", "fewest_steps", "size", "units"}
    assert set(DEPENDS_ON) == words | {"teacher", "teacher_channels", "teacher_epochs"}
    assert all(hasattr(TINY, field) for field in DEPENDS_ON.values())
