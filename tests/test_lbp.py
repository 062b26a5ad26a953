import itertools
import math

import numpy as np
import pytest
from skimage.feature import local_binary_pattern

from bench import BenchError, Views
from bench.views.lbp import patterns as lbp
from bench.views.lbp.kernel import block_counts
from bench.views.lbp.patterns import Pattern, block_histograms, orthogonal_planes


def noise(shape: tuple[int, ...] = (12, 15, 17), seed: int = 0, levels: int = 256) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, levels, shape).astype(np.uint8)


def pattern_codes(volume: np.ndarray, pattern: Pattern) -> np.ndarray:
    """Codes (planes, t, y, x), each pixel a block, in windows of as few frames as possible."""
    (rt, ry, rx), (frames, h, w) = pattern.margin, volume.shape
    rows, columns = (np.arange(r, n - r)[:, None] + [0, 1] for r, n in ((ry, h), (rx, w)))
    found = []
    for t in range(frames - 2 * rt):
        window = np.ascontiguousarray(volume[t : t + 2 * rt + 1])
        tables = pattern.tables(window.shape)
        counts = block_counts(window, *tables, np.array(pattern.margin), rows, columns, 256)
        assert (counts.sum(axis=3) == 1).all()
        found.append(counts.argmax(axis=3))
    return np.stack(found).transpose(3, 0, 1, 2).astype(np.uint8)


def sampled(volume: np.ndarray, t: float, y: float, x: float) -> int:
    """128 times the bilinear sample, from integer weights that sum to 128, written out."""
    axes = []
    for place in (t, y, x):
        low = math.floor(place + 1e-7)
        part = place - low
        axes.append([(low, 1.0)] if abs(part) < 1e-7 else [(low, 1 - part), (low + 1, part)])
    corners = list(itertools.product(*axes))
    shares = [a[1] * b[1] * c[1] for a, b, c in corners]
    whole = [round(128 * share) for share in shares]
    whole[shares.index(max(shares))] += 128 - sum(whole)
    pairs = zip(corners, whole, strict=True)
    return sum(weight * int(volume[c[0][0], c[1][0], c[2][0]]) for c, weight in pairs)


def brute_force(volume: np.ndarray, points: int, radii: tuple[int, int, int]) -> np.ndarray:
    rx, ry, rt = radii
    frames, h, w = volume.shape
    out = np.zeros((3, frames - 2 * rt, h - 2 * ry, w - 2 * rx), np.uint8)
    for t, y, x in itertools.product(*(range(n) for n in out.shape[1:])):
        ct, cy, cx = t + rt, y + ry, x + rx
        centre = 128 * int(volume[ct, cy, cx])
        for p in range(points):
            s, c = math.sin(2 * math.pi * p / points), math.cos(2 * math.pi * p / points)
            ring = (
                (ct, cy - ry * s, cx + rx * c),
                (ct + rt * s, cy, cx + rx * c),
                (ct + rt * c, cy - ry * s, cx),
            )
            for plane, place in enumerate(ring):
                out[plane, t, y, x] |= (sampled(volume, *place) >= centre) << p
    return out


@pytest.mark.parametrize("points", [4, 8])
@pytest.mark.parametrize("radii", [(1, 1, 1), (1, 1, 4), (3, 2, 1)])
def test_codes_equal_brute_force_bit_for_bit(points, radii):
    volume = noise(levels=40)  # few levels, so that ties occur
    found = pattern_codes(volume, orthogonal_planes(points, radii))
    np.testing.assert_array_equal(found, brute_force(volume, points, radii))


def bits(codes: np.ndarray) -> np.ndarray:
    return codes.astype(int) >> np.arange(8)[:, None, None] & 1


@pytest.mark.parametrize(("levels", "most"), [(256, 0.01), (8, 0.05)])
def test_xy_plane_equals_skimage_but_for_ties(levels, most):
    """Bit for bit, where a neighbour is farther from its centre than whole weights may move it."""
    from scipy.ndimage import map_coordinates

    volume = noise((3, 60, 70), levels=levels)
    ours = bits(pattern_codes(volume, orthogonal_planes(8, (1, 1, 1)))[0, 0])
    theirs = bits(local_binary_pattern(volume[1], 8, 1)[1:-1, 1:-1])
    turns = 2 * np.pi * np.arange(8)[:, None, None] / 8
    y, x = np.mgrid[1:59, 1:69].astype(float)
    places = [y - np.sin(turns), x + np.cos(turns)]
    apart = map_coordinates(volume[1].astype(float), places, order=1) - volume[1, 1:-1, 1:-1]
    s = math.sqrt(0.5)
    shares = np.sort([s * s, s * (1 - s), s * (1 - s), (1 - s) ** 2])
    whole = np.sort(lbp.bilinear((0.0, -s, s))[1]) / 128
    moved = (levels - 1) * np.abs(whole - shares).sum() / 2
    assert moved < 2 * levels / 256  # of 256 grey levels not two
    tied = np.abs(apart) <= moved + 1e-9
    tied[::2] = False  # on a pixel: nothing is rounded
    np.testing.assert_array_equal(ours[~tied], theirs[~tied])
    assert 0 < (ours != theirs).any(axis=0).mean() < most


