import numpy as np
from handcrafted_toy import accuracy, fold, moving

from bench.methods.stlbpip import STLBPIP
from bench.views.lbp.patterns import mapping_table
from bench.views.lbp.projections import (
    image_histogram,
    line_histogram,
    pattern_histograms,
    projection_patterns,
)

SMALL = STLBPIP(grid=(3, 3), size=(85, 70))


def lines(shape: tuple[int, int] = (6, 20)) -> np.ndarray:
    return np.random.default_rng(0).integers(-3, 4, shape)


def test_one_dimensional_patterns_equal_the_definition():
    volume = lines()
    counts = np.zeros(256)
    for line in volume:
        for i in range(4, len(line) - 4):
            around = [*line[i - 4 : i], *line[i + 1 : i + 5]]
            counts[sum(int(n >= line[i]) << bit for bit, n in enumerate(around))] += 1
    np.testing.assert_allclose(line_histogram(volume), counts / counts.sum())


def test_two_dimensional_patterns_equal_the_definition():
    image = lines()
    counts = np.zeros(59)
    for t in range(1, image.shape[0] - 1):
        for x in range(1, image.shape[1] - 1):
            ring = [image[t - 1, x - 1], image[t - 1, x], image[t - 1, x + 1], image[t, x + 1]]
            ring += [image[t + 1, x + 1], image[t + 1, x], image[t + 1, x - 1], image[t, x - 1]]
            bits = [int(n >= image[t, x]) for n in ring]
            code = sum(b << p for p, b in enumerate(bits))
            changes = sum(bits[p] != bits[p - 1] for p in range(8))
            label = mapping_table(8, "u2")[code]
            assert (label == 58) == (changes > 2)
            counts[label] += 1
    np.testing.assert_allclose(image_histogram(image), counts / counts.sum())


def test_blocks_are_projected_on_their_own():
    motion = np.random.default_rng(1).integers(-9, 10, (5, 24, 30))
    found = pattern_histograms(motion, (2, 2))
    block = motion[:, 12:, :15]
    np.testing.assert_allclose(found[1, 0, :256], line_histogram(block.sum(axis=2)), atol=1e-6)
    np.testing.assert_allclose(found[1, 0, 256:512], line_histogram(block.sum(axis=1)), atol=1e-6)
    np.testing.assert_allclose(found[1, 0, 512:571], image_histogram(block.sum(axis=1)), atol=1e-6)
    np.testing.assert_allclose(found[1, 0, 571:], image_histogram(block.sum(axis=2)), atol=1e-6)


def test_histograms_of_any_number_of_frames():
    for frames in (1, 2, 12):
        found = projection_patterns(moving(1, 0, frames), 0, (85, 70), (3, 3))
        assert found.shape == (3, 3, 630)
        np.testing.assert_allclose(found.sum(axis=2), 4, rtol=1e-5)


def test_motion_is_the_difference_to_the_first_frame():
    clip = moving(1, 0)
    frames = clip.sources["frames"].astype(int)
    expected = pattern_histograms(frames[1:] - frames[:1], (3, 3))
    np.testing.assert_array_equal(projection_patterns(clip, 0, (85, 70), (3, 3)), expected)


def test_steady_light_changes_nothing():
    clip = moving(2, 0)
    brighter = type(clip)({"frames": clip.sources["frames"] // 2 + 20})
    darker = type(clip)({"frames": clip.sources["frames"] // 2})
    np.testing.assert_array_equal(SMALL.describe(brighter), SMALL.describe(darker))


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
