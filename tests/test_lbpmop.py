import numpy as np
import pytest
from handcrafted_toy import accuracy, fold, moving

from bench import BenchError
from bench.methods.lbpmop import LBPMOP
from bench.views.lbp.meanplanes import mean_plane_histograms

SMALL = LBPMOP(num_frames=12, size=(85, 70), grid=(3, 3), radii=(1, 1, 2))


def written_out(mean: np.ndarray, down: int, right: int) -> np.ndarray:
    counts = np.zeros(16)
    for y in range(down, mean.shape[0] - down):
        for x in range(right, mean.shape[1] - right):
            around = (mean[y, x + right], mean[y - down, x], mean[y, x - right], mean[y + down, x])
            counts[sum(int(n >= mean[y, x]) << bit for bit, n in enumerate(around))] += 1
    return counts / counts.sum()


def test_histograms_equal_the_definition():
    # 8 frames and blocks of 8 x 16: means are exact in binary
    volume = np.random.default_rng(0).integers(0, 6, (8, 16, 32)).astype(np.uint8)
    found = mean_plane_histograms(volume, (2, 2), (2, 1, 3))
    block = volume[:, 8:, :16]
    np.testing.assert_allclose(found[0, 1, 0], written_out(block.mean(0), 1, 2), atol=1e-6)
    np.testing.assert_allclose(found[1, 1, 0], written_out(block.mean(1), 3, 2), atol=1e-6)
    np.testing.assert_allclose(found[2, 1, 0], written_out(block.mean(2), 3, 1), atol=1e-6)


def test_48_numbers_a_block():
    assert LBPMOP().describe(moving(0, 0)).size == 25 * 48


def test_clips_too_short_are_refused_in_words():
    with pytest.raises(BenchError, match="interpolate to more frames"):
        mean_plane_histograms(np.zeros((8, 20, 20), np.uint8), (1, 1), (1, 1, 4))


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL, fits=15) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
