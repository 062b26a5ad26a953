import math

import numpy as np
from handcrafted_toy import accuracy, fold, moving

from bench.methods.fhofo import FHOFO, fuzzy_histograms, memberships

SMALL = FHOFO(num_frames=4, size=(85, 70))


CENTRES = [2, 5, 8, 11, 14, 16, 19, 22, 25, 28, 31, 34, 37, 39, 42, 45, 48, 1]
"""Fine bins, from 1, around which the fuzzy ones lie: MATLAB's round(linspace(1, 50, 18)) + 1 of a
circle of 50, by hand."""


def at(degrees: np.ndarray) -> np.ndarray:
    """A flow (2, 1, n) in these directions."""
    radians = np.radians(np.asarray(degrees, float))
    return np.stack([np.cos(radians), np.sin(radians)])[:, None]


def test_memberships_equal_the_closed_form():
    """MATLAB's gaussmf, exp(-d² / 2σ²), d along the circle."""
    for sigma in (10.0, 2.0):
        angle = 2 * np.pi / 50 * (np.array(CENTRES)[:, None] - np.arange(1, 51))
        apart = 50 / (2 * np.pi) * np.arccos(np.clip(np.cos(angle), -1, 1))
        expected = np.exp(-(apart**2) / (2 * sigma**2))
        np.testing.assert_allclose(memberships(50, 18, sigma), expected, atol=1e-7)


def test_motion_towards_a_fuzzy_bin_fills_it_the_most():
    weights = memberships(50, 18, 10.0)
    for k, centre in enumerate(CENTRES):
        flow = at([-180 + 7.2 * (centre - 0.5)])
        found = fuzzy_histograms(flow, np.ones((1, 1, 1), bool), weights)[0]
        assert found.argmax() == k


def test_a_direction_on_an_edge_belongs_to_the_fine_bin_below():
    """As in MATLAB's hist; 0° is the edge of fine bins 25 and 26."""
    flow = np.array([[[3.0]], [[0.0]]])
    found = fuzzy_histograms(flow, np.ones((1, 1, 1), bool), np.eye(50))[0]
    assert found.argmax() + 1 == 25


def written_out(flow: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The descriptor of one region, pixel by pixel."""
    counts = [0] * 51
    for u, v in zip(flow[0][inside], flow[1][inside], strict=True):
        if u != 0 or v != 0:
            counts[math.ceil((math.atan2(v, u) + math.pi) / (2 * math.pi) * 50)] += 1
    made = [
        sum(
            counts[j] * math.exp(-(min(abs(centre - j), 50 - abs(centre - j)) ** 2) / 200)
            for j in range(1, 51)
        )
        for centre in CENTRES
    ]
    return np.array(made) / sum(made)


def test_histograms_equal_the_definition():
    rng = np.random.default_rng(0)
    flow = rng.normal(size=(2, 12, 14)).astype(np.float32)
    flow[:, rng.random((12, 14)) < 0.3] = 0
    # Regions that share pixels, as neighbours share their outlines.
    masks = rng.random((4, 12, 14)) < 0.4
    found = fuzzy_histograms(flow, masks, memberships(50, 18, 10.0))
    expected = [written_out(flow, mask) for mask in masks]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_speed_counts_for_nothing():
    flow = np.random.default_rng(1).normal(size=(2, 9, 9)).astype(np.float32)
    masks, weights = np.ones((1, 9, 9), bool), memberships(50, 18, 10.0)
    np.testing.assert_array_equal(
        fuzzy_histograms(flow, masks, weights), fuzzy_histograms(2 * flow, masks, weights)
    )


def test_a_still_clip_has_no_orientation():
    clip = moving(0, 0, frames=1)
    assert not SMALL.describe(clip).any()


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
    assert held[0].shape == (3, 36, 18)
