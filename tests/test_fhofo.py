import math

import numpy as np
from handcrafted_toy import accuracy, fold, moving

from bench.methods.fhofo import FHOFO, fuzzy_histograms, memberships

SMALL = FHOFO(num_frames=4, size=(85, 70))


def written_out(flow: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """The descriptor of one region, pixel by pixel, through the whole circulant matrix."""
    counts = [0] * 50
    for u, v in zip(flow[0][inside], flow[1][inside], strict=True):
        if u != 0 or v != 0:
            place = (math.atan2(v, u) + math.pi) / (2 * math.pi) * 50
            counts[min(int(place), 49)] += 1
    spread = []
    for i in range(50):
        away = [min((i - j) % 50, (j - i) % 50) for j in range(50)]
        spread.append(sum(c * math.exp(-a * a / 200) for c, a in zip(counts, away, strict=True)))
    kept = [spread[round(1 + k * 49 / 17) - 1] for k in range(18)]
    return np.array(kept) / sum(kept)


def test_histograms_equal_the_definition():
    rng = np.random.default_rng(0)
    flow = rng.normal(size=(2, 12, 14)).astype(np.float32)
    flow[:, rng.random((12, 14)) < 0.3] = 0
    regions = rng.integers(-1, 4, (12, 14))
    found = fuzzy_histograms(flow, regions, memberships(50, 18, 10.0))
    expected = [written_out(flow, regions == i) for i in range(4)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_speed_counts_for_nothing():
    flow = np.random.default_rng(1).normal(size=(2, 9, 9)).astype(np.float32)
    regions, weights = np.zeros((9, 9), int), memberships(50, 18, 10.0)
    np.testing.assert_array_equal(
        fuzzy_histograms(flow, regions, weights), fuzzy_histograms(2 * flow, regions, weights)
    )


def test_a_still_clip_has_no_orientation():
    clip = moving(0, 0, frames=1)
    assert not SMALL.describe(clip).any()


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
    assert held[0].shape == (3, 36, 18)
