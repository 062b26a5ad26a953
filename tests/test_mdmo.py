import math

import numpy as np
import pytest
from handcrafted_toy import accuracy, fold, moving

from bench.methods.mdmo import MDMO
from bench.views.flow.motion import flow_from_onset
from bench.views.flow.regions import COUNT, main_direction, main_flow, polar, region_map
from bench.views.texture import texture

SMALL = MDMO(num_frames=4, size=(85, 70))


def test_main_direction_equals_the_definition():
    rng = np.random.default_rng(0)
    flow = rng.normal(size=(2, 60, 50)).astype(np.float32)
    regions = region_map((60, 50))
    expected = []
    for region in range(COUNT):
        bins = [[] for _ in range(8)]
        for y, x in np.argwhere(regions == region):
            u, v = flow[:, y, x]
            bins[int((math.atan2(v, u) + math.pi) / (math.pi / 4))].append((u, v))
        expected.append(np.mean(max(bins, key=len), axis=0))
    np.testing.assert_allclose(main_direction(flow, regions), expected, atol=1e-6)


def test_regions_are_mirrored_and_each_has_pixels():
    regions = region_map((170, 140))
    assert regions.max() + 1 == COUNT == 36
    sizes = np.bincount(regions[regions >= 0], minlength=36)
    assert sizes.min() > 100
    np.testing.assert_allclose(sizes[::2], sizes[1::2], atol=40)
    assert regions[0, 0] == -1
    mirrored = np.where(regions >= 0, regions ^ 1, -1)[:, ::-1]
    assert (regions == mirrored).mean() > 0.99


def test_regions_of_one_shape_at_every_size():
    small, large = region_map((85, 70)), region_map((170, 140))
    assert (np.kron(small, np.ones((2, 2), int)) == large).mean() > 0.93


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
