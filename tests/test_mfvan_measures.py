"""MFVAN's pictures and the measures of what the paper claims."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from bench.core.types import Array
from bench.methods.mfvan import MFVAN
from bench.methods.mfvan.model import Fitted, Network
from bench.methods.mfvan.pictures import grad_cams, kept_attention, plate
from studies.mfvan.measures import (
    difference_grid,
    features,
    most_frequent,
    moved_region,
    moved_shares,
    probed,
    share_inside,
    without_patches,
)

SMALL = MFVAN(
    size=32, channels=(4, 4, 4, 8), patches=(8, 4, 2), width=8, heads=2, blocks=1, ratio=1, hidden=8
)


def fitted(config: MFVAN = SMALL, seed: int = 1) -> Fitted:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Fitted(Network(config, 3).eval(), config, "cpu")


def clip(seed: int = 0) -> dict[str, Array]:
    pixels = np.random.default_rng(seed).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    return {"onset": pixels[0], "apex": pixels[1]}


def test_kept_attention_is_what_the_mask_lets_through() -> None:
    model, clips = fitted(), [clip(0), clip(1)]
    maps = kept_attention(model, clips)
    assert [found.shape for found in maps] == [(2, 4, 4)] * 3
    looks = model.network(*model.inputs([clips[1]])).looks
    expected = (looks[0].weights * looks[0].mask)[0].detach().numpy().reshape(4, 4)
    assert np.allclose(maps[0][1], expected)
    assert (maps[0].sum((1, 2)) < 1).all()


def test_grad_cam_lies_between_zero_and_one_at_every_scale() -> None:
    maps = grad_cams(fitted(), [clip(), clip(1)])
    assert [found.shape for found in maps] == [(2, 4, 4)] * 3
    assert all(found.min() >= 0 and found.max() <= 1 for found in maps)
    assert any(found.max() == pytest.approx(1) for found in maps)


def test_grad_cam_of_a_scale_follows_its_formula() -> None:
    model = fitted(replace(SMALL, scales=(1,)))
    reading = model.network(*model.inputs([clip()]))
    patches = reading.looks[0].patches
    (slope,) = torch.autograd.grad(reading.scores[0].max(), patches)
    expected = (patches * slope.mean(1, keepdim=True)).sum(2).clamp_min(0).detach()
    assert expected.max() > 0
    found = grad_cams(model, [clip()])[0]
    assert np.allclose(found.ravel() * float(expected.max()), expected.numpy(), atol=1e-6)


def test_grad_cam_of_differences_reads_the_onset_too() -> None:
    model = fitted(replace(SMALL, signal="delta"))
    other = {**clip(), "onset": clip(7)["onset"]}
    one, two = (grad_cams(model, [c]) for c in (clip(), other))
    assert any(not np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_plate_draws_a_row_a_clip() -> None:
    figure = plate(fitted(), [clip(0), clip(1)], ["a", "b"], "SYNTHETIC")
    assert len(figure.axes) == 2 * (2 + 2 * 3)
    assert figure.axes[2].get_title() == "mask, scale 1"


def test_the_report_gets_a_plate_where_scales_are_looked_at() -> None:
    drawn = SMALL.pictures(fitted(), {"a": clip(0), "b": clip(1)})
    assert list(drawn) == ["attention"]
    assert [axes.get_ylabel() for axes in drawn["attention"].axes[::8]] == ["a", "b"]
    blind = replace(SMALL, scales=())
    assert blind.pictures(fitted(blind), {"a": clip()}) == {}


def test_moved_region_is_where_the_pull_is_a_quarter_of_its_peak_on_the_face() -> None:
    flow = np.zeros((2, 4, 4))
    flow[0, 0] = [4, 1.1, 0.9, 0]
    valid = np.ones((4, 4), bool)
    assert moved_region(flow, valid)[0].tolist() == [True, True, False, False]
    valid[0, 0] = False
    assert moved_region(flow, valid)[0].tolist() == [False, True, True, False]
    assert not moved_region(np.zeros((2, 4, 4)), valid).any()


def test_share_inside_of_known_maps() -> None:
    moved = np.zeros((8, 8), bool)
    moved[:4, :4] = True
    valid = np.ones((8, 8), bool)
    inside, outside = np.array([[1.0, 0], [0, 0]]), np.array([[0, 0], [0, 1.0]])
    assert share_inside(inside, moved, valid) == 1
    assert share_inside(outside, moved, valid) == 0
    assert share_inside(np.ones((2, 2)), moved, valid) == 0.25
    valid[4:] = False
    assert share_inside(np.ones((2, 2)), moved, valid) == 0.5
    assert np.isnan(share_inside(outside, moved, valid))


def test_moved_shares_of_a_motion_in_one_corner() -> None:
    flow = np.zeros((2, 32, 32))
    flow[1, :8, :8] = 2
    corner = np.zeros((4, 4))
    corner[0, 0] = 3
    maps = [np.ones((4, 4)), corner, np.eye(4), np.zeros((4, 4))]
    face = np.ones((32, 32), bool)
    found = moved_shares(maps, [flow] * 4, [face] * 4)
    assert np.allclose(found, [1 / 16, 1, 1 / 4, np.nan], equal_nan=True)


def test_difference_grid_is_a_mean_over_cells() -> None:
    white, black = np.full((32, 32, 3), 255, np.uint8), np.zeros((32, 32, 3), np.uint8)
    assert np.allclose(difference_grid({"onset": white, "apex": black}, 4), 255)


def test_features_are_what_the_fusion_is_given() -> None:
    model = fitted(replace(SMALL, scales=(1, 3)))
    found = features(model, [clip(0), clip(1)])
    assert {name: rows.shape for name, rows in found.items()} == {
        "g": (2, 8),
        "v1": (2, 8),
        "v3": (2, 8),
        "apex": (2, 3072),
    }
    fused = torch.from_numpy(np.concatenate([found[n] for n in ("g", "v1", "v3")], 1)).float()
    scores = model.network.fusion(fused).double().softmax(1).detach().numpy()
    assert np.allclose(scores, model.predict([clip(0), clip(1)]), atol=1e-5)


def test_the_probe_finds_identity_where_it_is_and_not_where_it_is_not() -> None:
    rng = np.random.default_rng(0)
    subjects = np.repeat(["a", "b", "c", "seldom"], [20, 20, 40, 2])
    noise = rng.normal(size=(82, 5))
    telling = noise + 9 * np.eye(5)[np.unique(subjects, return_inverse=True)[1]]
    found = probed(telling, subjects)
    assert np.isnan(found[80:]).all()
    assert (found[:80] == 1).all()
    assert np.nanmean(most_frequent(subjects)) == 0.5
    assert np.nanmean(probed(noise, subjects)) < 0.7
    with pytest.raises(ValueError, match="two people"):
        probed(noise[:20], subjects[:20])


def test_patches_are_taken_out_beside_as_many_at_random() -> None:
    model = fitted()
    clips = [clip(i) for i in range(8)]
    labels = model.predict(clips).argmax(1)
    found = without_patches(model, clips, labels)
    assert found.shape == (8, 3)
    assert (found[:, 0] == 1).all()
    everything = fitted(replace(SMALL, threshold=0.0))
    labels = everything.predict(clips).argmax(1)
    assert (without_patches(everything, clips, labels) == 1).all()
    assert (without_patches(everything, clips, (labels + 1) % 3) == 0).all()
