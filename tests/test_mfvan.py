"""MFVAN: every equation, what it looks at when it is tested, determinism, odd folds."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bench.clip import Array, Views
from bench.context import Context, DeadlineError
from bench.errors import BenchError
from bench.method import Training
from bench.methods.mfvan import MFVAN
from bench.methods.mfvan.attention import Look, keep, pool, rollout
from bench.methods.mfvan.identity import Teacher
from bench.methods.mfvan.losses import identity_loss, keep_ratio, left_over, recognition_losses
from bench.methods.mfvan.model import Network, images
from bench.methods.mfvan.optimisation import batch_size, batches, share_of_rate
from bench.methods.mfvan.pretraining import frames_of
from bench.methods.mfvan.training import fit

TINY = MFVAN(
    size=16,
    frames=2,
    teacher="residual",
    teacher_channels=(2, 2, 4, 4),
    teacher_epochs=1,
    channels=(4, 4, 4, 8),
    patches=(8, 4, 2),
    width=8,
    heads=2,
    blocks=2,
    ratio=1,
    hidden=8,
    epochs=3,
    identity_epochs=1,
    batch=8,
    rate=1e-3,
    warmup=1,
)


def clip_of(seed: int, size: int = 16) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (4, size, size, 3), dtype=np.uint8)
    return {"onset": pixels[0], "apex": pixels[1], "frames": pixels}


def training(count: int, labels: list[int] | None = None, size: int = 16) -> Training:
    clips = [clip_of(i, size) for i in range(count)]
    truth = np.array(labels if labels is not None else [i % 3 for i in range(count)])
    subjects = np.array([f"{i // 2}" for i in range(count)])
    return Training(clips, truth.astype(np.int64), subjects, classes=3)


def context(train: Training, **named: Any) -> Context:
    return Context(**{"seed": 5, "subjects": train.subjects, **named})


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def network(config: MFVAN = TINY, classes: int = 3) -> Network:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return Network(config, classes)


def look(weights: torch.Tensor, threshold: float = 1.0) -> Look:
    mask = keep(weights, threshold)
    patches = noise(*weights.shape, 4)
    return Look(patches[:, 0], patches, weights, mask, pool(patches, weights, mask))


def test_paper_preset_is_the_default_and_every_preset_and_variant_is_valid() -> None:
    assert MFVAN.presets["paper"] == {}
    for preset in MFVAN.presets.values():
        for variant in ({}, *MFVAN.variants.values()):
            replace(MFVAN(), **{**preset, **variant})


def test_every_field_is_documented() -> None:
    text = MFVAN.__doc__ or ""
    assert [f.name for f in fields(MFVAN) if f"        {f.name}: " not in text] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 100},
        {"patches": (16, 8, 3)},
        {"scales": (0,)},
        {"width": 190},
        {"epochs": 10},
    ],
)
def test_sizes_that_do_not_fit_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BenchError):
        MFVAN(**wrong)


@pytest.mark.parametrize("size", [128, 64])
def test_the_grid_has_the_same_patches_at_every_scale(size: int) -> None:
    patches = (size // 8, size // 16, size // 32)
    config = replace(TINY, size=size, patches=patches)
    reading = network(config)(noise(2, 3, size, size))
    assert [tuple(one.weights.shape) for one in reading.looks] == [(2, 64)] * 3
    assert reading.bottleneck.shape == (2, 8, size // 16, size // 16)


@pytest.mark.parametrize("attention", ["last", "rollout"])
def test_attention_is_positive_and_sums_to_one(attention: Any) -> None:
    for one in network(replace(TINY, attention=attention))(noise(3, 3, 16, 16)).looks:
        assert torch.allclose(one.weights.sum(1), torch.ones(3))
        assert (one.weights > 0).all()


def test_rollout_of_one_block_keeps_half_of_the_residual_path() -> None:
    attention = noise(1, 5, 5).softmax(2)
    assert torch.allclose(rollout([attention]), (attention + torch.eye(5)) / 2)
    two = rollout([attention, attention])
    assert torch.allclose(two, torch.linalg.matrix_power(rollout([attention]), 2))


def test_mask_keeps_what_exceeds_the_threshold_and_at_least_one_patch() -> None:
    weights = torch.tensor([[0.5, 0.3, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25]])
    assert keep(weights, 1.0).tolist() == [[True, True, False, False], [True] * 4]
    assert keep(weights, 100.0).any(1).all()


def test_pooling_is_the_weighted_mean_of_kept_patches() -> None:
    weights = torch.tensor([[0.6, 0.3, 0.1]])
    patches = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [9.0, 9.0]]])
    pooled = pool(patches, weights, torch.tensor([[True, True, False]]))
    assert torch.allclose(pooled, torch.tensor([[2 / 3, 1 / 3]]))


def test_gradient_reaches_the_attention_through_pooling_alone() -> None:
    net = network()
    net(noise(4, 3, 16, 16)).looks[0].pooled[:, 0].sum().backward()
    last = net.scales[0].blocks[-1].attention
    of_queries_and_keys = last.queries_keys_values.weight.grad[: 2 * TINY.width]
    assert of_queries_and_keys.abs().sum() > 0
    assert net.scales[0].token.grad.abs().sum() > 0


def test_patches_that_are_taken_out_have_no_influence() -> None:
    net = network(replace(TINY, scales=(1,))).eval()
    apex = noise(1, 3, 16, 16)
    other = apex.clone()
    other[:, :, :8, :8] = noise(3, 8, 8, seed=7)
    only = torch.tensor([[False, True, True, True]])
    with torch.no_grad():
        one = net.scales[0](apex, only)
        two = net.scales[0](other, only)
    assert torch.equal(one.token, two.token)
    assert torch.equal(one.pooled, two.pooled)
    assert not one.mask[0, 0]


def test_identity_loss_vanishes_for_perfect_faces_and_weighs_its_terms() -> None:
    onset, teacher, student = (noise(2, 3, 4, 4, seed=s) for s in (0, 1, 2))
    assert identity_loss(onset, onset, onset, 1.0) == 0

    def mse(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return (a - b).square().mean()

    expected = mse(teacher, onset) + mse(student, onset) + 0.5 * mse(student, teacher)
    assert torch.allclose(identity_loss(teacher, student, onset, 0.5), expected)


def test_the_soft_target_does_not_pull_the_teacher() -> None:
    teacher = noise(1, 3, 4, 4).requires_grad_()
    onset = teacher.detach().clone()
    identity_loss(teacher, noise(1, 3, 4, 4, seed=1), onset, 1.0).backward()
    assert teacher.grad is not None
    assert teacher.grad.abs().sum() == 0


def test_mask_losses_vanish_where_they_should() -> None:
    one_patch = look(torch.tensor([[1.0, 0.0, 0.0, 0.0]]))
    spread = look(torch.tensor([[0.4, 0.3, 0.2, 0.1]]))
    assert left_over(one_patch) == 0
    assert float(left_over(spread)) == pytest.approx(0.3)
    uniform = look(torch.full((1, 4), 0.25))
    assert float(keep_ratio(uniform, 1.0, 0.5)) == pytest.approx(0)
    assert keep_ratio(one_patch, 1.0, 0.9) > keep_ratio(one_patch, 1.0, 0.25)


@pytest.mark.parametrize("form", ["left-over", "keep-ratio", "masked-classification"])
def test_mask_losses_teach_the_attention(form: Any) -> None:
    config = replace(TINY, mask_loss=form)
    net = network(config)
    terms = recognition_losses(config, net, net(noise(4, 3, 16, 16)), torch.arange(4) % 3, None)
    terms["mask"].backward()
    assert net.scales[2].blocks[-1].attention.queries_keys_values.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("change", [{"mask_loss": "none"}, {"mask_weight": 0.0}, {"scales": ()}])
def test_no_mask_loss(change: dict[str, Any]) -> None:
    config = replace(TINY, **change)
    net = network(config)
    labels = torch.arange(4) % 3
    assert recognition_losses(config, net, net(noise(4, 3, 16, 16)), labels, None)["mask"] == 0


def test_resnet18_teacher_reaches_sixteenth_of_the_size_and_returns_the_image() -> None:
    with torch.device("meta"):
        teacher, image = Teacher(MFVAN()), torch.empty(1, 3, 128, 128)
    assert teacher.encoder(image).shape == (1, 512, 8, 8)
    assert teacher(image).shape == (1, 3, 128, 128)


def test_units_are_standardised_per_image_or_a_range() -> None:
    pixels = [clip_of(0)["apex"], np.full((16, 16, 3), 9, np.uint8)]
    standard = images(pixels, TINY)
    assert standard.is_contiguous()
    assert torch.allclose(standard[0].mean(), torch.tensor(0.0), atol=1e-5)
    assert torch.allclose(standard[0].std(correction=0), torch.tensor(1.0), atol=1e-5)
    assert standard[1].abs().max() == 0
    assert images(pixels, replace(TINY, units="range")).max() <= 1


def test_describe_keeps_onset_apex_and_spaced_frames() -> None:
    frames = np.repeat(np.arange(0, 90, 10, dtype=np.uint8), 20 * 24 * 3).reshape(9, 20, 24, 3)
    clip = Views({"frames": frames}, apex=4)
    found = replace(TINY, frames=3).describe(clip)
    assert {name: array.shape for name, array in found.items()} == {
        "onset": (16, 16, 3),
        "apex": (16, 16, 3),
        "frames": (3, 16, 16, 3),
    }
    assert [int(a.mean()) for a in (found["onset"], found["apex"], *found["frames"])] == [
        0,
        40,
        0,
        40,
        80,
    ]
    assert len(replace(TINY, frames=None).describe(clip)["frames"]) == 9
    assert clip.seen >= MFVAN.needs


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


def test_what_a_configuration_must_say_of_itself() -> None:
    assert not MFVAN().stated().transductive
    shared = replace(MFVAN(), shared_teacher=True)
    assert shared.stated().transductive
    assert not replace(shared, identity_weight=0.0).stated().transductive
    assert "onset" in replace(MFVAN(), signal="delta").stated().deviations[-1]


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
        batch=16,
        rate=1e-2,
    )
    scores = fit(config, train, context(train)).predict(clips[56:])
    assert (scores.argmax(1) == labels[56:]).mean() >= 0.75


def test_estimated_time_grows_with_the_work() -> None:
    paper, quick = MFVAN(), replace(MFVAN(), **MFVAN.presets["quick"])
    assert quick.seconds(100, 5000) < 60 < 3600 < paper.seconds(100, 5000)
    assert quick.seconds(200, 5000) == pytest.approx(2 * quick.seconds(100, 5000))
    assert replace(quick, identity_weight=0.0).seconds(100, 5000) < quick.seconds(100, 5000)
