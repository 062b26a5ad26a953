import math

import numpy as np
import pytest
from handcrafted_toy import accuracy, fold, moving

from bench.methods.mdmo import MDMO
from bench.methods.mdmo.authors import best_overlaps
from bench.views.flow.motion import flow_from_onset
from bench.views.flow.regions import COUNT, MIRRORED, main_direction, main_flow, polar, region_masks
from bench.views.landmarks import TEMPLATE
from bench.views.texture import texture

SMALL = MDMO(num_frames=4, size=(85, 70))
MEAN = np.array(TEMPLATE, np.float32)


def test_main_direction_equals_the_definition():
    rng = np.random.default_rng(0)
    flow = rng.normal(size=(2, 60, 50)).astype(np.float32)
    masks = region_masks((60, 50), MEAN)
    expected = []
    for mask in masks:
        bins = [[] for _ in range(8)]
        for y, x in np.argwhere(mask):
            u, v = flow[:, y, x]
            bins[round(math.degrees(math.atan2(v, u)) / 45) % 8].append((u, v))
        expected.append(np.mean(max(bins, key=len), axis=0))
    np.testing.assert_allclose(main_direction(flow, masks), expected, atol=1e-6)


@pytest.mark.parametrize("degrees", range(0, 360, 45))
def test_motion_straight_or_diagonal_is_one_direction(degrees):
    """Bins lie around these directions: noise to either side is not split between two."""
    rng = np.random.default_rng(degrees)
    angle = np.radians(degrees + rng.uniform(-20, 20, (60, 50)))
    flow = np.stack([np.cos(angle), np.sin(angle)])
    masks = region_masks((60, 50), MEAN)
    expected = [flow[:, mask].mean(axis=1) for mask in masks]
    np.testing.assert_allclose(main_direction(flow, masks), expected, atol=1e-6)


def test_a_region_outside_the_picture_moves_nowhere():
    masks = region_masks((60, 50), MEAN + np.array([3, 0], np.float32))
    assert not masks.any()
    assert not main_direction(np.ones((2, 60, 50)), masks).any()


def test_regions_are_quadrilaterals_between_the_landmarks():
    """By the shoelace formula, on a face large enough that whole pixels do not matter.

    Corners by hand from the 36 regions of MEB (tvaranka/meb at f731b0a): a brow and the eye below
    it, the side of the nose, below the corner of the mouth.
    """
    size = (850, 700)
    points = np.array(TEMPLATE) * size[::-1]
    halfway = (points[[3, 4, 5, 6]] + points[[29, 33, 59, 58]]) / 2
    masks = region_masks(size, np.array(TEMPLATE))
    quads = {
        8: points[[17, 19, 38, 36]],
        22: np.stack([halfway[0], points[29], points[33], halfway[1]]),
        28: np.stack([points[59], points[58], halfway[3], halfway[2]]),
    }
    for region, quad in quads.items():
        x, y = quad.T
        area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
        assert masks[region].sum() == pytest.approx(area, rel=0.04)
        yx = np.argwhere(masks[region])
        assert (yx[:, 1].min(), yx[:, 1].max()) == pytest.approx((x.min(), x.max()), abs=2)
        assert (yx[:, 0].min(), yx[:, 0].max()) == pytest.approx((y.min(), y.max()), abs=2)


def test_a_mirrored_face_has_mirrored_regions():
    rng = np.random.default_rng(0)
    face = np.array(TEMPLATE) + rng.normal(0, 0.02, (68, 2))
    mirrored = face[list(MIRRORED)] * (-1, 1) + (1, 0)
    one, other = region_masks((340, 280), face), region_masks((340, 280), mirrored)
    assert len(one) == COUNT == 36
    assert one.any(axis=(1, 2)).all()
    pairs = np.arange(COUNT) ^ 1
    both = (one & other[pairs, :, ::-1]).sum((1, 2))
    # But for outlines: whole pixels lie half a pixel off in a mirror.
    assert (both / (one | other[pairs, :, ::-1]).sum((1, 2))).min() > 0.85


def test_regions_share_outlines_only():
    masks = region_masks((680, 560), MEAN)
    assert (masks.sum(axis=0) > 1).mean() < 0.02


def test_overlap_is_of_the_best_pairs_whatever_their_order():
    """Intersection over union: the same regions 1, squares of 4 px shifted by 2 px 8 / 24."""
    masks = np.zeros((3, 12, 16), bool)
    for mask, x in zip(masks, (0, 5, 10), strict=True):
        mask[2:6, x : x + 4] = True
    assert best_overlaps(masks, masks[[2, 0, 1]]) == pytest.approx(1)
    shifted = np.roll(masks, 2, axis=1)[::-1]
    assert best_overlaps(masks, shifted) == pytest.approx(8 / 24)
    assert best_overlaps(masks, np.roll(masks, 6, axis=1)) == pytest.approx(0)


def test_polar_coordinates():
    vectors = np.zeros((36, 2))
    vectors[3], vectors[7] = (3, 4), (0, -10)
    found = polar(vectors, 0.91)
    assert found[3] == pytest.approx(0.91 * 0.5)
    assert found[7] == pytest.approx(0.91)
    assert found[36 + 3] == pytest.approx(0.09 * math.atan2(4, 3))
    assert found[36 + 7] == pytest.approx(-0.09 * math.pi / 2)
    assert not polar(np.zeros((36, 2)), 0.91).any()


def test_the_mean_over_frames_is_cartesian():
    clip = moving(1, 0)
    frames = main_flow(clip, 4, (85, 70))
    assert frames.shape == (3, 36, 2)
    np.testing.assert_allclose(SMALL.describe(clip), frames.mean(axis=0), atol=1e-6)


def test_flow_from_the_onset_grows_with_the_motion():
    flows = flow_from_onset(moving(1, 0), 0, (85, 70))
    assert flows.shape == (11, 2, 85, 70)
    right = flows[:, 0, 32:53].mean(axis=(1, 2))
    assert right[5] > 1 > right[0] > 0.1
    assert abs(right[-1]) < 0.1


def test_texture_forgets_the_light():
    images = np.stack([moving(0, 0).sources["frames"][0]] * 2)
    lit = np.clip(images[1] * 0.4 + 100, 0, 255)
    images[0], images[1] = images[1] * 0.4, lit.astype(np.uint8)
    before = np.abs(images[1].astype(float) - images[0]).mean()
    found = texture(images)
    after = np.abs(found[1].astype(float) - found[0]).mean()
    assert found.dtype == np.uint8
    assert before > 90
    assert after < before / 3
    assert (texture(np.full((2, 9, 9), 127, np.uint8)) > 0).all()


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