def test_numbers_of_uniform_patterns_are_skimages_in_another_order():
    volume = noise((3, 60, 70))
    ours = pattern_codes(volume, orthogonal_planes(8, (1, 1, 1)))[0, 0]
    theirs = local_binary_pattern(volume[1], 8, 1, "nri_uniform")[1:-1, 1:-1]
    labels = lbp.mapping_table(8, "u2")[ours]
    counts = np.zeros((59, 59))
    np.add.at(counts, (labels.ravel(), theirs.ravel().astype(int)), 1)
    partner = counts.argmax(1)
    assert len(np.unique(partner)) == 59
    assert (partner[labels] != theirs).mean() < 0.01


@pytest.mark.parametrize("points", [4, 8])
def test_a_flat_patch_codes_all_ones_at_every_level(points):
    for level in range(256):
        volume = np.full((3, 5, 5), level, np.uint8)
        found = pattern_codes(volume, orthogonal_planes(points, (1, 1, 1)))
        assert (found == 2**points - 1).all()


def test_weights_are_integers_that_sum_to_128():
    for points, radii in itertools.product((4, 8), [(1, 1, 1), (1, 1, 4), (3, 2, 1)]):
        shifts, weights, _ = orthogonal_planes(points, radii).tables((20, 20, 20))
        assert shifts.shape == weights.shape == (3, points, 4)
        assert (weights.sum(axis=2) == 128).all()


def test_points_between_eight_pixels_are_refused():
    with pytest.raises(BenchError, match="off the pixel grid along all three axes"):
        lbp.bilinear((0.5, 0.5, 0.5))


def test_planes_with_other_numbers_of_points():
    volume = noise()
    cross = Pattern((((0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1)), ((-2, 0, 0), (2, 0, 0))))
    found = pattern_codes(volume, cross)
    assert found.shape == (2, 8, 13, 15)
    inner = volume[2:-2, 1:-1, 1:-1]
    later, earlier = volume[4:, 1:-1, 1:-1] >= inner, volume[:-4, 1:-1, 1:-1] >= inner
    np.testing.assert_array_equal(found[1], earlier + 2 * later)
    histograms = block_histograms(volume, cross, (2, 2))
    assert [h.shape for h in histograms] == [(2, 2, 16), (2, 2, 4)]


@pytest.mark.parametrize(
    ("points", "mapping", "bins"),
    [
        (8, "basic", 256),
        (8, "u2", 59),
        (8, "ri", 36),
        (4, "basic", 16),
        (4, "u2", 15),
        (4, "ri", 6),
    ],
)
def test_mappings(points, mapping, bins):
    table = lbp.mapping_table(points, mapping)
    assert table.shape == (2**points,)
    np.testing.assert_array_equal(np.unique(table), np.arange(bins))


def test_what_the_mappings_join():
    u2, ri = lbp.mapping_table(8, "u2"), lbp.mapping_table(8, "ri")
    assert u2[0b01010000] == u2[0b11001100] == 58
    assert u2[0b00011100] != u2[0b00111000]
    assert ri[0b00011100] == ri[0b00111000] == ri[0b10000011] != ri[0b00010101]


@pytest.mark.parametrize("border", ["block", "face"])
@pytest.mark.parametrize("mapping", ["basic", "u2"])
def test_block_histograms_count_the_codes(border, mapping):
    volume, pattern = noise((9, 33, 41)), orthogonal_planes(8, (2, 1, 3))
    found = block_histograms(volume, pattern, (3, 4), mapping, border)
    table = lbp.mapping_table(8, mapping)
    codes = table[pattern_codes(volume, pattern)]
    for i, j in itertools.product(range(3), range(4)):
        if border == "face":
            rows = slice(i * 31 // 3, (i + 1) * 31 // 3)
            columns = slice(j * 37 // 4, (j + 1) * 37 // 4)
            inside = codes[:, :, rows, columns]
        else:
            block = volume[:, i * 33 // 3 : (i + 1) * 33 // 3, j * 41 // 4 : (j + 1) * 41 // 4]
            inside = table[pattern_codes(block, pattern)]
        for plane in range(3):
            counts = np.bincount(inside[plane].ravel(), minlength=table.max() + 1)
            np.testing.assert_allclose(found[plane][i, j], counts / counts.sum(), rtol=1e-6)


def test_the_histogram_of_lbp_top_has_4425_bins():
    planes = block_histograms(noise((9, 60, 60)), orthogonal_planes(8, (1, 1, 4)), (5, 5), "u2")
    assert sum(plane.size for plane in planes) == 4425


def test_errors_say_what_to_do():
    pattern = orthogonal_planes(4, (1, 1, 4))
    with pytest.raises(BenchError, match="interpolate to more frames"):
        block_histograms(noise((8, 20, 20)), pattern, (2, 2))
    with pytest.raises(BenchError, match="blocks of 8 px"):
        block_histograms(noise((9, 8, 20)), pattern, (4, 2))
    with pytest.raises(BenchError, match="expected block or face"):
        block_histograms(noise((9, 20, 20)), pattern, (2, 2), border="none")
    with pytest.raises(BenchError, match="expected basic, u2 or ri"):
        lbp.mapping_table(8, "u3")


def test_view_of_a_clip():
    clip = Views({"frames": noise((23, 40, 30))})
    assert lbp.lbp_top(clip).shape == (3, 5, 5, 16)
    kept = lbp.lbp_top(clip, num_frames=0, mapping="u2", points=8, size=(30, 30))
    assert kept.shape == (3, 5, 5, 59)
    np.testing.assert_allclose(kept.sum(axis=-1), 1, rtol=1e-5)
