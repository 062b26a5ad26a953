import itertools

import numpy as np
import pytest

from bench import Views
from bench.views.dynamic import dynamic_image, rank_pooled


def clip(n: int) -> np.ndarray:
    return np.random.default_rng(n).integers(0, 256, (n, 6, 5)).astype(np.uint8)


@pytest.mark.parametrize("n", [1, 2, 3, 12])
def test_rank_pooling_sums_what_every_pair_of_frames_differs_by(n):
    frames = clip(n).astype(int)
    expected = np.zeros((6, 5), int)
    for earlier, later in itertools.combinations(frames, 2):
        expected += later - earlier
    np.testing.assert_array_equal(rank_pooled(clip(n)), expected)


def test_it_is_the_first_step_of_the_ranking_loss():
    """The hinge loss of all pairs falls fastest along it, from no direction at all."""
    frames = clip(5).reshape(5, -1) / 255

    def loss(direction: np.ndarray) -> float:
        scores = frames @ direction
        return sum(max(0, 1 - (b - a)) for a, b in itertools.combinations(scores, 2))

    step = 1e-6
    slopes = [(loss(step * axis) - loss(-step * axis)) / (2 * step) for axis in np.eye(30)]
    np.testing.assert_allclose(-np.array(slopes), rank_pooled(frames[:, None])[0], atol=1e-6)


def test_what_rises_is_bright_and_what_falls_is_dark():
    frames = np.full((9, 4, 4), 100, np.uint8)
    frames[:, 0, 0] += 10 * np.arange(9, dtype=np.uint8)
    frames[:, 1, 1] -= 10 * np.arange(9, dtype=np.uint8)
    image = dynamic_image(Views({"frames": frames}))
    assert image.dtype == np.uint8
    assert (image[0, 0], image[1, 1], image[2, 2]) == (255, 0, 128)


def test_still_clips_and_colour():
    still = np.repeat(clip(1), 4, axis=0)
    assert not dynamic_image(Views({"frames": still})).any()
    coloured = np.repeat(clip(4)[..., None], 3, axis=3)
    assert dynamic_image(Views({"frames": coloured}), (10, 8)).shape == (10, 8)
