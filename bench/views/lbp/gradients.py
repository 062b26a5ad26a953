"""Grey-level gradients along single directions of space and time."""

from __future__ import annotations

import itertools

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.frames import gray_frames
from bench.views.lbp.patterns import HW, Grid, cuts
from bench.views.magnification import magnified_frames
from bench.views.tim import interpolated

DIRECTIONS = tuple((t, y, x) for t, y, x in itertools.product((-1, 0, 1), repeat=3) if t != 0)
"""The 18 neighbours (frame, down, right) in a cube of 3 px that are in another frame."""

BINS = 16


def gradient_histograms(volume: Array, grid: tuple[int, int], reach: int) -> Array:
    """How much brighter the neighbour is, one direction at a time, block by block.

    Args:
        volume: (t, h, w) uint8, at least 3 frames.
        grid: blocks (down, right); pixels at their borders have no gradient.
        reach: grey levels on either side of 0 that the bins cover; what is beyond counts in
            the outermost ones.

    Returns:
        (18, down, right, 16) float32 in the order of `DIRECTIONS`, each summing to 1.
    """
    frames, h, w = volume.shape
    block = np.full((h, w), -1)
    rows, columns = (cuts(n, p, 1, "block") for n, p in zip((h, w), grid, strict=True))
    for i, (top, bottom) in enumerate(rows):
        for j, (left, right) in enumerate(columns):
            block[top:bottom, left:right] = i * grid[1] + j
    inside = block[1:-1, 1:-1] >= 0
    first = block[1:-1, 1:-1][inside] * BINS
    # In int16, as differences of uint8 would wrap around.
    centre = volume[1:-1, 1:-1, 1:-1].astype(np.int16)
    found = np.empty((len(DIRECTIONS), grid[0] * grid[1], BINS))
    for k, (t, y, x) in enumerate(DIRECTIONS):
        neighbour = volume[1 + t : frames - 1 + t, 1 + y : h - 1 + y, 1 + x : w - 1 + x]
        # Multiplied before it is divided, so that bins have whole edges.
        level = (neighbour - centre + reach) * BINS // (2 * reach)
        cells = first + np.clip(level, 0, BINS - 1)[:, inside]
        found[k] = np.bincount(cells.ravel(), minlength=found[k].size).reshape(found[k].shape)
    shares: Array = found / found.sum(axis=2, keepdims=True)
    return shares.reshape(len(DIRECTIONS), *grid, BINS).astype(np.float32)


@view(version=1, of="gray_frames magnified_frames")
def single_direction_gradients(
    clip: Views,
    num_frames: int = 10,
    size: HW = None,
    grid: Grid = (5, 5),
    reach: int = 16,
    magnify: float = 0.0,
) -> Array:
    """Histograms of the gradient along each direction: (18, down, right, 16) float32.

    The clip is magnified, interpolated, resized and cut into blocks as for `lbp_top`; `reach` is
    that of `gradient_histograms`.
    """
    frames = magnified_frames(clip, magnify, size) if magnify else gray_frames(clip, size)
    return gradient_histograms(interpolated(frames, num_frames), grid, reach)
