"""MFVAN: its configuration and every equation."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
import torch
from mfvan_toy import TINY, clip_of

from bench.core.errors import BenchError
from bench.methods.mfvan import MFVAN
from bench.methods.mfvan.attention import Look, keep, pool, rollout
from bench.methods.mfvan.identity.autoencoders import Teacher
from bench.methods.mfvan.identity.loss import identity_loss
from bench.methods.mfvan.losses import keep_ratio, left_over, recognition_losses
from bench.methods.mfvan.model import Network, images
from bench.plugins.configure import configure
from bench.plugins.docstrings import meanings
from bench.plugins.registry import load
from bench.views.clip_views import Views


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
    assert "paper" not in MFVAN.presets  # the defaults are the paper's
    for preset in MFVAN.presets.values():
        for variant in ({}, *MFVAN.variants.values()):
            replace(MFVAN(), **{**preset, **variant})


def test_a_glob_names_each_configuration_once_and_a_name_what_it_says() -> None:
    registry = load()
    rows = configure(registry, "mfvan:*", "quick")
    assert len({row.method for row in rows}) == len(rows)
    assert {row.method for row in rows} == {
        configure(registry, f"mfvan:{name}", "quick")[0].method for name in MFVAN.variants
    }
    named = configure(registry, "mfvan,mfvan:global+ri+scale123", "quick")
    assert [row.label for row in named] == ["mfvan", "mfvan:global+ri+scale123"]


def test_a_method_without_the_preset_runs_as_its_paper_has_it() -> None:
    rows = configure(load(), "mfvan,lbptop", "longer")
    assert [(row.label, row.preset) for row in rows] == [("mfvan", "longer"), ("lbptop", "paper")]
    assert rows[0].method == replace(MFVAN(), **MFVAN.presets["longer"])


def test_every_field_is_documented() -> None:
    assert set(meanings(MFVAN)) == {field.name for field in fields(MFVAN)}


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
    found = replace(TINY, num_frames=3).describe(clip)
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
    assert len(replace(TINY, num_frames=None).describe(clip)["frames"]) == 9
    assert clip.seen >= MFVAN.needs


def test_what_a_configuration_must_say_of_itself() -> None:
    assert not MFVAN().stated().transductive
    shared = replace(MFVAN(), shared_teacher=True)
    assert shared.stated().transductive
    assert not replace(shared, identity_weight=0.0).stated().transductive
    assert "onset" in replace(MFVAN(), signal="delta").stated().deviations[-1]


def test_estimated_time_grows_with_the_work() -> None:
    paper, quick = MFVAN(), replace(MFVAN(), **MFVAN.presets["quick"])
    study = replace(MFVAN(), **MFVAN.presets["study"])
    assert 2 * quick.seconds(100, 5000) < study.seconds(100, 5000)
    assert quick.seconds(100, 5000) < 60 < 3600 < paper.seconds(100, 5000)
    assert quick.seconds(200, 5000) == pytest.approx(2 * quick.seconds(100, 5000))
    assert replace(quick, identity_weight=0.0).seconds(100, 5000) < quick.seconds(100, 5000)
