"""Integral projections of motion, block by block, and their local binary patterns."""

from __future__ import annotations

from typing import Literal

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.lbp.patterns import cuts, mapping_table
from bench.views.lowrank import sparse_frames
from bench.views.tim import frames_or_interpolated

Motion = Literal["difference", "sparse"]

REACH = 4
"""Neighbours on either side in the one-dimensional pattern: a mask of 9."""
RING = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))
"""Neighbours (frame, place) in the two-dimensional pattern, in order around the centre."""
PLANES = {"XY": slice(0, 512), "XT": slice(512, 571), "YT": slice(571, 630)}
"""Positions of each plane's histograms among a block's 630 numbers."""


def line_histogram(lines: Array) -> Array:
    """One-dimensional patterns of lines (t, n), averaged over them: (256,), summing to 1.

    A place is compared with the four before it (bits 0 to 3) and the four after it (4 to 7); a bit
    is set when the neighbour is at least as large (Houam et al. 2014).
    """
    inner = lines.shape[1] - 2 * REACH
    centre = lines[:, REACH : REACH + inner]
    codes = np.zeros(centre.shape, np.int64)
    steps = [step for step in range(-REACH, REACH + 1) if step != 0]
    for bit, step in enumerate(steps):
        neighbour = lines[:, REACH + step : REACH + step + inner]
        codes |= (neighbour >= centre).astype(np.int64) << bit
    return np.bincount(codes.ravel(), minlength=256) / codes.size


def image_histogram(lines: Array) -> Array:
    """Uniform patterns of lines (t, n) stacked to an image of time and place: (59,), sum 1."""
    frames, places = lines.shape[0] - 2, lines.shape[1] - 2
    centre = lines[1:-1, 1:-1]
    codes = np.zeros(centre.shape, np.int64)
    for bit, (later, along) in enumerate(RING):
        neighbour = lines[1 + later : 1 + later + frames, 1 + along : 1 + along + places]
        codes |= (neighbour >= centre).astype(np.int64) << bit
    return np.bincount(mapping_table(8, "u2")[codes].ravel(), minlength=59) / codes.size


def pattern_histograms(motion: Array, grid: tuple[int, int]) -> Array:
    """Patterns of each block's integral projections (Huang et al. 2015).

    A block of every frame is summed along its rows and along its columns. One-dimensional patterns
    of both, averaged over the frames, are the plane XY; two-dimensional ones of the column sums and
    of the row sums, stacked over time, are XT and YT.

    Args:
        motion: (t, h, w) whole numbers, so that equal sums are equal; at least 3 frames.
        grid: blocks (down, right), each at least 9 px.

    Returns:
        (down, right, 630) float32: rows' and columns' 256 bins of XY, 59 of XT, 59 of YT, each
        summing to 1.
    """
    # The margin only makes `cuts` refuse blocks that are too small; it is then given back, since
    # sums over a block may use all of it.
    rows, columns = (
        cuts(length, parts, REACH, "block") + np.array([-REACH, REACH])
        for length, parts in zip(motion.shape[1:], grid, strict=True)
    )
    found = np.empty((*grid, 630), np.float32)
    for i, (top, bottom) in enumerate(rows):
        for j, (left, right) in enumerate(columns):
            block = motion[:, top:bottom, left:right].astype(np.int64)
            down, along = block.sum(axis=2), block.sum(axis=1)
            lines = line_histogram(down), line_histogram(along)
            found[i, j] = np.concatenate([*lines, image_histogram(along), image_histogram(down)])
    return found


@view(version=2, of="interpolated_frames sparse_frames")
def projection_patterns(
    clip: Views,
    num_frames: int = 0,
    size: tuple[int, int] = (170, 140),
    grid: tuple[int, int] = (8, 9),
    motion: Motion = "difference",
) -> Array:
    """Local binary patterns of the integral projections of motion: (down, right, 630) float32.

    Args:
        clip: the clip; where it is shorter than 4 frames it is interpolated to 4.
        num_frames: frames after temporal interpolation; 0 keeps the clip's own.
        size: (height, width) the frames are resized to.
        grid: blocks (down, right).
        motion: each later frame's difference to the first, or the sparse part of the clip.
    """
    frames = frames_or_interpolated(clip, num_frames, size)
    # A difference drops one frame, and patterns over time need three.
    if len(frames) < 4:
        frames = frames_or_interpolated(clip, 4, size)
    if motion == "sparse":
        return pattern_histograms(sparse_frames(clip, len(frames), size), grid)
    # Signed, as differences of uint8 wrap around.
    return pattern_histograms(frames[1:].astype(np.int16) - frames[0], grid)
