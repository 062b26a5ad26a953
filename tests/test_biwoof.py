import math

import numpy as np
import pytest

from bench import Views
from bench.methods.biwoof import BiWOOF, histogram, motion
from bench.views.flow.strain import strain


def field(seed: int = 0, shape: tuple[int, int] = (37, 43)) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    noise = np.random.default_rng(seed).normal(size=(2, *shape))
    return np.stack([gaussian_filter(plane, 2) for plane in noise]).astype(np.float32)


def by_the_script(flow: np.ndarray, parts: int, bins: int = 8) -> np.ndarray:
    """The authors' formula, line by line, with MATLAB's indices from one."""
    magnitude = np.hypot(*flow.astype(np.float64))
    orientation = np.degrees(np.arctan2(flow[1].astype(np.float64), flow[0].astype(np.float64)))
    optical_strain = strain(flow, "backward")
    nheight, nwidth = orientation.shape
    h, w = math.floor(nheight / parts), math.floor(nwidth / parts)
    edges = np.arange(-180, 179 + 1e-9, 360 / bins)
    everything, sums = [], []
    for hh in range(1, parts + 1):
        ah = 1 if hh == 1 else (hh - 1) * h
        bh = nheight if hh == parts else hh * h + 1
        for ww in range(1, parts + 1):
            aw = 1 if ww == 1 else (ww - 1) * w
            bw = nwidth if ww == parts else ww * w + 1
            inside = slice(ah - 1, bh), slice(aw - 1, bw)
            angles, weights = orientation[inside].ravel(), magnitude[inside].ravel()
            counts = np.zeros(bins)
            for k in range(bins - 1):
                within = (angles >= edges[k]) & (angles < edges[k + 1])
                counts[k] = weights[within].sum()
            counts[bins - 1] = weights[angles == edges[-1]].sum()
            everything.append(counts / counts.sum())
            sums.append(optical_strain[inside].sum())
    joined = np.concatenate([c * s for c, s in zip(everything, sums, strict=True)])
    return joined / np.linalg.norm(joined)


@pytest.mark.parametrize("parts", [5, 6, 8])
def test_strict_equals_the_authors_script(parts):
    flow = field(parts)
    found = histogram(flow, strain(flow, "backward"), (parts, parts), 8, strict=True)
    np.testing.assert_allclose(found, by_the_script(flow, parts), atol=1e-6)


def test_strict_loses_a_bin_and_the_default_keeps_it():
    flow = field()
    shape = (25, 8)
    magnitude = strain(flow, "backward")
    assert not histogram(flow, magnitude, (5, 5), 8, True).reshape(shape)[:, -1].any()
    assert histogram(flow, magnitude, (5, 5), 8).reshape(shape)[:, -1].any()


@pytest.mark.parametrize("degrees", [-180, -135, -91, -1, 0, 44, 45, 134, 136, 179, 180])
def test_every_orientation_has_its_bin(degrees):
    angle = math.radians(degrees)
    flow = np.zeros((2, 10, 10)) + np.array([math.cos(angle), math.sin(angle)])[:, None, None]
    found = histogram(flow, np.ones((10, 10)), (1, 1), 8)
    assert found.argmax() == (degrees + 180) // 45 % 8
    assert found.max() == 1


def test_blocks_weigh_by_their_strain_and_bins_by_magnitude():
    flow = np.zeros((2, 10, 20), np.float32)
    flow[0, :5, :10], flow[1, 5:, :10] = 1, 3  # right, and down three times as far
    flow[0, :, 10:] = 2
    weight = np.ones((10, 20))
    weight[:, 10:] = 2
    found = histogram(flow, weight, (1, 2), 8).reshape(2, 8)
    expected = np.zeros((2, 8))
    expected[0, 4], expected[0, 6], expected[1, 4] = 1 / 4, 3 / 4, 2
    np.testing.assert_allclose(found, expected / np.linalg.norm(expected), rtol=1e-6)


def test_a_still_clip_is_nought():
    found = histogram(np.zeros((2, 10, 10)), np.zeros((10, 10)), (5, 5), 8)
    assert not found.any()


def test_shipped_flow_images_are_centred():
    image = np.full((3, 28, 28), 90, np.uint8)
    image[0, :3, :3], image[2, :3, :3] = 141, 255
    image[2, 3:] = 0
    flow, magnitude = motion(Views({"flow_image": image}), (170, 140))
    assert (flow[:, 5:, 5:] == 0).all()
    np.testing.assert_allclose(flow[0, 0, 0], 51 / 255, rtol=1e-5)
    assert magnitude.max() == 1
    assert BiWOOF().describe(Views({"flow_image": image})).shape == (200,)
