import numpy as np
import pytest

from bench import BenchError, Views
from bench.views.tim import interpolated, interpolated_frames, interpolation


def by_singular_vectors(frames: np.ndarray, length: int) -> np.ndarray:
    """The construction of Zhou et al. 2011, step by step."""
    n = len(frames)
    rows = frames.reshape(n, -1).astype(np.float64)
    mean = rows.mean(0)
    u, s, vt = np.linalg.svd((rows - mean).T, full_matrices=False)
    u, q = u[:, : n - 1], (s[:, None] * vt)[: n - 1]
    adjacent = np.eye(n, k=1) + np.eye(n, k=-1)
    laplacian = np.diag(adjacent.sum(0)) - adjacent
    curves = np.linalg.eigh(laplacian)[1][:, 1:].T
    k = np.arange(1, n)[:, None]
    t = np.linspace(1 / n, 1, length)
    model = np.sin(np.pi * k * t + np.pi * (n - k) / (2 * n))
    at_frames = np.sin(np.pi * k * np.arange(1, n + 1) / n + np.pi * (n - k) / (2 * n))
    # eigenvectors are known up to their length and sign
    scale = (curves * at_frames).sum(1) / (at_frames**2).sum(1)
    to_frames = q @ np.linalg.pinv(curves)
    return (mean[:, None] + u @ to_frames @ (scale[:, None] * model)).T.reshape(
        length, *frames.shape[1:]
    )


@pytest.mark.parametrize(("frames", "length"), [(7, 10), (30, 10), (12, 40), (2, 5)])
def test_equals_the_construction_by_singular_vectors(frames, length):
    clip = np.random.default_rng(0).integers(0, 256, (frames, 9, 8)).astype(np.uint8)
    weights = interpolation(frames, length)
    found = (weights @ clip.reshape(frames, -1)).reshape(length, 9, 8)
    np.testing.assert_allclose(found, by_singular_vectors(clip, length), atol=1e-8)


def test_weights_sum_to_one_and_keep_both_ends():
    weights = interpolation(13, 10)
    np.testing.assert_allclose(weights.sum(1), 1)
    np.testing.assert_allclose(weights[[0, -1]], np.eye(13)[[0, -1]], atol=1e-12)
    np.testing.assert_allclose(interpolation(9, 9), np.eye(9), atol=1e-12)


def test_a_smooth_motion_is_followed():
    moments = np.linspace(0, 1, 25)
    clip = np.broadcast_to((120 + 100 * np.sin(3 * moments))[:, None, None], (25, 4, 4))
    found = interpolated(np.rint(clip).astype(np.uint8), 10)
    expected = 120 + 100 * np.sin(3 * np.linspace(0, 1, 10))
    np.testing.assert_allclose(found[:, 0, 0], expected, atol=2)


def test_duplicate_frames_are_no_trouble():
    frame = np.random.default_rng(0).integers(0, 256, (6, 5)).astype(np.uint8)
    still = interpolated(np.stack([frame] * 6), 10)
    np.testing.assert_array_equal(still, np.stack([frame] * 10))
    np.testing.assert_array_equal(interpolated(frame[None], 3), np.stack([frame] * 3))


def test_duplicates_among_other_frames_are_the_limit_of_independent_ones():
    """The construction by singular vectors needs independent frames; the weights need nothing."""
    rng = np.random.default_rng(0)
    clip = rng.uniform(0, 255, (9, 9, 8))
    clip[4] = clip[3]  # a frame shown twice
    clip[7] = (clip[6] + clip[8]) / 2  # and one blended of its neighbours
    assert np.linalg.matrix_rank(clip.reshape(9, -1) - clip.mean(0).ravel()) < 8
    found = np.tensordot(interpolation(9, 12), clip, 1)
    away = []
    for noise in (1.0, 1e-2, 1e-4):
        apart = by_singular_vectors(clip + noise * rng.normal(size=clip.shape), 12)
        away.append(np.abs(apart - found).max())
    assert away[0] > 10 * away[1] > 100 * away[2]
    assert away[2] < 1e-3


def test_as_many_frames_as_there_are_gives_them_back_though_they_repeat():
    frames = np.random.default_rng(1).integers(0, 256, (3, 6, 5)).astype(np.uint8)
    clip = frames[[0, 0, 1, 1, 1, 2]]
    np.testing.assert_array_equal(interpolated(clip, 6), clip)
    at_frames = interpolated(clip, 11)[::2]  # every other moment falls on a frame
    np.testing.assert_array_equal(at_frames, clip)


def test_view_of_a_clip():
    frames = np.random.default_rng(0).integers(0, 256, (14, 20, 16, 3)).astype(np.uint8)
    assert interpolated_frames(Views({"frames": frames})).shape == (10, 20, 16)
    assert interpolated_frames(Views({"frames": frames}), 20, (10, 8)).shape == (20, 10, 8)


def test_no_frames():
    with pytest.raises(BenchError, match="0 frames"):
        interpolation(0, 10)
