"""Local binary patterns of a block's mean images on three orthogonal planes."""

from __future__ import annotations

import numpy as np

from bench.core.errors import BenchError
from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.lbp.patterns import HW, XYT, Grid
from bench.views.tim import interpolated_frames

CODES = 16


def ring_histogram(image: Array, down: int, right: int) -> Array:
    """Codes of four neighbours on the grid, `down` and `right` px away: (16,), summing to 1.

    Bits 0 to 3 are the right, upper, left and lower neighbour, set when it is at least as large as
    the centre. Pixels without all four have no code.
    """
    h, w = image.shape
    if h <= 2 * down or w <= 2 * right:
        raise BenchError(
            f"a mean image of {h} x {w} has no pixel with neighbours {down} and {right} away: "
            "interpolate to more frames, cut fewer blocks or use smaller radii"
        )
    centre = image[down : h - down, right : w - right]
    codes = np.zeros(centre.shape, np.int64)
    for bit, (y, x) in enumerate(((0, right), (-down, 0), (0, -right), (down, 0))):
        there = image[down + y : h - down + y, right + x : w - right + x]
        codes |= (there >= centre).astype(np.int64) << bit
    return np.bincount(codes.ravel(), minlength=CODES) / codes.size


def mean_plane_histograms(
    volume: Array, grid: tuple[int, int], radii: tuple[int, int, int]
) -> Array:
    """LBP-MOP of every block: patterns of its mean over t, over y and over x.

    Sums take the place of means: whole numbers, compared exactly.

    Args:
        volume: (t, h, w) uint8.
        grid: blocks (down, right).
        radii: (rx, ry, rt).

    Returns:
        (3, down, right, 16) float32, planes XY, XT, YT, each histogram summing to 1.

    Raises:
        BenchError: blocks or clips too small for the radii.
    """
    rx, ry, rt = radii
    rows, columns = (
        np.arange(parts + 1) * length // parts
        for length, parts in zip(volume.shape[1:], grid, strict=True)
    )
    found = np.empty((3, *grid, CODES), np.float32)
    for i in range(grid[0]):
        for j in range(grid[1]):
            block = volume[:, rows[i] : rows[i + 1], columns[j] : columns[j + 1]].astype(np.int64)
            found[0, i, j] = ring_histogram(block.sum(axis=0), ry, rx)
            found[1, i, j] = ring_histogram(block.sum(axis=1), rt, rx)
            found[2, i, j] = ring_histogram(block.sum(axis=2), rt, ry)
    return found


@view(version=1, of="interpolated_frames")
def lbp_mop(
    clip: Views, num_frames: int = 10, size: HW = None, grid: Grid = (5, 5), radii: XYT = (1, 1, 4)
) -> Array:
    """LBP-MOP block histograms: (3, down, right, 16) float32, planes XY, XT, YT.

    The parameters are those of `lbp_top`.
    """
    return mean_plane_histograms(interpolated_frames(clip, num_frames, size), grid, radii)
